"""The stored curve against the scores it was made of."""

import json

import numpy as np
import pytest
from numpy.typing import NDArray

from demos.core.operating_curve import NO_ONE, operating_curve, read_curve, short_between

Scores = NDArray[np.float64]
Labels = NDArray[np.bool_]


def drawn(seed: int, n: int = 300, steps: int = 0) -> tuple[Scores, Labels]:
    """Scores of two overlapping classes, on a grid of `steps` where ties are wanted."""
    rng = np.random.default_rng(seed)
    labels = np.arange(n) % 3 > 0
    scores = 1 / (1 + np.exp(-rng.normal(np.where(labels, 1.5, -1.5), 2)))
    return (np.round(scores * steps) / steps if steps else scores), labels


@pytest.mark.parametrize("steps", [0, 7])
@pytest.mark.parametrize("points", [1000, 40])
def test_every_point_is_what_counting_gives(steps: int, points: int) -> None:
    scores, labels = drawn(0, steps=steps)
    stored = operating_curve(scores, labels, 0.5, positive="yes", split="test", points=points)
    curve = read_curve(json.loads(json.dumps(stored, allow_nan=False)))
    assert (curve.positives, curve.negatives) == (200, 100)
    assert len(stored["thresholds"]) <= min(points, len(np.unique(scores)))
    assert np.all(np.diff(curve.thresholds) > 0)
    for t, sensitivity, specificity in zip(
        curve.thresholds, curve.sensitivity, curve.specificity, strict=True
    ):
        assert sensitivity == pytest.approx((scores[labels] >= t).mean(), abs=1e-6)
        assert specificity == pytest.approx((scores[~labels] < t).mean(), abs=1e-6)


def test_the_ends_act_on_everyone_and_on_no_one() -> None:
    scores, labels = drawn(1, steps=7)
    curve = read_curve(operating_curve(scores, labels, 0.5, positive="yes", split="test"))
    assert (curve.thresholds[0], curve.sensitivity[0], curve.specificity[0]) == (0, 1, 0)
    assert (curve.thresholds[-1], curve.sensitivity[-1], curve.specificity[-1]) == (NO_ONE, 0, 1)
    assert scores.max() == 1  # so that no threshold up to 1 acts on no one
    assert curve.specificity[-2] < 1 or curve.sensitivity[-2] > 0


def test_thinning_never_costs_anything() -> None:
    """Whatever the costs, the cheapest of all points is among those kept."""
    scores, labels = drawn(2, n=900)
    full, thin = (
        read_curve(operating_curve(scores, labels, 0.5, positive="y", split="t", points=points))
        for points in (10_000, 30)
    )
    assert len(thin.thresholds) <= 31 < len(full.thresholds)
    for miss in np.geomspace(1e-3, 1e3, 200):
        cheapest = [(miss * (1 - c.sensitivity) + 1 - c.specificity).min() for c in (full, thin)]
        assert cheapest[0] == pytest.approx(cheapest[1], abs=1e-5)


def test_scores_next_to_each_other_stay_apart() -> None:
    scores = np.array([0.0, 1e-9, 0.5, np.nextafter(0.5, 1), 1 - 1e-12, 1.0])
    labels = np.array([False, True, False, True, False, True])
    stored = operating_curve(scores, labels, 0.5, positive="yes", split="test")
    thresholds = stored["thresholds"]
    assert [int((scores >= t).sum()) for t in thresholds] == [6, 5, 4, 3, 2, 1]


@pytest.mark.parametrize(
    ("low", "high", "middle"), [(0.1, 0.9, 0.5), (0.1233, 0.1237, 0.1235), (0, 1e-9, 1e-9)]
)
def test_thresholds_have_no_more_decimals_than_needed(
    low: float, high: float, middle: float
) -> None:
    assert short_between(low, high) == middle


def test_calibration_bins_hold_every_image_once() -> None:
    scores, labels = drawn(3)
    scores[:2] = (0, 1)
    stored = operating_curve(scores, labels, 0.5, positive="yes", split="test")
    bins = stored["calibration"]
    assert sum(each["n"] for each in bins) == len(scores)
    assert sum(each["n"] * each["share_positive"] for each in bins) == pytest.approx(200, abs=1e-3)
    for each in bins:
        assert each["from"] <= each["mean_score"] <= each["to"]


@pytest.mark.parametrize(
    ("scores", "labels", "prior"),
    [
        ([0.1, 0.2], [True, True], 0.5),
        ([0.1, 0.2], [False, False], 0.5),
        ([0.1, 1.2], [False, True], 0.5),
        ([0.1, np.nan], [False, True], 0.5),
        ([0.1, 0.2], [False, True], 0.0),
    ],
)
def test_what_makes_no_curve_is_refused(
    scores: list[float], labels: list[bool], prior: float
) -> None:
    with pytest.raises(ValueError, match=r"curve needs|must be probabilities"):
        operating_curve(np.array(scores), np.array(labels), prior, positive="yes", split="test")
