"""Costs, prevalence and predictive values against counting drawn people."""

import math

import numpy as np
import pytest

from demos.core.decision import (
    PEOPLE,
    Stakes,
    agreement,
    cheapest,
    costs_of,
    expected_share,
    ideal_threshold,
    index_at,
    policy,
    shift,
)
from demos.core.intervals import share_with, wilson
from demos.core.operating_curve import EVERYONE, NO_ONE, Curve, operating_curve, read_curve

PREVALENCES = (0.001, 0.05, 0.5, 0.9, 0.999)


def curve_of(seed: int = 0, n: int = 600, distance: float = 2.0, prior: float = 0.5) -> Curve:
    """Scores that are true probabilities where half have the finding: two normals, apart."""
    rng = np.random.default_rng(seed)
    labels = np.arange(n) % 4 > 0
    draws = rng.normal(np.where(labels, distance, -distance) / 2, 1)
    scores = 1 / (1 + np.exp(-distance * draws))  # the log-odds of equal-variance normals
    return read_curve(operating_curve(scores, labels, prior, positive="yes", split="test"))


@pytest.mark.parametrize("prevalence", PREVALENCES)
@pytest.mark.parametrize("ratio", [1e-3, 0.1, 1, 30, 1e4])
def test_the_best_threshold_never_costs_more_than_asking_no_model(
    prevalence: float, ratio: float
) -> None:
    curve, stakes = curve_of(), Stakes(ratio, 1, prevalence)
    best = cheapest(curve, stakes)
    assert best is not None
    costs = costs_of(curve, stakes)
    assert costs[best] == costs.min() <= min(costs[0], costs[-1])
    assert costs[0] == pytest.approx(PEOPLE * (1 - prevalence))
    assert costs[-1] == pytest.approx(PEOPLE * ratio * prevalence)


def test_the_extremes_ask_no_model() -> None:
    curve = curve_of()

    def threshold(miss: float, alarm: float, prevalence: float) -> float:
        best = cheapest(curve, Stakes(miss, alarm, prevalence))
        assert best is not None
        return float(curve.thresholds[best])

    assert threshold(500, 0, 0.1) == EVERYONE  # false alarms are free
    assert threshold(0, 50, 0.1) == NO_ONE  # misses are free
    assert threshold(500, 50, 0) == NO_ONE  # nobody has it
    assert threshold(500, 50, 1) == EVERYONE  # everybody has it
    for free in (Stakes(0, 0, 0.1), Stakes(0, 50, 1), Stakes(500, 0, 0)):
        assert cheapest(curve, free) is None
        assert ideal_threshold(free, curve.prior) is None


def test_dearer_misses_lower_the_threshold() -> None:
    curve = curve_of()
    found = [cheapest(curve, Stakes(miss, 50, 0.2)) for miss in (5, 50, 500, 5000, 50_000)]
    thresholds = [float(curve.thresholds[i]) for i in found if i is not None]
    assert len(thresholds) == 5
    assert thresholds == sorted(thresholds, reverse=True)
    assert len(set(thresholds)) > 2


def test_of_equally_cheap_thresholds_the_one_next_to_the_ideal_is_taken() -> None:
    scores = np.array([0.1, 0.2, 0.3, 0.7, 0.8, 0.9])
    labels = np.array([False, True, False, True, False, True])
    curve = read_curve(operating_curve(scores, labels, 0.5, positive="yes", split="test"))
    stakes = Stakes(1, 1, 0.5)
    tied = np.flatnonzero(costs_of(curve, stakes) == costs_of(curve, stakes).min())
    assert curve.thresholds[tied].tolist() == [0.15, 0.5, 0.85]
    chosen = cheapest(curve, stakes)
    assert chosen is not None
    assert curve.thresholds[chosen] == 0.5 == ideal_threshold(stakes, 0.5)


def test_where_a_miss_costs_nothing_no_one_is_acted_on() -> None:
    """Even where some scores are 1, so that a threshold there spares everybody without it too."""
    measured = operating_curve(
        np.array([0.2, 0.3, 0.9999999, 1.0, 1.0]),
        np.array([0, 1, 1, 1, 1]),
        0.5,
        positive="ill",
        split="validation",
    )
    curve, stakes = read_curve(measured), Stakes(0, 50, 0.1)
    assert 1.0 in curve.thresholds
    best = cheapest(curve, stakes)
    assert best is not None and curve.thresholds[best] == NO_ONE


def test_the_shift_undoes_itself_and_is_nothing_at_the_same_prevalence() -> None:
    for p in (0.0, 0.01, 0.5, 0.97, 1.0):
        assert shift(p, 0.5, 0.5) == pytest.approx(p)
        assert shift(shift(p, 0.5, 0.03), 0.03, 0.5) == pytest.approx(p)
    assert shift(0.5, 0.5, 0.03) == pytest.approx(0.03)  # a score that tells nothing
    assert (shift(0.4, 0.5, 0), shift(0.4, 0.5, 1)) == (0, 1)
    assert (shift(1.0, 0.5, 0), shift(0.0, 0.5, 1)) == (0, 1)


@pytest.mark.parametrize("prevalence", PREVALENCES)
def test_the_ideal_threshold_is_where_acting_starts_to_pay(prevalence: float) -> None:
    stakes = Stakes(miss=500, alarm=50, prevalence=prevalence)
    ideal = ideal_threshold(stakes, 0.3)
    assert ideal is not None
    p = shift(ideal, 0.3, prevalence)
    assert p == pytest.approx(50 / 550)
    assert p * stakes.miss == pytest.approx((1 - p) * stakes.alarm)


def test_with_perfect_probabilities_the_cheapest_is_the_ideal() -> None:
    curve = curve_of(n=40_000)
    for stakes in (Stakes(500, 50, 0.1), Stakes(50, 50, 0.4), Stakes(20, 10, 0.02)):
        best, ideal = cheapest(curve, stakes), ideal_threshold(stakes, curve.prior)
        assert best is not None and ideal is not None
        at_ideal = costs_of(curve, stakes)[index_at(curve, ideal)]
        assert at_ideal == pytest.approx(costs_of(curve, stakes)[best], rel=0.05)


def test_a_policy_is_what_happens_to_drawn_people() -> None:
    """People drawn at another prevalence, each with a score of one of the measured images."""
    rng = np.random.default_rng(5)
    labels = np.arange(600) % 4 > 0
    scores = np.clip(rng.normal(np.where(labels, 0.65, 0.35), 0.2), 0, 1)
    curve = read_curve(operating_curve(scores, labels, 0.5, positive="yes", split="test"))
    stakes = Stakes(miss=300, alarm=40, prevalence=0.08)
    index = index_at(curve, 0.5)
    found = policy(curve, index, stakes)

    n = 1_000_000
    sick = rng.random(n) < stakes.prevalence
    drawn = np.where(sick, rng.choice(scores[labels], n), rng.choice(scores[~labels], n))
    acted = drawn >= curve.thresholds[index]
    assert found.ppv.value == pytest.approx(sick[acted].mean(), rel=0.02)
    assert found.npv.value == pytest.approx((~sick)[~acted].mean(), rel=0.02)
    for count, of in (
        (found.caught, sick & acted),
        (found.missed, sick & ~acted),
        (found.alarms, ~sick & acted),
        (found.spared, ~sick & ~acted),
    ):
        assert count == pytest.approx(PEOPLE * of.mean(), rel=0.02)
    assert found.cost.value == pytest.approx(300 * found.missed + 40 * found.alarms)
    assert found.shifted == pytest.approx(shift(found.threshold, 0.5, 0.08))
    for each in (found.sensitivity, found.specificity, found.ppv, found.npv, found.cost):
        assert each.value is not None
        assert each.low < each.value < each.high


def test_policies_that_ask_no_model_are_certain() -> None:
    curve, stakes = curve_of(), Stakes(500, 50, 0.1)
    everyone, no_one = policy(curve, 0, stakes), policy(curve, len(curve.thresholds) - 1, stakes)
    assert (everyone.ppv.value, everyone.npv.value) == (pytest.approx(0.1), None)
    assert (no_one.ppv.value, no_one.npv.value) == (None, pytest.approx(0.9))
    assert everyone.cost.low == everyone.cost.high == everyone.cost.value == pytest.approx(45_000)
    assert no_one.cost.low == no_one.cost.high == no_one.cost.value == pytest.approx(50_000)
    assert no_one.shifted == math.inf


def test_predictive_values_at_the_ends_of_prevalence() -> None:
    for prevalence, ppv, npv in ((0, 0, 1), (1, 1, 0)):
        found = policy(curve_of(), 50, Stakes(500, 50, prevalence))
        assert (found.ppv.value, found.npv.value) == (ppv, npv)
    assert share_with(0, 10, 0, 10, 0.3).value is None
    assert share_with(10, 10, 0, 10, 0.3).value == 1
    assert share_with(10, 10, 0, 10, 0.3).low < 0.9  # ten images prove little
    assert share_with(0, 10, 5, 10, 0.3).value == 0


@pytest.mark.parametrize(
    ("sensitivity", "alarms", "prevalence"),
    [(0.95, 0.1, 0.1), (0.99, 0.01, 0.3), (0.9, 0.02, 0.01)],
)
def test_the_interval_of_a_predictive_value_holds_the_truth(
    sensitivity: float, alarms: float, prevalence: float
) -> None:
    rng = np.random.default_rng(0)
    flagged = prevalence * sensitivity
    truth = flagged / (flagged + (1 - prevalence) * alarms)
    drawn = zip(rng.binomial(388, sensitivity, 500), rng.binomial(135, alarms, 500), strict=True)
    found = [share_with(int(a), 388, int(b), 135, prevalence) for a, b in drawn]
    assert np.mean([each.low <= truth <= each.high for each in found]) > 0.92


def test_wilson_agrees_with_scipy() -> None:
    from scipy.stats import binomtest

    for hits, n in ((0, 20), (7, 20), (135, 135)):
        bounds = binomtest(hits, n).proportion_ci(0.95, method="wilson")
        found = wilson(hits, n)
        assert (found.low, found.high) == pytest.approx((bounds.low, bounds.high), abs=1e-6)


def test_shifted_probabilities_agree_where_the_scores_are_probabilities() -> None:
    curve = curve_of(n=40_000)
    for prevalence in (0.02, 0.3, 0.8):
        groups = agreement(curve, prevalence)
        assert sum(each.n for each in groups) == 40_000
        for each in groups:
            assert each.holds or each.observed.value == pytest.approx(each.predicted, abs=0.06)
        assert expected_share(curve, prevalence, shifted=True) == pytest.approx(prevalence, rel=0.1)


def test_unshifted_scores_expect_the_prior_they_were_made_for() -> None:
    curve = curve_of(n=40_000)
    assert expected_share(curve, 0.5, shifted=False) == pytest.approx(0.5, abs=0.01)
    assert expected_share(curve, 0.02, shifted=False) > 0.1


def test_disagreement_is_seen() -> None:
    rng = np.random.default_rng(0)
    labels = np.arange(2000) % 2 == 0
    scores = np.where(rng.random(2000) < 0.5, 0.6, 0.3)  # says something, knows nothing
    curve = read_curve(operating_curve(scores, labels, 0.5, positive="yes", split="test"))
    assert [each.holds for each in agreement(curve, 0.5)] == [False, False]


@pytest.mark.parametrize(
    ("miss", "alarm", "prevalence"), [(-1, 1, 0.5), (1, math.nan, 0.5), (1, 1, 1.2)]
)
def test_stakes_that_make_no_sense_are_refused(
    miss: float, alarm: float, prevalence: float
) -> None:
    with pytest.raises(ValueError, match="must be"):
        Stakes(miss, alarm, prevalence)
