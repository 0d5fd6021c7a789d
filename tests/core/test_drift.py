import json
import math
from dataclasses import replace

import numpy as np
import pytest

from demos.core.drift import (
    Column,
    Drift,
    Group,
    Kind,
    Level,
    Reference,
    Shift,
    compare,
    design_effect,
    groups_of,
    read_references,
    reference,
    stability_index,
    to_json,
)
from demos.core.drift_words import advice, findings, headline, span, told

EFFECT = "Scores move with it."
AMOUNT = Column("amount", "Amount", "amounts", "amount", Kind.QUANTITY, EFFECT)
DAYS = tuple("Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split())
DAY = Column("day", "Day", "days", "day", Kind.CATEGORY, EFFECT, DAYS)
USES = Column("uses", "Uses", "numbers of uses", "number of uses", Kind.COUNT, EFFECT)
LABEL = Column("label", "Labeled", "labels", "share", Kind.SHARE, EFFECT)
SCORE = Column("score", "Score", "scores", "score", Kind.PROBABILITY, EFFECT)


def amounts(n: int, seed: int, factor: float = 1.0) -> np.ndarray:
    return factor * np.random.default_rng(seed).lognormal(3, 0.8, n)


BEFORE = reference(AMOUNT, amounts(200_000, 0))


def shift_of(column: Column, before: Reference, values: object, clusters: object = None) -> Shift:
    found = compare(column, before, np.asarray(values), clusters)  # type: ignore[arg-type]
    assert found is not None
    return found


def test_the_index_is_the_sum_of_its_formula() -> None:
    p, q = np.array([0.5, 0.3, 0.2]), np.array([0.4, 0.3, 0.3])
    by_hand = (0.4 - 0.5) * math.log(0.4 / 0.5) + (0.3 - 0.2) * math.log(0.3 / 0.2)
    assert stability_index(p, 100, q, 100) == pytest.approx(by_hand)


def test_an_empty_group_counts_half_a_row_and_none_where_both_are_empty() -> None:
    p, q = np.array([0.5, 0.5, 0.0]), np.array([1.0, 0.0, 0.0])
    by_hand = 0.5 * math.log(2) + (0.01 - 0.5) * math.log(0.01 / 0.5)
    assert stability_index(p, 1000, q, 50) == pytest.approx(by_hand)
    assert stability_index(np.array([1.0, 0.0]), 10, np.array([1.0, 0.0]), 10) == 0


def test_ten_groups_of_a_tenth_each() -> None:
    shift = shift_of(AMOUNT, BEFORE, amounts(100_000, 1))
    assert len(shift.groups) == 10
    assert all(each.expected == pytest.approx(0.1, abs=0.001) for each in shift.groups)
    assert sum(each.found for each in shift.groups) == pytest.approx(1)
    assert shift.groups[0].low == -math.inf
    assert shift.groups[-1].high == math.inf
    assert all(
        one.high == other.low for one, other in zip(shift.groups, shift.groups[1:], strict=False)
    )


def test_groups_take_neighbors_until_they_are_large_enough() -> None:
    shares = np.array([0.05, 0.05, 0.3, 0.02, 0.5, 0.05, 0.03])
    assert groups_of(shares, 0.1).tolist() == [0, 0, 1, 2, 2, 3, 3]
    assert groups_of(np.array([1.0]), 0.1).tolist() == [0]
    assert groups_of(np.array([0.0, 1.0]), 0).tolist() == [0, 1]
    assert groups_of(np.array([0.97, 0.03]), 0.1).tolist() == [0, 0]
    # Shares slightly above half a percent, as of amounts in cents, do not add up to fewer groups.
    cents = np.append(np.full(196, 0.0051), 1 - 196 * 0.0051)
    assert len(set(groups_of(cents, 0.1).tolist())) == 10


@pytest.mark.parametrize(
    ("factor", "level"),
    [(1.0, Level.STABLE), (1.1, Level.STABLE), (1.4, Level.MODERATE), (3.0, Level.LARGE)],
)
def test_the_usual_limits_decide_what_is_a_change(factor: float, level: Level) -> None:
    shift = shift_of(AMOUNT, BEFORE, amounts(100_000, 1, factor))
    assert shift.level is level
    assert shift.typical / shift.usual == pytest.approx(factor, rel=0.02)


def test_ks_is_the_furthest_that_cumulative_shares_are_apart() -> None:
    stats = pytest.importorskip("scipy.stats")
    ours, theirs = amounts(200_000, 0), amounts(50_000, 1, 1.5)
    exact = stats.ks_2samp(ours, theirs)
    shift = shift_of(AMOUNT, BEFORE, theirs)
    assert shift.ks == pytest.approx(exact.statistic, abs=1 / 200)
    assert shift.ks_at == pytest.approx(exact.statistic_location, rel=0.15)


@pytest.mark.parametrize("rows", [20, 50, 200, 5000])
def test_without_a_change_the_index_is_what_chance_gives(rows: int) -> None:
    shifts = [shift_of(AMOUNT, BEFORE, amounts(rows, seed)) for seed in range(40)]
    mean = np.mean([each.psi for each in shifts])
    assert shifts[0].chance == pytest.approx(9 / rows)
    assert mean == pytest.approx(9 / rows, rel=0.5)
    false_alarms = [each for each in shifts if each.level in (Level.MODERATE, Level.LARGE)]
    assert len(false_alarms) <= 2


def test_few_rows_are_too_few_to_tell_unless_the_change_is_beyond_doubt() -> None:
    assert shift_of(AMOUNT, BEFORE, amounts(30, 1)).level is Level.UNKNOWN
    assert shift_of(AMOUNT, BEFORE, amounts(30, 1, 50.0)).level is Level.LARGE
    assert compare(AMOUNT, BEFORE, np.array([])) is None


def test_rows_of_few_cards_are_worth_few_rows() -> None:
    rng = np.random.default_rng(2)
    cards = np.repeat(np.arange(30), 200)
    # Every card has its own amount: 6000 rows say no more than 30.
    own = rng.lognormal(3, 0.8, 30)[cards]
    assert design_effect(np.searchsorted(BEFORE.cuts, own), 200, cards) == pytest.approx(
        200, rel=0.1
    )
    assert shift_of(AMOUNT, BEFORE, own).level is Level.MODERATE
    assert shift_of(AMOUNT, BEFORE, own, cards).level is Level.UNKNOWN
    # Amounts that differ as much within a card as between cards say all they can.
    free = amounts(6000, 3)
    assert shift_of(AMOUNT, BEFORE, free, cards).chance == pytest.approx(9 / 6000, rel=0.3)
    assert shift_of(AMOUNT, BEFORE, free, cards).level is Level.STABLE


def test_among_too_few_cards_each_counts_as_one_row() -> None:
    cards = np.repeat(np.arange(5), 400)
    shift = shift_of(AMOUNT, BEFORE, amounts(2000, 4), cards)
    assert shift.chance == pytest.approx(9 / 5)
    assert shift.level is Level.UNKNOWN


def test_a_million_equal_rows_are_no_change() -> None:
    assert shift_of(AMOUNT, BEFORE, amounts(1_000_000, 9)).level is Level.STABLE


def test_equal_amounts_are_a_large_change() -> None:
    shift = shift_of(AMOUNT, BEFORE, np.full(1000, 20.0), np.arange(1000))
    assert shift.level is Level.LARGE
    assert shift.psi > 5
    assert shift.within == 1
    assert shift_of(AMOUNT, BEFORE, np.full(1000, 1e6)).within == 0


def test_whole_numbers_fall_into_groups_of_whole_numbers() -> None:
    week = np.tile(np.arange(7), 500)
    before = reference(DAY, week)
    shift = shift_of(DAY, before, np.tile(np.arange(7), 100))
    assert shift.psi == pytest.approx(0)
    assert [span(DAY, each) for each in shift.groups] == list(DAYS)
    closed = shift_of(DAY, before, np.tile(np.arange(6), 100))
    assert closed.level is Level.LARGE
    assert "0 % of rows are in the group Sunday, in training 14.3 %." in told(closed)


def test_labels_are_a_share() -> None:
    before = reference(LABEL, np.ones(10_000))
    all_known = shift_of(LABEL, before, np.ones(500))
    assert (all_known.psi, all_known.level) == (0, Level.STABLE)
    none_known = shift_of(LABEL, before, np.zeros(500))
    assert none_known.level is Level.LARGE
    assert told(none_known) == f"Labeled: 0 % of rows, in training 100 %. {EFFECT}"


def test_what_is_stored_is_what_is_read() -> None:
    days = reference(DAY, np.tile(np.arange(7), 3))
    stored = json.loads(json.dumps(to_json([BEFORE, days])))
    again = read_references(stored)
    assert list(again) == ["amount", "day"]
    assert again["day"].cuts == days.cuts
    values = amounts(5000, 5, 1.3)
    assert shift_of(AMOUNT, again["amount"], values).psi == pytest.approx(
        shift_of(AMOUNT, BEFORE, values).psi, rel=1e-3
    )


def test_nothing_cannot_be_remembered() -> None:
    with pytest.raises(ValueError, match="amount"):
        reference(AMOUNT, np.array([]))


def test_words_say_how_the_middle_has_moved() -> None:
    text = told(shift_of(AMOUNT, BEFORE, amounts(50_000, 1, 3.0)))
    assert text == f"The typical amount is 3 times that of training: 59.8 against 20.1. {EFFECT}"
    lower = told(shift_of(AMOUNT, BEFORE, amounts(50_000, 1, 0.5)))
    assert "is 0.5 times that of training" in lower


def test_words_say_which_group_has_changed_where_the_middle_has_not() -> None:
    middle = float(np.median(amounts(200_000, 0)))
    narrow = np.random.default_rng(0).normal(middle, 1, 5000)
    text = told(shift_of(AMOUNT, BEFORE, narrow))
    assert text.startswith("The amounts are spread differently: ")
    assert ", in training 10.0 %." in text


def test_words_for_no_change_and_for_too_few_rows() -> None:
    assert told(shift_of(AMOUNT, BEFORE, amounts(50_000, 1))) == (
        "The amounts are like those in training."
    )
    few = told(shift_of(AMOUNT, BEFORE, amounts(20, 1)))
    assert few.startswith("Too few rows or cards to tell for the amounts")
    assert "about 0.45" in few


@pytest.mark.parametrize(
    ("column", "group", "words"),
    [
        (AMOUNT, Group(-math.inf, 5, 0, 0), "up to 5"),
        (AMOUNT, Group(5, 12.345, 0, 0), "5 to 12.3"),
        (AMOUNT, Group(220, math.inf, 0, 0), "over 220"),
        (USES, Group(-math.inf, 1, 0, 0), "1"),
        (USES, Group(1, 3, 0, 0), "2 to 3"),
        (USES, Group(8, math.inf, 0, 0), "9 or more"),
        (DAY, Group(-math.inf, 1, 0, 0), "Monday to Tuesday"),
        (DAY, Group(5, math.inf, 0, 0), "Sunday"),
        (SCORE, Group(0.1, 0.25, 0, 0), "10.0 % to 25.0 %"),
        (LABEL, Group(-math.inf, 0, 0, 0), "no"),
        (LABEL, Group(0, math.inf, 0, 0), "yes"),
        (SCORE, Group(0.00012345, 0.0015, 0, 0), "0.0123 % to 0.15 %"),
    ],
)
def test_groups_in_words(column: Column, group: Group, words: str) -> None:
    assert span(column, group) == words


def test_the_verdict_is_that_of_the_worst_column() -> None:
    stable = shift_of(AMOUNT, BEFORE, amounts(50_000, 1))
    unknown = shift_of(AMOUNT, BEFORE, amounts(30, 1))
    moderate = shift_of(AMOUNT, BEFORE, amounts(50_000, 1, 1.4))
    large = shift_of(AMOUNT, BEFORE, amounts(50_000, 1, 3.0))
    drift = Drift(50_000, (stable,), (), ())
    assert headline(drift) == "Like the data the model was trained on"
    assert replace(drift, shifts=(stable, unknown)).level is Level.UNKNOWN
    somewhat = replace(drift, shifts=(stable, unknown, moderate))
    assert headline(somewhat) == (
        "Somewhat unlike the data the model was trained on, in 1 of 3 respects: amount"
    )
    assert replace(drift, shifts=(moderate, large)).level is Level.LARGE
    assert replace(drift, shifts=()).level is Level.UNKNOWN
    strange = replace(drift, alien=("No card is seen twice.",))
    assert headline(strange) == "Out of scope"
    assert findings(strange) == ["No card is seen twice."]
    assert findings(drift) == []
    listed = findings(replace(drift, shifts=(unknown, moderate, stable, large)))
    assert listed == [
        told(large),
        told(moderate),
        "Too few rows or cards to tell for the amounts.",
    ]
    assert "do not act" in advice(strange)
    texts = {advice(replace(drift, shifts=(each,))) for each in (stable, unknown, moderate, large)}
    assert len(texts) == 4
