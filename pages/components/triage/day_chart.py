"""Alerts per day against the capacity: a chart, and in words."""

from typing import Any

import streamlit as st

from demos.core.triage.decision import Decision
from demos.core.wording import counted
from pages.components.theme import theme_kind
from pages.components.triage.words import per_day, short_day

HEIGHT = 300
"""Pixels."""
MOST_DAYS = 366
"""Of a longer file only the last are drawn."""


def day_chart(decision: Decision) -> None:
    st.plotly_chart(
        drawn(decision),
        config={"displayModeBar": False},
        alt=spoken(decision),
        key="triage_day_chart",
    )
    more = len(decision.curve.days) - MOST_DAYS
    st.caption(spoken(decision) + (f" Drawn are the last {MOST_DAYS}." if more > 0 else ""))


def queued(decision: Decision) -> tuple[list[int], list[int]]:
    """Cards to review and cards declined, each per day (D,)."""
    curve = decision.curve
    declined = curve.per_day[curve.rejected]
    above = curve.per_day[curve.index_at(decision.policy.threshold)]
    return (above - declined).tolist(), declined.tolist()


def spoken(decision: Decision) -> str:
    """The chart in two sentences."""
    review, declined = queued(decision)
    days, capacity = decision.curve.days, decision.policy.capacity
    over = sum(each > capacity for each in review)
    busiest = max(range(len(days)), key=review.__getitem__)
    told = (
        f"{per_day(sum(review) / len(days))} cards a day to review on average; the most, "
        f"{counted(review[busiest], 'card')}, on {short_day(days[busiest])}. "
    )
    on = f"{over:,} of {len(days):,} days have" if over else "No day has"
    told += f"{on} more than the capacity of {capacity:,}."
    if any(declined):
        told += f" {per_day(sum(declined) / len(days))} a day are declined without a review."
    return told


def drawn(decision: Decision) -> dict[str, Any]:
    """A Plotly figure: a bar per day, in two parts, and the capacity as a line."""
    theme = f"theme.{theme_kind()}"
    accent, ink, amber = (
        st.get_option(f"{theme}.{name}Color") for name in ("primary", "text", "orangeText")
    )
    font = {"size": 14, "color": ink}
    review, declined = queued(decision)
    review, declined = review[-MOST_DAYS:], declined[-MOST_DAYS:]
    days, capacity = decision.curve.days[-MOST_DAYS:], decision.policy.capacity
    x = [f"{day:%Y-%m-%d}" for day in days]
    words = [
        f"{short_day(day)}: {counted(n, 'card')} to review<br>"
        f"{max(n - capacity, 0):,} over the capacity, {no:,} declined"
        for day, n, no in zip(days, review, declined, strict=True)
    ]

    def bars(name: str, y: list[int], **marker: Any) -> dict[str, Any]:
        return {
            "type": "bar",
            "name": name,
            "x": x,
            "y": y,
            "marker": {"line": {"width": 0}} | marker,
            "text": words,
            "textposition": "none",
            "hovertemplate": "%{text}<extra></extra>",
        }

    level = {"xref": "paper", "x0": 0, "x1": 1, "y0": capacity, "y1": capacity}
    line = {"type": "line", **level, "line": {"width": 2, "dash": "dash", "color": ink}}
    name = {
        "text": f"dashed: capacity of {counted(capacity, 'card')}",
        **{"xref": "paper", "x": 0, "xanchor": "left"},
        **{"yref": "paper", "y": 1, "yanchor": "bottom"},
        "showarrow": False,
        "font": font,
    }
    axis = {"fixedrange": True, "tickfont": font, "zeroline": False, "automargin": True}
    return {
        "data": [
            bars("within the capacity", [min(n, capacity) for n in review], color=accent),
            bars(
                "over it",
                [max(n - capacity, 0) for n in review],
                color=amber,
                pattern={"shape": "/", "solidity": 0.4},
            ),
        ],
        "layout": {
            "height": HEIGHT,
            "margin": {"l": 0, "r": 8, "t": 32, "b": 64},
            "font": font,
            "barmode": "stack",
            "bargap": 0.25,
            "hovermode": "closest",
            "shapes": [line],
            "annotations": [name],
            "showlegend": True,
            "legend": {
                "orientation": "h",
                "x": 0,
                "y": -0.2,
                "traceorder": "normal",
                "yanchor": "top",
                "font": font,
            },
            "xaxis": axis
            | {
                "type": "date",
                "nticks": 6,
                "tickformat": "%-d %b",
                "tickangle": 0,
                "showgrid": False,
            },
            "yaxis": axis | {"range": [0, 1.15 * max(*review, capacity, 1)], "nticks": 5},
        },
    }
