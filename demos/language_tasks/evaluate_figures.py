"""What figures are made of: shares and means with their intervals, calibration, and labels."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from demos.core.intervals import wilson

SEED = 0
DRAWS = 2_000
BINS = 15
"""Of equal width, as Guo et al. 2017 have them."""


def share(name: str, hits: ArrayLike) -> dict[str, Any]:
    """The share of `hits` (n,) that are true, with its 95 % interval; None without any."""
    found = np.asarray(hits, dtype=bool)
    if not len(found):
        return {name: None}
    estimate = wilson(int(found.sum()), len(found))
    return {name: estimate.value, f"{name}_ci95": [estimate.low, estimate.high]}


def mean(name: str, values: ArrayLike) -> dict[str, Any]:
    """The mean of `values` (n,), with its 95 % interval by the bootstrap; None without any."""
    found = np.asarray(values, dtype=float)
    if not len(found):
        return {name: None}
    rng = np.random.default_rng(SEED)
    drawn = [rng.choice(found, len(found)).mean() for _ in range(DRAWS)]
    low, high = np.quantile(drawn, (0.025, 0.975))
    return {name: float(found.mean()), f"{name}_ci95": [float(low), float(high)]}


def reliability(scores: ArrayLike, hits: ArrayLike) -> dict[str, Any]:
    """How often answers of a score are right, by score, and how far the two are apart on average:
    the expected calibration error (Naeini et al. 2015)."""
    said, right = np.asarray(scores, dtype=float), np.asarray(hits, dtype=float)
    if not len(said):
        return {"ece": None}
    places = np.minimum((said * BINS).astype(int), BINS - 1)
    bins = [
        {
            "from": round(k / BINS, 3),
            "n": int((places == k).sum()),
            "score": float(said[places == k].mean()),
            "right": float(right[places == k].mean()),
        }
        for k in range(BINS)
        if (places == k).any()
    ]
    error = sum(each["n"] * abs(each["score"] - each["right"]) for each in bins) / len(said)
    return {"ece": error, "reliability": bins}


def per_label(labels: Sequence[str], given: Sequence[str]) -> dict[str, dict[str, Any]]:
    """How often each label that texts have was found where it is, and right where it was given."""
    there, said = np.asarray(labels, dtype=object), np.asarray(given, dtype=object)
    return {
        name: found(
            int(((there == name) & (said == name)).sum()),
            int((said == name).sum()),
            int((there == name).sum()),
        )
        for name in sorted(set(labels))
    }


def found(hits: int, given: int, there: int) -> dict[str, Any]:
    """`hits` of the `there` that are to be found, among the `given` that were."""
    return {
        "n": there,
        "recall": hits / there if there else None,
        "precision": hits / given if given else None,
        "f1": 2 * hits / (given + there) if given + there else None,
    }


def outcomes(answered: NDArray[np.bool_], refused: NDArray[np.bool_]) -> dict[str, Any]:
    """The shares that are answered, unsure, and refused."""
    if not len(answered):
        return {"answered": None, "unsure": None, "refused": None}
    return {
        "answered": float(answered.mean()),
        "unsure": float((~answered & ~refused).mean()),
        "refused": float(refused.mean()),
    }
