"""A catalog: what can be recommended, with what is known of every item."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Region:
    """A part of the map that holds one kind of item, with the words that mark its titles."""

    name: str
    x: float
    y: float


@dataclass(frozen=True, slots=True, eq=False)
class Catalog:
    """Items are numbered 1 to `size`, as in the data; row 0 of everything is padding, no item.

    `counts` (N + 1,) is how often each was taken in the training data. `vectors` (N + 1, D) and
    `text` (N + 1, T) have unit length, row 0 is zero: items are near each other in the first where
    histories treat them alike, in the second where their titles mean alike. `places` (N + 1, 2) is
    the map, between -1 and 1. `projection` (E, T) takes a sentence embedding to where `text` is;
    without one they are in the same space.
    """

    name: str
    one: str
    many: str
    group_word: str
    titles: tuple[str, ...]
    details: tuple[str, ...]
    codes: tuple[str, ...]
    groups: tuple[tuple[str, ...], ...]
    counts: NDArray[np.int32]
    vectors: NDArray[np.float32]
    text: NDArray[np.float32]
    places: NDArray[np.float32]
    regions: tuple[Region, ...]
    projection: NDArray[np.float32] | None = None

    @property
    def size(self) -> int:
        """How many items there are."""
        return len(self.titles) - 1

    @property
    def group_names(self) -> tuple[str, ...]:
        """Every group, the largest first."""
        tally: dict[str, int] = {}
        for groups in self.groups:
            for each in groups:
                tally[each] = tally.get(each, 0) + 1
        return tuple(sorted(tally, key=lambda name: (-tally[name], name)))

    def popularity(self) -> NDArray[np.float32]:
        """Each item's share (N + 1,) of what was taken in the training data."""
        return (self.counts / max(int(self.counts.sum()), 1)).astype(np.float32)
