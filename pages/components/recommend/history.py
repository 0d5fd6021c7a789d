"""Where a history comes from, and the list in which it can be edited.

history = choose_history(SPEC, spec, catalog, samples(SPEC.slug, spec.group))
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

import streamlit as st

from demos.core.recommend.catalog import Catalog
from demos.core.recommend.history import History, remarks
from demos.core.samples import Sample
from demos.core.spec import DemoSpec, ModelSpec
from pages.components import permalink
from pages.components.recommend.history_list import Near, show_history
from pages.components.recommend.history_state import (
    OWN,
    history_in,
    key_of,
    persona_in,
)
from pages.components.recommend.personas import history_of_persona, persona_gallery
from pages.components.recommend.search import search_box
from pages.components.text import plain

Tab = tuple[str, Callable[[], object]]


def choose_history(
    demo: DemoSpec,
    spec: ModelSpec,
    catalog: Catalog,
    personas: tuple[Sample, ...],
    tabs: Sequence[Tab] = (),
    near: Near | None = None,
    *,
    elsewhere: bool = False,
) -> History:
    """A persona's history, or one of one's own; the first persona's until something else is.

    `tabs` are further ways to a history, each a label and what draws it; such a tab puts its
    history with `put_history(slug, catalog.name, history, tab)`, its own number from 2. `near`
    gives the items that mean most nearly what a name says which the catalog does not have. The
    address leads back to a persona, as long as its history is as it was; if `elsewhere`, it leads
    to something else of the page, whose tab, the last, is open at first.
    """
    slug, name = demo.slug, catalog.name
    persona = persona_in(slug, name)
    if persona is None or persona not in personas:
        persona = personas[0]
        st.session_state[key_of(slug, name, "persona")] = persona
    original = history_of_persona(slug, catalog, persona)
    if history_in(slug, name) is None:
        before = st.session_state.pop(key_of(slug, name, "before"), ())
        st.session_state[key_of(slug, name, "history")] = replace(original, before=before)
    history = history_in(slug, name) or original
    shown = persona if history.entries == original.entries else None
    st.session_state[key_of(slug, name, "own")] = shown is None
    titles = [":material/group: Personas", ":material/edit_note: Your own history"]
    titles += [title for title, _ in tabs]
    number = st.session_state.get(f"{slug}.tab", len(titles) - 1 if elsewhere else 0)
    places = st.tabs(titles, default=titles[number if number < len(titles) else 0])
    with places[0]:
        persona_gallery(slug, personas, shown)
    with places[OWN]:
        search_box(slug, catalog)
    for place, (_, draw) in zip(places[OWN + 1 :], tabs, strict=True):
        with place:
            draw()
    if not elsewhere:
        permalink.write(demo, spec, shown)
    show_history(slug, catalog, history, None if shown else persona, near)
    return history


def show_remarks(history: History, catalog: Catalog, read: int = 100) -> None:
    """What a reader should know before the answer to this history."""
    for each in remarks(history, catalog, read):
        show = st.warning if each.caution else st.info
        show(plain(each.text), icon=":material/warning:" if each.caution else ":material/info:")
