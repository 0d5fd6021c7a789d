"""The personas a demo ships: each a history to begin with, some of which a model fails on."""

import streamlit as st

from demos.core.recommend.catalog import Catalog
from demos.core.recommend.history import History, history_of, read_names
from demos.core.samples import Sample
from pages.components.recommend.history_state import choose_persona
from pages.components.recommend.kept import kept
from pages.components.sample_gallery import table_gallery


def persona_gallery(slug: str, personas: tuple[Sample, ...], shown: Sample | None) -> None:
    """A button for each persona; `shown` is the one whose history is worked on as it was."""
    table_gallery(slug, personas, shown, choose_persona)
    if shown is None:
        st.caption("The history below is no persona's. Choose one to replace it.")


def history_of_persona(slug: str, catalog: Catalog, persona: Sample) -> History:
    """The history in a persona's file, looked up once per session."""
    return kept(
        f"{slug}.{catalog.name}.persona_history",
        persona.key,
        lambda: history_of(catalog, read_names(persona.read())),
    )
