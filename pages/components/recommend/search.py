"""Search as one types: every pause in typing asks the server, which forgives mistakes.

A select box would send all titles of the catalog to the browser and match their letters there, in
their order only; a live text field sends a few words, and a fragment answers without the page.
"""

from collections.abc import Callable, Collection
from functools import partial

import streamlit as st

from demos.core.recommend.catalog import Catalog
from demos.core.recommend.history import History
from demos.core.recommend.search import Match, find
from pages.components.recommend.history_state import (
    OWN,
    add_to_history,
    change_history,
    history_in,
    key_of,
)
from pages.components.text import plain

PAUSE = "200ms"
SURE = 0.9
"""Below it, what is found is not what was typed, but may be what was meant."""
HINT = (
    "Spelling mistakes, accents and capitals do not matter. What you choose comes last in the "
    "history below; clear that first to begin with nothing."
)


def search_box(slug: str, catalog: Catalog) -> None:
    """A field to search the catalog in; what is chosen is added to the history as the latest."""
    history = history_in(slug, catalog.name) or History()
    live_search(
        catalog,
        key_of(slug, catalog.name, "search"),
        f"Add a {plain(catalog.one)}: search {catalog.size:,} {plain(catalog.many)}",
        HINT,
        partial(add, slug, catalog),
        frozenset(history.items),
        partial(add_name, slug, catalog),
    )


def search_one(catalog: Catalog, key: str) -> int | None:
    """A field to look one item up in; the one chosen last, which the session keeps under `key`."""
    label = f"Search {catalog.size:,} {plain(catalog.many)}"
    take = partial(keep_one, key)
    live_search(catalog, f"{key}.search", label, "", take, icon=":material/chevron_right:")
    item: int | None = st.session_state.get(f"{key}.item")
    return item


@st.fragment
def live_search(
    catalog: Catalog,
    key: str,
    label: str,
    hint: str,
    take: Callable[[int], None],
    taken: Collection[int] = (),
    keep: Callable[[str], None] | None = None,
    icon: str = ":material/add:",
) -> None:
    """A field, and a button for each item that may be meant; `take` gets the one that is chosen.

    `hint` is shown while the field is empty, `taken` are marked as being in the history, and
    `keep` gets the text itself where it is no title. After either, the field is empty and the
    page runs again.
    """
    if st.session_state.pop(f"{key}.taken", False):
        st.rerun()
    text = (
        st.container(key=f"search_field_{key}")
        .text_input(
            label,
            type="search",
            live=PAUSE,
            placeholder="A title, or part of one",
            key=key,
            persist_state="session",
        )
        .strip()
    )
    if not text:
        if hint:
            st.caption(hint)
        return
    matches = find(catalog, text)
    st.caption(found_words(catalog, text, matches))
    with st.container(key=f"search_hits_{key}", gap=None):
        for match in matches:
            show_match(catalog, key, match, match.item in taken, take, icon)
        if keep is not None and not any(match.exact for match in matches):
            st.button(
                f"Keep “{plain(text)}” :gray[as a title that is not in the catalog]",
                icon=":material/help:",
                key=f"{key}.keep",
                on_click=finish,
                args=(key, partial(keep, text)),
                type="tertiary",
                width="stretch",
            )


def found_words(catalog: Catalog, text: str, matches: list[Match]) -> str:
    """How many were found, and whether they are what was typed; Markdown."""
    if not matches:
        return f":material/search_off: No {plain(catalog.one)} is like “{plain(text)}”\\."
    if matches[0].score < SURE:
        return f":material/spellcheck: Nothing is called “{plain(text)}”\\. Did you mean:"
    best = "best match" if len(matches) == 1 else f"{len(matches)} best matches"
    return f":material/search: The {best}:"


def show_match(
    catalog: Catalog,
    key: str,
    match: Match,
    taken: bool,
    take: Callable[[int], None],
    icon: str,
) -> None:
    detail = plain(catalog.details[match.item])
    beside = [f":gray[{detail}]"] if detail else []
    beside += [":gray[· in the history]"] if taken else []
    st.button(
        " ".join([plain(catalog.titles[match.item]), *beside]),
        icon=":material/check:" if taken else icon,
        key=f"{key}.{match.item}",
        on_click=finish,
        args=(key, partial(take, match.item)),
        type="tertiary",
        width="stretch",
    )


def finish(key: str, act: Callable[[], None]) -> None:
    """Act, and empty the field; the fragment, which runs first, then has the page run."""
    act()
    st.session_state[key] = ""
    st.session_state[f"{key}.taken"] = True


def add(slug: str, catalog: Catalog, item: int) -> None:
    add_to_history(slug, catalog, item)
    st.session_state[f"{slug}.tab"] = OWN


def add_name(slug: str, catalog: Catalog, name: str) -> None:
    change_history(slug, catalog.name, lambda history: history.add_name(catalog, name))
    st.session_state[f"{slug}.tab"] = OWN


def keep_one(key: str, item: int) -> None:
    st.session_state[f"{key}.item"] = item
