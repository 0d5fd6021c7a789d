"""The peers: `implicit`'s ALS, and brute force in numpy, on the same catalog and histories."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from implicit.cpu.als import AlternatingLeastSquares  # type: ignore[import-untyped]
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from demos.benchmark.measure import threads

FACTORS = 128
"""As wide as our item vectors."""
ITERATIONS = 3
"""Of its training, which is not timed: how good the factors are makes no difference to speed."""
COUNT = 10
CHUNK = 512

Ints = NDArray[np.integer]
Floats = NDArray[np.float32]


def rows_of(histories: Sequence[Sequence[int]], size: int) -> csr_matrix:
    """(n, N + 1): 1 where an item is in a history, column 0 empty."""
    starts = np.cumsum([0, *map(len, histories)])
    items = np.fromiter((i for each in histories for i in each), np.int32, int(starts[-1]))
    values = np.ones(len(items), dtype=np.float32)
    return csr_matrix((values, items, starts), shape=(len(histories), size + 1))


def trained_als(rows: csr_matrix) -> Any:
    """`implicit`'s ALS, fitted to histories."""
    model = AlternatingLeastSquares(
        factors=FACTORS, iterations=ITERATIONS, num_threads=threads(), random_state=0
    )
    model.fit(rows, show_progress=False)
    return model


def als_recommend(model: Any, rows: csr_matrix) -> Ints:
    """Ten items (n, 10) for users it was not trained on: it solves for their factors first."""
    users = np.arange(rows.shape[0])
    found: Ints = model.recommend(users, rows, N=COUNT, recalculate_user=True)[0]
    return found


@dataclass(frozen=True, slots=True, eq=False)
class BruteForce:
    """Every item's vector (N + 1, D) times the sum of the history's, as one would write it."""

    vectors: Floats

    def recommend(self, rows: csr_matrix) -> Ints:
        """Ten items (n, 10), best first, none that is in the history."""
        parts = range(0, rows.shape[0], CHUNK)
        return np.concatenate([self.some(rows[at : at + CHUNK]) for at in parts])

    def some(self, rows: csr_matrix) -> Ints:
        scores = (rows @ self.vectors) @ self.vectors.T  # (n, N + 1)
        scores[:, 0] = -np.inf
        scores[rows.nonzero()] = -np.inf
        best = np.argpartition(scores, -COUNT, axis=1)[:, -COUNT:]
        order = np.argsort(-np.take_along_axis(scores, best, axis=1), axis=1)
        found: Ints = np.take_along_axis(best, order, axis=1)
        return found
