"""An answer to a question: marked in its passage, with what else it might be, or "not found"."""

import streamlit as st

from demos.core.language.answers import Answered
from demos.core.language.marks import Entry, Tone
from demos.core.language.shown import candidate_marks, candidate_table
from demos.core.language.words import shortened
from demos.core.results import Outcome
from pages.components.language.marked import show_marked, show_rows
from pages.components.language.verdict import show_verdict, written

BEST = Entry(Tone.ACCENT, "answer", "the answer, in the words of the text")
OTHER = Entry(Tone.NEUTRAL, "candidate", "what else it might be")


def show_answered(answer: Answered, key: str) -> None:
    """The verdict, the text with the answer in its place, and all candidates."""
    show_verdict(answer, key)
    if answer.request.query:
        st.caption(f"Asked: {written(shortened(answer.request.query, 300))}")
    if answer.verdict.outcome is Outcome.REFUSED:
        if answer.spans:
            with st.expander("Withheld: what it would have answered", icon=":material/table_rows:"):
                show_rows(candidate_table(answer))
        return
    show_marked(
        answer.request.text,
        candidate_marks(answer),
        "The text, with the answer marked",
        (BEST, OTHER)[: len(answer.spans)],
    )
    if len(answer.spans) > 1 or answer.none:
        st.subheader("Candidates", anchor=False)
        show_rows(candidate_table(answer))
        st.caption("Candidates that overlap a better one are listed, and not marked in the text.")
