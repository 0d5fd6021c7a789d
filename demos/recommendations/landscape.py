"""Where the items of a catalog lie: groups of those taken alike, and a map of all of them."""

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import KMeans
from sklearn.manifold import TSNE

from demos.core.recommend.catalog import Region
from demos.recommendations.catalog_file import unit
from demos.recommendations.items import Items
from demos.recommendations.naming import cluster_names

SEED = 5
GROUPS = {"books": 20, "retail": 16}
REGIONS = 12
PERPLEXITY = 30


def groups(
    items: Items, vectors: NDArray[np.float32], counts: NDArray[np.int32]
) -> tuple[tuple[str, ...], ...]:
    """The groups of every item (N + 1): its genres, else the one cluster of `vectors` it is in.

    `vectors` (N + 1, D) are clustered by their `leanings`; `counts` (N + 1,) tell which
    items are well known, and a cluster is named by those above all.
    """
    if any(items.kinds):
        return items.kinds
    labels = KMeans(GROUPS[items.name], n_init=4, random_state=SEED).fit_predict(leanings(vectors))
    called = cluster_names(items, labels, counts)
    return ((), *((called[label],) for label in labels))


def places(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """A map (N + 1, 2) between -1 and 1 of vectors (N + 1, D): near are those that lean alike.

    t-SNE (van der Maaten and Hinton 2008) of `leanings`, started from their principal components
    so that the large distances mean something too, then spread out. Row 0 is zero.
    """
    rows = leanings(vectors)
    perplexity = min(PERPLEXITY, (len(rows) - 1) / 3)
    found = TSNE(perplexity=perplexity, init="pca", random_state=SEED).fit_transform(rows)
    return np.vstack([np.zeros((1, 2)), spread(found)]).astype(np.float32)


def leanings(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Directions (N, D) of vectors (N + 1, D) without the one in which most of them differ.

    That one is how often an item is taken (its correlation with the logarithm of the counts is
    0.80 to 0.96 in our catalogs), and would put all that is well known in one corner, whatever it
    is about. "All but the top" (Mu & Viswanath 2018, arXiv:1702.01417).
    """
    rows = unit(vectors[1:])
    rows = rows - rows.mean(axis=0)
    _, axes = np.linalg.eigh(rows.T @ rows)
    top = axes[:, -1]
    return unit(rows - np.outer(rows @ top, top)).astype(np.float32)


def spread(found: NDArray[np.float32]) -> NDArray[np.float32]:
    """Points (n, 2) between -1 and 1, halfway from where they are to where their ranks would be.

    Across and up, each keeps its order; groups far from all others no longer take most of a map.
    """
    low, high = found.min(axis=0), found.max(axis=0)
    within = (found - low) / np.maximum(high - low, 1e-12)
    ranks = found.argsort(axis=0).argsort(axis=0) / max(len(found) - 1, 1)
    placed: NDArray[np.float32] = within + ranks - 1
    return placed


def regions(
    places: NDArray[np.float32], items: Items, counts: NDArray[np.int32]
) -> tuple[Region, ...]:
    """Named parts of the map: clusters of `places`, each named where its items are densest."""
    spots = places[1:]
    labels = KMeans(min(REGIONS, len(spots)), n_init=4, random_state=SEED).fit_predict(spots)
    called = cluster_names(items, labels, counts)
    return tuple(
        Region(name, *densest(spots[labels == label])) for label, name in enumerate(called)
    )


def densest(spots: NDArray[np.float32], width: float = 0.1) -> tuple[float, float]:
    """The one of the points (n, 2) with the most others within about `width`."""
    apart = ((spots[:, None] - spots[None]) ** 2).sum(axis=2)
    x, y = spots[np.exp(-apart / (2 * width**2)).sum(axis=1).argmax()]
    return float(x), float(y)
