"""Expected money against the threshold: a chart, and in words."""

from typing import Any

import numpy as np
import streamlit as st

from demos.core.operating_curve import EVERYONE
from demos.core.triage.decision import Decision
from demos.core.triage.figures import Costs, costs, expected
from demos.core.triage.policy import money
from demos.core.triage.recommend import Bound
from pages.components.stretched import log_odds
from pages.components.theme import theme_kind
from pages.components.triage.words import per_day, probability, reviewed

HEIGHT = 420
"""Pixels."""
TICKS = (0.5, 0.1, 0.9, 0.01, 0.99, 0.001, 0.999, 0.25, 0.03, 0.75)
APART = 0.16
"""Of the width; closer ticks would run into each other on a phone."""
MARGIN = 0.7
"""In log-odds, beside what must be seen."""
TALLEST = 1.6
"""Of what reviewing nothing costs: longer queues cost so much that the rest would look flat."""


def triage_chart(decision: Decision) -> None:
    found = costs(decision.curve)
    st.plotly_chart(
        drawn(decision, found),
        config={"displayModeBar": False},
        alt=spoken(decision, found),
        key="triage_chart",
    )
    room = decision.policy.capacity
    st.caption(
        "Expected money a day, for every probability to review from. Amber: more cards a day, on "
        f"average, than the {room:,} the team can review. The scale is stretched towards 0 and "
        "100 %."
    )


def spoken(decision: Decision, found: Costs) -> str:
    """The chart in a few sentences."""
    policy, best = decision.policy, decision.recommendation
    currency = policy.currency
    here = expected(decision.curve, policy.threshold)
    cheapest = expected(decision.curve, best.cheapest)
    nothing = money(float(found.total[-1]), currency)
    return (
        f"Expected cost a day against the threshold to review from. It is {nothing} where nothing "
        f"is reviewed, and least, {money(cheapest.total, currency)}, reviewing "
        f"{reviewed(best.cheapest, policy)}, {per_day(cheapest.queue)} a day. The capacity of "
        f"{policy.capacity:,} a day is enough to review {reviewed(best.fits, policy)}. In force: "
        f"{reviewed(policy.threshold, policy)}: {per_day(here.queue)} cards a day, "
        f"{money(here.let_through, currency)} lost to fraud let through, "
        f"{money(here.reviews, currency)} for reviews, {money(here.total, currency)} in all."
    )


def visible(decision: Decision, found: Costs) -> tuple[float, float]:
    """The range of log-odds worth drawing: where costs are moderate, and what is marked."""
    best = decision.recommendation
    total, thresholds = found.total, found.thresholds
    moderate = thresholds[total <= TALLEST * total[-1]]
    marked = [decision.policy.threshold, best.threshold, best.cheapest, best.fits]
    inner = [log_odds(float(t)) for t in (moderate[0], moderate[-1], *marked)]
    inner = [each for each in inner if abs(each) < log_odds(1)]
    if not inner:
        return log_odds(0), log_odds(1)
    edge = log_odds(1)
    return max(min(inner) - MARGIN, -edge), min(max(inner) + MARGIN, edge)


def drawn(decision: Decision, found: Costs) -> dict[str, Any]:
    """A Plotly figure: the cost and its two parts, the thresholds that matter, the capacity."""
    theme = f"theme.{theme_kind()}"
    accent, gray, ink, amber, shade = (
        st.get_option(f"{theme}.{name}Color")
        for name in ("primary", "gray", "text", "orangeText", "orangeBackground")
    )
    font = {"size": 14, "color": ink}
    policy, best = decision.policy, decision.recommendation
    low, high = visible(decision, found)
    x = np.array([log_odds(float(t)) for t in found.thresholds])
    queues = decision.curve.column("cards")[: len(x)]
    queues = (queues - queues[-1]) / len(decision.curve.days)
    words = [
        f"Review {reviewed(float(t), policy)}: {per_day(float(n))} cards a day<br>"
        f"let through {money(float(a), policy.currency)}, reviews "
        f"{money(float(b), policy.currency)}<br>in all {money(float(c), policy.currency)} a day"
        for t, n, a, b, c in zip(
            found.thresholds, queues, found.let_through, found.reviews, found.total, strict=True
        )
    ]

    def line(name: str, y: Any, color: str, dash: str, width: float) -> dict[str, Any]:
        return {
            "type": "scatter",
            "mode": "lines",
            "name": name,
            "x": x.tolist(),
            "y": y.tolist(),
            "line": {"color": color, "width": width, "dash": dash},
            "text": words,
            "hovertemplate": "%{text}<extra></extra>",
        }

    def upright(at: float, dash: str, color: str, width: float) -> dict[str, Any]:
        ends = {"x0": at, "x1": at, "y0": 0, "y1": 1, "yref": "paper"}
        return {"type": "line", **ends, "line": {"width": width, "dash": dash, "color": color}}

    def note(text: str, at: float, row: int) -> dict[str, Any]:
        at = min(max(at, low), high)  # a threshold of 0 or never is off the scale
        place = (at - low) / (high - low)
        anchor = "left" if place < 0.35 else "right" if place > 0.65 else "center"
        where = {"x": at, "y": 1 + 0.075 * row, "yref": "paper", "yanchor": "bottom"}
        return {"text": text, "showarrow": False, "font": font, "xanchor": anchor, **where}

    shapes: list[dict[str, Any]] = []
    notes: list[dict[str, Any]] = []
    fits = log_odds(best.fits)
    if best.fits > EVERYONE:
        band = {"type": "rect", "yref": "paper", "y0": 0, "y1": 1, "layer": "below"}
        shapes.append(band | {"x0": low, "x1": fits, "fillcolor": shade, "line": {"width": 0}})
        shapes.append(upright(fits, "dot", amber, 1.5))
        if best.bound is Bound.COST:
            notes.append(note(f"capacity {policy.capacity:,} a day", fits, 0))
    if best.cheapest != best.threshold:
        at = log_odds(best.cheapest)
        shapes.append(upright(at, "dash", gray, 1.5))
        notes.append(note(f"cheapest {probability(best.cheapest)}", at, 0))
    at = log_odds(best.threshold)
    shapes.append(upright(at, "solid", accent, 2))
    notes.append(note(f"<b>recommended {probability(best.threshold)}</b>", at, 1))
    if not decision.follows:
        at = log_odds(policy.threshold)
        shapes.append(upright(at, "solid", ink, 2))
        notes.append(note(f"<b>yours {probability(policy.threshold)}</b>", at, 2))
    inside = (x >= low + MARGIN) & (x <= high)
    top = float(found.total[inside].max()) if inside.any() else float(found.total.max())
    ticks: list[float] = []
    for t in TICKS:
        clear = all(abs(log_odds(t) - log_odds(other)) > APART * (high - low) for other in ticks)
        if low <= log_odds(t) <= high and clear:
            ticks.append(t)
    axis = {"fixedrange": True, "tickfont": font, "zeroline": False, "automargin": True}
    return {
        "data": [
            line("in all", found.total, accent, "solid", 3),
            line("fraud let through", found.let_through, ink, "dash", 2),
            line("reviews", found.reviews, gray, "dot", 2),
        ],
        "layout": {
            "height": HEIGHT,
            "margin": {"l": 0, "r": 8, "t": 88, "b": 96},
            "font": font,
            "hovermode": "closest",
            "shapes": shapes,
            "annotations": notes,
            "showlegend": True,
            "legend": {"orientation": "h", "x": 0, "y": -0.28, "yanchor": "top", "font": font},
            "xaxis": axis
            | {
                "range": [low, high],
                "tickvals": [log_odds(t) for t in ticks],
                "ticktext": [f"{100 * t:g} %" for t in ticks],
                "tickangle": 0,
                "showgrid": False,
                "title": {"text": "Review from a probability of", "font": font},
            },
            "yaxis": axis
            | {
                "range": [0, 1.05 * top or 1],
                "nticks": 6,
                "tickformat": ",",
                "title": {"text": f"{policy.currency} a day", "font": font},
            },
        },
    }
