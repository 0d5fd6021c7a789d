"""Precision over recall, and promised against found, by a file's labels: charts, and in words."""

from typing import Any

import streamlit as st

from demos.core.labels.metrics import LabelMetrics
from demos.core.labels.threshold import AtThreshold
from demos.core.wording import percent
from pages.components.stretched import log_odds
from pages.components.tables import show_table
from pages.components.theme import theme_kind
from pages.components.triage.words import probability

HEIGHT = 340
"""Pixels."""
TICKS = (0.0001, 0.01, 0.5, 0.99, 0.9999)


def precision_chart(slug: str, metrics: LabelMetrics, at: AtThreshold) -> None:
    """Precision over recall, with the threshold on it."""
    if not metrics.curve:
        return
    st.markdown("**Precision over recall**")
    st.plotly_chart(
        precision_drawn(metrics, at),
        config={"displayModeBar": False},
        alt=precision_spoken(metrics, at),
        key=f"{slug}.label_precision",
    )
    st.caption(precision_spoken(metrics, at))


def precision_spoken(metrics: LabelMetrics, at: AtThreshold) -> str:
    """The chart in a sentence or two."""
    told = [
        f"{percent(reached)} of frauds found with a precision of {percent(precision)}"
        for reached, precision in (nearest(metrics, recall) for recall in (0.25, 0.5, 0.75))
    ]
    here = ""
    if at.precision.value is not None and at.recall.value is not None:
        here = (
            f" Diamond: from {probability(at.threshold)}, {percent(at.recall.value)} found with "
            f"{percent(at.precision.value)}."
        )
    return f"{'; '.join(dict.fromkeys(told))}.{here} Dashed: every transaction flagged."


def nearest(metrics: LabelMetrics, recall: float) -> tuple[float, float]:
    """The point of the curve nearest to a recall."""
    return min(metrics.curve, key=lambda point: abs(point[0] - recall))


def precision_drawn(metrics: LabelMetrics, at: AtThreshold) -> dict[str, Any]:
    accent, ink, font = colors()
    rate = 100 * (metrics.base_rate.value or 0.0)
    points = [
        {
            "type": "scatter",
            "mode": "lines" if len(metrics.curve) > 1 else "markers",
            "x": [100 * recall for recall, _ in metrics.curve],
            "y": [100 * precision for _, precision in metrics.curve],
            "line": {"color": accent, "width": 2.5},
            "text": [
                f"{percent(recall)} of frauds found<br>precision {percent(precision)}"
                for recall, precision in metrics.curve
            ],
            "hovertemplate": "%{text}<extra></extra>",
        }
    ]
    if at.precision.value is not None and at.recall.value is not None:
        points.append(
            {
                "type": "scatter",
                "mode": "markers",
                "x": [100 * at.recall.value],
                "y": [100 * at.precision.value],
                "marker": {"symbol": "diamond", "size": 13, "color": ink},
                "text": [f"from {probability(at.threshold)}"],
                "hovertemplate": "%{text}<extra></extra>",
            }
        )
    level = {"type": "line", "x0": 0, "x1": 100, "y0": rate, "y1": rate}
    return {
        "data": points,
        "layout": layout(font)
        | {
            "shapes": [level | {"line": {"width": 1.5, "dash": "dash", "color": ink}}],
            "xaxis": shares_axis(font, "frauds found (recall)"),
            "yaxis": shares_axis(font, "of those flagged, fraud"),
        },
    }


def calibration_chart(slug: str, metrics: LabelMetrics) -> None:
    """The share of frauds found against the one promised, by groups of scores."""
    st.markdown("**Promised and found**")
    st.plotly_chart(
        calibration_drawn(metrics),
        config={"displayModeBar": False},
        alt=calibration_spoken(metrics),
        key=f"{slug}.label_calibration",
    )
    st.caption(
        f"{calibration_spoken(metrics)} A cross is a group outside it; upright lines are 95 % "
        "intervals. The scale is stretched towards 0 and 100 %."
    )


def calibration_table(metrics: LabelMetrics) -> None:
    """What `calibration_chart` draws."""
    with st.expander("Promised and found as a table", icon=":material/table_rows:"):
        show_table(
            "label_calibration",
            ("Scores", "Transactions", "Promised", "Found", "95 % interval"),
            "lrrrr",
            [
                (
                    f"{probability(each.low)} to {probability(each.high)}",
                    f"{each.rows:,}",
                    fine(each.mean),
                    fine(each.observed.value or 0.0),
                    f"{fine(each.observed.low)} to {fine(each.observed.high)}",
                )
                for each in metrics.calibration
            ],
        )


def fine(share: float) -> str:
    """A share, of which small ones keep their figures."""
    return probability(share) if share else "0 %"


def calibration_spoken(metrics: LabelMetrics) -> str:
    """The chart in a sentence or two."""
    groups = metrics.calibration
    off = [each for each in groups if not each.holds]
    told = (
        f"In {len(groups) - len(off)} of {len(groups)} groups of scores, the share promised is "
        "within the uncertainty of the one found."
    )
    if off:
        worst = max(off, key=lambda each: abs(each.mean - (each.observed.value or 0.0)))
        told += (
            f" Furthest off: {fine(worst.mean)} promised, {fine(worst.observed.value or 0.0)} "
            f"found, in {worst.rows:,} transactions."
        )
    return told


def calibration_drawn(metrics: LabelMetrics) -> dict[str, Any]:
    accent, ink, font = colors()
    groups = metrics.calibration
    found = [log_odds(each.observed.value or 0.0) for each in groups]
    low, high = log_odds(0), log_odds(1)
    axis = {"fixedrange": True, "tickfont": font, "zeroline": False, "automargin": True} | {
        "range": [low - 0.5, high + 0.5],
        "tickvals": [log_odds(each) for each in TICKS],
        "ticktext": [f"{100 * each:g} %" for each in TICKS],
        "tickangle": 0,
    }
    diagonal = {"type": "line", "x0": low, "x1": high, "y0": low, "y1": high}
    return {
        "data": [
            {
                "type": "scatter",
                "mode": "markers",
                "x": [log_odds(each.mean) for each in groups],
                "y": found,
                "marker": {
                    "size": 10,
                    "color": accent,
                    "symbol": ["circle" if each.holds else "x" for each in groups],
                },
                "error_y": {
                    "type": "data",
                    "symmetric": False,
                    "array": [
                        log_odds(each.observed.high) - at
                        for each, at in zip(groups, found, strict=True)
                    ],
                    "arrayminus": [
                        at - log_odds(each.observed.low)
                        for each, at in zip(groups, found, strict=True)
                    ],
                    "color": accent,
                    "thickness": 1.5,
                    "width": 4,
                },
                "text": [
                    f"{fine(each.mean)} promised<br>{fine(each.observed.value or 0.0)} found in "
                    f"{each.rows:,} transactions"
                    for each in groups
                ],
                "hovertemplate": "%{text}<extra></extra>",
            }
        ],
        "layout": layout(font)
        | {
            "shapes": [diagonal | {"line": {"width": 1.5, "dash": "dash", "color": ink}}],
            "xaxis": axis | {"title": {"text": "promised (mean score)", "font": font}},
            "yaxis": axis | {"title": {"text": "found", "font": font}},
        },
    }


def colors() -> tuple[str, str, dict[str, Any]]:
    """The accent, the color of text, and the font."""
    theme = f"theme.{theme_kind()}"
    accent, ink = (st.get_option(f"{theme}.{name}Color") for name in ("primary", "text"))
    return accent, ink, {"size": 14, "color": ink}


def layout(font: dict[str, Any]) -> dict[str, Any]:
    return {
        "height": HEIGHT,
        "margin": {"l": 0, "r": 12, "t": 8, "b": 48},
        "font": font,
        "hovermode": "closest",
        "showlegend": False,
    }


def shares_axis(font: dict[str, Any], title: str) -> dict[str, Any]:
    return {
        "fixedrange": True,
        "tickfont": font,
        "zeroline": False,
        "automargin": True,
        "range": [-2, 104],
        "tickvals": [0, 25, 50, 75, 100],
        "ticktext": ["0 %", "25 %", "50 %", "75 %", "100 %"],
        "tickangle": 0,
        "title": {"text": title, "font": font},
    }
