"""A taste in words: the titles nearest to it, which then make a history to go on with."""

from collections.abc import Callable, Sequence

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from demos.core.errors import UserError
from demos.core.recommend.catalog import Catalog
from demos.core.recommend.history import Entry, History
from demos.core.recommend.neighbors import Neighbor
from demos.core.recommend.taste import LONGEST, checked_description, described
from pages.components.recommend.history_state import history_in, key_of, put_history
from pages.components.text import plain, told

Encode = Callable[[str], NDArray[np.float32]]
"""A text to its sentence embedding (E,), of length 1; may raise `UserError`."""

Found = tuple[str, tuple[Neighbor, ...]]
"""A description, and the titles nearest to it."""


def taste_input(slug: str, catalog: Catalog, encode: Encode, examples: Sequence[str]) -> None:
    """A field for the description, `examples` as buttons, and what was found, to be used."""
    key = key_of(slug, catalog.name, "taste")
    st.text_area(
        "Describe what somebody likes, in English",
        placeholder=examples[0] if examples else None,
        max_chars=LONGEST,
        height=96,
        key=key,
        persist_state="session",
    )
    with st.container(horizontal=True, gap="xsmall", key="taste_examples"):
        for number, example in enumerate(examples):
            st.button(
                plain(example),
                icon=":material/format_quote:",
                key=f"{key}.example.{number}",
                on_click=ask_example,
                args=(key, example),
                type="tertiary",
            )
    pressed = st.button(
        f"Find {plain(catalog.many)}",
        icon=":material/manage_search:",
        key=f"{key}.find",
        type="primary",
    )
    if pressed or st.session_state.pop(f"{key}.asked", False):
        find(key, catalog, encode, st.session_state[key])
    problem: UserError | None = st.session_state.get(f"{key}.problem")
    if problem is not None:
        st.warning(told(problem), icon=":material/search_off:")
    found: Found | None = st.session_state.get(f"{key}.found")
    if found is not None:
        show_found(slug, catalog, *found)


def ask_example(key: str, example: str) -> None:
    st.session_state[key] = example
    st.session_state[f"{key}.asked"] = True


def find(key: str, catalog: Catalog, encode: Encode, text: str) -> None:
    """Look the description up; what comes of it, titles or a problem, stays in the session."""
    st.session_state[f"{key}.found"] = st.session_state[f"{key}.problem"] = None
    try:
        description = checked_description(text)
        with st.spinner("Reading the description …"):
            nearest = described(catalog, encode(description))
    except UserError as error:
        st.session_state[f"{key}.problem"] = error.bare()
    else:
        st.session_state[f"{key}.found"] = (description, nearest)


def show_found(slug: str, catalog: Catalog, description: str, nearest: Sequence[Neighbor]) -> None:
    """The titles with their similarities, and the button that makes them the history."""
    with st.container(border=True, key="taste_found", gap="small"):
        st.markdown(f"Nearest to “{plain(description)}”:")
        st.markdown("\n".join(line(catalog, each) for each in nearest))
        st.button(
            "Use as history",
            icon=":material/playlist_add_check:",
            key=f"{key_of(slug, catalog.name, 'taste')}.use",
            on_click=use,
            args=(slug, catalog, tuple(each.item for each in nearest)),
        )
        st.caption(
            "It replaces the history, which can be undone, and can be edited; the nearest title "
            "comes last, as the latest. Titles are all that is compared, with genres or authors "
            "where they are known. The number is the cosine of two sentence embeddings: 1 where "
            "they mean the same, about 0 where they have nothing to do with each other."
        )


def line(catalog: Catalog, near: Neighbor) -> str:
    """One title with its details and similarity, as an entry of a Markdown list."""
    details = catalog.details[near.item] or ", ".join(catalog.groups[near.item])
    beside = f" :gray[{plain(details)}]" if details else ""
    similarity = plain(f"{near.similarity:.2f}")
    return f"1. {plain(catalog.titles[near.item])}{beside} · similarity {similarity}"


def use(slug: str, catalog: Catalog, items: Sequence[int]) -> None:
    """Work on these items from now on, the first as the latest; undoing brings the old back."""
    old = history_in(slug, catalog.name) or History()
    entries = tuple(Entry(item) for item in reversed(items))
    put_history(slug, catalog.name, History(entries, before=old.entries))
