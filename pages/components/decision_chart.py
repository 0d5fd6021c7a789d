"""Cost, sensitivity and specificity against the threshold: a chart, in words, and a table."""

import math
from typing import Any

import numpy as np
import streamlit as st

from demos.core.decision import PEOPLE, Policy, Stakes, costs_of, shift
from demos.core.operating_curve import EVERYONE, NO_ONE, Curve
from demos.core.wording import percent, significant
from pages.components.stretched import log_odds
from pages.components.tables import show_table
from pages.components.theme import theme_kind

HEIGHT = 480
"""Pixels."""
TICKS = (0.5, 0.1, 0.9, 0.01, 0.99, 0.001, 0.999, 0.0001, 0.9999, 0.03, 0.25)
MOST_TICKS = 6
"""More would run into each other on a phone."""
NEARLY_ALL = 0.99
"""Beyond the thresholds that catch, or leave alone, this share there is little to see."""
MARGIN = 1.5
"""In log-odds."""
TABLE_ROWS = 9


def decision_chart(curve: Curve, stakes: Stakes, chosen: Policy, image: float) -> None:
    """`image` is the corrected probability of the image on the page."""
    figure = drawn(curve, stakes, chosen, image)
    st.plotly_chart(figure, config={"displayModeBar": False}, alt=spoken(curve, stakes, chosen))
    st.caption(
        "Above: expected cost of acting from a threshold on. Below: how many of those who have it "
        "are caught, and how many of the others are left alone. The scale is stretched towards "
        "0 and 100 %, where most probabilities lie."
    )
    with st.expander("The same as a table", icon=":material/table_rows:"):
        show_thresholds(curve, stakes, chosen)


def spoken(curve: Curve, stakes: Stakes, chosen: Policy) -> str:
    """The chart in a sentence or two."""
    costs = costs_of(curve, stakes)
    everyone, no_one = significant(float(costs[0])), significant(float(costs[-1]))
    ends = f"It is {everyone} where everyone is acted on and {no_one} where no one is."
    if chosen.threshold in (EVERYONE, NO_ONE):
        return f"Expected cost per {PEOPLE:,} people against the threshold. {ends}"
    cost, sensitivity, specificity = chosen.cost, chosen.sensitivity, chosen.specificity
    return (
        f"Expected cost per {PEOPLE:,} people against the threshold. {ends} It is least, "
        f"{significant(cost.value or 0)}, from {percent(chosen.shifted)} on, with sensitivity "
        f"{percent(sensitivity.value or 0)} and specificity {percent(specificity.value or 0)}."
    )


def visible(curve: Curve, inner: list[float], marked: list[float]) -> tuple[float, float]:
    """The range of log-odds in which catching more costs false alarms, and what is marked in it."""
    catching = np.flatnonzero(curve.sensitivity[1:-1] >= NEARLY_ALL)
    sparing = np.flatnonzero(curve.specificity[1:-1] >= NEARLY_ALL)
    ends = [inner[catching[-1]] if len(catching) else inner[0]]
    ends.append(inner[sparing[0]] if len(sparing) else inner[-1])
    ends += [each for each in marked if abs(each) < log_odds(1)]
    return min(ends) - MARGIN, max(ends) + MARGIN


def drawn(curve: Curve, stakes: Stakes, chosen: Policy, image: float) -> dict[str, Any]:
    """A Plotly figure of two rows over one axis of thresholds."""
    theme = f"theme.{theme_kind()}"
    accent, gray, ink = (
        st.get_option(f"{theme}.{name}Color") for name in ("primary", "gray", "text")
    )
    font = {"size": 14, "color": ink}
    thresholds = [shift(float(t), curve.prior, stakes.prevalence) for t in curve.thresholds[1:-1]]
    inner = [log_odds(t) for t in thresholds]
    low, high = visible(curve, inner, [log_odds(image), log_odds(min(chosen.shifted, 1))])
    x = [log_odds(0), *inner, log_odds(1)]
    costs = costs_of(curve, stakes)
    rows = list(
        zip([0.0, *thresholds, 1.0], costs, curve.sensitivity, curve.specificity, strict=True)
    )
    words = [
        f"From {percent(t)}: cost {significant(c)}<br>sensitivity {percent(a)}, specificity "
        f"{percent(b)}"
        for t, c, a, b in rows
    ]
    words[0], words[-1] = (
        f"{name}: cost {significant(float(costs[i]))}"
        for name, i in (("Everyone", 0), ("No one", -1))
    )

    def line(y: Any, axis: str, color: str, dash: str) -> dict[str, Any]:
        return {
            "type": "scatter",
            "mode": "lines",
            "x": x,
            "y": [float(each) for each in y],
            "yaxis": axis,
            "line": {"color": color, "width": 2.5, "dash": dash},
            "text": words,
            "hovertemplate": "%{text}<extra></extra>",
            "showlegend": False,
        }

    def note(text: str, **where: Any) -> dict[str, Any]:
        return {"text": text, "showarrow": False, "font": font, **where}

    def upright(at: float, dash: str, color: str) -> dict[str, Any]:
        ends = {"x0": at, "x1": at, "y0": 0, "y1": 1, "yref": "paper"}
        return {"type": "line", **ends, "line": {"width": 1.5, "dash": dash, "color": color}}

    def level(cost: float) -> dict[str, Any]:
        ends = {"x0": low, "x1": high, "y0": cost, "y1": cost, "yref": "y"}
        return {"type": "line", **ends, "line": {"width": 1, "dash": "dash", "color": gray}}

    def anchor(at: float) -> str:
        share = (at - low) / (high - low)
        return "left" if share < 0.3 else "right" if share > 0.7 else "center"

    ticks = [t for t in TICKS if low <= log_odds(t) <= high][:MOST_TICKS]
    image_at = log_odds(image)
    shapes = [level(float(costs[0])), level(float(costs[-1])), upright(image_at, "dot", ink)]
    sides = ("bottom", "top") if costs[0] > costs[-1] else ("top", "bottom")
    above = {"yref": "paper", "yanchor": "bottom"}
    notes = [
        note("● this image", x=image_at, y=1.01, xanchor=anchor(image_at), **above),
        note("everyone", x=high, y=float(costs[0]), xanchor="right", yanchor=sides[0]),
        note("no one", x=low, y=float(costs[-1]), xanchor="left", yanchor=sides[1]),
        note(f"Cost per {PEOPLE:,} people", x=0, xref="paper", y=1.15, xanchor="left", **above),
        note("sensitivity", x=low, y=97, yref="y2", xanchor="left", yanchor="top"),
        note("specificity", x=high, y=97, yref="y2", xanchor="right", yanchor="top"),
    ]
    if 0 < chosen.threshold < math.inf:
        best_at = log_odds(chosen.shifted)
        shapes.append(upright(best_at, "solid", accent))
        text = f"<b>cheapest: {percent(chosen.shifted)}</b>"
        notes.append(note(text, x=best_at, y=1.08, xanchor=anchor(best_at), **above))
    axis = {"fixedrange": True, "tickfont": font, "zeroline": False, "automargin": True}
    return {
        "data": [
            line(costs, "y", accent, "solid"),
            line(100 * curve.sensitivity, "y2", accent, "solid"),
            line(100 * curve.specificity, "y2", ink, "dash"),
        ],
        "layout": {
            "height": HEIGHT,
            "margin": {"l": 0, "r": 8, "t": 78, "b": 48},
            "font": font,
            "hovermode": "closest",
            "shapes": shapes,
            "annotations": notes,
            "xaxis": axis
            | {
                "range": [low, high],
                "tickvals": [log_odds(t) for t in ticks],
                "ticktext": [f"{100 * t:g} %" for t in ticks],
                "tickangle": 0,
                "anchor": "y2",
                "title": {"text": "Threshold on the corrected probability", "font": font},
            },
            "yaxis": axis
            | {
                "domain": [0.42, 1],
                "range": [0, 1.15 * float(costs.max())],
                "nticks": 5,
                "tickformat": ",",
            },
            "yaxis2": axis
            | {
                "domain": [0, 0.32],
                "range": [-3, 103],
                "tickvals": [0, 50, 100],
                "ticktext": ["0 %", "50 %", "100 %"],
            },
        },
    }


def show_thresholds(curve: Curve, stakes: Stakes, chosen: Policy) -> None:
    """A few thresholds from everyone to no one, the cheapest among them."""
    costs = costs_of(curve, stakes)
    last = len(costs) - 1
    best = int(np.searchsorted(curve.thresholds, chosen.threshold))
    even = np.linspace(0, last, TABLE_ROWS).round().astype(int).tolist()
    rows = []
    for i in sorted({*even, best}):
        at = shift(min(float(curve.thresholds[i]), 1), curve.prior, stakes.prevalence)
        name = {0: "everyone", last: "no one"}.get(i, percent(at))
        rows.append(
            (
                f"**{name}**, cheapest" if i == best else name,
                percent(float(curve.sensitivity[i])),
                percent(float(curve.specificity[i])),
                significant(float(costs[i])),
            )
        )
    header = ("Act from", "Sensitivity", "Specificity", "Cost")
    show_table("thresholds", header, "lrrr", rows)
