"""Where to act on a score with two outcomes, when mistakes cost something.

Arithmetic on an operating curve; no model runs. Scores are probabilities that hold at the curve's
`prior`. Where the finding is rarer or more common, their odds shift by as much as its own do
(Saerens et al. 2002, Neural Computation 14:21), which keeps their order, and with it sensitivity
and specificity at each threshold.
"""

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from demos.core.intervals import Z_99, Estimate, certain, share_with, wilson
from demos.core.operating_curve import EVERYONE, NO_ONE, Bin, Curve, Floats

PEOPLE = 1000
"""Counts and costs are per so many."""
GROUP_EDGES = (0, 0.01, 0.05, 0.2, 0.5, 0.8, 0.95, 1)
"""Of shifted probabilities, in which they are compared with what was found."""


@dataclass(frozen=True, slots=True)
class Stakes:
    """What a missed case and a false alarm cost, in any unit, and the share that has the finding.

    Raises `ValueError` for a negative or infinite cost and for a share outside [0, 1].
    """

    miss: float
    alarm: float
    prevalence: float

    def __post_init__(self) -> None:
        if not (0 <= self.miss < math.inf and 0 <= self.alarm < math.inf):
            raise ValueError("costs must be finite and not negative")
        if not 0 <= self.prevalence <= 1:
            raise ValueError("prevalence must be between 0 and 1")

    @property
    def of_all_missed(self) -> float:
        """What acting on no one costs per person."""
        return self.miss * self.prevalence

    @property
    def of_all_alarmed(self) -> float:
        """What acting on everyone costs per person."""
        return self.alarm * (1 - self.prevalence)


@dataclass(frozen=True, slots=True)
class Policy:
    """What acting from a threshold on comes to; counts and cost are per `PEOPLE`.

    `threshold` is on the model's own scale, `shifted` is the same at the asked-for prevalence.
    """

    threshold: float
    shifted: float
    sensitivity: Estimate
    specificity: Estimate
    ppv: Estimate
    npv: Estimate
    cost: Estimate
    caught: float
    missed: float
    alarms: float
    spared: float


@dataclass(frozen=True, slots=True)
class Agreement:
    """Shifted probabilities from `low` up to `high`: their mean, and the share found to be so.

    `observed` has a 99 % interval: with seven groups, one of 95 % would often be left by chance.
    """

    low: float
    high: float
    n: int
    predicted: float
    observed: Estimate

    @property
    def holds(self) -> bool:
        """Whether the mean lies within the uncertainty of what was found."""
        return self.observed.low <= self.predicted <= self.observed.high


def shift(probability: float, old: float, new: float) -> float:
    """A probability that holds where a share `old` has the finding, where a share `new` has it.

    `old` lies strictly between 0 and 1. Where `new` is 0 or 1, so is the answer.
    """
    has, has_not = probability * new * (1 - old), (1 - probability) * (1 - new) * old
    return has / (has + has_not) if has + has_not else new


def ideal_threshold(stakes: Stakes, prior: float) -> float | None:
    """The cheapest threshold on the model's scale, were its probabilities perfect.

    At the asked-for prevalence this is alarm / (alarm + miss). None where nothing costs anything.
    """
    alarm, miss = stakes.of_all_alarmed * prior, stakes.of_all_missed * (1 - prior)
    return alarm / (alarm + miss) if alarm + miss else None


def cheapest(curve: Curve, stakes: Stakes) -> int | None:
    """The index of the threshold that costs least on the curve; None where none costs anything.

    Of several that cost the same, the one closest to the ideal threshold.
    """
    ideal = ideal_threshold(stakes, curve.prior)
    if ideal is None:
        return None
    costs = costs_of(curve, stakes)
    tied = np.flatnonzero(np.isclose(costs, costs.min(), rtol=1e-9, atol=0))
    distance = np.abs(np.minimum(curve.thresholds[tied], 1) - ideal)
    return int(tied[np.flatnonzero(distance == distance.min())[-1]])  # `NO_ONE` before 1


def costs_of(curve: Curve, stakes: Stakes) -> Floats:
    """Expected cost (T,) per `PEOPLE` at every threshold."""
    missed = stakes.of_all_missed * (1 - curve.sensitivity)
    return PEOPLE * (missed + stakes.of_all_alarmed * (1 - curve.specificity))


def index_at(curve: Curve, threshold: float) -> int:
    """The index of the operating point that a threshold on the model's scale belongs to."""
    return int(np.searchsorted(curve.thresholds, threshold))


def policy(curve: Curve, index: int, stakes: Stakes) -> Policy:
    """Everything that follows from the threshold at `index`, with its uncertainty."""
    threshold, pi = float(curve.thresholds[index]), stakes.prevalence
    caught = round(float(curve.sensitivity[index]) * curve.positives)
    spared = round(float(curve.specificity[index]) * curve.negatives)
    if threshold in (EVERYONE, NO_ONE):  # not measured, but so by definition
        sensitivity, specificity = certain(threshold == EVERYONE), certain(threshold == NO_ONE)
        ppv = certain(pi) if threshold == EVERYONE else Estimate(None, 0, 1)
        npv = certain(1 - pi) if threshold == NO_ONE else Estimate(None, 0, 1)
    else:
        missed, alarms = curve.positives - caught, curve.negatives - spared
        sensitivity = wilson(caught, curve.positives)
        specificity = wilson(spared, curve.negatives)
        ppv = share_with(caught, curve.positives, alarms, curve.negatives, pi)
        npv = share_with(spared, curve.negatives, missed, curve.positives, 1 - pi)
    sick, well = PEOPLE * pi, PEOPLE * (1 - pi)
    sensed, spared_share = float(curve.sensitivity[index]), float(curve.specificity[index])
    return Policy(
        threshold=threshold,
        shifted=threshold if threshold == NO_ONE else shift(threshold, curve.prior, pi),
        sensitivity=sensitivity,
        specificity=specificity,
        ppv=ppv,
        npv=npv,
        cost=cost_interval(sensitivity, specificity, stakes),
        caught=sick * sensed,
        missed=sick * (1 - sensed),
        alarms=well * (1 - spared_share),
        spared=well * spared_share,
    )


def cost_interval(sensitivity: Estimate, specificity: Estimate, stakes: Stakes) -> Estimate:
    """Expected cost per `PEOPLE`; the intervals of its two parts are added as variances are."""
    value, less, more = 0.0, 0.0, 0.0
    for share, weight in (
        (sensitivity, PEOPLE * stakes.of_all_missed),
        (specificity, PEOPLE * stakes.of_all_alarmed),
    ):
        assert share.value is not None
        value += weight * (1 - share.value)
        less += (weight * (share.high - share.value)) ** 2
        more += (weight * (share.value - share.low)) ** 2
    return Estimate(value, max(value - math.sqrt(less), 0), value + math.sqrt(more))


def agreement(curve: Curve, prevalence: float) -> tuple[Agreement, ...]:
    """How far shifted probabilities agree with what was found, per group that holds any image."""
    groups = []
    people = [moved(each, curve, prevalence, prevalence) for each in curve.calibration]
    for low, high in pairwise(GROUP_EDGES):
        inside = [
            (each, share, expected)
            for each, (share, expected) in zip(curve.calibration, people, strict=True)
            if share and low <= expected / share and (expected / share < high or high == 1)
        ]
        if inside:
            with_it = sum(each.positives for each, _, _ in inside)
            without = sum(each.negatives for each, _, _ in inside)
            observed = share_with(
                with_it, curve.positives, without, curve.negatives, prevalence, Z_99
            )
            predicted = sum(e for _, _, e in inside) / sum(share for _, share, _ in inside)
            groups.append(Agreement(low, high, with_it + without, predicted, observed))
    return tuple(groups)


def expected_share(curve: Curve, prevalence: float, *, shifted: bool) -> float:
    """The share that would be expected to have the finding, from the scores as they are or shifted.

    Close to `prevalence` if they hold there.
    """
    new = prevalence if shifted else curve.prior
    return sum(moved(each, curve, prevalence, new)[1] for each in curve.calibration)


def moved(each: Bin, curve: Curve, prevalence: float, new: float) -> tuple[float, float]:
    """The share of people who fall into the bin, where a share `prevalence` has the finding, and
    the share expected to have it and be in the bin, by its scores shifted to hold at `new`.
    """
    with_it = prevalence * each.positives / curve.positives
    without = (1 - prevalence) * each.negatives / curve.negatives
    expected = with_it * shift(each.positive_mean, curve.prior, new)
    return with_it + without, expected + without * shift(each.negative_mean, curve.prior, new)
