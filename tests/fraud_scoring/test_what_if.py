"""Edited transactions against the same edit made in the whole table."""

from datetime import timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from demos.core.reasons import probability
from demos.fraud_scoring import what_if
from demos.fraud_scoring.features import FEATURES, features
from demos.fraud_scoring.transaction import find
from demos.fraud_scoring.what_if import edited, knobs, probabilities, scene
from tests.fraud_scoring.tables import Purchase, busy_month, table

NAMES = [each.name for each in FEATURES]
WEIGHTS = np.random.default_rng(5).normal(0, 0.3, len(FEATURES))

BEFORE: list[Purchase] = [
    (2, "x", "t", 10, 1),  # too long ago to count
    (20, "x", "t", 10, 1),
    (21, "y", "t", 10, 0),
    (22, "z", "t", 10, None),
    (22.1, "a", "t", 10, 0),
    (38, "w", "t", 10, 1),  # not known yet
]
SMALL = table([*BEFORE, (40.5, "a", "t", 30, None)])
CASE = find(SMALL, 8)


def linear(x: NDArray[Any]) -> NDArray[Any]:
    return x @ WEIGHTS


def feature(name: str) -> Any:
    """A score that is one feature."""
    return lambda x: x[:, NAMES.index(name)]


def asked(**changed: float) -> dict[str, float]:
    return {"amount": CASE.amount, "hour": CASE.time.hour, "frauds": 1} | changed


def of_whole(transactions: pl.DataFrame, row: int, score: Any = linear) -> float:
    """What the table as a whole gives for a row."""
    position = transactions["row"].index_of(row)
    assert position is not None
    return probability(float(score(features(transactions)[[position]])[0]))


def test_untouched_it_has_the_score_it_had() -> None:
    whole = busy_month()
    for row in (1500, 2500, 3900):
        place = scene(whole, find(whole, row))
        start = {each.name: each.start for each in knobs(place, "EUR")}
        assert probabilities(linear, place, [start]) == pytest.approx([of_whole(whole, row)])


@pytest.mark.parametrize(("amount", "hour"), [(0, 12), (500, 12), (30, 0), (77.7, 23)])
def test_an_edit_is_as_if_made_in_the_whole_table(amount: float, hour: int) -> None:
    whole = busy_month()
    row = 3000
    case = find(whole, row)
    moment = case.time.replace(hour=hour)
    changed = whole.with_columns(
        amount=pl.when(pl.col("row") == row).then(float(amount)).otherwise("amount"),
        time=pl.when(pl.col("row") == row).then(pl.lit(moment)).otherwise("time"),
    ).sort("time", "row")
    place = scene(whole, case)
    found = probabilities(linear, place, [{"amount": amount, "hour": hour, "frauds": place.frauds}])
    assert found == pytest.approx([of_whole(changed, row)])


def test_frauds_at_the_terminal_are_as_if_they_had_been_confirmed_in_the_whole_table() -> None:
    whole = busy_month()
    case = find(whole, 3000)
    place = scene(whole, case)
    before, after = case.known_until - timedelta(days=30), case.known_until
    there = whole.filter(
        (pl.col("terminal") == case.terminal)
        & (pl.col("time") > before)
        & (pl.col("time") <= after)
        & (pl.col("card") != case.card)
        & (pl.col("fraud") == 0)
    )
    made = there["row"].tail(4).to_list()
    changed = whole.with_columns(
        fraud=pl.when(pl.col("row").is_in(made)).then(pl.lit(1, pl.Int8)).otherwise("fraud")
    )
    setting = {"amount": case.amount, "hour": case.time.hour, "frauds": place.frauds + 4}
    assert probabilities(linear, place, [setting]) == pytest.approx([of_whole(changed, 3000)])


def test_many_settings_at_once_give_what_each_gives_alone() -> None:
    whole = busy_month()
    case = find(whole, 3500)
    place = scene(whole, case)
    settings = [
        {"amount": float(amount), "hour": hour, "frauds": frauds}
        for amount in (1, 100, 1000)
        for hour in (0, 15)
        for frauds in (0, place.frauds, place.frauds + 3)
    ]
    alone = [probabilities(linear, place, [each])[0] for each in settings]
    assert probabilities(linear, place, settings) == pytest.approx(alone)
    assert len(set(alone)) == len(alone)


@pytest.mark.parametrize("frauds", [0, 1, 2, 3])
def test_the_model_is_told_of_as_many_frauds_as_asked_for(frauds: int) -> None:
    place = scene(SMALL, CASE)
    assert (place.frauds, place.more) == (1, 2)  # the known fraud; y's and z's, not the card's own
    [found] = probabilities(feature("terminal_frauds_30"), place, [asked(frauds=frauds)])
    assert found == pytest.approx(probability(np.log1p(frauds)))


def test_the_latest_known_purchases_are_made_fraud_first_and_the_oldest_frauds_cleared() -> None:
    place = scene(SMALL, CASE)
    fraud = {n: edited(place, asked(frauds=n))["fraud"].to_list() for n in (0, 1, 2, 3)}
    assert fraud[1] == SMALL["fraud"].to_list()
    assert fraud[0] == [1, 0, 0, None, 0, 1, None]
    assert fraud[2] == [1, 1, 0, 1, 0, 1, None]
    assert fraud[3] == [1, 1, 1, 1, 0, 1, None]


def test_the_knobs_start_where_the_transaction_is() -> None:
    amount, hour, frauds = knobs(scene(SMALL, CASE), "USD")
    assert (amount.title, amount.start, amount.exact) == ("Amount (USD)", 30, True)
    assert (hour.low, hour.start, hour.high) == (0, 12, 23)
    assert (frauds.low, frauds.start, frauds.high) == (0, 1, 3)
    assert amount.grid[0] == 0 and amount.grid[-1] == 330 and len(amount.grid) == 41
    assert hour.grid == frauds.grid == ()


def test_a_new_terminal_has_no_frauds_to_edit() -> None:
    new = table([(10, "a", "t", 10, None)])
    [_, _, frauds] = knobs(scene(new, find(new, 2)), "EUR")
    assert frauds.low == frauds.high == 0
    assert "No purchase at this terminal" in frauds.help


def test_a_large_terminal_gets_fewer_points(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(what_if, "MOST_ROWS", 70)
    assert len(knobs(scene(SMALL, CASE), "EUR")[0].grid) == 10
    monkeypatch.setattr(what_if, "MOST_ROWS", 7)
    assert len(knobs(scene(SMALL, CASE), "EUR")[0].grid) == 7


def test_no_settings_ask_nothing() -> None:
    assert probabilities(linear, scene(SMALL, CASE), []) == []
