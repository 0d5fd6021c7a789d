"""The probability along one knob: a chart with the threshold, its words, and a table."""

from itertools import pairwise
from typing import Any

import streamlit as st

from demos.core.knobs import Knob
from demos.core.reasons import log_odds
from demos.core.wording import percent, significant
from pages.components.tables import show_table
from pages.components.theme import theme_kind

HEIGHT = 320
"""Pixels."""
REACH = 1e-4
"""Probabilities closer than this to 0 or 1 are drawn at the edge."""
TICKS = (0.0001, 0.001, 0.01, 0.1, 0.5, 0.9, 0.99, 0.999, 0.9999)
TABLE_ROWS = 9

Line = list[tuple[float, float]]
"""Values of a knob, and the probability at each."""


def show_line(
    swept: Knob, value: float, now: float, line: Line, threshold: float, event: str, key: str
) -> None:
    """`line` is what is found along `swept`, `now` the probability where the knob stands."""
    st.plotly_chart(
        drawn(swept, value, now, line, threshold, event),
        config={"displayModeBar": False},
        alt=spoken(swept, line, threshold, event),
        key=f"{key}.chart",
    )
    st.caption(
        f"{crossing(swept, line, threshold)} Everything else stays as set above. The scale is "
        "stretched towards 0 and 100 %, where most probabilities lie."
    )
    with st.expander("The same as a table", icon=":material/table_rows:"):
        header = (swept.title, f"Probability of {event}", "Threshold")
        show_table(key.replace(".", "_"), header, "rrl", table_rows(line, threshold))


def crossings(line: Line, threshold: float) -> list[tuple[float, bool]]:
    """The values between which the threshold is passed, halfway, and whether upwards."""
    return [
        ((left + right) / 2, after >= threshold)
        for (left, before), (right, after) in pairwise(line)
        if (before >= threshold) != (after >= threshold)
    ]


def crossing(swept: Knob, line: Line, threshold: float) -> str:
    """Where the threshold is passed along the line."""
    title = swept.title
    if threshold > 1:
        return f"The probability along {title}."
    found = crossings(line, threshold)
    if not found:
        side = "at or above" if line[0][1] >= threshold else "below"
        return f"Along {title}, it stays {side} the threshold of {percent(threshold)}."
    ways = ", ".join(
        f"{'rises above' if up else 'falls below'} it at about {significant(at, 2)}"
        for at, up in found[:3]
    )
    more = ", and more often, see the table" if len(found) > 3 else ""
    return f"Along {title}, with a threshold of {percent(threshold)}, it {ways}{more}."


def spoken(swept: Knob, line: Line, threshold: float, event: str) -> str:
    ends = "; ".join(f"{percent(line[at][1])} at {line[at][0]:,.0f}" for at in (0, -1))
    highest, lowest = (pick(line, key=lambda each: each[1]) for pick in (max, min))
    return (
        f"Probability of {event} along {swept.title}: {ends}; highest {percent(highest[1])} at "
        f"{highest[0]:,.0f}, lowest {percent(lowest[1])} at {lowest[0]:,.0f}. "
        f"{crossing(swept, line, threshold)}"
    )


def height(probability: float) -> float:
    """Where a probability is drawn."""
    return log_odds(min(max(probability, REACH), 1 - REACH))


def drawn(
    swept: Knob, value: float, now: float, line: Line, threshold: float, event: str
) -> dict[str, Any]:
    """A Plotly figure: the line, the threshold, where the input really is and where it is set."""
    theme = f"theme.{theme_kind()}"
    accent, warning, ink, border, paper = (
        st.get_option(f"{theme}.{name}Color")
        for name in ("primary", "orangeText", "text", "border", "background")
    )
    font = {"size": 14, "color": ink}
    limits = [height(each) for _, each in line] + [height(now)]
    limits += [height(threshold)] if threshold <= 1 else []
    low, high = min(limits) - 0.8, max(limits) + 0.8
    right = max(line[-1][0], value)
    ticks = [each for each in TICKS if low <= height(each) <= high]
    shapes: list[dict[str, Any]] = [
        {
            "type": "line",
            "x0": swept.start,
            "x1": swept.start,
            "y0": 0,
            "y1": 1,
            "yref": "paper",
            "line": {"width": 1.5, "dash": "dot", "color": ink},
        }
    ]
    place = {"showarrow": False, "font": font}
    notes = [
        {
            "text": "as it is",
            "x": swept.start,
            "y": 1,
            "yref": "paper",
            "yanchor": "bottom",
            "xanchor": "left" if swept.start < right / 2 else "right",
            **place,
        }
    ]
    if threshold <= 1:
        level = height(threshold)
        ends = {"x0": 0, "x1": 1, "xref": "paper", "y0": level, "y1": level}
        dash = {"width": 2, "dash": "dash", "color": warning}
        shapes.append({"type": "line", **ends, "line": dash})
        text = f"threshold {percent(threshold)}"
        away = [abs(height(line[end][1]) - level) for end in (0, -1)]
        side = {"x": 1, "xanchor": "right"} if away[1] >= away[0] else {"x": 0, "xanchor": "left"}
        where = {"xref": "paper", "y": level, "yanchor": "bottom", **side}
        notes.append({"text": text, "bgcolor": paper, **where, **place})
    axis = {"fixedrange": True, "tickfont": font, "zeroline": False}
    return {
        "data": [
            {
                "type": "scatter",
                "mode": "lines",
                "x": [at for at, _ in line],
                "y": [height(each) for _, each in line],
                "line": {"color": accent, "width": 2.5},
                "text": [f"{at:,.0f}: {percent(each)}" for at, each in line],
                "hovertemplate": "%{text}<extra></extra>",
            },
            {
                "type": "scatter",
                "mode": "markers",
                "x": [value],
                "y": [height(now)],
                "marker": {"symbol": "diamond", "size": 14, "color": ink},
                "text": [f"as edited, {value:,.2f}: {percent(now)}"],
                "hovertemplate": "%{text}<extra></extra>",
            },
        ],
        "layout": {
            "height": HEIGHT,
            "margin": {"l": 0, "r": 8, "t": 28, "b": 56},
            "font": font,
            "hovermode": "closest",
            "showlegend": False,
            "shapes": shapes,
            "annotations": notes,
            "xaxis": axis
            | {
                "range": [0, 1.02 * right],
                "title": {"text": swept.title, "font": font},
                "nticks": 6,
                "tickformat": ",",
                "tickangle": 0,
                "showgrid": False,
            },
            "yaxis": axis
            | {
                "range": [low, high],
                "tickvals": [height(each) for each in ticks],
                "ticktext": [f"{100 * each:g} %" for each in ticks],
                "automargin": True,
                "gridcolor": border,
                "title": {"text": f"Probability of {event}", "font": font},
            },
        },
    }


def table_rows(line: Line, threshold: float) -> list[tuple[str, ...]]:
    """A few values from end to end, and those next to where the threshold is passed."""
    step = max((len(line) - 1) // (TABLE_ROWS - 1), 1)
    shown = {*range(0, len(line), step), len(line) - 1}
    for place, ((_, before), (_, after)) in enumerate(pairwise(line)):
        if (before >= threshold) != (after >= threshold):
            shown |= {place, place + 1}
    return [
        (
            f"{line[place][0]:,.2f}",
            percent(line[place][1]),
            "at or above" if line[place][1] >= threshold else "below",
        )
        for place in sorted(shown)
    ]
