"""What a list of recommendations is like, and so what steering it brings and costs."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from demos.core.recommend.catalog import Catalog
from demos.core.recommend.concentration import long_tail


@dataclass(frozen=True, slots=True)
class ListMetrics:
    """Of a list of `items` items; what cannot be said of so few is `None`.

    `expected`: the probability that the item which comes next is in the list: the sum of its items'
    probabilities, out of all items, so that no steering among unseen items can raise it.
    `diversity`: the mean of 1 - cosine over all pairs (intra-list distance: Ziegler et al. 2005,
    "Improving recommendation lists through topic diversification"); 0 where all are the same.
    `novelty`: the mean of -log2 of the items' share of all that was taken, in bits (Zhou et al.
    2010, "Solving the apparent diversity-accuracy dilemma of recommender systems"); one bit more is
    half as popular.
    `popularity`: the mean share of the catalog that is less popular, from 0 to 1 (of equals, half).
    `long_tail`: the share that is in the long tail, as `concentration.long_tail` draws it.
    `groups`: how many groups its items are in.
    """

    items: int
    expected: float
    diversity: float | None
    novelty: float | None
    popularity: float | None
    long_tail: float | None
    groups: int


def list_metrics(
    catalog: Catalog, scores: NDArray[np.float32], items: Sequence[int]
) -> ListMetrics:
    """`scores` (N + 1,) are the model's log-probabilities, unsteered."""
    listed = list(items)
    if not listed:
        return ListMetrics(0, 0.0, None, None, None, None, 0)
    counts = catalog.counts[listed]
    share = np.maximum(counts, 1) / max(int(catalog.counts.sum()), 1)
    return ListMetrics(
        items=len(listed),
        expected=float(np.exp(scores[listed], dtype=np.float64).sum()),
        diversity=distance(catalog.vectors[listed]),
        novelty=float(-np.log2(share).mean()),
        popularity=float(less_popular(catalog, listed).mean()),
        long_tail=float(long_tail(catalog.counts)[listed].mean()),
        groups=len({group for item in listed for group in catalog.groups[item]}),
    )


def distance(vectors: NDArray[np.float32]) -> float | None:
    """The mean of 1 - cosine over all pairs of `vectors` (n, D) of unit length."""
    n = len(vectors)
    if n < 2:
        return None
    # The cosines of all pairs, both ways, are in the square of the sum; those with itself go off.
    total = float(np.square(vectors.sum(axis=0, dtype=np.float64)).sum())
    itself = float(np.square(vectors, dtype=np.float64).sum())
    return 1 - (total - itself) / (n * (n - 1))


def less_popular(catalog: Catalog, items: Sequence[int]) -> NDArray[np.float64]:
    """The share of the catalog that was taken less often than each item, equals counting half."""
    ordered = np.sort(catalog.counts[1:])
    counts = catalog.counts[list(items)]
    below = np.searchsorted(ordered, counts, side="left")
    upto = np.searchsorted(ordered, counts, side="right")
    return np.asarray((below + upto) / (2 * catalog.size), dtype=np.float64)
