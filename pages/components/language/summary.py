"""A summary alone, and beside it the text with the sentences that the summary is made of."""

import streamlit as st

from demos.core.language.answers import Summarized
from demos.core.language.marks import Entry, Tone
from demos.core.language.shown import summary_marks, weight_table
from demos.core.language.words import MAX_HEADLINE
from demos.core.results import Outcome
from pages.components.language.marked import show_marked, show_rows
from pages.components.language.verdict import show_verdict

CHOSEN = Entry(Tone.ACCENT, "summary", "a sentence of the summary, as the text has it")


def show_summary(answer: Summarized, key: str) -> None:
    show_verdict(answer, key)
    if answer.verdict.outcome is Outcome.REFUSED or not answer.summary:
        return
    if len(answer.summary) <= MAX_HEADLINE:  # it is in the headline
        show_source(answer)
    else:
        alone, whole = st.columns([2, 3], gap="medium")
        with alone:
            st.subheader("Summary", anchor=False)
            show_marked(answer.summary, (), "The summary")
        with whole:
            show_source(answer)
    if answer.sentences:
        with st.expander("How much each sentence says", icon=":material/table_rows:"):
            show_rows(weight_table(answer))
            st.caption("The model scores each sentence by how much it says of the whole text.")


def show_source(answer: Summarized) -> None:
    marks = summary_marks(answer)
    st.subheader("In the text" if marks else "The text", anchor=False)
    legend = (CHOSEN,) if marks else ()
    show_marked(answer.request.text, marks, "The text summarized", legend)
