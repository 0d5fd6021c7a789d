"""Sensitivity and specificity of a score with two outcomes, at every threshold that matters.

Measured once, on validation images, and kept in `metrics.json`, so that a page can weigh mistakes
against each other without the images.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

EVERYONE, NO_ONE = 0.0, math.inf
"""Thresholds that ask no model."""
BIN_EDGES = (0, 0.001, 0.003, 0.01, 0.03, 0.1, 0.25, 0.5, 0.75, 0.9, 0.97, 0.99, 0.997, 0.999, 1)
"""Of scores: about even steps in odds, so that a shift moves all scores of a bin alike."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Bin:
    """Scores from `low` up to `high`, those with the finding and those without: number and mean."""

    low: float
    high: float
    positives: int
    negatives: int
    positive_mean: float
    negative_mean: float


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """Sensitivity and specificity (T,) at ascending thresholds, from `EVERYONE` to `NO_ONE`.

    Acting means acting on scores at or above the threshold.
    """

    positive: str
    positives: int
    negatives: int
    split: str
    prior: float
    thresholds: Floats
    sensitivity: Floats
    specificity: Floats
    calibration: tuple[Bin, ...]


def operating_curve(
    scores: NDArray[Any],
    labels: NDArray[Any],
    prior: float,
    *,
    positive: str,
    split: str,
    points: int = 200,
) -> dict[str, Any]:
    """What `metrics.json` stores of scores (N,) and labels (N,), true where `positive`.

    `prior` is the share of positives at which the scores are probabilities. Thresholds lie halfway
    between neighboring scores, rounded no further than that leaves every image on its side. Beyond
    `points` they are thinned, but never by one that some costs would choose (the convex hull).
    Raises `ValueError` when a class is missing, or a score or `prior` is no probability.
    """
    scores, positives = np.asarray(scores, np.float64), np.asarray(labels, bool)
    if positives.all() or not positives.any():
        raise ValueError("a curve needs images of both classes")
    if not (np.all((scores >= 0) & (scores <= 1)) and 0 < prior < 1):
        raise ValueError("scores and prior must be probabilities")
    distinct = np.unique(scores)
    missed = np.searchsorted(np.sort(scores[positives]), distinct)
    spared = np.searchsorted(np.sort(scores[~positives]), distinct)
    n_positive, n_negative = int(positives.sum()), int((~positives).sum())
    kept = thinned(n_positive - missed, n_negative - spared, points)
    return {
        "positive": positive,
        "positives": n_positive,
        "negatives": n_negative,
        "split": split,
        "prior": prior,
        "thresholds": [
            short_between(*distinct[i - 1 : i + 1].tolist()) if i else EVERYONE for i in kept
        ],
        "sensitivity": [round(1 - float(missed[i]) / n_positive, 6) for i in kept],
        "specificity": [round(float(spared[i]) / n_negative, 6) for i in kept],
        "calibration": binned(scores, positives),
    }


def thinned(caught: NDArray[Any], alarms: NDArray[Any], points: int) -> list[int]:
    """Which of the operating points (T,), given as counts, to keep: the hull, and an even rest."""
    by_alarms = [(int(alarms[i]), int(caught[i]), i) for i in range(len(caught) - 1, -1, -1)]
    corners: list[tuple[int, int, int]] = []
    for point in [(0, 0, -1), *by_alarms]:  # the first is acting on no one, which is not stored
        while len(corners) > 1 and turn(corners[-2], corners[-1], point) >= 0:
            corners.pop()
        corners.append(point)
    hull = [i for _, _, i in corners if i >= 0]
    others = np.setdiff1d(np.arange(len(caught)), hull)
    room = min(max(points - len(hull), 0), len(others))
    even = np.linspace(0, len(others) - 1, room).round().astype(int)
    return sorted({*hull, *others[even].tolist()})


def turn(a: tuple[int, ...], b: tuple[int, ...], c: tuple[int, ...]) -> int:
    """Above 0 where the way from `a` over `b` to `c` turns left, below 0 where it turns right."""
    return (b[0] - a[0]) * (c[1] - b[1]) - (b[1] - a[1]) * (c[0] - b[0])


def short_between(low: float, high: float) -> float:
    """The middle, with as few decimals as keep it above `low` and at most `high`."""
    for decimals in range(3, 17):
        middle = round((low + high) / 2, decimals)
        if low < middle <= high:
            return middle
    return high


def binned(scores: Floats, positives: NDArray[np.bool_]) -> list[dict[str, float]]:
    """Every bin that holds any score; the means by class are 0 where the class has none."""
    bins = []
    for low, high in pairwise(BIN_EDGES):
        inside = (scores >= low) & ((scores < high) | (high == 1))
        if inside.any():
            bins.append(
                {
                    "from": low,
                    "to": high,
                    "n": int(inside.sum()),
                    "mean_score": mean_of(scores[inside]),
                    "share_positive": mean_of(positives[inside]),
                    "positive_mean": mean_of(scores[inside & positives]),
                    "negative_mean": mean_of(scores[inside & ~positives]),
                }
            )
    return bins


def mean_of(values: NDArray[Any]) -> float:
    return round(float(values.mean()), 6) if len(values) else 0.0


def read_curve(measured: Mapping[str, Any]) -> Curve:
    """The curve that `operating_curve` wrote, with acting on no one added to its end.

    Rounded shares become counts of images again, so that equal costs are seen to be equal.
    """
    n_positive, n_negative = measured["positives"], measured["negatives"]
    return Curve(
        positive=measured["positive"],
        positives=n_positive,
        negatives=n_negative,
        split=measured["split"],
        prior=measured["prior"],
        thresholds=np.array([*measured["thresholds"], NO_ONE]),
        sensitivity=np.rint(np.array([*measured["sensitivity"], 0]) * n_positive) / n_positive,
        specificity=np.rint(np.array([*measured["specificity"], 1]) * n_negative) / n_negative,
        calibration=tuple(read_bin(each) for each in measured["calibration"]),
    )


def read_bin(measured: Mapping[str, Any]) -> Bin:
    positives = round(measured["n"] * measured["share_positive"])
    return Bin(
        low=measured["from"],
        high=measured["to"],
        positives=positives,
        negatives=measured["n"] - positives,
        positive_mean=measured["positive_mean"],
        negative_mean=measured["negative_mean"],
    )
