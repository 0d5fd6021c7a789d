"""Whether the file is like the data the model was trained on: a verdict, a table and a chart."""

from typing import Any

import streamlit as st

from demos.core.drift import LARGE, MODERATE, Drift, Kind, Level, Shift
from demos.core.drift_words import LEVELS, advice, findings, headline, share, span, told, value
from demos.core.wording import significant
from pages.components.tables import show_table
from pages.components.text import plain
from pages.components.theme import theme_kind

HEIGHT = 300
"""Pixels."""
ICONS = {
    Level.STABLE: ":material/check_circle:",
    Level.MODERATE: ":material/change_circle:",
    Level.LARGE: ":material/warning:",
    Level.UNKNOWN: ":material/help:",
}
NARROW = 8
"""From so many groups on, their names are slanted, or they would run into each other."""


def show_drift(slug: str, drift: Drift) -> None:
    """The verdict, what has changed, a table of all columns, and one of them as a chart."""
    st.header("Is this file like the training data?", anchor=False)
    outcome = "answer" if drift.level is Level.STABLE and not drift.alien else "unsure"
    with st.container(key=f"reading_{outcome}", gap="small"):
        icon = ":material/block:" if drift.alien else ICONS[drift.level]
        st.subheader(f"{icon} {plain(headline(drift))}", anchor=False)
        st.markdown(plain(advice(drift)))
        st.markdown("\n".join(f"- {plain(each)}" for each in findings(drift)))
    if drift.shifts:
        show_columns(drift)
        look_at(slug, drift)


def show_caution(drift: Drift) -> None:
    """Beside the answer, before anybody relies on it: that the file has shifted far."""
    if drift.level is Level.LARGE:
        st.warning(
            f"{plain(headline(drift))}. The figures here may be off: see below what has changed, "
            "and what that does to the scores.",
            icon=ICONS[Level.LARGE],
        )


def show_columns(drift: Drift) -> None:
    rows = [
        (
            each.column.title,
            verdict(each.level),
            middle(each, each.typical),
            middle(each, each.usual),
            index(each.psi),
            f"{each.ks:.2f}",
        )
        for each in drift.shifts
    ]
    rows += [(each.title, "not compared", "", "", "", "") for each in drift.left_out]
    show_table("drift", ("Column", "Verdict", "Here", "Training", "PSI", "KS"), "llrrrr", rows)
    unseen = " Not compared: the file is too short to say." if drift.left_out else ""
    st.caption(
        "Here and Training: the middle value, or the share of rows. PSI, the population stability "
        f"index: below {MODERATE:g} is usually taken as no change, from {LARGE:g} on as a large "
        "one (Siddiqi 2006); what chance alone gives in so few rows is taken off first. KS, the "
        "Kolmogorov-Smirnov statistic: the largest gap between the cumulative shares, from 0 to 1; "
        f"with so many rows its p-value would call every file different.{unseen}"
    )


def verdict(level: Level) -> str:
    return f"**{LEVELS[level]}**" if level in (Level.MODERATE, Level.LARGE) else LEVELS[level]


def middle(shift: Shift, number: float) -> str:
    """The middle value of a column that has one."""
    if shift.column.kind is Kind.CATEGORY:
        return "–"
    return share(number) if shift.column.kind is Kind.SHARE else value(shift.column, number)


def index(psi: float) -> str:
    if psi < 0.005:
        return "< 0.01"
    return f"{psi:.2f}" if psi < 9.995 else significant(psi)


@st.fragment
def look_at(slug: str, drift: Drift) -> None:
    """A chart of the column that is chosen: at first, of the one most shifted."""
    shifts = {each.column.name: each for each in drift.shifts}
    worst = max(drift.shifts, key=lambda each: each.psi - each.chance).column.name
    key = f"{slug}.drift.column"
    if st.session_state.get(key) not in shifts:
        st.session_state[key] = worst
    name = st.selectbox(
        "Column to look at",
        list(shifts),
        format_func=lambda name: shifts[name].column.title,
        key=key,
        persist_state="session",
    )
    shift = shifts[name]
    st.plotly_chart(
        drawn(shift), config={"displayModeBar": False}, alt=spoken(shift), key=f"{slug}.drift.chart"
    )
    st.caption(f"{told(shift)} Groups hold about a tenth of the training rows each, or one value.")
    with st.expander("The same as a table", icon=":material/table_rows:"):
        show_table(
            "drift_groups",
            (shift.column.title, "This file", "Training"),
            "lrr",
            [
                (plain(span(shift.column, each)), share(each.found), share(each.expected))
                for each in shift.groups
            ],
        )


def spoken(shift: Shift) -> str:
    """The chart in words: the shares of every group, here and in training."""
    told_groups = "; ".join(
        f"{span(shift.column, each)}: {share(each.found)}, in training {share(each.expected)}"
        for each in shift.groups
    )
    return f"{shift.column.title}, share of rows in this file by group: {told_groups}."


def drawn(shift: Shift) -> dict[str, Any]:
    """A Plotly figure: two bars per group."""
    theme = f"theme.{theme_kind()}"
    accent, gray, ink = (
        st.get_option(f"{theme}.{name}Color") for name in ("primary", "gray", "text")
    )
    font = {"size": 14, "color": ink}
    names = [span(shift.column, each) for each in shift.groups]

    def bars(name: str, shares: list[float], **marker: Any) -> dict[str, Any]:
        return {
            "type": "bar",
            "name": name,
            "x": list(range(len(names))),
            "y": [100 * each for each in shares],
            "marker": {"line": {"width": 0}} | marker,
            "text": [
                f"{shift.column.title} {group}<br>{name}: {share(each)}"
                for group, each in zip(names, shares, strict=True)
            ],
            "textposition": "none",
            "hovertemplate": "%{text}<extra></extra>",
        }

    axis = {"fixedrange": True, "tickfont": font, "zeroline": False, "automargin": True}
    return {
        "data": [
            bars("this file", [each.found for each in shift.groups], color=accent),
            bars(
                "training",
                [each.expected for each in shift.groups],
                color=gray,
                pattern={"shape": "/", "solidity": 0.4},
            ),
        ],
        "layout": {
            "height": HEIGHT,
            "margin": {"l": 0, "r": 8, "t": 36, "b": 48},
            "font": font,
            "barmode": "group",
            "bargap": 0.25,
            "hovermode": "closest",
            "showlegend": True,
            "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "font": font},
            "xaxis": axis
            | {
                "tickvals": list(range(len(names))),
                "ticktext": names,
                "tickangle": 0 if len(names) < NARROW else -40,
                "showgrid": False,
            },
            "yaxis": axis | {"ticksuffix": " %", "rangemode": "tozero", "nticks": 5},
        },
    }
