"""What many messages are about: groups of near ones, named by their words, on a map.

    found = topics_of(texts, vectors, weights, tell)
    found.topics[0].words, found.places, found.of

Vectors are reduced to their main directions and grouped by k-means (MacQueen 1967) for several
numbers of groups, of which the one with the highest mean silhouette (Rousseeuw 1987) is taken. The
map is by t-SNE (van der Maaten and Hinton 2008). k-means and not HDBSCAN: on vectors of sentences
that leaves much of a file in no group, and how much hangs on settings nobody can choose beforehand.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from demos.core.errors import InputError
from demos.core.language.topic_words import words_of_groups

LEAST = 20
"""Different messages; among fewer there are no groups to speak of."""
MOST = 3_000
"""Different messages that are grouped; a sample says what a file is about."""
DIRECTIONS = 50
MOST_TOPICS = 16
LEAST_IN_TOPIC = 10
"""Different messages per group, on average."""
CANDIDATES = (2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16)
SILHOUETTE_OF = 1_200
"""Messages whose silhouette is taken: each is compared with all of them."""
TYPICAL = 5
PERPLEXITY = 30.0
STEPS = 400
"""Of t-SNE. The first 250 pull neighbors together, the rest spread the groups out."""
SEED = 0

Floats = NDArray[np.float32]
Tell = Callable[[int, int, str], None]
"""Says how far it is: so much of so much, and what is being done. May raise to stop."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A group: its words, the most telling first, its `share` of all messages, the places of its
    most typical ones in the sample, and the middle of its place on the map."""

    words: tuple[str, ...]
    share: float
    size: int
    typical: tuple[int, ...]
    x: float
    y: float

    @property
    def name(self) -> str:
        return ", ".join(self.words) or "(no words of its own)"


@dataclass(frozen=True, slots=True, eq=False)
class Topics:
    """The groups, the largest first; `of` (n,) says which one each text is in.

    `places` (n, 2) are between -1 and 1; `silhouette` is between -1 and 1: near 0, the groups run
    into each other.
    """

    topics: tuple[Topic, ...]
    of: NDArray[np.int64]
    places: Floats
    silhouette: float


def sample(
    weights: NDArray[np.int64], most: int = MOST
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Which of n different messages are looked at, in their order, and what each counts for.

    Those that come so often that one in `most` of all messages is one of them are looked at for
    certain; of the others, which are drawn by lot, each stands for some that are not.
    """
    counts = weights.astype(np.float64)
    if len(weights) <= most:
        return np.arange(len(weights)), counts
    often = counts * most > counts.sum()
    rare = np.flatnonzero(~often)
    drawn = np.random.default_rng(SEED).choice(rare, most - int(often.sum()), replace=False)
    counts[drawn] *= counts[rare].sum() / counts[drawn].sum()
    chosen = np.sort(np.concatenate([np.flatnonzero(often), drawn]))
    return chosen, counts[chosen]


def topics_of(
    texts: Sequence[str], vectors: Floats, weights: NDArray[np.float64], tell: Tell
) -> Topics:
    """The groups of n different texts with `vectors` (n, width), each of which counts for `weights`
    (n,) messages. Raises `InputError` for too few, and whatever `tell` raises.
    """
    if len(texts) < LEAST:
        raise InputError(
            f"There are {len(texts)} different messages to group; a map takes {LEAST}.",
            "Choose a file with more messages.",
        )
    tell(0, 3, "grouping the messages")
    points = reduced(vectors)
    of, quality = grouped(points)
    tell(1, 3, "drawing the map")
    places = laid_out(points)
    tell(2, 3, "naming the groups")
    order = np.argsort(-np.bincount(of, weights), kind="stable")
    of = np.argsort(order)[of]  # the largest group is number 0
    words = words_of_groups(texts, of, len(order))
    total = float(weights.sum())
    return Topics(
        tuple(
            topic(words[number], np.flatnonzero(of == number), points, places, weights, total)
            for number in range(len(order))
        ),
        of,
        places,
        quality,
    )


def topic(
    words: tuple[str, ...],
    inside: NDArray[np.int64],
    points: Floats,
    places: Floats,
    weights: NDArray[np.float64],
    total: float,
) -> Topic:
    """A group by the places of its texts: those nearest to its middle are typical."""
    middle = points[inside].mean(axis=0)
    nearest = np.argsort(((points[inside] - middle) ** 2).sum(axis=1), kind="stable")
    x, y = np.median(places[inside], axis=0).tolist()
    return Topic(
        words,
        float(weights[inside].sum()) / total,
        len(inside),
        tuple(inside[nearest[:TYPICAL]].tolist()),
        x,
        y,
    )


def reduced(vectors: Floats) -> Floats:
    """The main directions (n, at most `DIRECTIONS`), at length 1; all alike stay all alike."""
    from sklearn.decomposition import PCA

    count = min(DIRECTIONS, *vectors.shape)
    centered = vectors - vectors.mean(axis=0)
    if not np.any(np.abs(centered) > 1e-6):
        return np.zeros((len(vectors), 2), np.float32)
    points = PCA(count, svd_solver="randomized", random_state=SEED).fit_transform(centered)
    lengths = np.linalg.norm(points, axis=1, keepdims=True)
    found: Floats = (points / np.maximum(lengths, 1e-6)).astype(np.float32)
    return found


def grouped(points: Floats) -> tuple[NDArray[np.int64], float]:
    """The group (n,) of each point, and how well they are apart; one group if all are alike."""
    from sklearn.cluster import KMeans
    from sklearn.metrics import silhouette_score

    different = len(np.unique(points.round(4), axis=0))
    most = min(MOST_TOPICS, len(points) // LEAST_IN_TOPIC, different - 1)
    best: tuple[float, Any] = (-1.0, np.zeros(len(points), np.int64))
    for count in (each for each in CANDIDATES if each <= most):
        of = KMeans(count, n_init=2, random_state=SEED).fit_predict(points)
        looked = np.random.default_rng(SEED).permutation(len(points))[:SILHOUETTE_OF]
        if len(np.unique(of[looked])) < 2:
            continue
        quality = float(silhouette_score(points[looked], of[looked]))
        best = max(best, (quality, of), key=lambda each: each[0])
    quality, of = best
    _, of = np.unique(of, return_inverse=True)
    return of.astype(np.int64), quality if of.any() else 0.0


def laid_out(points: Floats) -> Floats:
    """Places (n, 2) between -1 and 1, near each other where the points are."""
    from sklearn.manifold import TSNE

    if not np.any(points):
        return np.zeros((len(points), 2), np.float32)
    spread = TSNE(
        perplexity=min(PERPLEXITY, (len(points) - 1) / 3),
        max_iter=STEPS,
        init="pca",
        random_state=SEED,
    ).fit_transform(points)
    spread -= (spread.max(axis=0) + spread.min(axis=0)) / 2
    found: Floats = (spread / max(float(np.abs(spread).max()), 1e-6)).astype(np.float32)
    return found
