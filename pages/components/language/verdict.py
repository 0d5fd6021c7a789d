"""The answer first, in large words, then how sure it is: the same for every kind of answer."""

import streamlit as st

from demos.core.language.answers import Answer
from demos.core.language.words import detected, headline, how_sure, meaning, nothing_found
from demos.core.results import Outcome
from pages.components.language.marked import apply_style
from pages.components.result import OUTCOMES
from pages.components.tables import unbroken
from pages.components.text import plain

NOT_FOUND = ":material/search_off: Not found"


def show_verdict(answer: Answer, key: str) -> None:
    """Outcome, headline and figure; an icon and a word say which of the three outcomes it is."""
    apply_style()
    outcome = answer.verdict.outcome
    with st.container(key=f"verdict_{outcome.value}_{key}", gap="xsmall"):
        st.markdown(f"**{NOT_FOUND if nothing_found(answer) else OUTCOMES[outcome]}**")
        st.header(written(headline(answer)), anchor=False)
        for sentence in filter(None, (how_sure(answer), *meaning(answer))):
            st.markdown(written(sentence))
        language = detected(answer)
        if language and outcome is not Outcome.REFUSED:
            st.caption(f":material/translate: {language}")


def written(text: str) -> str:
    """Text as Markdown that shows it as it is."""
    return unbroken(plain(text.replace("&", "&amp;")))
