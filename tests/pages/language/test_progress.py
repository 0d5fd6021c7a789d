"""The bar of what takes a moment, and its stop."""

import pytest
from streamlit.testing.v1 import AppTest

from pages.components.language import progress
from tests.pages.harness import press, ran

SCRIPT = """
import streamlit as st
from pages.components.language.progress import progress

state = st.session_state
state.setdefault("wish", "a search")
if state.wish is not None:
    state.at_work = progress("Searching …", "wish")  # stays at work, as a click would find it
    tell = state.at_work.__enter__()
    tell(0.25)
    tell(2.0)
    if state.get("ends"):
        state.at_work.__exit__(None, None, None)
"""


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "SHOWN", 0.0)


def test_a_stop_takes_the_wish_back() -> None:
    app = ran(AppTest.from_string(SCRIPT, default_timeout=60))
    (bar,) = app.get("progress")
    assert (bar.proto.value, bar.proto.text) == (100, "Searching …")
    press(app, "Stop")
    assert app.session_state["wish"] is None
    assert not app.button and not app.get("progress")


def test_the_bar_goes_at_the_end() -> None:
    app = AppTest.from_string(SCRIPT, default_timeout=60)
    app.session_state["ends"] = True
    assert not ran(app).button and not app.get("progress")
