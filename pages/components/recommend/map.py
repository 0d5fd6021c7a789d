"""The map of a catalog: every item a dot, the history and the recommendations lit on it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st

from demos.core.recommend.catalog import Catalog, Region
from demos.core.wording import counted
from pages.components.recommend.map_chart import drawn, payload
from pages.components.recommend.similar import about, show_neighbors
from pages.components.tables import show_table
from pages.components.text import plain

MOST_LIT = 200
"""Items of the history that are lit, the latest."""
POPULAR = 150
"""Items of the part looked at that can be pointed at besides, those taken most often."""
WHOLE, HISTORY, RECOMMENDED = "The whole map", "The history", "The recommendations"
MOST_TOLD = 4
"""Names in a sentence."""
ALL, REGION, CLOSEST = 1.04, 0.3, 0.25
"""Half the width of what is shown: all, a named part, and the least around a few items."""
ROOM = 0.12
"""Beside the outermost item."""
BUTTONS = ["zoomIn2d", "zoomOut2d", "pan2d", "resetScale2d"]


@dataclass(frozen=True, slots=True)
class View:
    """The square part of the map that is looked at: its middle and half its width."""

    x: float
    y: float
    half: float


@st.fragment
def show_map(
    slug: str, catalog: Catalog, history: Sequence[int], recommended: Sequence[int]
) -> None:
    """The map, what to look at on it, and the item that is clicked on.

    Redrawing it, or choosing a point, runs nothing else of the page.
    """
    st.header(f"Map of all {plain(catalog.many)}", anchor=False)
    lit = list(dict.fromkeys(reversed(history)))[:MOST_LIT]
    regions = {region.name: region for region in catalog.regions}
    looks = [WHOLE, *([HISTORY] if lit else []), *([RECOMMENDED] if recommended else [])]
    key = f"{slug}.{catalog.name}.map"
    if st.session_state.get(f"{key}.look") not in (*looks, *regions):
        st.session_state[f"{key}.look"] = WHOLE
    chart, beside = st.columns([5, 3], gap="medium")
    with beside:
        look = st.selectbox(
            "Look at", [*looks, *regions], key=f"{key}.look", persist_state="session"
        )
        for told in whereabouts(catalog, lit, recommended):
            st.markdown(plain(told))
    items = {HISTORY: lit, RECOMMENDED: recommended}.get(look, ())
    view = around(regions[look]) if look in regions else around_items(catalog, items)
    famous = popular(catalog, view, {*lit, *recommended})
    figure = drawn(catalog, lit, recommended, famous, (view.x, view.y, view.half))
    with chart:
        state = st.plotly_chart(
            figure,
            config={"displaylogo": False, "displayModeBar": True, "modeBarButtons": [BUTTONS]},
            alt=spoken(catalog, lit, recommended),
            key=f"{key}.chart",
            on_select="rerun",
            selection_mode="points",
        )
    with beside:
        st.caption(fine_print(catalog, len(set(history)), len(lit), len(famous), payload(figure)))
    points = state["selection"]["points"]
    if points:
        chosen = int(points[0]["customdata"])
        st.markdown(f":material/touch_app: {taken(catalog, chosen)}")
        show_neighbors(catalog, chosen, history)
    with st.expander("The same as a table", icon=":material/table_rows:"):
        header = (catalog.one.capitalize(), "Lit as", "Nearest name", "Across", "Up")
        show_table(key.replace(".", "_"), header, "lllrr", table_rows(catalog, lit, recommended))


def around(region: Region) -> View:
    return View(region.x, region.y, REGION)


def around_items(catalog: Catalog, items: Sequence[int]) -> View:
    """A view with all of `items` in it; of the whole map if there are none."""
    if not items:
        return View(0.0, 0.0, ALL)
    places = catalog.places[list(items)]
    low, high = places.min(axis=0), places.max(axis=0)
    x, y = ((low + high) / 2).tolist()
    return View(x, y, max(float((high - low).max()) / 2 + ROOM, CLOSEST))


def popular(catalog: Catalog, view: View, besides: set[int]) -> list[int]:
    """The items of `view` taken most often, but for `besides`."""
    inside = (np.abs(catalog.places - (view.x, view.y)) <= view.half).all(axis=1)
    inside[[0, *besides]] = False
    found = np.flatnonzero(inside)
    return [int(each) for each in found[np.argsort(-catalog.counts[found], kind="stable")]][
        :POPULAR
    ]


def nearest_name(catalog: Catalog, item: int) -> str:
    """The region whose name stands nearest to an item."""
    if not catalog.regions:
        return ""
    x, y = catalog.places[item].tolist()
    return min(catalog.regions, key=lambda each: (each.x - x) ** 2 + (each.y - y) ** 2).name


def taken(catalog: Catalog, item: int) -> str:
    """An item and how often it was taken, in Markdown."""
    times = counted(int(catalog.counts[item]), "time")
    return f"**{plain(catalog.titles[item])}**{about(catalog, item)} was taken {times}."


def spoken(catalog: Catalog, history: Sequence[int], recommended: Sequence[int]) -> str:
    """The map in words: its parts, and where the history and the recommendations lie."""
    names = "; ".join(each.name for each in catalog.regions)
    return " ".join(
        [
            f"Map of {catalog.size:,} {catalog.many}, near each other where histories treat them "
            f"alike, however often they are taken. Its parts: {names}.",
            *whereabouts(catalog, history, recommended),
        ]
    )


def whereabouts(catalog: Catalog, history: Sequence[int], recommended: Sequence[int]) -> list[str]:
    """Which names the history and the recommendations lie nearest to, a sentence each."""
    told = []
    for what, items in (("history", history), ("recommendations", recommended)):
        tally = Counter(nearest_name(catalog, item) for item in items)
        if tally:
            most = [f"{number} near “{where}”" for where, number in tally.most_common(MOST_TOLD)]
            rest = len(items) - sum(number for _, number in tally.most_common(MOST_TOLD))
            most += [f"{rest} elsewhere"] if rest else []
            told.append(f"Of the {what}, {', '.join(most)}.")
    return told


def fine_print(catalog: Catalog, history: int, lit: int, famous: int, size: int) -> str:
    """How to read the map, what can be pointed at, and what it weighs."""
    cut = f" Of the history, the latest {lit} of {history:,} are lit." if history > lit else ""
    return (
        f"Each gray dot is one of {catalog.size:,} {plain(catalog.many)}. Near each other are "
        "those that histories treat alike, however often they are taken; distances across the "
        "map mean little (t-SNE, van der Maaten & Hinton 2008). Diamonds are the history, "
        "numbered circles the recommendations."
        f"{cut} Point at these, or at the {famous} most taken of the part shown, for their "
        "titles; click one to see what is like it. The buttons at the top zoom and move; “Look "
        f"at” does the same by keyboard. The map weighs {size / 1000:.0f} kB."
    )


def table_rows(
    catalog: Catalog, history: Sequence[int], recommended: Sequence[int]
) -> list[tuple[str, ...]]:
    """What is lit, the recommendations first."""
    lit = [(item, f"recommended, {rank}") for rank, item in enumerate(recommended, start=1)]
    lit += [(item, "history") for item in history]
    return [
        (
            plain(catalog.titles[item]),
            as_what,
            plain(nearest_name(catalog, item)),
            *(f"{each:.2f}".replace("-", "−") for each in catalog.places[item].tolist()),
        )
        for item, as_what in lit
    ]
