"""What a file's labels say of its scores, on a page in Streamlit's own harness."""

from datetime import datetime

import numpy as np
import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from demos.core.intervals import Estimate
from demos.core.labels.metrics import label_metrics
from pages.components import label_metrics as component
from pages.components.label_charts import (
    calibration_drawn,
    calibration_spoken,
    precision_drawn,
    precision_spoken,
)


def table(n: int = 4000, fraud: object = None) -> pl.DataFrame:
    rng = np.random.default_rng(0)
    odds = rng.normal(-4, 2.5, n)
    truth = rng.random(n) < 1 / (1 + np.exp(-odds))
    return pl.DataFrame(
        {
            "time": np.datetime64(datetime(2024, 1, 1), "us")
            + (10 * np.arange(n)).astype("timedelta64[m]"),
            "card": rng.integers(0, 400, n).astype(str),
            "terminal": rng.integers(0, 400, n).astype(str),
            "fraud": truth.astype(np.int8),
            "scenario": np.where(truth, rng.integers(1, 3, n), 0).astype(np.int8),
            "score": (1 / (1 + np.exp(-odds))).astype(np.float32),
        }
    )


def page(given: pl.DataFrame, threshold: float = 0.5, looked_at: int = 25) -> AppTest:
    def script(given: object, threshold: float, looked_at: int) -> None:
        import streamlit as st

        from pages.components.label_metrics import show_label_metrics

        asked = st.number_input("threshold", value=threshold)
        names = {1: "Amount over *220*", 3: "Stolen card details"}
        show_label_metrics("demo", "key", given, asked, looked_at, names)

    app = AppTest.from_function(
        script,
        kwargs={"given": given, "threshold": threshold, "looked_at": looked_at},
        default_timeout=30,
    )
    return app.run()


def found_table(app: AppTest, start: str) -> list[list[str]]:
    text = next(each.value for each in app.markdown if each.value.startswith(f"| {start}"))
    lines = text.replace("\u00a0", " ").splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


def test_a_team_that_can_review_none_still_sees_how_good_the_scores_are() -> None:
    app = page(table(), looked_at=0)
    assert not app.exception
    names = [row[0] for row in found_table(app, "On this file's labels")]
    assert f"Card precision, first {component.SOME_CARDS} a day" in names


def test_every_figure_has_its_interval_and_none_is_accuracy() -> None:
    app = page(table())
    assert not app.exception
    rows = {row[0]: row for row in found_table(app, "On this file's labels")}
    metrics = label_metrics(table())
    assert metrics is not None
    assert rows["Average precision"][1] == f"{metrics.average_precision.value:.3g}"
    assert all(" to " in row[2] for row in rows.values())
    assert {"ROC AUC", "Card precision, first 25 a day", "Recall from 50.0 %"} < set(rows)
    assert rows["ROC AUC"][3] == "0.5"
    assert not any("ccuracy" in each.value for each in [*app.markdown, *app.caption])


def test_what_there_is_to_measure_on_is_said() -> None:
    scored = table()
    recent = pl.col("time") > datetime(2024, 1, 25)
    app = page(scored.with_columns(fraud=pl.when(~recent).then("fraud")))
    known = scored.filter(~recent)
    first = app.markdown[0].value
    assert first.startswith(f"Of {known.height:,} transactions with a label")
    assert f"**{known['fraud'].sum():,}**" in first
    assert f"{scored.height - known.height:,} without one are left out." in first


def test_recall_by_kind_of_fraud_follows_the_threshold() -> None:
    app = page(table())
    before = found_table(app, "Kind of fraud")
    assert [row[0] for row in before] == ["Amount over \\*220\\*", "2"]
    app.number_input[0].set_value(0.0).run()
    after = found_table(app, "Kind of fraud")
    assert [row[2] for row in after] == ["100 %", "100 %"]
    assert before != after


def test_labels_are_compared_once_whatever_the_threshold(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []
    monkeypatch.setattr(
        component, "label_metrics", lambda scored: calls.append(1) or label_metrics(scored)
    )
    app = page(table())
    app.number_input[0].set_value(0.2).run()
    assert not app.exception
    assert calls == [1]


def test_without_labels_the_page_says_so() -> None:
    app = page(table().with_columns(fraud=pl.lit(None, dtype=pl.Int8)))
    assert "cannot be checked" in app.info[0].value
    assert not app.caption


def test_where_only_frauds_are_labeled_only_recall_is_told() -> None:
    frauds = table().with_columns(pl.col("fraud").replace(0, None))
    app = page(frauds)
    assert "only recall can be measured" in app.info[0].value
    assert not any(each.value.startswith("| On this file") for each in app.markdown)
    assert [row[0] for row in found_table(app, "Kind of fraud")] == ["Amount over \\*220\\*", "2"]


@pytest.mark.parametrize("fraud", [0, 1])
def test_one_class_alone(fraud: int) -> None:
    app = page(table(300).with_columns(fraud=pl.lit(fraud, dtype=pl.Int8)))
    assert not app.exception
    rows = {row[0]: row for row in found_table(app, "On this file's labels")}
    assert rows["ROC AUC"][1:3] == ["none", "needs frauds and others"]


def test_frauds_on_few_cards_are_said_to_be_few() -> None:
    few = table(300).with_columns(card=pl.lit("one"))
    assert any("Only 1 card has a fraud" in each.value for each in page(few).caption)


def test_figures_of_merit_in_words() -> None:
    assert component.figure(Estimate(0.12345, 0.00001, 0.9999)) == ("0.123", "< 0.0001 to > 0.999")
    assert component.figure(Estimate(None, 0, 1))[0] == "none"
    assert component.shares(Estimate(0.5, 0.25, 1)) == ("50.0 %", "25.0 % to 100 %")


def test_the_charts_draw_what_was_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pages.components.label_charts.theme_kind", lambda: "light")
    metrics = label_metrics(table())
    assert metrics is not None
    at = metrics.at(0.5, 25)
    line, diamond = precision_drawn(metrics, at)["data"]
    assert line["x"][-1] == pytest.approx(100)
    assert diamond["x"] == [pytest.approx(100 * (at.recall.value or 0))]
    assert "Diamond: from 50.0 %" in precision_spoken(metrics, at)
    (dots,) = calibration_drawn(metrics)["data"]
    assert len(dots["x"]) == len(metrics.calibration)
    assert all(each >= 0 for each in dots["error_y"]["array"] + dots["error_y"]["arrayminus"])
    assert "groups of scores" in calibration_spoken(metrics)
    nothing = metrics.at(2.0, 25)
    assert len(precision_drawn(metrics, nothing)["data"]) == 1
    assert "Diamond" not in precision_spoken(metrics, nothing)
