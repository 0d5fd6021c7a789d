"""Scores that are no probabilities, as a table."""

from streamlit.testing.v1 import AppTest

from demos.core.brief import Brief
from demos.core.results import Outcome

SCRIPT = """
import streamlit as st
from pages.components.result import show_model_scores
show_model_scores(st.session_state["brief"])
"""


def test_every_score_is_shown_with_what_it_means() -> None:
    at = AppTest.from_string(SCRIPT)
    at.session_state["brief"] = Brief(
        outcome=Outcome.UNSURE,
        headline="Raised most: Edema",
        figure="",
        meaning=(),
        says=("Edema",),
        vocabulary={"Edema": "Edema", "Mass": "Mass"},
        scores=(("Edema", "0.4, 20 × its share"), ("Mass", "0.01, 0.2 × its share")),
        kind="model scores, not calibrated",
        quality="not measured here",
    )
    at.run()
    assert not at.exception
    table = at.markdown[0].value
    assert "| Edema | 0\\.4, 20 × its share |" in table and "| Mass |" in table
    assert at.caption[0].value == "Scores: model scores, not calibrated."
