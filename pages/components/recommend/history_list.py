"""The history in a line, the latest first; below it, folded away, the list to edit it in."""

from collections.abc import Callable, Sequence
from functools import partial
from math import ceil
from pathlib import Path

import streamlit as st

from demos.core.recommend.catalog import Catalog
from demos.core.recommend.history import Entry, History, called
from demos.core.recommend.search import find
from demos.core.samples import Sample
from pages.components.recommend.history_state import change_history, choose_persona, key_of
from pages.components.text import plain

STYLE = Path(__file__).parent / "history.css"
SHOWN = 12
"""Entries, the latest; the earlier ones are behind a switch, so many to a page:"""
PAGE = 25
LATEST = 6
"""Entries that are named in the line."""
LIKE_ENOUGH = 0.8
"""Score of a match that an unknown name may be a misspelling of."""

Row = Callable[[str, int, Entry], None]
Near = Callable[[str], Sequence[int]]


def show_history(
    slug: str,
    catalog: Catalog,
    history: History,
    persona: Sample | None = None,
    near: Near | None = None,
) -> None:
    """The history with what can be done to it; `persona` is whose history can be had back."""
    st.html(STYLE)
    with st.container(border=True, key="history", gap="small"):
        with st.container(
            horizontal=True, vertical_alignment="center", gap="small", key="history_top"
        ):
            st.header("The history", anchor=False, width="content")
            show_actions(slug, catalog, history, persona)
        st.markdown(in_a_line(catalog, history))
        for note in history.notes:
            st.info(plain(note), icon=":material/info:")
        if not history.entries:
            return
        # A history of one's own is being worked on; a persona's is there to be read.
        with st.expander(
            "Edit the history: put it in order, remove, replace",
            expanded=persona is not None,
            icon=":material/edit_note:",
        ):
            show_rows(slug, catalog, history, near)


def in_a_line(catalog: Catalog, history: History) -> str:
    """How long the history is, and its latest titles; Markdown."""
    number = len(history.entries)
    if not number:
        return f"Nothing in it. Search for a {plain(catalog.one)} to begin, or choose a persona."
    noun = "title" if history.unknown else catalog.one
    nouns = "titles" if history.unknown else catalog.many
    unknown = f", {len(history.unknown)} not in the catalog" if history.unknown else ""
    length = f"{number:,} {plain(noun if number == 1 else nouns)}{unknown}"
    order = ", the latest first" if number > 1 else ""
    latest, *rest = [plain(called(catalog, each)) for each in reversed(history.entries[-LATEST:])]
    titles = " · ".join([f"**{latest}**", *rest])
    earlier = f" :gray[· and {number - LATEST:,} earlier]" if number > LATEST else ""
    return f":gray[{length}{order}:] {titles}{earlier}"


def show_rows(slug: str, catalog: Catalog, history: History, near: Near | None) -> None:
    """The entries, the oldest first, with what can be done to each."""
    entries = list(enumerate(history.entries))
    row = partial(show_entry, slug, catalog, len(entries), near=near)
    if len(entries) > SHOWN:
        show_earlier(slug, catalog, entries[:-SHOWN], row)
    with st.container(key="history_rows", gap=None):
        for slot, (position, entry) in enumerate(entries[-SHOWN:]):
            row(f"{slot}", position, entry)


def show_earlier(
    slug: str,
    catalog: Catalog,
    entries: Sequence[tuple[int, Entry]],
    row: Row,
) -> None:
    """A switch that shows what came before the latest, a page at a time."""
    key = key_of(slug, catalog.name, "earlier")
    many = catalog.one if len(entries) == 1 else catalog.many
    if not st.toggle(f"Show the {len(entries)} earlier {plain(many)}", key=key):
        return
    pages = ceil(len(entries) / PAGE)
    page = 1
    if pages > 1:
        if st.session_state.get(f"{key}.page", 1) > pages:
            st.session_state[f"{key}.page"] = pages
        page = st.pagination(pages, default=pages, key=f"{key}.page")
    with st.container(key="history_earlier", gap=None):
        for slot, (position, entry) in enumerate(entries[(page - 1) * PAGE : page * PAGE]):
            row(f"earlier_{slot}", position, entry)


def show_entry(
    slug: str,
    catalog: Catalog,
    length: int,
    slot: str,
    position: int,
    entry: Entry,
    near: Near | None,
) -> None:
    """`slot` is the place on the page, by which the buttons are known, so that the focus stays
    where it is when entries move: the next press acts on what is there now."""
    with st.container(
        horizontal=True,
        wrap=False,
        gap="small",
        vertical_alignment="center",
        key=f"history_row_{slot}",
    ):
        with st.container(key=f"history_item_{slot}", gap=None):
            st.markdown(entry_words(catalog, position, entry))
            if entry.item is None:
                suggest(slug, catalog, position, entry.name, near)
        show_buttons(slug, catalog, length, slot, position, entry)


def entry_words(catalog: Catalog, position: int, entry: Entry) -> str:
    """The entry in Markdown: its place, title and details, or that it is not in the catalog."""
    words = f"**{position + 1}\\.** {plain(called(catalog, entry))}"
    if entry.item is None:
        return f"{words} :orange-badge[:material/help: not in the catalog]"
    if catalog.details[entry.item]:
        words += f" :gray[{plain(catalog.details[entry.item])}]"
    return f"{words} :gray[in place of “{plain(entry.name)}”]" if entry.name else words


def suggest(slug: str, catalog: Catalog, position: int, name: str, near: Near | None) -> None:
    """A button that puts the item most like `name` in its place, by spelling, else by meaning."""
    spelt = [each.item for each in find(catalog, name, 1) if each.score >= LIKE_ENOUGH]
    found = spelt or list(near(name) if near else ())
    if not found:
        return
    st.button(
        f"{'Did you mean' if spelt else 'Nearest in meaning:'} {plain(catalog.titles[found[0]])}"
        + ("?" if spelt else ""),
        icon=":material/swap_horiz:",
        key=f"{key_of(slug, catalog.name, 'place')}.{position}.{name}",
        on_click=change_history,
        args=(slug, catalog.name, lambda history: history.place(catalog, position, found[0])),
        type="tertiary",
        help="Puts it in place of the title that is not in the catalog.",
    )


def show_buttons(
    slug: str, catalog: Catalog, length: int, slot: str, position: int, entry: Entry
) -> None:
    """Icons; their words, which name the entry, are read aloud."""
    title = plain(called(catalog, entry))
    key = f"{key_of(slug, catalog.name, 'entry')}.{slot}"
    act = partial(change_history, slug, catalog.name)
    with st.container(
        horizontal=True, gap=None, wrap=False, width="content", key=f"history_buttons_{slot}"
    ):
        st.button(
            f"Move {title} up",
            icon=":material/arrow_upward:",
            key=f"{key}.up",
            on_click=act,
            args=(lambda history: history.move(position, -1),),
            disabled=position == 0,
            type="tertiary",
            help="Move up: it came earlier",
        )
        st.button(
            f"Move {title} down",
            icon=":material/arrow_downward:",
            key=f"{key}.down",
            on_click=act,
            args=(lambda history: history.move(position, 1),),
            disabled=position == length - 1,
            type="tertiary",
            help="Move down: it came later",
        )
        st.button(
            f"Remove {title}",
            icon=":material/close:",
            key=f"{key}.remove",
            on_click=act,
            args=(lambda history: history.remove(position),),
            type="tertiary",
            help="Remove from the history",
        )


def show_actions(slug: str, catalog: Catalog, history: History, persona: Sample | None) -> None:
    """What can be done to the whole history."""
    key = key_of(slug, catalog.name, "history")
    act = partial(change_history, slug, catalog.name)
    with st.container(horizontal=True, gap="small", key="history_actions"):
        st.button(
            "Clear",
            icon=":material/clear_all:",
            key=f"{key}.clear",
            on_click=act,
            args=(History.clear,),
            disabled=not history.entries,
            type="tertiary",
        )
        if history.before:
            st.button(
                "Undo",
                icon=":material/undo:",
                key=f"{key}.undo",
                on_click=act,
                args=(History.undo,),
                help="Brings back the history as it was before.",
                type="tertiary",
            )
        if persona is not None:
            st.button(
                f"Back to {plain(persona.title)}",
                icon=":material/history:",
                key=f"{key}.back",
                on_click=choose_persona,
                args=(slug, persona),
                type="tertiary",
            )
