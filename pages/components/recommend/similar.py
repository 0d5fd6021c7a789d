"""Items like one item: those the same people take, beside those whose titles mean alike."""

from collections.abc import Callable, Collection, Sequence

import streamlit as st

from demos.core.recommend.catalog import Catalog
from demos.core.recommend.neighbors import Neighbor, taken_alike, titled_alike
from pages.components.text import plain

Search = Callable[[str], int | None]
"""Draws a search box under a key of the session; the item chosen in it."""

SHOWN = 5
SAME_PEOPLE, SAME_WORDS = "Taken by the same people", "Titles that mean alike"


def show_similar(
    slug: str, catalog: Catalog, search: Search, start: int, history: Collection[int] = ()
) -> None:
    """Search an item, see what is like it. The neighbors of `start` are shown already."""
    st.header(f"Similar {plain(catalog.many)}", anchor=False)
    item = search(f"{slug}.{catalog.name}.similar")
    if item:
        show_neighbors(catalog, item, history)
        return
    st.caption(
        f"What is like “{plain(catalog.titles[start])}” is told above. Search any other "
        f"{plain(catalog.one)} to see what is like that, recommended or not."
    )


def show_neighbors(catalog: Catalog, item: int, history: Collection[int] = ()) -> None:
    """The nearest items of `item` in two senses, side by side; those of `history` are marked."""
    people, words = taken_alike(catalog, item, SHOWN), titled_alike(catalog, item, SHOWN)
    st.markdown(f"Like **{plain(catalog.titles[item])}**{about(catalog, item)}:")
    for place, name, found in zip(
        st.columns(2, gap="medium"), (SAME_PEOPLE, SAME_WORDS), (people, words), strict=True
    ):
        with place:
            st.markdown(f"**{name}**\n\n{listed(catalog, found, history)}")
    both = {each.item for each in people} & {each.item for each in words}
    st.caption(
        f"In both lists: {len(both)} of {SHOWN}. The figures are cosines, 1 for "
        "the same direction: left between what the model learned from histories, in which titles "
        "play no part; right between what a language model makes of the titles, in which nobody's "
        f"histories play a part. All {catalog.size:,} {plain(catalog.many)} were compared."
    )


def listed(catalog: Catalog, found: Sequence[Neighbor], history: Collection[int]) -> str:
    """Neighbors as a list in Markdown, the nearest first."""
    if not found:
        return "Nothing is known to compare it by."
    return "\n".join(
        f"1. {plain(catalog.titles[each.item])}{about(catalog, each.item)} "
        f":gray[{each.similarity:.2f}]"
        + (" :material/history: in the history" if each.item in history else "")
        for each in found
    )


def about(catalog: Catalog, item: int) -> str:
    """What is known of an item beside its title, to be put after it in Markdown."""
    detail = catalog.details[item]
    return f" :small[{plain(detail)}]" if detail else ""
