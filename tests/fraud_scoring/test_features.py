"""Every feature against plain loops, and that none of them looks ahead."""

from datetime import timedelta

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from demos.fraud_scoring import features as module
from demos.fraud_scoring.features import FEATURES, PLACES, features
from demos.fraud_scoring.transaction import find, surroundings, surroundings_of_all
from tests.fraud_scoring.plain_features import plain_features
from tests.fraud_scoring.tables import Purchase, busy_month, table

NAMES = [each.name for each in FEATURES]


def small_table(seed: int, n: int = 120) -> pl.DataFrame:
    """Few cards and terminals over 50 days, in steps of 6 hours: ties in time, and to the second as
    old as a window; frauds of all kinds, and labels that nobody knows."""
    rng = np.random.default_rng(seed)
    days = np.sort(rng.integers(0, 200, n)) / 4
    amounts = np.round(rng.gamma(3, 10, n) * rng.choice([1, 1, 1, 3, 8], n), 2) * (
        rng.random(n) < 0.97
    )
    labels = rng.choice([0, 0, 0, 1, 1, None], n)
    return table(
        (float(day), f"c{card}", f"t{terminal}", float(amount), label)
        for day, card, terminal, amount, label in zip(
            days, rng.integers(5, size=n), rng.integers(4, size=n), amounts, labels, strict=True
        )
    )


def expected(transactions: pl.DataFrame) -> NDArray[np.float64]:
    found = plain_features(transactions)
    assert all(set(row) == set(NAMES) for row in found)
    return np.array([[row[name] for name in NAMES] for row in found]).reshape(-1, len(NAMES))


def of_one(transactions: pl.DataFrame, position: int, name: str) -> float:
    return float(features(transactions)[position, PLACES[name]])


@pytest.mark.parametrize("seed", range(4))
def test_every_feature_is_what_it_says(seed: int) -> None:
    transactions = small_table(seed)
    found, wanted = features(transactions), expected(transactions)
    assert found.dtype == np.float32
    for place, name in enumerate(NAMES):
        np.testing.assert_allclose(found[:, place], wanted[:, place], 1e-4, 1e-4, err_msg=name)


def test_the_tables_that_these_are_compared_on_have_some_of_everything() -> None:
    values = np.concatenate([features(small_table(seed)) for seed in range(4)])
    for place, name in enumerate(NAMES):
        assert len(np.unique(values[:, place])) > 1, name


def test_names_are_unique_and_every_group_has_features() -> None:
    assert len(PLACES) == len(FEATURES) == 39
    assert {each.group for each in FEATURES} == set(module.Group)


@pytest.mark.parametrize("rows", [0, 1])
def test_no_row_and_a_single_one(rows: int) -> None:
    transactions = small_table(0).head(rows)
    assert features(transactions).shape == (rows, len(FEATURES))
    np.testing.assert_allclose(features(transactions), expected(transactions), atol=1e-5)


@pytest.mark.parametrize("fraud", [0, 1, None])
def test_labels_all_alike(fraud: int | None) -> None:
    transactions = small_table(1, 60).with_columns(fraud=pl.lit(fraud, pl.Int8))
    np.testing.assert_allclose(features(transactions), expected(transactions), 1e-4, 1e-4)


def test_parts_in_threads_give_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    transactions = busy_month(1500)
    whole = features(transactions)
    monkeypatch.setattr(module, "PART", 100)
    np.testing.assert_allclose(features(transactions), whole, atol=1e-5)


def test_what_a_thread_raises_is_raised() -> None:
    def fail(part: int) -> None:
        raise ValueError(part)

    with pytest.raises(ValueError, match="0"):
        module.side_by_side(fail, range(3))


@pytest.mark.parametrize("seed", range(6))
def test_nothing_that_comes_later_changes_a_feature(seed: int) -> None:
    rng = np.random.default_rng(seed)
    transactions = small_table(seed)
    before = features(transactions)
    for position in rng.integers(1, transactions.height, 6).tolist():
        now = transactions["time"][position]
        later = pl.int_range(pl.len()) > position
        unknown = pl.col("time") > now - timedelta(days=7)
        other = pl.Series(rng.choice([0, 1, None], transactions.height).tolist(), dtype=pl.Int8)
        changed = transactions.with_columns(
            fraud=pl.when(unknown).then(other).otherwise("fraud"),
            amount=pl.when(later).then(pl.col("amount") * 50 + 1).otherwise("amount"),
            card=pl.when(later).then(pl.lit("c0")).otherwise("card"),
            terminal=pl.when(later).then(pl.lit("t0")).otherwise("terminal"),
        )
        for other_table in (
            transactions.head(position + 1),
            changed,
            changed.filter(~later | (pl.col("row") % 2 == 0)),
        ):
            found = features(other_table)[position]
            np.testing.assert_allclose(found, before[position], atol=1e-5)


def streak(age_seconds: int, label: int | None) -> pl.DataFrame:
    return table(
        [(0, "a", "t", 10, label), (age_seconds / 86_400, "b", "t", 10, None)],
    )


WEEK = 7 * 86_400


@pytest.mark.parametrize(("age", "known"), [(WEEK - 1, False), (WEEK, True), (WEEK + 1, True)])
def test_a_label_counts_from_seven_days_on(age: int, known: bool) -> None:
    frauds, labels = (streak(age, label) for label in (1, 0))
    for name in ("terminal_fraud_1", "streak", "terminal_known"):
        assert (of_one(frauds, 1, name) > 0) is known, name
    assert (features(frauds)[1] != features(labels)[1]).any() == known


def hostile(purchases: list[Purchase]) -> list[Purchase]:
    return [
        *purchases,
        *((day, f"{card}2", "u", amount, 1) for day, card, _, amount, _ in purchases),
    ]


@pytest.mark.parametrize(
    "purchases",
    [
        [(day / 3, "a", "t", 0, 0) for day in range(40)],
        [(day / 3, "a", "t", 1e9, 1) for day in range(40)],
        [(day / 3, "a", "t", 1e9 if day % 2 else 0, day % 2) for day in range(40)],
        [(0, f"c{k % 3}", "t", k, k % 2) for k in range(40)],
        [(36_525.0 * k, "a", "t", 10 + k, k % 2) for k in range(3)],
        [(36_525.0 * k, f"c{k}", "t", 10 + k, None) for k in range(3)],
        [(0, "", "", 1e-9, None), (0, " ", "", 1e9, None)],
    ],
    ids=["free", "dear", "either", "at once", "century", "strangers", "empty names"],
)
def test_hostile_values_leave_every_feature_finite(purchases: list[Purchase]) -> None:
    found = features(table(hostile(purchases)))
    assert np.isfinite(found).all()
    assert np.abs(found).max() < 50


def test_what_strangers_spend_changes_nothing() -> None:
    """However large: running totals over all cards must not swallow the small ones."""
    ours = small_table(2)
    alone = features(ours)
    rich = table((day / 2, f"b{day % 3}", "x", 1e9 - day, day % 2) for day in range(100))
    together = pl.concat([ours, rich.with_columns(pl.col("row") + 1000)]).sort("time", "row")
    mine = (together["row"] < 1000).to_numpy()
    np.testing.assert_allclose(features(together)[mine], alone, rtol=1e-3, atol=1e-3)


def test_the_rows_around_a_transaction_give_its_features() -> None:
    transactions = small_table(3, 200)
    of_all = features(transactions)
    cases = [find(transactions, row) for row in transactions["row"].to_list()[::9]]
    for case in cases:
        near = features(surroundings(transactions, case))
        np.testing.assert_allclose(near[-1], of_all[case.position], atol=1e-5)
    near = surroundings_of_all(transactions, cases)
    at = {row: place for place, row in enumerate(near["row"].to_list())}
    for case, found in zip(cases, features(near)[[at[case.row] for case in cases]], strict=True):
        np.testing.assert_allclose(found, of_all[case.position], atol=1e-5)
