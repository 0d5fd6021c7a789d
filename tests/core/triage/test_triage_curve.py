"""What thresholds come to and which is recommended: by hand, by property, and against labels."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import polars as pl
import pytest

from demos.core.intervals import wilson
from demos.core.operating_curve import EVERYONE
from demos.core.triage.curve import POINTS, curve
from demos.core.triage.days import card_days
from demos.core.triage.decision import Decision, decide
from demos.core.triage.figures import (
    Expected,
    costs,
    expected,
    measured,
    missed_by_scenario,
)
from demos.core.triage.policy import NEVER, Policy, queue
from demos.core.triage.recommend import Bound, reasons
from tests.core.scored_tables import drawn, scored

# Expected losses 80, 100, 20 and 8; reviewing all but the last is cheapest, at 8 + 3 x 10.
FOUR = card_days(
    scored(
        (0, "a", 100, 0.8, 1), (0, "b", 200, 0.5, 0), (0, "c", 50, 0.4, 1), (0, "d", 400, 0.02, 0)
    )
)
MONTH = card_days(drawn())
STAKES = Policy()


def in_force(decision: Decision) -> Expected:
    return expected(decision.curve, decision.policy.threshold)


def test_the_cheapest_threshold_by_hand() -> None:
    found = decide(FOUR, STAKES, reject=NEVER)
    assert found.recommendation.bound is Bound.COST
    assert 0.02 < found.policy.threshold <= 0.4
    figures = in_force(found)
    assert (figures.queue, figures.busiest) == (3, 3)
    assert figures.let_through == pytest.approx(8)
    assert (figures.reviews, figures.declines) == (30, 0)
    assert figures.total == pytest.approx(38)
    assert figures.missed == pytest.approx(0.02)
    assert figures.precision == pytest.approx((0.8 + 0.5 + 0.4) / 3)
    assert figures.recall == pytest.approx(1.7 / 1.72)
    assert figures.precision_money == pytest.approx(200 / 350)
    assert figures.recall_money == pytest.approx(200 / 208)


def test_fixed_losses_and_shares_of_the_amount_add_up() -> None:
    stakes = Policy(loss_fixed=30, loss_share=0.1)
    figures = expected(curve(FOUR, replace(stakes, threshold=0.45, reject=NEVER)), 0.45)
    assert figures.let_through == pytest.approx(0.4 * (30 + 5) + 0.02 * (30 + 40))
    assert figures.missed_amount == pytest.approx(0.4 * 50 + 0.02 * 400)


def test_the_capacity_decides_where_it_is_short() -> None:
    found = decide(FOUR, replace(STAKES, capacity=2), reject=NEVER)
    assert found.recommendation.bound is Bound.CAPACITY
    assert in_force(found).total == pytest.approx(28 + 20)
    assert reasons(found.curve, found.recommendation) == (
        "Your team's capacity decides: 2 cards a day.",
        "With 3 the expected cost would fall by EUR 10 a day.",
    )


def test_labels_measure_the_same_figures() -> None:
    found = decide(FOUR, replace(STAKES, capacity=2), reject=NEVER)
    seen = measured(found.curve, found.policy.threshold)
    assert seen is not None
    assert (seen.hits, seen.known, seen.stopped, seen.bad) == (1, 2, 1, 2)
    assert seen.precision == seen.recall == wilson(1, 2)
    assert seen.precision_money.value == pytest.approx(100 / 300)
    assert seen.recall_money.value == pytest.approx(100 / 150)
    assert seen.let_through.value == pytest.approx(50)
    assert seen.total.value == pytest.approx(50 + 20)
    assert seen.let_through.low < 50 < seen.let_through.high
    assert seen.missed == 1


@pytest.mark.parametrize("seed", [4, 5])
def test_what_is_recommended_stays_on_the_curve_of_a_threshold_that_moves_the_reject(
    seed: int,
) -> None:
    """Else the figures beside the recommended threshold were those of its neighbor."""
    table = card_days(drawn(6000, cards=700, days=6, seed=seed))
    found = decide(table, Policy(capacity=50), threshold=0.8, reject=0.6)
    assert found.policy.reject == found.policy.threshold == 0.8
    best = found.recommendation
    for threshold in (best.threshold, best.cheapest, best.fits):
        score = table.cards["score"].cast(pl.Float64)
        between = int(((score >= threshold) & (score < 0.8)).sum())
        assert expected(found.curve, threshold).queue == pytest.approx(between / 6)


def test_labels_of_frauds_alone_measure_what_is_stopped_and_not_what_is_in_vain() -> None:
    """Nobody knows which of the others are legitimate: a precision of 100 % would mean nothing."""
    told = drawn()
    frauds = told.with_columns(fraud=pl.when(pl.col("fraud") == 1).then("fraud"))
    whole, part = (decide(card_days(each), STAKES, threshold=0.3) for each in (told, frauds))
    seen = measured(part.curve, part.policy.threshold)
    truth = measured(whole.curve, whole.policy.threshold)
    assert seen is not None and truth is not None
    assert seen.frauds_only and not truth.frauds_only
    assert seen.recall == truth.recall
    # Threads add money up in another order each time, which may change the last digit.
    for name in ("value", "low", "high"):
        money = getattr(truth.recall_money, name)
        assert getattr(seen.recall_money, name) == pytest.approx(money, rel=1e-12), name
    assert truth.precision.value is not None and truth.precision.value < 1
    assert seen.precision.value is seen.precision_money.value is seen.total.value is None


def test_declining_pays_where_it_costs_less_than_a_review() -> None:
    found = decide(FOUR, replace(STAKES, false_decline_cost=21))  # 4.2 for a, 10.5 for b
    assert 0.5 < found.policy.reject <= 0.8
    figures = in_force(found)
    assert (figures.declined, figures.queue) == (1, 2)
    assert figures.declines == pytest.approx(0.2 * 21)
    assert figures.total == pytest.approx(8 + 20 + 4.2)
    assert figures.precision == pytest.approx(0.45)
    assert figures.recall == pytest.approx(1.7 / 1.72)
    seen = measured(found.curve, found.policy.threshold)
    assert seen is not None
    assert seen.total.value == pytest.approx(20)


def test_where_reviews_are_too_dear_cards_are_declined_or_pass() -> None:
    found = decide(FOUR, replace(STAKES, review_cost=1e4, false_decline_cost=20))
    assert found.policy.threshold == found.policy.reject
    assert 0.02 < found.policy.reject <= 0.4
    assert in_force(found).queue == 0
    assert in_force(found).total == pytest.approx(8 + 20 * (0.2 + 0.5 + 0.6))
    assert "no review is expected to pay" in reasons(found.curve, found.recommendation)[0]


def test_a_threshold_of_ones_own_stands_and_moves_the_declines_up() -> None:
    found = decide(FOUR, replace(STAKES, false_decline_cost=21), threshold=0.9)
    assert (found.policy.threshold, found.policy.reject) == (0.9, 0.9)
    assert not found.follows
    assert found.advised.policy.reject < 0.9
    assert expected(found.advised, found.recommendation.threshold).total == pytest.approx(32.2)
    assert in_force(found).total == pytest.approx(208)


def test_without_capacity_nothing_is_reviewed() -> None:
    found = decide(FOUR, replace(STAKES, capacity=0), reject=NEVER)
    assert (found.policy.threshold, in_force(found).queue) == (NEVER, 0)
    assert in_force(found).precision is None
    assert in_force(found).recall == 0
    assert "without a review a day" in reasons(found.curve, found.recommendation)[0]
    seen = measured(found.curve, NEVER)
    assert seen is not None
    assert seen.precision.value is None


def test_more_capacity_than_cards_leaves_it_to_the_costs() -> None:
    found = decide(FOUR, replace(STAKES, capacity=1_000_000), reject=NEVER)
    assert found.recommendation.bound is Bound.COST
    assert found.recommendation.fits == EVERYONE


def test_where_reviews_cost_next_to_nothing_everyone_is_reviewed() -> None:
    found = decide(FOUR, replace(STAKES, review_cost=0.01), reject=NEVER)
    assert (found.policy.threshold, in_force(found).queue) == (EVERYONE, 4)


def test_equal_scores_are_reviewed_together_or_not_at_all() -> None:
    table = card_days(scored(*((0, f"c{i}", 100, 0.3, None) for i in range(5))))
    few = decide(table, replace(STAKES, capacity=3), reject=NEVER)
    assert (few.policy.threshold, in_force(few).queue) == (NEVER, 0)
    enough = decide(table, replace(STAKES, capacity=5), reject=NEVER)
    assert in_force(enough).queue == 5


def test_one_transaction_is_a_table() -> None:
    found = decide(card_days(scored((0, "a", 100, 0.4, None))), STAKES)
    assert in_force(found).queue == 1
    assert measured(found.curve, found.policy.threshold) is None


def test_certain_scores_are_handled() -> None:
    table = card_days(scored((0, "a", 100, 1.0, 1), (0, "b", 100, 0.0, 0)))
    found = decide(table, STAKES)
    assert in_force(found).let_through == pytest.approx(0, abs=1e-6)


def test_huge_amounts_stay_finite() -> None:
    rows = [(0, f"c{i}", 1e12, 0.01 * i, i % 2) for i in range(50)]
    found = decide(card_days(scored(*rows)), STAKES)
    figures, seen = in_force(found), measured(found.curve, found.policy.threshold)
    assert seen is not None
    numbers = [figures.total, seen.total.low, seen.total.high, seen.recall_money.low]
    assert np.isfinite(numbers).all()


def test_only_known_labels_are_measured() -> None:
    rows = [
        (0, "a", 10, 0.9, 1),
        (0, "b", 10, 0.8, None),
        (0, "c", 10, 0.1, 1),
        (0, "e", 10, 0.1, 0),
        (1, "d", 10, 0.9, None),
    ]
    found = curve(card_days(scored(*rows)), Policy(threshold=0.5, reject=NEVER))
    seen = measured(found, 0.5)
    assert seen is not None
    assert (seen.hits, seen.known, seen.stopped, seen.bad) == (1, 1, 1, 2)
    assert found.known_days == 1
    assert seen.total.value == pytest.approx(10 + 10)  # one review and one loss, on one day


def test_without_labels_nothing_is_measured() -> None:
    table = card_days(scored((0, "a", 10, 0.9, None), (1, "b", 10, 0.8, None)))
    assert measured(curve(table, STAKES), 0.5) is None
    assert missed_by_scenario(table, 0.5) == ()
    assert table.measured_rate is None


def test_what_is_missed_by_scenario() -> None:
    table = card_days(
        pl.concat(
            [
                scored((0, "a", 10, 0.9, 1), (0, "a", 20, 0.1, 1), scenario=1),
                scored((0, "b", 30, 0.2, 1), (0, "c", 40, 0.8, 1), scenario=2),
                scored((0, "d", 50, 0.2, 0)),
            ]
        )
    )
    first, second = missed_by_scenario(table, 0.5)
    assert (first.scenario, first.missed, first.all, first.missed_amount) == (1, 0, 2, 0)
    assert (second.scenario, second.missed, second.all) == (2, 1, 2)
    assert (second.missed_amount, second.amount) == (30, 70)
    assert second.share == wilson(1, 2)


def test_labels_need_no_scenario() -> None:
    (only,) = missed_by_scenario(card_days(drawn(500).drop("scenario")), 0.5)
    assert only.scenario is None


def test_moving_the_threshold_up_reviews_less_and_misses_more() -> None:
    found = curve(MONTH, Policy(threshold=0.1, reject=0.97))
    steps = [expected(found, t) for t in found.thresholds[: found.rejected + 1]]
    assert len(steps) > 200
    for lower, higher in pairwise(steps):
        assert higher.queue <= lower.queue
        assert higher.busiest <= lower.busiest
        assert higher.let_through >= lower.let_through - 1e-9
        assert (higher.recall or 0) <= (lower.recall or 0) + 1e-12
        assert higher.declined == lower.declined
    np.testing.assert_allclose(costs(found).total, [each.total for each in steps], rtol=1e-9)


@pytest.mark.parametrize("capacity", [0, 1, 3, 10, 40, 400])
def test_the_recommended_queue_fits_and_none_that_fits_is_cheaper(capacity: int) -> None:
    found = decide(MONTH, replace(STAKES, capacity=capacity))
    here = in_force(found)
    assert here.queue <= capacity
    for t in found.curve.thresholds[: found.curve.rejected + 1]:
        other = expected(found.curve, t)
        if other.queue <= capacity:
            assert other.total >= here.total - 1e-6


def test_a_capacity_that_binds_is_used_up() -> None:
    found = decide(MONTH, replace(STAKES, capacity=7))
    assert found.recommendation.bound is Bound.CAPACITY
    assert in_force(found).queue == 7  # scores do not tie here


def test_more_capacity_never_raises_the_threshold_or_the_cost() -> None:
    steps = [decide(MONTH, replace(STAKES, capacity=n)) for n in (0, 2, 5, 20, 80, 10_000)]
    for less, more in pairwise(steps):
        assert more.policy.threshold <= less.policy.threshold
        assert in_force(more).total <= in_force(less).total + 1e-9


def test_dearer_reviews_raise_the_threshold() -> None:
    steps = [decide(MONTH, replace(STAKES, review_cost=c), reject=NEVER) for c in (1, 5, 20, 80)]
    for cheap, dear in pairwise(steps):
        assert dear.recommendation.cheapest >= cheap.recommendation.cheapest


@pytest.mark.parametrize("threshold", [0.02, 0.1, 0.5, 0.9])
def test_calibrated_scores_expect_what_labels_measure(threshold: float) -> None:
    found = decide(MONTH, STAKES, threshold=threshold, reject=NEVER)
    hoped, seen = in_force(found), measured(found.curve, threshold)
    assert seen is not None
    for figure, share in (
        (hoped.precision, seen.precision),
        (hoped.recall, seen.recall),
        (hoped.precision_money, seen.precision_money),
        (hoped.recall_money, seen.recall_money),
        (hoped.let_through, seen.let_through),
        (hoped.total, seen.total),
    ):
        assert figure is not None
        assert share.low <= figure <= share.high


def test_counts_per_day_agree_with_the_queue_of_each_day() -> None:
    transactions = drawn(3000, cards=100, days=4)
    policy = Policy(threshold=0.05, reject=0.8, capacity=10_000)
    found = curve(card_days(transactions), policy)
    counts = found.per_day[found.index_at(0.05)] - found.per_day[found.rejected]
    assert counts.tolist() == [queue(transactions, day, policy).height for day in found.days]
    assert expected(found, 0.05).busiest == counts.max()


def test_thresholds_are_few_ascending_and_reach_from_everyone_to_no_one() -> None:
    found = curve(MONTH, STAKES)
    assert len(found.thresholds) <= POINTS + 5
    assert (np.diff(found.thresholds) > 0).all()
    assert found.thresholds[0] == EVERYONE
    assert found.thresholds[-1] == NEVER
    assert found.column("cards")[0] == MONTH.cards.height
    assert found.column("cards")[-1] == 0
