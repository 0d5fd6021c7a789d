"""How much each group of features contributes to a score: exact Baseline Shapley values.

A coalition of groups has the input's features; all others have the baseline's. A group's value is
what it adds to a coalition, averaged over all orders in which the groups can join (Shapley 1953,
Contributions to the Theory of Games II; Sundararajan & Najmi 2020, arXiv:1908.08474). With few
groups all coalitions are scored, so nothing is sampled and nothing is fitted.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Score = Callable[[NDArray[Any]], NDArray[Any]]

MOST_GROUPS = 10
"""1,024 coalitions per input."""
BATCH_ROWS = 65_536
"""How many mixed inputs are made and scored at once."""
TOLERANCE = 1e-3
"""In units of the score: for log-odds, a tenth of a per cent of the odds."""


class Incomplete(ArithmeticError):
    """The contributions do not add up to the difference they are meant to explain."""


@dataclass(frozen=True, slots=True, eq=False)
class Attribution:
    """What each group adds (m, G), the score of the baseline, and those of the inputs (m,).

    `residual` is by how much `values`, summed, miss `total - base` at worst.
    """

    values: Floats
    base: float
    total: Floats
    residual: float


def attribute(
    score: Score,
    x: NDArray[Any],
    baseline: NDArray[Any],
    groups: Sequence[Sequence[int]],
    tolerance: float = TOLERANCE,
) -> Attribution:
    """Baseline Shapley values of `groups` of features of `x` (m, F) against `baseline` (F,).

    `score` takes (n, F) and gives (n,), each from its own row alone. The inputs and the baseline
    are also scored by themselves, away from the coalitions, and that is what the values have to
    add up to. Raises `Incomplete` where they miss it by more than `tolerance`, and `ValueError`
    for groups that are not a partition of the features, or too many.
    """
    check(x, baseline, groups)
    member = members(len(groups))  # (2^G, G)
    column = np.empty(x.shape[1], np.intp)
    for index, group in enumerate(groups):
        column[list(group)] = index
    taken = member[:, column]  # (2^G, F): where the input's feature is taken
    weights = weights_of(len(groups))
    values = np.empty((len(x), len(groups)))
    step = max(BATCH_ROWS // len(member), 1)
    for start in range(0, len(x), step):
        rows = x[start : start + step]
        mixed = np.where(taken, rows[:, None, :], baseline)  # (rows, 2^G, F)
        scores = np.asarray(score(mixed.reshape(-1, x.shape[1])), np.float64)
        values[start : start + step] = scores.reshape(len(rows), len(member)) @ weights
    base = float(score(baseline[None])[0])
    total = np.asarray(score(x), np.float64)
    missed = np.abs(values.sum(axis=1) - (total - base))
    residual = float(missed.max(initial=0.0))
    if not residual <= tolerance:  # also where a score is no number
        raise Incomplete(
            f"contributions miss the score's difference by {residual:.3g}, over {tolerance:.3g}: "
            "the score of a row depends on other rows, or on chance"
        )
    return Attribution(values, base, total, residual)


def check(x: NDArray[Any], baseline: NDArray[Any], groups: Sequence[Sequence[int]]) -> None:
    """Raises `ValueError` where `attribute` could not mean anything."""
    if x.ndim != 2 or baseline.shape != x.shape[1:]:
        raise ValueError(f"inputs {x.shape} and baseline {baseline.shape} do not fit")
    if not 1 <= len(groups) <= MOST_GROUPS:
        raise ValueError(f"{len(groups)} groups: there must be 1 to {MOST_GROUPS}")
    if sorted(each for group in groups for each in group) != list(range(x.shape[1])):
        raise ValueError("every feature must be in exactly one group")


@lru_cache(MOST_GROUPS)
def members(n: int) -> NDArray[np.bool_]:
    """All coalitions of `n` groups (2^n, n), from no one to everyone."""
    return (np.arange(2**n)[:, None] >> np.arange(n) & 1).astype(bool)


@lru_cache(MOST_GROUPS)
def weights_of(n: int) -> Floats:
    """What a coalition's score counts for in a group's value (2^n, n).

    Of the n! orders, |S|! (n - |S| - 1)! have exactly the groups S before this one: the score
    with it counts that share up, the score without it counts it down.
    """
    member = members(n)
    others = member.sum(axis=1, keepdims=True) - member
    share = np.array([1 / (n * math.comb(n - 1, size)) for size in range(n)])
    up = share[np.minimum(others, n - 1)]
    return np.where(member, up, -up)
