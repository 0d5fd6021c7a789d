"""What came before each transaction at its card, or at its terminal, without a loop over rows.

Rows are sorted by card (or terminal) and time once; a window of time is then a pair of positions
found by binary search, and any sum over it a difference of two running totals.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
import polars as pl
from numpy.typing import NDArray

from demos.core.numbered import codes

DAY = 86_400  # seconds

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class History:
    """Rows of a table by one key, sorted by it and then by time: all of them, or some whole cards.

    `order` (n,) are the table's rows in that order; `first` (n,) is the sorted position at
    which the card or terminal of a sorted row begins; `time` (n,) is in seconds. Arrays given to
    the methods and returned by them are in sorted order; `restored` brings those of all rows back.
    """

    order: Ints
    first: Ints
    time: Ints
    code: Ints

    @cached_property
    def place(self) -> Ints:
        """Sorted positions (n,)."""
        return np.arange(len(self.order))

    @cached_property
    def _search_key(self) -> Ints:
        return self.code * self._span + self.time

    @cached_property
    def _span(self) -> int:
        return int(self.time.max()) + 1 if len(self.time) else 1

    def since(self, seconds: int) -> Ints:
        """Where the last `seconds` before each row begin: the first row later than that."""
        back = min(seconds, self._span)
        found = np.searchsorted(self._search_key, self._search_key - back, side="right")
        return np.maximum(found, self.first)

    def total(self, values: NDArray[np.generic]) -> Floats:
        """Running totals (n + 1,): entry i sums the values before sorted position i."""
        return np.concatenate([[0.0], np.cumsum(values, dtype=np.float64)])

    def parts(self, rows: int) -> Iterator["History"]:
        """Piece by piece, each of about `rows` rows and of whole cards or terminals."""
        for begin, end in pairwise([*np.unique(self.first[::rows]), len(self.order)]):
            own = slice(begin, end)
            yield History(self.order[own], self.first[own] - begin, self.time[own], self.code[own])

    def restored(self, values: NDArray[np.generic]) -> NDArray[np.generic]:
        """Sorted values back in the order of the table."""
        out = np.empty_like(values)
        out[self.order] = values
        return out


def history(transactions: pl.DataFrame, key: str) -> History:
    """The rows by `key` (`card` or `terminal`). The table is sorted by time."""
    # Numbers are sorted several times faster than their order is found.
    code, bits = codes(transactions[key]), transactions.height.bit_length()
    together = np.sort(code << bits | np.arange(len(code)))
    order, code = together & ((1 << bits) - 1), together >> bits
    began = np.concatenate([[True], code[1:] != code[:-1]]) if len(code) else np.zeros(0, bool)
    first = np.maximum.accumulate(np.where(began, np.arange(len(code)), 0))
    return History(order, first, seconds(transactions)[order], code)


def seconds(transactions: pl.DataFrame) -> Ints:
    """Whole seconds (n,) since the first transaction of the table; windows end to the second."""
    epoch = transactions["time"].dt.epoch("s")
    return (epoch - (epoch.min() or 0)).to_numpy()
