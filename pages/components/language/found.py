"""Passages found by what they mean: the nearest first, how near, and where they stand."""

import streamlit as st

from demos.core.language.answers import Found
from demos.core.language.marks import Entry, Tone
from demos.core.language.shown import passage_marks, passage_table
from demos.core.language.words import compares, shortened
from demos.core.results import Outcome
from pages.components.language.marked import show_marked, show_rows
from pages.components.language.verdict import show_verdict, written

MEANING = (
    "Similarity is the cosine of two sentence vectors: 1 for the same meaning, around 0 for none "
    "in common. It is no probability."
)
PASSAGE = Entry(Tone.ACCENT, "no.", "a passage, the deeper its color the nearer")


def show_found(answer: Found, key: str) -> None:
    """The verdict, the passages with their scores, and the passages in their text."""
    show_verdict(answer, key)
    if answer.request.query:
        compared = "Compared with" if compares(answer) else "Looked for"
        st.caption(f"{compared}: {written(shortened(answer.request.query, 300))}")
    if not answer.spans:
        return
    if answer.verdict.outcome is Outcome.REFUSED:
        with st.expander("Withheld: what came nearest", icon=":material/table_rows:"):
            show_rows(passage_table(answer))
        return
    show_rows(passage_table(answer))
    st.caption(MEANING)
    with st.expander("Where they stand in the text", icon=":material/article:"):
        show_marked(
            answer.request.text, passage_marks(answer), "The text, passages marked", (PASSAGE,)
        )
