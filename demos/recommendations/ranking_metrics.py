"""How good next-item predictions are, with every item of the catalog as a candidate.

Nothing is sampled: sampled ranks can order methods wrongly (Krichene and Rendle 2020).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from demos.core.recommend.concentration import concentration

CUT = 10
RESAMPLES = 1_000

Floats = NDArray[np.floating]
Items = NDArray[np.integer]
History = Sequence[int]
AnyHistory = TypeVar("AnyHistory", bound=Sequence[int] | Items)
Scorer = Callable[[Sequence[History]], Floats]
"""Histories to scores (n, N + 1); higher is better, column 0 is ignored."""


@dataclass(frozen=True, slots=True, eq=False)
class Ranked:
    """What a method made of some histories.

    `ranks` (n,): where the target came among the items that are not in the history, from 1; a
    target level with m others has half of them before it, whatever their numbers. Infinite where
    the target is itself in the history, and so never recommended. `lists` (n, 10): what would be
    recommended, best first, of equals the lower number; 0 where a history leaves nothing.
    """

    ranks: NDArray[np.float64]
    lists: NDArray[np.int64]

    def gains(self) -> NDArray[np.float64]:
        """NDCG@10 (n,) of each history: 1 / log2(1 + rank), 0 beyond ten."""
        return np.where(self.ranks <= CUT, 1 / np.log2(1 + self.ranks), 0.0)


def measure(
    scores: Callable[[Sequence[AnyHistory]], Floats],
    histories: Sequence[AnyHistory],
    targets: Sequence[int] | Items,
    counts: Items,
    batch: int = 256,
) -> dict[str, float | int | list[float]]:
    """Rank, then summarize: see `rank` and `figures`."""
    return figures(rank(scores, histories, targets, batch), histories, counts)


def rank(
    scores: Callable[[Sequence[AnyHistory]], Floats],
    histories: Sequence[AnyHistory],
    targets: Sequence[int] | Items,
    batch: int = 256,
) -> Ranked:
    """Rank `targets` (n,) and list the ten best, without what is in the history.

    Raises `ValueError` for a score that is not a number: it would rank first or last by accident.
    """
    ranks, lists = [], []
    wanted = np.asarray(targets, dtype=np.int64)
    for at in range(0, len(histories), batch):
        part = histories[at : at + batch]
        found = np.array(scores(part), copy=True)
        if np.isnan(found[:, 1:]).any():
            raise ValueError("a score is not a number")
        hide(found, part)
        ranks.append(ranks_of(found, wanted[at : at + batch]))
        lists.append(best(found))
    if not ranks:
        return Ranked(np.empty(0), np.empty((0, CUT), dtype=np.int64))
    return Ranked(np.concatenate(ranks), np.concatenate(lists))


def hide(scores: Floats, histories: Sequence[History | Items]) -> None:
    """Set scores (n, N + 1) of what cannot be recommended to NaN: column 0, and items seen."""
    scores[:, 0] = np.nan
    rows = np.repeat(np.arange(len(histories)), [len(each) for each in histories])
    scores[rows, np.fromiter((item for each in histories for item in each), np.int64)] = np.nan


def ranks_of(scores: Floats, targets: NDArray[np.int64]) -> NDArray[np.float64]:
    """Ranks (n,) of `targets`, see `Ranked`. No comparison with NaN is true."""
    own = np.take_along_axis(scores, targets[:, None], axis=1)
    better = (scores > own).sum(1)
    level = (scores == own).sum(1) - 1
    return np.where(np.isnan(own[:, 0]), np.inf, 1 + better + level / 2)


def best(scores: Floats, count: int = CUT) -> NDArray[np.int64]:
    """The items (n, `count`) with the highest scores (n, N + 1), best first; -inf and NaN never."""
    n, columns = scores.shape
    width = min(count, columns - 1)
    kept = np.where(np.isnan(scores), -np.inf, scores)
    last = np.partition(kept, columns - width, axis=1)[:, columns - width, None]
    above, level = kept > last, kept == last
    room = width - above.sum(1, keepdims=True)
    chosen = above | (level & (np.cumsum(level, axis=1) <= room))
    items = np.nonzero(chosen)[1].reshape(n, width)
    order = np.argsort(-np.take_along_axis(kept, items, axis=1), axis=1, kind="stable")
    items = np.take_along_axis(items, order, axis=1)
    items[np.take_along_axis(kept, items, axis=1) == -np.inf] = 0
    return np.pad(items, ((0, 0), (0, count - width)))


def figures(
    ranked: Ranked, histories: Sequence[History | Items], counts: Items
) -> dict[str, float | int | list[float]]:
    """The table of one method. `counts` (N + 1,): how often each item was taken in training.

    - `ndcg@10`, with a 95 % interval from 1,000 resamples of the users, and `recall@10`, the share
      of users whose next item is among their ten. One target each, so the ideal DCG is 1.
    - `coverage`: the share of the catalog that is in anybody's ten.
    - `novelty`: mean -log2 of the share of the training interactions that each recommended item
      has, in bits (an item never taken counts as taken once).
    - `popularity_bias`: the mean popularity of what is recommended over the mean popularity of
      what is in the users' own histories, each a mean over users of the mean over the (different)
      items of one user: GAP_r / GAP_p of Abdollahpouri et al. 2019, "The unfairness of popularity
      bias in recommendation", with all users as one group; their popularity lift is this less 1.
      1: as popular as what people take anyway; above: more.
    - `gini` of how often each item of the catalog is recommended, and `long_tail`, the share of
      what is recommended that is in the long tail: see `demos.core.recommend.concentration`.
    - `users`: how many.

    Raises `ValueError` where there is no user to measure on.
    """
    if not len(ranked.ranks):
        raise ValueError("no user to measure on")
    gains = ranked.gains()
    share = counts / max(int(counts.sum()), 1)
    bits = -np.log2(np.maximum(counts, 1) / max(int(counts.sum()), 1))
    filled = ranked.lists > 0
    taken = [float(share[np.unique(each)].mean()) for each in histories if len(each)]
    offered = (share[ranked.lists] * filled).sum(1) / np.maximum(filled.sum(1), 1)
    catalog = concentration(ranked.lists, counts)
    return {
        "ndcg@10": float(gains.mean()),
        "ndcg@10_interval": list(interval(gains)),
        "recall@10": float((ranked.ranks <= CUT).mean()),
        "coverage": catalog.coverage,
        "novelty": float(bits[ranked.lists[filled]].mean()),
        "popularity_bias": float(offered.mean() / np.mean(taken)),
        "gini": catalog.gini,
        "long_tail": catalog.long_tail,
        "users": len(gains),
    }


def interval(values: Floats, seed: int = 0) -> tuple[float, float]:
    """95 % of the means of `values` (n,) lie in it, drawn anew from the same users (bootstrap).

    Give it the differences of two methods' gains to see whether one is better than the other.
    """
    generator = np.random.default_rng(seed)
    n = len(values)
    means = [values[generator.integers(n, size=n)].mean() for _ in range(RESAMPLES)]
    low, high = np.quantile(means, (0.025, 0.975))
    return float(low), float(high)
