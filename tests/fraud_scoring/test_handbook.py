"""The handbook's protocol: its folds, features and metrics by hand, and the command as a whole."""

import json
import sys
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from demos.fraud_scoring import baselines, evaluate
from demos.fraud_scoring.fit import Plan
from demos.fraud_scoring.handbook import (
    FIRST_TRAINING_DAYS,
    SELECTION_DAYS,
    card_precision,
    fold,
    folds,
    handbook_features,
    metrics,
)
from demos.fraud_scoring.simulate import Process, scaled, simulate, to_handbook
from tests.fraud_scoring.tables import BEGAN, Purchase, busy_month, table

START = BEGAN.date()


def daily(last: int, *frauds: tuple[float, str]) -> pl.DataFrame:
    """Cards a to d once each day from day 0 to `last`, at noon; frauds by day and card."""
    return table(
        (day + 0.5, card, "t", 10, int((day, card) in frauds))
        for day in range(last + 1)
        for card in "abcd"
    )


def days(transactions: pl.DataFrame, rows: np.ndarray) -> dict[str, list[int]]:
    """Of each card, the days of the chosen rows."""
    chosen = transactions.filter(pl.Series(rows))
    age = (chosen["time"].dt.date() - START).dt.total_days().to_list()
    found: dict[str, list[int]] = {}
    for card, day in zip(chosen["card"], age, strict=True):
        found.setdefault(card, []).append(day)
    return found


def test_a_fold_trains_for_a_week_leaves_out_one_and_tests_for_one() -> None:
    transactions = daily(30)
    found = fold(transactions, START)
    assert days(transactions, found.train) == {card: list(range(7)) for card in "abcd"}
    assert days(transactions, found.test) == {card: list(range(14, 21)) for card in "abcd"}


def test_a_test_day_leaves_out_cards_whose_fraud_is_known_by_then() -> None:
    # b in the training week; c on day 9, known on day 17; d on day 13, known on day 21 only.
    transactions = daily(30, (6, "b"), (9, "c"), (13, "d"), (14, "a"))
    found = fold(transactions, START)
    week = list(range(14, 21))
    assert days(transactions, found.test) == {"a": week, "c": [14, 15, 16], "d": week}
    assert days(transactions, found.train)["b"] == list(range(7)), "it is trained on"


@pytest.mark.parametrize(("day", "last"), [(7, 14), (8, 15), (11, 18), (12, 19), (13, 20)])
def test_a_fraud_counts_on_test_days_from_eight_days_later(day: int, last: int) -> None:
    found = fold(transactions := daily(30, (day, "a")), START)
    assert days(transactions, found.test)["a"] == list(range(14, last + 1))


def test_frauds_before_the_training_week_leave_nothing_out() -> None:
    found = fold(transactions := daily(30, (2, "a")), START + timedelta(days=3))
    assert days(transactions, found.test)["a"] == list(range(17, 24))


@pytest.mark.parametrize(
    ("first", "last", "covered"),
    [(0, 20, [0]), (0, 19, []), (1, 30, [7]), (0, 40, [0, 7, 14]), (1, 26, [])],
)
def test_folds_lie_within_the_data(first: int, last: int, covered: list[int]) -> None:
    transactions = daily(last).filter(pl.col("time") >= BEGAN + timedelta(days=first))
    starts = [START + timedelta(weeks=k) for k in range(4)]
    found = [(each.start - START).days for each in folds(transactions, starts)]
    assert found == covered


def test_models_are_chosen_on_folds_that_end_before_the_measured_ones() -> None:
    assert [str(day) for day in FIRST_TRAINING_DAYS] == [
        "2018-07-25",
        "2018-08-01",
        "2018-08-08",
        "2018-08-15",
    ]
    assert max(SELECTION_DAYS) + timedelta(days=14) == FIRST_TRAINING_DAYS[0]
    assert all(b - a == timedelta(days=7) for a, b in pairwise(SELECTION_DAYS))


def plain_handbook(transactions: pl.DataFrame) -> list[list[float]]:
    rows = transactions.to_dicts()
    return [one_plain(rows, at) for at in range(len(rows))]


def one_plain(rows: list[dict[str, Any]], at: int) -> list[float]:
    row, now = rows[at], rows[at]["time"]

    def same(key: str, after: datetime, until: datetime = now) -> list[dict[str, Any]]:
        return [
            each
            for each in rows[: at + 1]
            if each[key] == row[key] and after < each["time"] <= until
        ]

    found = [row["amount"], now.isoweekday() >= 6, now.hour <= 6]
    for span in (1, 7, 30):
        spent = [each["amount"] for each in same("card", now - timedelta(days=span))]
        found += [len(spent), sum(spent) / len(spent)]
    known = now - timedelta(days=7)
    for span in (1, 7, 30):
        there = same("terminal", known - timedelta(days=span), known)
        frauds = sum(each["fraud"] == 1 for each in there)
        found += [len(there), frauds / len(there) if there else 0]
    return [float(each) for each in found]


@pytest.mark.parametrize("seed", range(2))
def test_the_books_features_are_those_of_a_loop(seed: int) -> None:
    transactions = busy_month(250, cards=5, terminals=4, seed=seed)
    hours = pl.Series(np.round(np.linspace(0, 240, 250)) * 6)  # ties, and moments a week apart
    transactions = transactions.with_columns(
        time=pl.lit(BEGAN).cast(pl.Datetime("us")) + pl.duration(hours=hours)
    )
    found = handbook_features(transactions)
    assert found.shape == (250, 15)
    np.testing.assert_allclose(found, plain_handbook(transactions), atol=1e-6)


def test_card_precision_by_hand() -> None:
    """Two cards a day: of a card its highest score counts, and a card once caught is out."""
    transactions = table(
        [
            (0.1, "a", "t", 1, 1),
            (0.2, "b", "t", 1, 0),
            (0.3, "c", "t", 1, 1),
            (0.4, "b", "t", 1, 0),
            (1.1, "a", "t", 1, 1),
            (1.2, "c", "t", 1, 1),
            (1.3, "d", "t", 1, 0),
        ]
    )
    scores = np.array([0.9, 0.1, 0.3, 0.8, 1.0, 0.2, 0.1])
    # Day 0: a (fraud) and b. Day 1: a was caught, so c (fraud) and d.
    assert card_precision(transactions, scores, top=2) == pytest.approx((1 / 2 + 1 / 2) / 2)
    # Day 0: a; day 1: c.
    assert card_precision(transactions, scores, top=1) == 1
    # All three of day 0, two of them frauds, then only d is left.
    assert card_precision(transactions, scores, top=3) == pytest.approx((2 / 3 + 0) / 2)


def test_a_card_is_fraudulent_if_any_of_its_purchases_that_day_is() -> None:
    purchases: Iterable[Purchase] = [(0.1, "a", "t", 1, 0), (0.2, "a", "t", 1, 1)]
    assert card_precision(table(purchases), np.array([0.9, 0.1]), top=1) == 1


def test_a_card_looked_at_in_vain_is_looked_at_again() -> None:
    purchases: Iterable[Purchase] = [(0, "a", "t", 1, 0), (1, "a", "t", 1, 1)]
    assert card_precision(table(purchases), np.array([0.9, 0.9]), top=1) == pytest.approx(0.5)


def test_of_equal_scores_the_card_seen_first_is_looked_at() -> None:
    purchases: list[Purchase] = [(0.1 * k, f"c{k}", "t", 1, int(k < 3)) for k in range(9)]
    assert card_precision(table(purchases), np.zeros(9), top=3) == 1
    assert card_precision(table(purchases), np.zeros(9), top=6) == pytest.approx(0.5)


def test_the_ranking_metrics_by_hand() -> None:
    transactions = table([(k / 10, f"c{k}", "t", 1, fraud) for k, fraud in enumerate((1, 0, 1, 0))])
    found = metrics(transactions, np.array([0.9, 0.8, 0.7, 0.1]))
    assert found == pytest.approx(
        {"roc_auc": 3 / 4, "average_precision": (1 + 2 / 3) / 2, "card_precision_at_100": 2 / 100}
    )


def test_baselines_learn_a_simple_rule() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(2000, 3))
    fraud = x[:, 1] + 0.1 * rng.normal(size=2000) > 1
    for score in (
        baselines.logistic_regression(x, fraud, x),
        baselines.xgboost(x, fraud, x, baselines.GRID[0]),
    ):
        assert score[fraud].mean() > 0.5
        assert score[~fraud].mean() < 0.1
    assert baselines.XGBOOST in baselines.GRID and len(baselines.GRID) == 18


def test_without_xgboost_the_command_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "xgboost", None)
    with pytest.raises(SystemExit, match="requirements-dev"):
        baselines.xgboost(np.zeros((2, 1)), np.array([True, False]), np.zeros((1, 1)))


TOWN = replace(scaled(Process(days=23, start=date(2018, 7, 24)), 0.04), terminals_a_day=1.0)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The days of one fold, in two files of which the second repeats part of the first."""
    folder = tmp_path_factory.mktemp("handbook")
    whole = to_handbook(simulate(TOWN, 0)).with_columns(
        pl.col("TRANSACTION_ID", "CUSTOMER_ID", "TERMINAL_ID").cast(pl.Int64)
    )
    half = whole.height // 2
    whole.head(half + 500).write_parquet(folder / "first.parquet")
    whole.tail(whole.height - half).write_parquet(folder / "second.parquet")
    return folder


def test_files_that_overlap_give_each_transaction_once(data: Path) -> None:
    found = evaluate.read(data)
    assert found.equals(simulate(TOWN, 0))
    single = evaluate.read(data / "first.parquet")
    assert single.equals(found.head(single.height))


def test_an_empty_folder_is_said_to_be_one(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="no Parquet files"):
        evaluate.read(tmp_path)


def command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: str
) -> dict[str, Any]:
    tiny = Plan(members=2, width=8, epochs=1, batch=512, dropout=0.1)
    monkeypatch.setattr(evaluate, "FOLD", tiny)
    monkeypatch.setitem(baselines.XGBOOST, "n_estimators", 10)
    monkeypatch.setattr(evaluate, "GRID", baselines.GRID[:1])
    monkeypatch.setattr(sys, "argv", ["evaluate", *arguments])
    evaluate.main()
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


RANKING = ("roc_auc", "average_precision", "card_precision_at_100")


def test_the_protocol_prints_folds_mean_and_baselines(
    data: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    stored = tmp_path / "metrics.json"
    stored.write_text(json.dumps({"card_history": {"n": 7}, "other": 1}))
    monkeypatch.setattr(evaluate, "METRICS", stored)
    arguments = ("--data", str(data), "--protocol", "handbook", "--write")
    report = command(monkeypatch, capsys, *arguments)
    compared = ("baseline", "logistic_regression", "xgboost_our_features", "bundled")
    for each in (report, *(report[name] for name in compared)):
        (only,) = each["folds"]
        assert only["train_from"] == "2018-07-25"
        for name in RANKING:
            assert 0 < only[name] < 1
            assert each["mean"][name] == only[name]
    assert report["bundled"]["mean"]["roc_auc"] > 0.75
    sizes = {
        (each["folds"][0]["train_rows"], each["folds"][0]["n"])
        for each in (report, report["baseline"])
    }
    tested = fold(evaluate.read(data), FIRST_TRAINING_DAYS[0])
    assert sizes == {(int(tested.train.sum()), int(tested.test.sum()))}
    assert json.loads(stored.read_text()) == {
        "card_history": {"n": 7, "handbook": report},
        "other": 1,
    }


def test_the_selection_protocol_prints_the_grid_too(
    data: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    shifted = evaluate.read(data).with_columns(pl.col("time") - timedelta(days=14))
    to_handbook(shifted).write_parquet(tmp_path / "earlier.parquet")
    arguments = ("--data", str(tmp_path / "earlier.parquet"), "--protocol", "selection")
    report = command(monkeypatch, capsys, *arguments)
    assert [each["train_from"] for each in report["folds"]] == ["2018-07-11"]
    (options,) = report["xgboost_grid"]
    assert options.items() >= baselines.GRID[0].items()
    assert 0 < options["average_precision"] < 1


def test_without_a_protocol_the_bundled_model_is_measured(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    report = command(monkeypatch, capsys, "--data", str(data))
    frame = evaluate.read(data)
    assert (report["n"], report["frauds"]) == (frame.height, frame["fraud"].sum())
    assert report["base_rate"] == pytest.approx(frame["fraud"].mean())
    for name in (
        *RANKING[:2],
        "precision_of_first_100_cards",
        "ece",
        "brier",
        "recall_at_half_scenario_1",
    ):
        low, high = report[f"{name}_ci95"]
        assert low <= report[name] <= high


def test_data_that_cover_no_fold_are_refused(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(
        SystemExit, match="No fold of the protocol lies within the data, 2018-07-24"
    ):
        command(
            monkeypatch, capsys, "--data", str(data / "first.parquet"), "--protocol", "handbook"
        )


def test_a_protocol_needs_data(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        command(monkeypatch, capsys, "--simulated", "--protocol", "handbook")
    assert "--protocol needs --data" in capsys.readouterr().err
