"""What many lists of recommendations do to a catalog: how much of it is shown, how evenly.

A list is a row of item numbers; 0 is an empty place (a history that leaves fewer items to show).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

HEAD = 0.8
"""The short head is the fewest items that make up this share of what was taken; the rest is the
long tail (Abdollahpouri, Burke and Mobasher 2017, "Controlling popularity bias", with the 80/20
rule: the tail is 20 % of the interactions, most of the items)."""

Ints = NDArray[np.integer]


@dataclass(frozen=True, slots=True)
class Concentration:
    """What a set of lists does to a catalog, each between 0 and 1.

    `coverage`: share of the catalog that is in any list. `gini`: 0 where every item is shown
    equally often, near 1 where one is shown always. `long_tail`: share of what is shown that
    belongs to the long tail.
    """

    coverage: float
    gini: float
    long_tail: float


def concentration(lists: Ints, counts: Ints) -> Concentration:
    """Of lists (n, k), in a catalog whose items were taken `counts` (N + 1,) times in training."""
    times = shown(lists, len(counts) - 1)
    tail = float(times[long_tail(counts)].sum() / max(times.sum(), 1))
    return Concentration(coverage(times), gini(times), tail)


def shown(lists: Ints, size: int) -> NDArray[np.int64]:
    """How often each item (N + 1,) is in `lists`; row 0, the empty places, is 0."""
    times = np.bincount(lists.ravel(), minlength=size + 1).astype(np.int64)
    times[0] = 0
    return times


def long_tail(counts: Ints) -> NDArray[np.bool_]:
    """Which items (N + 1,) are not in the short head. Of equals, the lower number is more popular.

    An item belongs to the head if those before it make up less than `HEAD` of what was taken.
    """
    order = 1 + np.argsort(-counts[1:].astype(np.int64), kind="stable")
    before = np.cumsum(counts[order]) - counts[order]
    tail = np.zeros(len(counts), dtype=bool)
    tail[order[before >= HEAD * counts[1:].sum()]] = True
    return tail


def coverage(times: Ints) -> float:
    """The share of the items that was shown at all; `times` (N + 1,), row 0 is no item."""
    return float((times[1:] > 0).mean())


def gini(times: Ints) -> float:
    """The Gini coefficient of `times` (N + 1,) over all items; 0 where nothing was shown."""
    held = np.sort(times[1:]).astype(np.float64)
    if not held.sum():
        return 0.0
    rank = np.arange(1, len(held) + 1)
    return float(((2 * rank - len(held) - 1) * held).sum() / (len(held) * held.sum()))


def lorenz(times: Ints, shares: Sequence[float]) -> list[float]:
    """The Lorenz curve: what part of all that was shown goes to the least shown items.

    `shares` of the items, from 0 to 1; items are counted in part where a share cuts one.
    """
    held = np.concatenate(([0], np.cumsum(np.sort(times[1:])))) / max(int(times[1:].sum()), 1)
    return [float(each) for each in np.interp(shares, np.linspace(0, 1, len(held)), held)]
