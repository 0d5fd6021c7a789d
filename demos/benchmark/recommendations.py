"""The recommendations' part: invented histories, as long as those of each catalog's users are."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from demos.core.recommend.catalog import Catalog
from demos.core.recommend.histories import MAX_ITEMS, Histories
from demos.core.recommend.matching import match
from demos.core.tables import Quarantine

SLUG = "recommendations"
SEED = 0


@dataclass(frozen=True, slots=True)
class Length:
    """How many items a history has: the quartiles of the catalog's training data."""

    low: int
    middle: int
    high: int

    @property
    def spread(self) -> float:
        """Of the logarithm, as if that were normal: its quartiles are 1.349 of it apart."""
        return float(np.log(self.high / self.low) / 1.349)


LENGTHS = {
    "movies": Length(18, 44, 116),
    "books": Length(94, 110, 125),
    "retail": Length(21, 47, 107),
}


def drawn_histories(
    catalog: Catalog, length: Length, count: int, seed: int = SEED
) -> list[list[int]]:
    """`count` histories of different items, each drawn by its popularity, none longer than a file's
    may be. What follows what is chance; it costs no less to score."""
    rng = np.random.default_rng(seed)
    wanted = np.exp(rng.normal(np.log(length.middle), length.spread, count))
    lengths = wanted.round().clip(1, MAX_ITEMS).astype(np.int64)
    cumulative = np.cumsum(catalog.counts[1:], dtype=np.float64)
    points = rng.random(int(lengths.sum())) * cumulative[-1]
    items = 1 + np.searchsorted(cumulative, points, side="right")
    parts = np.split(items, np.cumsum(lengths)[:-1])
    return [list(dict.fromkeys(each.tolist())) for each in parts]


def as_file(catalog: Catalog, histories: list[list[int]]) -> Histories:
    """What reading a file of them would give."""
    n = len(histories)
    starts = np.cumsum([0, *map(len, histories)], dtype=np.int64)
    items: NDArray[np.uint32] = np.fromiter(
        (item for each in histories for item in each), np.uint32, int(starts[-1])
    )
    return Histories(
        users=pl.Series(range(n)),
        starts=starts,
        items=items,
        lost=np.zeros(n, dtype=np.int32),
        matching=match(catalog, []),
        rows=np.zeros(0, dtype=np.int64),
        unknown=Quarantine(()),
        notes=(),
    )
