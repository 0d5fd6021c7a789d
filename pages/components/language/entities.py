"""Names in a text: marked where they stand, with what they are of, and each once in a table."""

import streamlit as st

from demos.core.language.answers import Entities
from demos.core.language.shown import entity_legend, entity_marks, entity_table
from demos.core.results import Outcome
from pages.components.language.marked import show_marked, show_rows
from pages.components.language.verdict import show_verdict


def show_entities(answer: Entities, key: str) -> None:
    show_verdict(answer, key)
    if answer.verdict.outcome is Outcome.REFUSED or not answer.spans:
        return
    show_marked(
        answer.request.text, entity_marks(answer), "The text, with its names", entity_legend(answer)
    )
    st.subheader("Names by kind", anchor=False)
    show_rows(entity_table(answer))
    st.caption("A name that stands in the text several times has the lowest of its scores here.")
