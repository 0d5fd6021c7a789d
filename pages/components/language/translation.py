"""A translation beside its text, sentence by sentence, and as a whole to copy."""

import streamlit as st

from demos.core.language.answers import Translation
from demos.core.language.marks import visible
from demos.core.language.shown import CHECK, translation_table
from demos.core.language.words import DOUBTFUL
from demos.core.results import Outcome
from demos.core.wording import model_score
from pages.components.language.marked import show_rows
from pages.components.language.verdict import show_verdict

MEANING = (
    "The score of a sentence is the mean probability of its words and parts of words, as the model "
    f"wrote them: no probability that it is right. “{CHECK.capitalize()}” stands at those below "
    f"{model_score(DOUBTFUL)}."
)


def show_translation(answer: Translation, key: str) -> None:
    show_verdict(answer, key)
    if answer.verdict.outcome is Outcome.REFUSED or not answer.translation:
        return
    if answer.sentences:
        show_rows(translation_table(answer))
        st.caption(MEANING)
    with st.expander(
        "The whole translation, to copy",
        icon=":material/content_copy:",
        expanded=not answer.sentences,
    ):
        st.code(visible(answer.translation), language=None, wrap_lines=True)
