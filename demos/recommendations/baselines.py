"""What the network has to beat: popularity, item transitions, EASE and the best of `implicit`.

Each is made from training histories and scores any history, as the network does. What can be
chosen is chosen on the last item of each training history, then fitted to all of them.
"""

import warnings
from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import lapack
from scipy.sparse import csr_matrix, issparse

from demos.core.threads import available_cores
from demos.recommendations.ranking_metrics import History, Scorer, rank

PENALTIES = (50.0, 100.0, 300.0)
"""Of EASE, the only thing to choose."""
NEIGHBORS = (20, 100)
FACTORS = (128, 256)
ALS = {"regularization": 5.0, "alpha": 1.0, "random_state": 0}
"""More confidence in what was taken (`alpha` 5 and 20) is worse on books and movies, and hardly
better on retail."""

Floats = NDArray[np.floating]
Fit = Callable[[Sequence[History], int], Scorer]


def baselines(train: Sequence[History], size: int) -> dict[str, Scorer]:
    """Every baseline, fitted to `train`, for a catalog of `size` items.

    Raises `SystemExit` where `implicit` is not installed.
    """
    return {
        "popularity": popularity(train, size),
        "transitions": transitions(train, size),
        "ease": fitted(train, size, ease_fits()),
        "implicit": fitted(train, size, implicit_fits()),
    }


def fitted(train: Sequence[History], size: int, fits: dict[str, Fit]) -> Scorer:
    """The fit with the best NDCG@10 on each history's last item, fitted again to the whole."""
    found = validated(train, size, fits)
    return fits[max(found, key=lambda name: found[name])](train, size)


def validated(train: Sequence[History], size: int, fits: dict[str, Fit]) -> dict[str, float]:
    """NDCG@10 of each fit to histories without their last item, on that item."""
    shorter, last = without_last(train)
    return {
        name: float(rank(fit(shorter, size), shorter, last).gains().mean())
        for name, fit in fits.items()
    }


def without_last(train: Sequence[History]) -> tuple[list[History], list[int]]:
    """Histories of two items and more, cut before their last, and those last items."""
    enough = [each for each in train if len(each) > 1]
    return [each[:-1] for each in enough], [each[-1] for each in enough]


def popularity(train: Sequence[History], size: int) -> Scorer:
    """How often an item was taken."""
    counts = taken(train, size)
    return lambda histories: np.tile(counts, (len(histories), 1))


def transitions(train: Sequence[History], size: int) -> Scorer:
    """How often an item came right after the history's last, and of equals the more popular."""
    pairs = np.array([pair for each in train for pair in pairwise(each)], dtype=np.int64).reshape(
        -1, 2
    )
    shape = (size + 1, size + 1)
    after = csr_matrix((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=shape)
    counts = taken(train, size)
    level = counts / (counts.max() + 1)  # under 1: it never outweighs a transition

    def scores(histories: Sequence[History]) -> Floats:
        found: Floats = after[[each[-1] if len(each) else 0 for each in histories]].toarray()
        return found + level

    return scores


def ease(train: Sequence[History], size: int, penalty: float) -> Scorer:
    return linear(ease_weights(binary(train, size), penalty), size)


def ease_weights(x: csr_matrix, penalty: float) -> NDArray[np.float32]:
    """EASE (Steck 2019, "Embarrassingly shallow autoencoders for sparse data"), in closed form.

    The item-item weights B (N, N), with a zero diagonal, that best rebuild the users' binary
    vectors `x` (users, N) from themselves under an L2 penalty: with P = (x'x + penalty I)^-1,
    B = I - P / diag(P). Where there are fewer users than items, P is found through the smaller
    inverse: P = (I - x' (x x' + penalty I)^-1 x) / penalty (Woodbury). Of 9,147 books and 2,672
    users that took 17 s instead of 47 on a busy core. Raises `LinAlgError` if there is no inverse.
    """
    users, items = x.shape
    if users >= items:
        inverse = inverted((x.T @ x).toarray(), penalty)
    else:
        between = inverted((x @ x.T).toarray(), penalty)
        inverse = x.T @ -(x.T @ between).T
        inverse[np.diag_indices(items)] += 1  # the factor 1 / penalty cancels out below
    inverse /= -np.diagonal(inverse)
    np.fill_diagonal(inverse, 0)
    return inverse


def inverted(gram: NDArray[np.float32], penalty: float) -> NDArray[np.float32]:
    """The inverse (n, n) of a Gram matrix with `penalty` added to its diagonal."""
    n = len(gram)
    gram[np.diag_indices(n)] += penalty
    factor, problem = lapack.spotrf(gram.T, lower=1, overwrite_a=1)
    inverse, failed = lapack.spotri(factor, lower=1, overwrite_c=1)
    if problem or failed:
        raise np.linalg.LinAlgError("the Gram matrix cannot be inverted")
    lower = np.tril(inverse, -1)
    return lower + lower.T + np.diag(np.diagonal(inverse))


def ease_fits() -> dict[str, Fit]:
    return {f"EASE, penalty {penalty:g}": partial(ease, penalty=penalty) for penalty in PENALTIES}


def implicit_fits() -> dict[str, Fit]:
    """What `implicit` offers: nearest neighbors by three weightings, and matrix factorization.

    Its threads call BLAS, which is to have none of its own (`demos.core.threads` sees to that).
    Raises `SystemExit` where it is not installed.
    """
    try:
        from implicit.cpu.als import AlternatingLeastSquares  # type: ignore[import-untyped]
        from implicit.nearest_neighbours import (  # type: ignore[import-untyped]
            BM25Recommender,
            CosineRecommender,
            TFIDFRecommender,
        )
    except ImportError as error:
        raise SystemExit("implicit is missing: pip install -r requirements-dev.txt") from error
    kinds = {
        "cosine": CosineRecommender,
        "TF-IDF": TFIDFRecommender,
        "BM25": BM25Recommender,
    }
    near: dict[str, Fit] = {
        f"{name}, {count} neighbors": partial(
            neighbors, make=partial(kind, K=count, num_threads=available_cores())
        )
        for name, kind in kinds.items()
        for count in NEIGHBORS
    }
    factors: dict[str, Fit] = {
        f"ALS, {count} factors": partial(
            als,
            make=partial(
                AlternatingLeastSquares, factors=count, num_threads=available_cores(), **ALS
            ),
        )
        for count in FACTORS
    }
    return near | factors


def neighbors(train: Sequence[History], size: int, make: Callable[[], Any]) -> Scorer:
    """`implicit`'s item-item models score what a history's items are similar to, summed."""
    model = make()
    with warnings.catch_warnings():  # it warns of the layout of a matrix that it made itself
        warnings.simplefilter("ignore")
        model.fit(binary(train, size), show_progress=False)
    return linear(model.similarity, size)


def als(train: Sequence[History], size: int, make: Callable[[], Any]) -> Scorer:
    """Its matrix factorization; a history's factors are solved for, whether trained on or not."""
    model = make()
    model.fit(binary(train, size), show_progress=False)

    def scores(histories: Sequence[History]) -> Floats:
        users = model.recalculate_user(np.arange(len(histories)), binary(histories, size))
        return with_padding(users @ model.item_factors.T)

    return scores


def linear(weights: Any, size: int) -> Scorer:
    """Scores that are the sum of the rows of `weights` (N, N), dense or sparse, of the items."""

    def scores(histories: Sequence[History]) -> Floats:
        found = binary(histories, size) @ weights
        return with_padding(found.toarray() if issparse(found) else found)

    return scores


def binary(histories: Sequence[History | NDArray[np.int64]], size: int) -> csr_matrix:
    """(n, N) in float32: 1 where an item is in a history; item 1 is column 0."""
    items = [np.unique(np.asarray(each, dtype=np.int32)) - 1 for each in histories]
    starts = np.cumsum([0, *map(len, items)])
    columns = np.concatenate([np.empty(0, dtype=np.int32), *items])
    ones = np.ones(len(columns), dtype=np.float32)
    return csr_matrix((ones, columns, starts), shape=(len(histories), size))


def taken(train: Sequence[History], size: int) -> NDArray[np.float64]:
    """How often each item (N + 1,) is in the histories."""
    items = np.fromiter((item for each in train for item in each), np.int64)
    return np.bincount(items, minlength=size + 1).astype(np.float64)


def with_padding(scores: Floats) -> Floats:
    """(n, N) -> (n, N + 1): column 0 is no item."""
    return np.pad(scores, ((0, 0), (1, 0)))
