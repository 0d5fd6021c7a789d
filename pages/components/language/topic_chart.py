"""The chart of a map of topics: a dot for each message, a number in the middle of each topic."""

from html import escape
from textwrap import wrap
from typing import Any

import numpy as np
import streamlit as st

from demos.core.language.batch_topics import TopicMap
from demos.core.language.words import shortened
from pages.components.theme import theme_kind

HEIGHT = 480
"""Pixels."""
MOST_DOTS = 1_200
"""Each is an element of the page; more take seconds to draw on a phone."""
HOVER_LENGTH, HOVER_WIDTH = 160, 40
"""Characters of a message, and of a line of it."""
SIGNS = ("circle", "square", "diamond", "triangle-up", "cross", "x", "star", "hexagon")
EDGE = 1.08
"""Of the map, so that dots at its edge are whole."""
CLEAR = "rgba(0,0,0,0)"


def drawn(found: TopicMap) -> dict[str, Any]:
    """A Plotly figure; topics differ by color and by sign."""
    theme = f"theme.{theme_kind()}"
    colors = st.get_option(f"{theme}.chartCategoricalColors")
    ink, paper = (st.get_option(f"{theme}.{name}Color") for name in ("text", "background"))
    axis = {"visible": False, "range": [-EDGE, EDGE], "fixedrange": True}
    topics = found.topics.topics
    return {
        "data": [
            *(dots(found, number, colors[number % len(colors)]) for number in range(len(topics))),
            {
                "type": "scatter",
                "mode": "markers+text",
                "x": [each.x for each in topics],
                "y": [each.y for each in topics],
                "text": [str(number) for number in range(1, len(topics) + 1)],
                "textfont": {"size": 14, "color": paper, "weight": 600},
                "marker": {"size": 26, "color": ink, "line": {"width": 1.5, "color": paper}},
                "hovertext": [escape(f"{n}. {each.name}") for n, each in enumerate(topics, 1)],
                "hovertemplate": "%{hovertext}<extra></extra>",
            },
        ],
        "layout": {
            "height": HEIGHT,
            "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
            "font": {"size": 13, "color": ink},
            "paper_bgcolor": CLEAR,
            "plot_bgcolor": CLEAR,
            "hovermode": "closest",
            "showlegend": False,
            # A finger that scrolls the page must not move the map.
            "dragmode": False,
            "xaxis": axis,
            "yaxis": axis,
        },
    }


def dots(found: TopicMap, number: int, color: str) -> dict[str, Any]:
    """The messages of a topic, of which an even part is drawn where there are very many."""
    inside = np.flatnonzero(found.topics.of == number)
    step = max(1, -(-len(found.rows) // MOST_DOTS))
    inside = inside[::step]
    places = found.topics.places[inside].round(3)
    return {
        "type": "scatter",
        "mode": "markers",
        "x": places[:, 0].tolist(),
        "y": places[:, 1].tolist(),
        "marker": {
            "size": 7,
            "color": color,
            "symbol": SIGNS[number % len(SIGNS)] + ("-open" if number >= len(SIGNS) else ""),
            "opacity": 0.75,
        },
        "hovertext": [told(found.texts[at]) for at in inside.tolist()],
        "hovertemplate": f"%{{hovertext}}<extra>{number + 1}</extra>",
    }


def told(text: str) -> str:
    """The beginning of a message, in short lines; Plotly takes some tags for markup."""
    return "<br>".join(escape(each) for each in wrap(shortened(text, HOVER_LENGTH), HOVER_WIDTH))
