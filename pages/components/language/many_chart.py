"""How many messages have each label: bars, the same in words, and a table with mean scores."""

from html import escape
from typing import Any

import streamlit as st

from demos.core.batch import Fate
from demos.core.language.batch_results import LabelCount, Tally
from demos.core.language.terms import titled
from demos.core.language.words import shortened
from demos.core.wording import counted, percent, significant
from pages.components.language.verdict import written
from pages.components.tables import show_table
from pages.components.theme import theme_kind

MOST_BARS = 12
"""Labels drawn; the table has all."""
ROW_HEIGHT = 32
"""Pixels per bar."""
LONGEST = 26
"""Characters of a label beside its bar."""
MOST_TOLD = 5
CLEAR = "rgba(0,0,0,0)"
OTHERS, UNSURE, REFUSED, FAILED = "All other labels", "Unsure", "Refused", "Not read"


def show_labels(here: str, found: Tally) -> None:
    """A bar for each of the commonest labels, and those for messages without an answer."""
    st.header("Messages by label", anchor=False)
    st.plotly_chart(
        drawn(found),
        config={"displayModeBar": False},
        alt=spoken(found),
        key=f"{here}.labels.{found.task}",
    )
    with st.expander("The same as a table, with mean scores", icon=":material/table_rows:"):
        if not found.labels:
            st.markdown("No message has a sure answer yet.")
            return
        total = sum(found.fates.values())
        rows = [
            (
                written(titled(each.label, found.task)),
                f"{each.count:,}",
                percent(each.count / total),
                significant(min(each.mean, 0.999)),
            )
            for each in found.labels
        ]
        header = ("Label", "Messages", "Of all messages", "Mean score")
        show_table(f"many_{found.task}", header, "lrrr", rows)


def spoken(found: Tally) -> str:
    """The chart in words."""
    total = max(sum(found.fates.values()), 1)
    told = [
        f"{titled(each.label, found.task)} {each.count:,} ({percent(each.count / total)})"
        for each in found.labels[:MOST_TOLD]
    ]
    more = len(found.labels) - len(told)
    told += [counted(more, "rarer label")] if more else []
    told += [f"{name.lower()} {count:,}" for name, count in without(found)]
    return f"Messages by label of {counted(total, 'message')}: {'; '.join(told)}."


def without(found: Tally) -> list[tuple[str, int]]:
    """Messages without an answer, by outcome."""
    names = {Fate.UNSURE: UNSURE, Fate.REFUSED: REFUSED, Fate.FAILED: FAILED}
    return [(name, found.fates[fate]) for fate, name in names.items() if found.fates[fate]]


def bars(found: Tally) -> list[tuple[str, int, str]]:
    """Title, count and kind of every bar, from the top."""
    first: tuple[LabelCount, ...] = found.labels
    if len(first) > MOST_BARS:
        first = first[: MOST_BARS - 1]
    lines = [
        (shortened(titled(each.label, found.task), LONGEST), each.count, "label") for each in first
    ]
    rest = sum(each.count for each in found.labels[len(first) :])
    lines += [(OTHERS, rest, "rest")] if rest else []
    return lines + [(name, count, "none") for name, count in without(found)]


def drawn(found: Tally) -> dict[str, Any]:
    """A Plotly figure: labels in the accent, messages without an answer hatched in gray."""
    theme = f"theme.{theme_kind()}"
    accent, gray, ink = (
        st.get_option(f"{theme}.{name}Color") for name in ("primary", "gray", "text")
    )
    font = {"size": 14, "color": ink}
    lines = bars(found)
    places = list(range(len(lines)))
    total = max(sum(found.fates.values()), 1)
    most = max((count for _, count, _ in lines), default=1)
    return {
        "data": [
            {
                "type": "bar",
                "orientation": "h",
                "y": places,
                "x": [count for _, count, _ in lines],
                "text": [f"{count:,} · {percent(count / total)}" for _, count, _ in lines],
                "textposition": "outside",
                "textfont": font,
                "cliponaxis": False,
                "marker": {
                    "color": [accent if kind == "label" else gray for _, _, kind in lines],
                    "pattern": {"shape": ["/" if kind == "none" else "" for _, _, kind in lines]},
                },
                "hovertemplate": "%{text}<extra></extra>",
            }
        ],
        "layout": {
            "height": ROW_HEIGHT * len(lines) + 24,
            "margin": {"l": 0, "r": 112, "t": 4, "b": 12},
            "bargap": 0.35,
            "font": font,
            "paper_bgcolor": CLEAR,
            "plot_bgcolor": CLEAR,
            "showlegend": False,
            "xaxis": {"visible": False, "range": [0, most], "fixedrange": True},
            "yaxis": {
                "tickvals": places,
                # Plotly takes some tags in a text for markup.
                "ticktext": [escape(title, quote=False) for title, _, _ in lines],
                "autorange": "reversed",
                "tickfont": font,
                "automargin": True,
                "fixedrange": True,
                "showgrid": False,
            },
        },
    }
