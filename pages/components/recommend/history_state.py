"""The history that a session works on, kept per catalog; where it came from, and how it changes."""

from collections.abc import Callable

import streamlit as st

from demos.core.recommend.catalog import Catalog
from demos.core.recommend.history import History
from demos.core.samples import Sample

Change = Callable[[History], History]

PERSONAS, OWN = 0, 1
"""Tabs."""


def key_of(slug: str, catalog: str, part: str) -> str:
    return f"{slug}.{catalog}.{part}"


def history_in(slug: str, catalog: str) -> History | None:
    """The history of the catalog called so; `None` until something has put one there."""
    found: History | None = st.session_state.get(key_of(slug, catalog, "history"))
    return found


def persona_in(slug: str, catalog: str) -> Sample | None:
    """The persona that was chosen last, whatever has become of its history since."""
    found: Sample | None = st.session_state.get(key_of(slug, catalog, "persona"))
    return found


def choose_persona(slug: str, sample: Sample) -> None:
    """Begin with a persona's history; also what `permalink.follow` is to be given.

    A history of one's own that it replaces can be brought back by undoing.
    """
    old: History | None = st.session_state.pop(key_of(slug, sample.model, "history"), None)
    if old is not None and st.session_state.get(key_of(slug, sample.model, "own")):
        st.session_state[key_of(slug, sample.model, "before")] = old.entries
    st.session_state[key_of(slug, sample.model, "persona")] = sample
    st.session_state[f"{slug}.tab"] = PERSONAS


def put_history(slug: str, catalog: str, history: History, tab: int = OWN) -> None:
    """Work on this history from now on; `tab` is the one it came from, counted from 0."""
    st.session_state[key_of(slug, catalog, "history")] = history
    st.session_state[f"{slug}.tab"] = tab


def change_history(slug: str, catalog: str, change: Change) -> None:
    """Put what `change` makes of the history in its place; which tab is open stays."""
    history = history_in(slug, catalog) or History()
    st.session_state[key_of(slug, catalog, "history")] = change(history)


def add_to_history(slug: str, catalog: Catalog, item: int) -> None:
    """What "add" beside an item anywhere on the page does."""
    change_history(slug, catalog.name, lambda history: history.add(catalog, item))
