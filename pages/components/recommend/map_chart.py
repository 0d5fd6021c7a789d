"""The chart under the map of a catalog: a picture of all items, and what is lit on top of it."""

import json
from collections.abc import Sequence
from html import escape
from textwrap import wrap
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from demos.core.recommend.catalog import Catalog, Region
from demos.core.recommend.influence import short
from pages.components.recommend.map_picture import EDGE, UNIT, picture, steps
from pages.components.theme import theme_kind

HEIGHT = 560
"""Pixels."""
NAME_WIDTH = 16
"""Characters in a line of a region's name."""
DOT = 8
"""Steps, a thousandth of half the map each."""
OPACITY = 0.5
TARGET = 11
"""Pixels around what can be pointed at."""
CHOSEN = 26
"""Pixels of the point that was clicked on."""
NAME_ROOM = (0.4, 0.17)
"""Of half the map's width: what the middles of two names keep free, across and up."""


def drawn(
    catalog: Catalog,
    history: Sequence[int],
    recommended: Sequence[int],
    popular: Sequence[int],
    view: tuple[float, float, float],
) -> dict[str, Any]:
    """A Plotly figure. `view`: the middle of what is shown, x and y, and half its width."""
    theme = f"theme.{theme_kind()}"
    accent, gray, ink, paper = (
        st.get_option(f"{theme}.{name}Color") for name in ("primary", "gray", "text", "background")
    )
    font = {"size": 13, "color": ink}
    edge = {"width": 1.5, "color": paper}
    # An item that is recommended again is drawn as recommended only.
    before = [item for item in history if item not in set(recommended)]
    ranks = [str(rank) for rank in range(1, len(recommended) + 1)]
    x, y, half = view
    layers: tuple[tuple[str, Sequence[int], dict[str, Any], list[str]], ...] = (
        ("most taken", popular, {"symbol": "circle-open", "color": gray, "size": 6}, []),
        ("history", before, {"symbol": "diamond", "color": ink, "size": 12, "line": edge}, []),
        ("recommended", recommended, {"color": accent, "size": 20, "line": edge}, ranks),
    )
    low, high = ([round((middle + side) * UNIT) for middle in (x, y)] for side in (-half, half))
    axis = {"visible": False, "showgrid": False, "zeroline": False, "constrain": "domain"}
    return {
        "data": [
            region_names(named(catalog.regions, half), font, paper),
            *(
                trace(catalog, name, items, marker, labels, paper)
                for name, items, marker, labels in layers
                if items
            ),
        ],
        "layout": {
            "height": HEIGHT,
            "margin": {"l": 0, "r": 0, "t": 72, "b": 0},
            "font": font,
            "hovermode": "closest",
            "hoverdistance": TARGET,
            # A finger that scrolls the page must not move the map.
            "dragmode": False,
            "images": [
                {
                    "source": background(catalog.places[1:], gray),
                    **{"xref": "x", "yref": "y", "x": -EDGE, "y": EDGE, "layer": "below"},
                    **{"sizex": 2 * EDGE, "sizey": 2 * EDGE, "sizing": "stretch"},
                }
            ],
            "xaxis": axis | {"range": [low[0], high[0]]},
            "yaxis": axis
            # On a phone the map is lower than its place, and stays at the legend above it.
            | {"range": [low[1], high[1]], "scaleanchor": "x", "constraintoward": "top"},
            "showlegend": True,
            "legend": {
                "orientation": "h",
                "x": 0,
                "y": 1.0,
                "yanchor": "bottom",
                "font": font,
                "itemclick": False,
                "itemdoubleclick": False,
                "itemsizing": "trace",
            },
        },
    }


@st.cache_data(max_entries=12, show_spinner=False)
def background(places: NDArray[np.float32], color: str) -> str:
    """The picture of all items, which a catalog has one of per theme."""
    return picture(places, color, OPACITY, DOT)


def trace(
    catalog: Catalog,
    name: str,
    items: Sequence[int],
    marker: dict[str, Any],
    labels: Sequence[str],
    paper: str,
) -> dict[str, Any]:
    """Points of one kind; `labels`, if any, are written in them."""
    spots = steps(catalog.places[list(items)])
    titles = [escape(short(catalog.titles[item])) for item in items]
    return {
        "type": "scatter",
        "mode": "markers+text" if labels else "markers",
        "name": name,
        "x": spots[:, 0].tolist(),
        "y": spots[:, 1].tolist(),
        "customdata": [int(item) for item in items],
        "marker": marker | {"opacity": 1},
        "text": list(labels),
        "textfont": {"size": 12, "color": paper},
        "hovertext": [
            f"{label}. {title}" if label else title
            for label, title in zip(labels or [""] * len(items), titles, strict=True)
        ],
        "hovertemplate": f"%{{hovertext}}<br>{name}<extra></extra>",
        "selected": {"marker": {"size": CHOSEN}},
        "unselected": {"marker": {"opacity": 1}, "textfont": {"color": paper}},
    }


def named(regions: Sequence[Region], half: float) -> list[Region]:
    """The regions whose names do not run into each other in a view of half this width."""
    found: list[Region] = []
    for each in regions:
        if not any(
            abs(each.x - other.x) < NAME_ROOM[0] * half
            and abs(each.y - other.y) < NAME_ROOM[1] * half
            for other in found
        ):
            found.append(each)
    return found


def region_names(regions: Sequence[Region], font: dict[str, Any], paper: str) -> dict[str, Any]:
    """The names of parts of the map, in short lines, below what is lit."""
    halo = ", ".join([f"0 0 3px {paper}"] * 3)
    return {
        "type": "scatter",
        "mode": "text",
        "x": [round(each.x * UNIT) for each in regions],
        "y": [round(each.y * UNIT) for each in regions],
        "text": ["<br>".join(escape(each) for each in lines_of(region)) for region in regions],
        "textfont": font | {"weight": 600, "shadow": halo},
        "hoverinfo": "skip",
        "showlegend": False,
        # A name is nothing to click on, nor dimmed when something else is clicked.
        "unselected": {"textfont": {"color": font["color"]}},
    }


def lines_of(region: Region) -> list[str]:
    return wrap(region.name, NAME_WIDTH)


def payload(figure: dict[str, Any]) -> int:
    """Bytes that the browser is sent for a figure."""
    return len(json.dumps(figure, separators=(",", ":")).encode())
