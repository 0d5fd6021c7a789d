"""Recommendations for many customers at once, a chunk of them at a time.

    found = recommend(catalog, histories, scores, steering, report)
    found.items[0], found.scores[0]     # the first customer's, best first

Memory holds the scores of one chunk and what is kept of every customer: a few bytes an item.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from demos.core.recommend.catalog import Catalog
from demos.core.recommend.histories import Histories
from demos.core.recommend.matching import Report
from demos.core.recommend.steering import Steering, allowed, in_groups, steer, steered_scores

Scores = Callable[[Sequence[Sequence[int]]], NDArray[np.float32]]
"""Histories (n) to log-probabilities (n, N + 1), as `Ranking.scores` has them."""

CHUNK = 512
"""Customers a call of the model: at 9,000 items, 19 MB of scores."""
BLOCK = 32
"""Items of which only the best is looked at first; about the square root of items over places."""
PINNED = 100.0
"""Puts pinned items before all others: log-probabilities differ by less."""
STAGE = "recommending"


@dataclass(frozen=True, slots=True, eq=False)
class Recommendations:
    """Of n customers, k places each, best first.

    `items` (n, k) holds item numbers, 0 where there was nothing left to recommend. `scores` (n, k)
    are the model's log-probabilities, whatever order steering made of them. `popular` (n,) marks
    those who get the most popular items, for want of a history.
    """

    items: NDArray[np.uint32]
    scores: NDArray[np.float32]
    popular: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.items)

    @property
    def size(self) -> int:
        """Bytes."""
        return self.items.nbytes + self.scores.nbytes + self.popular.nbytes


def recommend(
    catalog: Catalog,
    histories: Histories,
    scores: Scores,
    steering: Steering,
    report: Report | None = None,
    chunk: int = CHUNK,
) -> Recommendations:
    """The best `steering.count` items for every customer, as `steer` chooses them without MMR.

    `steering.diversity` is not applied: it compares every candidate with every other, for every
    customer. `report(done, total, stage)` is called after each chunk; what it raises passes.
    """
    steering = replace(steering, diversity=0.0)
    none = np.zeros(catalog.size + 1, np.float32)
    bonus = steered_scores(catalog, none, steering)
    bonus += PINNED * in_groups(catalog, steering.pinned)
    hidden = ~allowed(catalog, none, (), steering)
    bonus[hidden] = -np.inf
    count = min(steering.count, catalog.size)
    lengths = histories.lengths
    found = Recommendations(
        np.zeros((len(histories), count), np.uint32),
        np.full((len(histories), count), -np.inf, np.float32),
        lengths == 0,
    )
    fill_popular(catalog, steering, found)
    # Of like length together, so that a network pads little; the longest first, so that what is
    # left to do is over- and not underestimated.
    order = np.argsort(-lengths, kind="stable")[: int((lengths > 0).sum())]
    width = -(-(catalog.size + 1) // BLOCK) * BLOCK
    buffer = np.full((min(chunk, len(order)), width), -np.inf, np.float32)
    for start in range(0, len(order), chunk):
        users = order[start : start + chunk]
        taken = [histories.of(user) for user in users]
        raw = scores([each.tolist() for each in taken])
        points = buffer[: len(users)]
        np.add(raw, bonus, out=points[:, : catalog.size + 1])
        if not steering.seen:
            rows = np.repeat(np.arange(len(users)), [len(each) for each in taken])
            points[rows, np.concatenate(taken)] = -np.inf
        items = best(points, count)
        there = np.isfinite(np.take_along_axis(points, items, axis=1))
        found.items[users] = np.where(there, items, 0)
        own = np.take_along_axis(raw, np.where(there, items, 0), axis=1)
        found.scores[users] = np.where(there, own, -np.inf)
        if report is not None:
            report(start + len(users), len(order), STAGE)
    return found


def fill_popular(catalog: Catalog, steering: Steering, found: Recommendations) -> None:
    """Give whoever has no history the most popular items that may be shown; novelty is no help."""
    with np.errstate(divide="ignore"):
        shares = np.log(catalog.popularity())
    items = steer(catalog, shares, (), replace(steering, novelty=0.0))
    found.items[found.popular, : len(items)] = items
    found.scores[found.popular, : len(items)] = shares[items]


def best(points: NDArray[np.float32], count: int) -> NDArray[np.int64]:
    """The places (n, count) of the highest of `points` (n, a multiple of `BLOCK`), highest first.

    The highest `count` are in the `count` blocks whose own highest are the highest, so only these
    blocks are searched: twice as fast as searching all. Of equals found, the first is first.
    """
    rows, width = points.shape
    blocks = width // BLOCK
    if blocks > count:
        highest = points.reshape(rows, BLOCK, blocks).max(axis=1)  # block b: every `blocks`-th
        chosen = np.argpartition(highest, blocks - count, axis=1)[:, blocks - count :]
        places = (chosen[:, None, :] + blocks * np.arange(BLOCK)[:, None]).reshape(rows, -1)
        points = np.take_along_axis(points, places, axis=1)
    else:
        places = np.broadcast_to(np.arange(width), points.shape)
    top = np.argpartition(points, points.shape[1] - count, axis=1)[:, -count:]
    values, top = np.take_along_axis(points, top, axis=1), np.take_along_axis(places, top, axis=1)
    return np.take_along_axis(top, np.lexsort((top, -values), axis=1), axis=1)
