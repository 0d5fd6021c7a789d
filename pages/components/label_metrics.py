"""How good the scores are by the file's own labels: figures with intervals, and two charts."""

from collections.abc import Mapping

import polars as pl
import streamlit as st

from demos.core.intervals import Estimate
from demos.core.labels.metrics import LabelMetrics, label_metrics
from demos.core.labels.threshold import MOST_LOOKED_AT, AtThreshold
from demos.core.wording import counted, percent, score, significant
from pages.components.label_charts import calibration_chart, calibration_table, precision_chart
from pages.components.tables import show_table
from pages.components.text import plain
from pages.components.triage.words import probability

SOME_CARDS = 25
"""Looked at a day, where the team can do none."""


def show_label_metrics(
    slug: str,
    key: str,
    scored: pl.DataFrame,
    threshold: float,
    looked_at: int,
    scenarios: Mapping[int, str],
) -> None:
    """Nothing where the file has no labels but a word on that.

    `key` tells the scored table from all others; what its labels say is kept in the session, so
    that another threshold or capacity takes no time. `scenarios` names those of the file.
    """
    st.header("How good are the scores on this file?", anchor=False)
    metrics = measured(slug, key, scored)
    if metrics is None:
        st.info(
            "The file does not say which transactions were fraud, so the scores cannot be checked "
            "on it. Map a column of labels, or see the model card for what was measured on test "
            "data.",
            icon=":material/label_off:",
        )
        return
    at = metrics.at(threshold, min(looked_at or SOME_CARDS, MOST_LOOKED_AT))
    if metrics.frauds_only:
        st.info(
            f"Only frauds are labeled in the file, {metrics.frauds:,} of them. Of the other "
            f"{metrics.unlabeled:,} transactions it does not say that they were legitimate, so "
            f"only recall can be measured: from {probability(at.threshold)} on, "
            f"{percent(at.recall.value or 0.0)} of these frauds are found (95 % interval "
            f"{percent(at.recall.low)} to {percent(at.recall.high)}).",
            icon=":material/label_off:",
        )
        if at.scenarios:
            show_scenarios(at, scenarios)
        return
    st.markdown(base(metrics))
    show_figures(metrics, at)
    if at.scenarios:
        show_scenarios(at, scenarios)
    left, right = st.columns(2, gap="medium")
    with left:
        precision_chart(slug, metrics, at)
    with right:
        calibration_chart(slug, metrics)
    calibration_table(metrics)


def measured(slug: str, key: str, scored: pl.DataFrame) -> LabelMetrics | None:
    """What the labels of the table say, measured once."""
    name = f"{slug}.label_metrics"
    kept: tuple[str, LabelMetrics | None] | None = st.session_state.get(name)
    if kept is None or kept[0] != key:
        with st.spinner("Comparing the scores with the labels", show_time=True):
            kept = key, label_metrics(scored)
        st.session_state[name] = kept
    return kept[1]


def base(metrics: LabelMetrics) -> str:
    """What there is to measure on."""
    frauds = f"**{metrics.frauds:,}** ({percent(metrics.frauds / metrics.rows)})"
    told = f"Of {metrics.rows:,} transactions with a label, {frauds} are fraud"
    told += f", on {counted(metrics.fraud_cards, 'card')}." if metrics.frauds else "."
    if metrics.unlabeled:
        told += f" {metrics.unlabeled:,} without one are left out."
    told += f" The scores promise {significant(metrics.expected)} frauds."
    return told


def show_figures(metrics: LabelMetrics, at: AtThreshold) -> None:
    rate = metrics.base_rate.value or 0.0
    rows = [
        ("Average precision", *figure(metrics.average_precision), score(rate)),
        ("ROC AUC", *figure(metrics.roc_auc), "0.5"),
        (f"Card precision, first {at.looked_at:,} a day", *shares(at.card_precision), ""),
        (f"Precision from {probability(at.threshold)}", *shares(at.precision), percent(rate)),
        (f"Recall from {probability(at.threshold)}", *shares(at.recall), ""),
        ("Brier score", *figure(metrics.brier), significant(rate * (1 - rate))),
        ("Calibration error", *figure(metrics.calibration_error), ""),
        ("Share of frauds", *shares(metrics.base_rate), ""),
    ]
    header = ("On this file's labels", "Value", "95 % interval", "Without a model")
    show_table("label_metrics", header, "lrrr", rows)
    rough = ""
    if metrics.rough:
        rough = (
            f" **Only {counted(metrics.fraud_cards, 'card')} "
            f"{'has' if metrics.fraud_cards == 1 else 'have'} a fraud: take the intervals as a "
            "rough indication.**"
        )
    st.caption(
        "Precision and recall count single transactions here, declined ones included; “Where to "
        "draw the line” counts cards and days. Average precision: the share of frauds among the "
        "highest scores, averaged over all the frauds. ROC AUC: how often a fraud scores above "
        "another transaction. Card precision: the share of cards with a fraud that day among those "
        f"looked at first; with a flawless order it would be {percent(at.at_best)}. Brier score "
        "and calibration error: how far the probabilities are from what happened; 0 is best. "
        "Intervals draw whole cards and whole terminals again and again, as their frauds come "
        f"together.{rough}"
    )


def show_scenarios(at: AtThreshold, scenarios: Mapping[int, str]) -> None:
    rows = [
        (
            plain(scenarios.get(each.scenario, str(each.scenario))),
            f"{each.frauds:,}",
            *shares(each.recall),
        )
        for each in at.scenarios
    ]
    name = f"Found from {probability(at.threshold)}"
    show_table("label_scenarios", ("Kind of fraud", "Frauds", name, "95 % interval"), "lrrr", rows)


def figure(estimate: Estimate) -> tuple[str, str]:
    """A figure of merit and its interval."""
    if estimate.value is None:
        return "none", "needs frauds and others"
    value, low, high = (merit(each) for each in (estimate.value, estimate.low, estimate.high))
    return value, f"{low} to {high}"


def merit(value: float) -> str:
    """A figure of merit, of which tiny ones are no more than that."""
    return "< 0.0001" if 0 < value < 0.0001 else score(value)


def shares(estimate: Estimate) -> tuple[str, str]:
    """A share and its interval."""
    if estimate.value is None:
        return "none", "nothing to count"
    return percent(estimate.value), f"{percent(estimate.low)} to {percent(estimate.high)}"
