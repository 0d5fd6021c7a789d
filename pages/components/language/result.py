"""Any answer of a language model, shown as its kind is best read."""

import streamlit as st

from demos.core.language.answers import (
    Answer,
    Answered,
    Entities,
    Found,
    Request,
    Sorted,
    Summarized,
    Translation,
)
from demos.core.spec import ModelSpec
from pages.components.language.answers import show_answered
from pages.components.language.asking import Predict, ask
from pages.components.language.entities import show_entities
from pages.components.language.found import show_found
from pages.components.language.labels import show_sorted
from pages.components.language.summary import show_summary
from pages.components.language.translation import show_translation


def ask_and_show(slug: str, spec: ModelSpec, request: Request, predict: Predict) -> Answer | None:
    """The answer to a request in a box of its own, or how far it is; None without one."""
    with st.container(border=True, key="answer"):
        answer = ask(slug, spec, request, predict)
        if answer is not None:
            show_answer(answer, f"{slug}.answer")
    return answer


def show_answer(answer: Answer, key: str) -> None:
    """The answer first, then how sure, then where in the text; `key` tells places on a page apart.

    Runs no model.
    """
    match answer:
        case Sorted():
            show_sorted(answer, key)
        case Entities():
            show_entities(answer, key)
        case Answered():
            show_answered(answer, key)
        case Found():
            show_found(answer, key)
        case Summarized():
            show_summary(answer, key)
        case Translation():
            show_translation(answer, key)
