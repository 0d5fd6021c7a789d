"""One distribution over the catalog from two: the network's and windowed EASE's.

A log-linear blend: its weights are those under which the next items of validation are likeliest.
Each part is also offered alone, as a method to compare with, and so are plain item transitions.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from demos.recommendations.links import History, fading

Floats = NDArray[np.float32]
METHODS = ("blend", "network", "ease", "transitions", "popularity")
PRIOR = 5.0
"""Transitions that every item is taken to have had besides, shared out by popularity."""
FAINT = 0.02
"""What EASE's weights are raised by before their logarithm is taken: about what chance gives."""
LEVEL = 0.01
"""Of popularity, what decides between items that EASE has level."""
LAST = 1e-3
"""A fade so quick that only the last item of a history speaks."""


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each part's logarithms count in the blend, and EASE's where it stands alone."""

    network: float
    ease: float
    ease_alone: float

    def as_dict(self) -> dict[str, float]:
        """By name, in the order in which they are stored."""
        return asdict(self)


@dataclass(frozen=True, slots=True, eq=False)
class Linear:
    """The parts that are no network. `popular` (N + 1,): log-shares of the training interactions.

    `following` and `together` (N + 1, N + 1) are transitions and windowed EASE, the strongest
    links of each item; `fade`: how quickly the items of a history lose their say, in items.
    """

    popular: Floats
    following: sparse.csr_array
    together: sparse.csr_array
    fade: float

    @property
    def items(self) -> int:
        """How many there are in the catalog."""
        return len(self.popular) - 1


def linear(tensors: Mapping[str, NDArray[Any]], counts: NDArray[np.int32]) -> Linear:
    """The parts as `linear_tensors` stored them."""
    following, together = (links(tensors, name, len(counts)) for name in ("following", "together"))
    return Linear(log_share(counts), following, together, float(tensors["fade"]))


def linear_tensors(parts: Linear) -> dict[str, NDArray[Any]]:
    """Links as tensors: values in half precision, items in 16 bits."""
    found: dict[str, NDArray[Any]] = {"fade": np.array(parts.fade)}
    for name, matrix in (("following", parts.following), ("together", parts.together)):
        found[f"{name}.values"] = matrix.data.astype(np.float16)
        found[f"{name}.items"] = matrix.indices.astype(np.uint16)
        found[f"{name}.starts"] = matrix.indptr.astype(np.int32)
    return found


def links(tensors: Mapping[str, NDArray[Any]], name: str, size: int) -> sparse.csr_array:
    """One matrix (size, size) that `linear_tensors` stored."""
    values, items, starts = (tensors[f"{name}.{part}"] for part in ("values", "items", "starts"))
    return sparse.csr_array(
        (values.astype(np.float32), items.astype(np.int32), starts), shape=(size, size)
    )


def log_share(counts: NDArray[np.int32]) -> Floats:
    """Log-share (N + 1,) of each item in the training data; one never taken counts as half taken.

    That of padding is 0: it is set apart at the end.
    """
    shares = np.maximum(counts, 0.5)
    found: Floats = np.log(shares / shares[1:].sum()).astype(np.float32)
    found[0] = 0
    return found


def log_following(parts: Linear, histories: Sequence[History]) -> sparse.csr_array:
    """What transitions add to the log-share of the items that have followed the last one.

    p(b) = (t(b) + PRIOR x share(b)) / (sum of t + PRIOR) for the counts t; the denominator is the
    same for all items, and left out.
    """
    found = (fading(histories, parts.items, LAST) @ parts.following).tocsr()
    found.data = np.log1p(found.data / (PRIOR * np.exp(parts.popular[found.indices])))
    return found


def log_together(parts: Linear, histories: Sequence[History]) -> sparse.csr_array:
    """What EASE adds for the items linked to the latest ones of a history."""
    found = (fading(histories, parts.items, parts.fade) @ parts.together).tocsr()
    found.data = np.log1p(found.data / FAINT)
    return found


def add(scores: Floats, links: sparse.csr_array, weight: float) -> None:
    """Add the links' values to scores (n, N + 1), in place."""
    rows = np.repeat(np.arange(links.shape[0]), np.diff(links.indptr))
    scores[rows, links.indices] += np.float32(weight) * links.data


def blended(
    parts: Linear, weights: Weights, network: Floats, histories: Sequence[History]
) -> Floats:
    """Log-probabilities (n, N + 1) of the blend, from those of the network, which are changed."""
    network *= np.float32(weights.network)
    add(network, log_together(parts, histories), weights.ease)
    return finished(parts, network, histories)


def alone(parts: Linear, weights: Weights, method: str, histories: Sequence[History]) -> Floats:
    """The same of a method that is linear. Raises `KeyError` for another."""
    share = {"ease": LEVEL, "transitions": 1.0, "popularity": 1.0}[method]
    scores = np.tile(np.float32(share) * parts.popular, (len(histories), 1))
    if method == "ease":
        add(scores, log_together(parts, histories), weights.ease_alone)
    elif method == "transitions":
        add(scores, log_following(parts, histories), 1.0)
    return finished(parts, scores, histories)


def finished(parts: Linear, scores: Floats, histories: Sequence[History]) -> Floats:
    """Scores (n, N + 1) less the logarithm of their sum over what is not in the history.

    That is what can be recommended. An empty history gets popularity.
    """
    for row, history in zip(scores, histories, strict=True):
        if not len(history):
            row[:] = parts.popular
    scores[:, 0] = -np.inf
    rows = np.repeat(np.arange(len(histories)), [len(each) for each in histories])
    items = np.fromiter(chain.from_iterable(histories), np.int64, len(rows))
    top = scores.max(axis=1, keepdims=True)
    scores -= top
    chances = np.exp(scores)
    chances[rows, items] = 0
    total = chances.sum(axis=1, keepdims=True)
    scores -= np.log(np.maximum(total, np.finfo(np.float32).tiny))
    return scores
