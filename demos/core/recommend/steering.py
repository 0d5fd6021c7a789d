"""What a reader sets, and the list that then follows from a ranking.

steering = Steering(novelty=0.3, excluded=frozenset({"Horror"}))
items = steer(catalog, ranking.scores, ranking.history, steering)

No model is asked. The score of an item is its log-probability plus

- novelty x -log(popularity): from p(item | history) at 0 to the lift p(item | history) / p(item) at
  1, the logit adjustment of Menon et al. 2021 ("Long-tail learning via logit adjustment") with the
  self-information that Vargas and Castells 2011 ("Rank and relevance in novelty and diversity
  metrics for recommender systems") measure novelty by;
- `FEEDBACK` x its cosine to the nearest item of "more like this", less the same of "less like
  this": relevance feedback as of Rocchio 1971, by the nearest item instead of the mean, so that
  taste in one direction does not water down that in another.

Diversity is maximal marginal relevance (Carbonell and Goldstein 1998) over the `POOL` best.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from demos.core.recommend.catalog import Catalog

FEEDBACK = 2.0
"""What an item exactly like one marked gains or loses, in log-probability."""
POOL = 300
"""Candidates of maximal marginal relevance."""
FIRST = 10.0
"""Puts pinned items before all others: relevance and similarity differ by 3 at most."""

Scores = NDArray[np.float32]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Steering:
    """`novelty` and `diversity` are between 0 (none) and 1.

    Items in any of the groups `excluded` are not shown; those in any of the groups `pinned` come
    before all others, however these score. `seen`: items of the history may be shown too. `more`
    and `less` are items marked; what is marked as less is not shown itself. `count` is how many
    are asked for. Raises `ValueError` for what is out of bounds.
    """

    novelty: float = 0.0
    diversity: float = 0.0
    excluded: frozenset[str] = frozenset()
    pinned: frozenset[str] = frozenset()
    seen: bool = False
    more: frozenset[int] = frozenset()
    less: frozenset[int] = frozenset()
    count: int = 10

    def __post_init__(self) -> None:
        if not (0 <= self.novelty <= 1 and 0 <= self.diversity <= 1):
            raise ValueError("novelty and diversity are between 0 and 1")
        if self.count < 1:
            raise ValueError("a list has at least one item")

    @property
    def unsteered(self) -> "Steering":
        """A list as long, as the model ranks it."""
        return Steering(count=self.count)


def steer(
    catalog: Catalog, scores: Scores, history: Iterable[int], steering: Steering
) -> list[int]:
    """The items shown, best first: fewer than asked for where no more may be shown, or none.

    `scores` (N + 1,) are log-probabilities as in `Ranking`; of equals, the lower number is first.
    """
    points = steered_scores(catalog, scores, steering)
    first = in_groups(catalog, steering.pinned)
    may = np.flatnonzero(allowed(catalog, scores, history, steering))
    order = may[np.lexsort((-points[may], ~first[may]))]
    if not steering.diversity:
        return [int(item) for item in order[: steering.count]]
    pool = order[: max(POOL, steering.count)]
    relevance = stretched(points[pool])
    chosen = marginal(
        relevance, catalog.vectors[pool], FIRST * first[pool], steering.diversity, steering.count
    )
    return [int(pool[place]) for place in chosen]


def allowed(catalog: Catalog, scores: Scores, history: Iterable[int], steering: Steering) -> Mask:
    """Which items (N + 1,) may be shown at all. What has no probability may not."""
    mask = np.isfinite(scores)
    mask &= ~in_groups(catalog, steering.excluded)
    mask[[0, *steering.less]] = False
    if not steering.seen:
        mask[list(history)] = False
    return mask


def in_groups(catalog: Catalog, names: frozenset[str]) -> Mask:
    """Which items (N + 1,) are in any of the groups."""
    if not names:
        return np.zeros(catalog.size + 1, dtype=bool)
    inside = (not names.isdisjoint(groups) for groups in catalog.groups)
    return np.fromiter(inside, dtype=bool, count=catalog.size + 1)


def steered_scores(catalog: Catalog, scores: Scores, steering: Steering) -> Scores:
    """The scores (N + 1,) with novelty and feedback; what was never taken counts as taken once."""
    points = scores.copy()
    if steering.novelty:
        share = np.maximum(catalog.counts, 1) / max(int(catalog.counts.sum()), 1)
        points -= (steering.novelty * np.log(share)).astype(np.float32)
    points += FEEDBACK * nearness(catalog, steering.more)
    points -= FEEDBACK * nearness(catalog, steering.less)
    return points


def nearness(catalog: Catalog, items: frozenset[int]) -> Scores:
    """The cosine (N + 1,) to the nearest of `items`; 0 where all point elsewhere, or none are."""
    if not items:
        return np.zeros(catalog.size + 1, dtype=np.float32)
    cosines = catalog.vectors @ catalog.vectors[sorted(items)].T  # (N + 1, items)
    return np.maximum(cosines.max(axis=1), 0)


def stretched(points: Scores) -> Scores:
    """From 0 for the lowest to 1 for the highest, so that they compare with cosines."""
    if not len(points):
        return points
    low, high = points.min(), points.max()
    return (points - low) / max(high - low, np.finfo(np.float32).tiny)


def marginal(
    relevance: Scores, vectors: Scores, bonus: Scores, diversity: float, count: int
) -> list[int]:
    """Places of maximal marginal relevance: each is relevant, and unlike those before it.

    That is (1 - diversity) x relevance - diversity x the largest cosine to one chosen before,
    plus `bonus`. `relevance` and `bonus` are (n,), `vectors` (n, D).
    """
    alike = vectors @ vectors.T  # (n, n)
    worth = (1 - diversity) * relevance + bonus
    nearest = np.zeros(len(relevance), dtype=np.float32)
    chosen: list[int] = []
    for _ in range(min(count, len(relevance))):
        place = int(np.argmax(worth - diversity * nearest))
        nearest = np.maximum(nearest, alike[place]) if chosen else alike[place]
        worth[place] = -np.inf
        chosen.append(place)
    return chosen


def ranks(scores: Scores, history: Iterable[int], items: Sequence[int]) -> list[int]:
    """The place, from 1, that each item has unsteered, among all that are not in the history."""
    others = scores.copy()
    others[[0, *history]] = -np.inf
    ordered = np.sort(others)
    better = len(scores) - np.searchsorted(ordered, scores[list(items)], side="right")
    return [int(each) + 1 for each in better]
