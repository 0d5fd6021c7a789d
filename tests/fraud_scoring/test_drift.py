import math
from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import polars as pl
import pytest

from demos.core.drift import Drift, Level, Reference
from demos.core.drift_words import headline
from demos.fraud_scoring import drift
from demos.fraud_scoring.simulate import Process, simulate

TOWN = Process(customers=1000, terminals=2000, days=30, side=100 * math.sqrt(0.2))


@pytest.fixture(scope="module")
def references() -> dict[str, Reference]:
    training = simulate(replace(TOWN, customers=2000, terminals=4000, side=100 * math.sqrt(0.4)), 0)
    return {each.name: each for each in drift.reference(training)}


@pytest.fixture(scope="module")
def month() -> pl.DataFrame:
    return simulate(TOWN, seed=7)


def levels(found: Drift) -> dict[str, Level]:
    return {each.column.name: each.level for each in found.shifts if each.level != Level.STABLE}


def test_another_month_is_like_training(
    references: dict[str, Reference], month: pl.DataFrame
) -> None:
    found = drift.compare(references, month)
    assert levels(found) == {}
    assert (found.alien, found.left_out, found.rows) == ((), (), month.height)
    assert headline(found).startswith("Like")


def test_columns_are_what_they_say() -> None:
    day = datetime(2024, 1, 1)  # a Monday
    rows = [
        (day + timedelta(hours=1), "a", "x", 5.0, 0),
        (day + timedelta(hours=2), "a", "x", 6.0, 1),
        (day + timedelta(hours=3), "b", "x", 7.0, None),
        (day + timedelta(hours=30), "a", "y", 8.0, None),
        (day + timedelta(days=8, hours=1), "a", "x", 9.0, None),
    ]
    table = pl.DataFrame(rows, schema=["time", "card", "terminal", "amount", "fraud"], orient="row")
    found = {each.column.name: each for each in drift.measure(table)}
    assert list(found) == ["amount", "hour", "weekday", "card_day", "terminal_day", "known"]
    assert found["amount"].values.tolist() == [5, 6, 7, 8, 9]
    assert found["hour"].values.tolist() == [1, 2, 3, 6, 1]
    assert found["weekday"].values.tolist() == [0, 0, 0, 1]  # the one whole week
    assert found["card_day"].values.tolist() == [2, 2, 1, 1, 1]
    assert found["terminal_day"].values.tolist() == [2, 2, 2, 1, 1]
    assert found["known"].values.tolist() == [1, 1, 0]  # of the last 7 days, nothing is known yet
    assert found["amount"].clusters.tolist() == [0, 0, 1, 0, 0]
    assert found["terminal_day"].clusters.tolist() == [0, 0, 0, 1, 0]


def test_scores_are_compared_where_there_are_any(month: pl.DataFrame) -> None:
    scored = month.with_columns(score=pl.lit(0.01, dtype=pl.Float32))
    scored = scored.with_columns(score=pl.col("row").cast(pl.Float32) / month.height)
    references = {each.name: each for each in drift.reference(scored)}
    assert levels(drift.compare(references, scored)) == {}
    higher = scored.with_columns(score=pl.col("score").sqrt())
    assert levels(drift.compare(references, higher)) == {"score": Level.LARGE}
    without = drift.compare(references, month)
    assert "score" not in {each.column.name for each in without.shifts}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"amount": pl.col("amount") * 3.1}, {"amount": Level.LARGE}),
        ({"time": pl.col("time") + timedelta(hours=8)}, {"hour": Level.LARGE}),
        ({"fraud": pl.lit(None, dtype=pl.Int8)}, {"known": Level.LARGE}),
    ],
)
def test_what_has_changed_is_named(
    references: dict[str, Reference],
    month: pl.DataFrame,
    change: dict[str, pl.Expr],
    expected: dict[str, Level],
) -> None:
    found = drift.compare(references, month.with_columns(**change).sort("time"))
    assert levels(found) == expected
    assert found.alien == ()


def test_labels_of_the_last_week_are_not_missed(
    references: dict[str, Reference], month: pl.DataFrame
) -> None:
    last_week = month["time"].max() - timedelta(days=7)  # type: ignore[operator]
    recent = month.with_columns(fraud=pl.when(pl.col("time") < last_week).then("fraud"))
    assert levels(drift.compare(references, recent)) == {}


def test_weekends_without_business_are_seen_whatever_days_a_month_has(
    references: dict[str, Reference], month: pl.DataFrame
) -> None:
    closed = month.filter(pl.col("time").dt.weekday() <= 5)
    assert levels(drift.compare(references, closed))["weekday"] is Level.LARGE


def test_a_day_has_no_week_and_no_labels_to_compare(
    references: dict[str, Reference], month: pl.DataFrame
) -> None:
    day = month.filter(pl.col("time") < datetime(2018, 4, 2))
    found = drift.compare(references, day)
    assert [each.name for each in found.left_out] == ["weekday", "known"]
    assert levels(found) == {}


def test_a_few_purchases_of_few_cards_are_too_few_to_tell(
    references: dict[str, Reference], month: pl.DataFrame
) -> None:
    few = month.filter(pl.col("card").is_in(["1", "2", "3", "5", "8"]))
    found = drift.compare(references, few)
    own = {"amount", "hour", "weekday", "card_day"}
    assert {name: level for name, level in levels(found).items() if name in own} == dict.fromkeys(
        own, Level.UNKNOWN
    )
    # But that terminals see hardly any other card is beyond doubt.
    assert levels(found)["terminal_day"] is Level.LARGE
    assert found.alien == ()


def test_part_of_a_file_is_strange_but_in_scope(
    references: dict[str, Reference], month: pl.DataFrame
) -> None:
    sampled = month.sample(2000, seed=0).sort("time")
    found = drift.compare(references, sampled)
    assert set(levels(found)) == {"card_day", "terminal_day"}
    assert found.alien == ()


def sensors(n: int) -> pl.DataFrame:
    """Twenty sensors, each read once a minute."""
    at = np.arange(n)
    noise = np.random.default_rng(0).normal(0, 0.5, n)
    return pl.DataFrame(
        {
            "time": np.datetime64("2024-01-01", "us") + (at // 20 * 60).astype("timedelta64[s]"),
            "card": (at % 20).astype(str),
            "terminal": (at % 4).astype(str),
            "amount": 20 + 5 * np.sin(at / 20 / 1440 * 2 * math.pi) + noise,
            "fraud": pl.Series([None] * n, dtype=pl.Int8),
        }
    )


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"amount": pl.lit(9.99)}, "100 % of rows have the same amount, 9.99"),
        ({"amount": pl.col("amount") * 100}, "in cents, convert them"),
        ({"amount": pl.col("amount") * 25_000}, "Hardly any amount"),
        ({"card": pl.col("row").cast(pl.String)}, "no history to judge by"),
    ],
)
def test_what_the_model_was_not_made_for_is_out_of_scope(
    references: dict[str, Reference],
    month: pl.DataFrame,
    change: dict[str, pl.Expr],
    reason: str,
) -> None:
    found = drift.compare(references, month.with_columns(**change))
    assert len(found.alien) == 1
    assert reason in found.alien[0]
    assert headline(found) == "Out of scope"


def test_readings_of_sensors_are_out_of_scope(references: dict[str, Reference]) -> None:
    found = drift.compare(references, sensors(30_000))
    assert any("1,440 rows on a typical day" in each for each in found.alien)


@pytest.mark.parametrize(
    "process",
    [
        replace(TOWN, lowest_mean=15, highest_mean=300, limit=660),
        replace(TOWN, lowest_mean=50, highest_mean=1000, limit=2200),
        replace(TOWN, busiest=12),
        replace(TOWN, busiest=0.5),
        replace(TOWN, terminals=200, radius=16),
    ],
)
def test_another_bank_is_in_scope(references: dict[str, Reference], process: Process) -> None:
    found = drift.compare(references, simulate(process, seed=2))
    assert found.alien == ()
    assert found.level is Level.LARGE


def test_a_handful_of_rows_is_never_out_of_scope(references: dict[str, Reference]) -> None:
    assert drift.compare(references, sensors(100)).alien == ()


def test_less_than_a_week_cannot_be_a_reference() -> None:
    with pytest.raises(ValueError, match="weekday"):
        drift.reference(simulate(replace(TOWN, days=5), seed=0))
