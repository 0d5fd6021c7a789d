"""Policies, bands and the queue of a day, on tables small enough to reckon by hand."""

import json
from dataclasses import asdict, replace
from datetime import date, datetime

import polars as pl
import pytest

from demos.core.errors import EmptyInput
from demos.core.triage.days import alerts, card_days, last_complete_day
from demos.core.triage.policy import (
    NEVER,
    Band,
    InvalidPolicy,
    Policy,
    band_expression,
    declined,
    money,
    queue,
)
from tests.core.scored_tables import scored

DAY = date(2025, 3, 3)
POLICY = Policy(threshold=0.5, reject=0.95, loss_fixed=5, loss_share=0.5)

TABLE = scored(
    (0, "a", 100, 0.10, 0),
    (0, "a", 40, 0.60, 1),
    (0, "b", 500, 0.55, 0),
    (0, "c", 10, 0.97, 1),
    (0, "d", 80, 0.20, None),
    (1, "a", 30, 0.30, 0),
)


def bands(scores: list[float] | pl.Series, policy: Policy) -> list[str]:
    return pl.DataFrame({"score": scores}).select(band_expression(policy)).to_series().to_list()


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"currency": "euro"}, "three-letter"),
        ({"currency": "<b>"}, "three-letter"),
        ({"loss_share": 1.5}, "share of the amount"),
        ({"loss_share": -0.1}, "share of the amount"),
        ({"loss_fixed": -1.0}, "fixed loss"),
        ({"loss_share": 0.0, "loss_fixed": 0.0}, "costs nothing"),
        ({"review_cost": 0.0}, "cost of a review"),
        ({"review_cost": -3.0}, "cost of a review"),
        ({"review_cost": float("nan")}, "cost of a review"),
        ({"review_cost": float("inf")}, "cost of a review"),
        ({"false_decline_cost": 0.0}, "cost of a wrong decline"),
        ({"capacity": -1}, "capacity"),
        ({"threshold": 1.5}, "probability to review"),
        ({"threshold": -0.1}, "probability to review"),
        ({"reject": 1.1}, "probability to decline"),
        ({"threshold": 0.6, "reject": 0.5}, "lower probability"),
        ({"threshold": NEVER, "reject": 1.0}, "lower probability"),
    ],
)
def test_a_policy_that_cannot_be_decided_by_is_refused_with_a_reason(
    change: dict[str, float], problem: str
) -> None:
    with pytest.raises(InvalidPolicy, match=problem) as caught:
        Policy(**change)  # type: ignore[arg-type]
    assert caught.value.remedy


def test_a_policy_goes_through_json_unchanged() -> None:
    policy = Policy(threshold=NEVER, reject=NEVER, currency="JPY", capacity=0)
    text = json.dumps(asdict(policy), allow_nan=False)
    assert Policy(**json.loads(text)) == policy


def test_thresholds_belong_to_the_band_above_them() -> None:
    scores = [0.0, 0.49, 0.5, 0.94, 0.95, 1.0]
    expected = ["pass", "pass", "review", "review", "reject", "reject"]
    assert bands(scores, POLICY) == expected
    assert bands([1.0], replace(POLICY, reject=NEVER)) == [Band.REVIEW]


def test_a_score_in_single_precision_is_on_the_same_side_everywhere() -> None:
    just_below = pl.Series([0.95], dtype=pl.Float32)  # 0.949999988
    assert bands(just_below, POLICY) == [Band.REVIEW]
    found = queue(scored((0, "a", 10, 0.95, None)), DAY, POLICY)
    assert found["band"].to_list() == [Band.REVIEW]


def test_the_queue_is_by_card_and_the_most_expensive_is_first() -> None:
    found = queue(TABLE, DAY, POLICY)
    first, second = found.to_dicts()
    assert (first["card"], second["card"]) == ("b", "a")
    assert first["expected_loss"] == pytest.approx(0.55 * (5 + 250))
    assert second["expected_loss"] == pytest.approx(0.1 * (5 + 50) + 0.6 * (5 + 20))
    assert (second["amount"], second["transactions"]) == (140, 2)
    likeliest = TABLE.row(1, named=True)
    assert {name: second[name] for name in ("row", "score", "terminal", "time")} == {
        name: likeliest[name] for name in ("row", "score", "terminal", "time")
    }
    assert set(found["band"]) == {"review"}


def test_the_queue_is_as_long_as_the_capacity() -> None:
    assert queue(TABLE, DAY, replace(POLICY, capacity=1))["card"].to_list() == ["b"]
    assert queue(TABLE, DAY, replace(POLICY, capacity=0)).height == 0
    assert queue(TABLE, DAY, replace(POLICY, capacity=1000)).height == 2


def test_declined_cards_are_not_queued() -> None:
    assert declined(TABLE, DAY, POLICY)["card"].to_list() == ["c"]
    never = replace(POLICY, reject=NEVER)
    assert declined(TABLE, DAY, never).is_empty()
    assert set(queue(TABLE, DAY, never)["card"]) == {"a", "b", "c"}


def test_a_day_without_transactions_has_an_empty_queue_of_the_same_shape() -> None:
    empty = queue(TABLE, date(2030, 1, 1), POLICY)
    assert empty.is_empty()
    assert empty.schema == queue(TABLE, DAY, POLICY).schema


def test_midnight_belongs_to_the_day_that_begins() -> None:
    at = scored((0, "a", 10, 0.6, None), (1, "b", 10, 0.6, None)).with_columns(
        time=pl.Series([datetime(2025, 3, 3, 23, 59, 59, 999_999), datetime(2025, 3, 4)])
    )
    assert queue(at, DAY, POLICY)["card"].to_list() == ["a"]
    assert queue(at, date(2025, 3, 4), POLICY)["card"].to_list() == ["b"]


def test_cards_and_days_are_gathered() -> None:
    table = card_days(TABLE)
    assert table.days == (DAY, date(2025, 3, 4))
    assert table.transactions == 6
    assert table.labeled == 5
    assert table.cards["score"].to_list() == pytest.approx([0.97, 0.6, 0.55, 0.3, 0.2])
    a = table.cards.row(1, named=True)
    assert (a["day"], a["transactions"], a["amount"], a["bad"]) == (0, 2, 140, 1)
    assert a["bad_amount"] == 40
    assert a["frauds"] == pytest.approx(0.7)
    assert a["fraud_amount"] == pytest.approx(0.1 * 100 + 0.6 * 40)
    assert a["fraud_card"] == pytest.approx(1 - 0.9 * 0.4)
    assert table.cards["known"].to_list() == [True, True, True, True, False]
    assert table.base_rate == pytest.approx(2.72 / 6)
    assert table.measured_rate == pytest.approx(2 / 5)
    assert sorted(table.missable["score"].to_list()) == pytest.approx([0.6, 0.97])


def test_one_label_of_fraud_tells_of_a_card_whatever_the_others() -> None:
    table = card_days(scored((0, "a", 1, 0.2, None), (0, "a", 1, 0.3, 1), (0, "b", 1, 0.1, None)))
    assert table.cards["known"].to_list() == [True, False]


def test_a_certainty_stays_a_number() -> None:
    table = card_days(scored((0, "a", 1, 1.0, 1), (0, "b", 1, 0.0, 0)))
    assert table.cards["fraud_card"].to_list() == pytest.approx([1, 0], abs=1e-6)


def test_an_empty_table_is_refused() -> None:
    with pytest.raises(EmptyInput, match="no transaction"):
        card_days(TABLE.clear())


def test_alerts_add_up_to_the_day() -> None:
    found = alerts(card_days(TABLE), DAY, POLICY)
    passed = found[Band.PASS]
    assert (passed.cards, passed.transactions, passed.amount) == (1, 1, 80)
    assert passed.expected_loss == pytest.approx(0.2 * 45)
    assert (found[Band.REVIEW].cards, found[Band.REVIEW].transactions) == (2, 3)
    assert found[Band.REVIEW].expected_loss == pytest.approx(
        queue(TABLE, DAY, POLICY)["expected_loss"].sum()
    )
    assert found[Band.REJECT].amount == 10
    assert alerts(card_days(TABLE), date(2030, 1, 1), POLICY)[Band.PASS].cards == 0


@pytest.mark.parametrize(
    ("counts", "last"), [((4, 4, 1), 4), ((4, 4, 2), 5), ((1,), 3), ((1, 9), 4), ((9, 1), 3)]
)
def test_a_last_day_that_was_cut_short_is_passed_over(counts: tuple[int, ...], last: int) -> None:
    rows = [(day, f"c{i}", 1.0, 0.1, None) for day, n in enumerate(counts) for i in range(n)]
    assert last_complete_day(card_days(scored(*rows))) == date(2025, 3, last)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0, "EUR 0"),
        (0.001, "less than EUR 0.01"),
        (12.345, "EUR 12.35"),
        (12.0, "EUR 12"),
        (1234.56, "EUR 1,235"),
        (99.999, "EUR 100"),
        (-1234.5, "EUR -1,234"),
        (3e12, "EUR 3,000,000,000,000"),
    ],
)
def test_money_is_said_with_its_currency(value: float, said: str) -> None:
    assert money(value, "EUR") == said
