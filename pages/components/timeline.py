"""What came before a case, at its card and at its terminal: a point per purchase over time."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from html import escape
from typing import Any

import streamlit as st

from demos.core.timeline import Event, Known, Lane
from demos.core.wording import percent
from pages.components.tables import show_table
from pages.components.text import plain
from pages.components.theme import theme_kind

LANE_HEIGHT = 210
"""Pixels."""
TABLE_ROWS = 12
CASE = "this purchase"
SYMBOLS = {
    Known.FRAUD: "x",
    Known.LEGITIMATE: "circle",
    Known.OPEN: "circle-open",
    CASE: "star",
}
RIGHT = "Right of the dotted line it was not known yet which were fraud."
NONE = "It was not known yet of any of them whether it was fraud."
SMALLEST, WIDEST = 7, 10
"""Pixels of a point with probability 0, and how many more with 1."""


def show_timeline(
    lanes: Sequence[Lane], currency: str, labels_end: datetime, key: str = "timeline"
) -> None:
    """The lanes over one axis of time; labels of what came after `labels_end` were not known."""
    st.header("What came before", anchor=False)
    st.plotly_chart(
        drawn(lanes, currency, labels_end),
        config={"displayModeBar": False},
        alt=" ".join(spoken(each, currency) for each in lanes),
        key=f"{key}.chart",
    )
    cut = [f"{plain(each.title)}: {each.earlier:,} earlier" for each in lanes if each.earlier]
    st.caption(
        "Each point is a purchase, the larger the higher its probability of fraud. "
        + (RIGHT if first_of(lanes) < labels_end else NONE)
        + (f" Not drawn: {'; '.join(cut)}." if cut else "")
    )
    with st.expander("The same as a table", icon=":material/table_rows:"):
        for number, each in enumerate(lanes):
            shown = min(TABLE_ROWS, len(each.events))
            end = f"{each.events[-1].time:%d %B %Y}"
            st.markdown(f"**{plain(each.title)}**, the latest {shown} up to {end}")
            header = ("Time", each.other.capitalize(), currency, "Probability", "Known")
            show_table(f"{key}_{number}", header, "llrrl", table_rows(each))


def first_of(lanes: Sequence[Lane]) -> datetime:
    return min(lane.events[0].time for lane in lanes)


def status(event: Event) -> str:
    return CASE if event.case else str(event.known)


def spoken(lane: Lane, currency: str) -> str:
    """The lane in a sentence or two."""
    events = lane.events
    counts = Counter(event.known for event in events)
    told = ", ".join(f"{counts[name]} {name}" for name in Known if counts[name])
    own = "".join(
        f" This purchase is of {currency} {event.amount:,.2f}, {rank(event, events)}, with a "
        f"probability of fraud of {percent(event.score)}."
        for event in events
        if event.case
    )
    return (
        f"{lane.title}: {len(events)} purchases from {events[0].time:%d %B %Y} to "
        f"{events[-1].time:%d %B %Y}, {told}.{own}"
    )


def rank(event: Event, events: Sequence[Event]) -> str:
    larger = sum(each.amount > event.amount for each in events)
    if not larger:
        return "none of more"
    return f"{larger} other{' is' if larger == 1 else 's are'} of more"


def drawn(lanes: Sequence[Lane], currency: str, labels_end: datetime) -> dict[str, Any]:
    """A Plotly figure with a row per lane."""
    theme = f"theme.{theme_kind()}"
    accent, warning, gray, ink, border = (
        st.get_option(f"{theme}.{name}Color")
        for name in ("primary", "orangeText", "gray", "text", "border")
    )
    colors = {Known.FRAUD: warning, Known.LEGITIMATE: gray, Known.OPEN: accent, CASE: ink}
    font = {"size": 14, "color": ink}
    axis = {"fixedrange": True, "tickfont": font, "zeroline": False, "gridcolor": border}
    first, last = first_of(lanes), max(lane.events[-1].time for lane in lanes)
    margin = max((last - first) * 0.03, timedelta(hours=1))
    share = 1 / max(len(lanes), 1)
    traces: list[dict[str, Any]] = []
    notes: list[dict[str, Any]] = []
    rows: dict[str, Any] = {}
    named: set[str] = set()
    for number, lane in enumerate(lanes):
        suffix = "" if number == 0 else str(number + 1)
        top = 1 - number * share
        highest = max(event.amount for event in lane.events)
        rows[f"yaxis{suffix}"] = axis | {
            "domain": [top - share + 0.06 * share, top - 0.2 * share],
            "range": [-0.06 * max(highest, 1), 1.15 * max(highest, 1)],
            "nticks": 4,
            "tickformat": ",",
            "automargin": True,
        }
        title = {"text": f"<b>{escape(lane.title)}</b>, {escape(currency)}", "x": 0, "y": top}
        place = {"xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": "top"}
        notes.append(title | place | {"showarrow": False, "font": font})
        for place_in_legend, (name, symbol) in enumerate(SYMBOLS.items()):
            group = [each for each in lane.events if status(each) == name]
            if not group:
                continue
            traces.append(
                {
                    "type": "scatter",
                    "mode": "markers",
                    "name": name,
                    "legendgroup": name,
                    "legendrank": place_in_legend,
                    "showlegend": name not in named,
                    "x": [each.time for each in group],
                    "y": [each.amount for each in group],
                    "yaxis": f"y{suffix}",
                    "cliponaxis": False,
                    "marker": {
                        "symbol": symbol,
                        "color": colors[name],
                        "size": [size_of(each, name) for each in group],
                        "opacity": 0.75 if name == Known.LEGITIMATE else 1,
                        "line": {"width": 2 if name == Known.OPEN else 0},
                    },
                    "text": [hover(each, lane, currency) for each in group],
                    "hovertemplate": "%{text}<extra></extra>",
                }
            )
            named.add(name)
    shapes = []
    if first < labels_end < last:
        line = {"type": "line", "x0": labels_end, "x1": labels_end, "y0": 0, "y1": 1}
        shapes.append(line | {"yref": "paper", "line": {"width": 1.5, "dash": "dot", "color": ink}})
    return {
        "data": traces,
        "layout": {
            "height": LANE_HEIGHT * len(lanes) + 110,
            "margin": {"l": 0, "r": 8, "t": 8, "b": 96},
            "font": font,
            "hovermode": "closest",
            "shapes": shapes,
            "annotations": notes,
            "showlegend": True,
            "legend": {
                "orientation": "h",
                "x": 0,
                "y": -0.12,
                "yanchor": "top",
                "font": font,
                "itemclick": False,
                "itemdoubleclick": False,
                "itemsizing": "constant",
            },
            "xaxis": axis
            | {
                "type": "date",
                "range": [first - margin, last + margin],
                "nticks": 6,
                "tickangle": 0,
                "showgrid": False,
                "anchor": "free",
                "position": 0,
            },
            **rows,
        },
    }


def size_of(event: Event, name: str) -> float:
    return 18 if name == CASE else SMALLEST + WIDEST * event.score


def hover(event: Event, lane: Lane, currency: str) -> str:
    return (
        f"{event.time:%a %d %b %Y, %H:%M}<br>{escape(currency)} {event.amount:,.2f}, "
        f"{escape(lane.other)} {escape(event.other)}<br>probability "
        f"{percent(event.score)}, {status(event)}"
    )


def table_rows(lane: Lane) -> list[tuple[str, ...]]:
    """The latest events, the last one first."""
    return [
        (
            f"{each.time:%d\u00a0%b, %H:%M}",
            plain(each.other),
            f"{each.amount:,.2f}",
            percent(each.score),
            "this one" if each.case else str(each.known),
        )
        for each in reversed(lane.events[-TABLE_ROWS:])
    ]
