"""Describing a taste on the page: titles found, problems told, a history made of it."""

from streamlit.testing.v1 import AppTest

from demos.core.recommend.history import Entry, History
from tests.core.recommend.tiny import catalog
from tests.pages.harness import ran

KEY = "recommendations.tiny.taste"


def page() -> None:
    import numpy as np
    import streamlit as st

    from demos.core.errors import ModelError
    from pages.components.recommend.taste import taste_input
    from tests.core.recommend.tiny import catalog, trigrams, unit

    def encode(text: str) -> np.ndarray:
        st.session_state["encoded"] = st.session_state.get("encoded", 0) + 1
        if "offline" in text:
            raise ModelError("The encoder is not installed.", "Install it.")
        if "nonsense" in text:
            return np.zeros(64, np.float32)
        return unit(trigrams(text)[None])[0].astype(np.float32)

    taste_input("recommendations", catalog(), encode, ("Toy Parade", "Harbor Murders *1971*"))


def opened() -> AppTest:
    return ran(AppTest.from_function(page))


def asked(app: AppTest, text: str) -> AppTest:
    app.text_area(key=KEY).set_value(text)
    app.button(key=f"{KEY}.find").click()
    return ran(app)


def said(app: AppTest) -> str:
    return "\n".join(each.value for each in [*app.markdown, *app.warning])


def test_nothing_is_looked_up_before_it_is_asked_for() -> None:
    app = opened()
    assert "encoded" not in app.session_state
    assert f"{KEY}.use" not in [each.key for each in app.button]


def test_titles_are_found_and_become_the_history() -> None:
    app = asked(opened(), "a toy parade (2001)")
    assert "Nearest to “a toy parade \\(2001\\)”" in said(app)
    assert "similarity 0\\." in said(app)
    app.button(key=f"{KEY}.use").click()
    ran(app)
    history: History = app.session_state["recommendations.tiny.history"]
    assert 1 < len(history.items) <= 5
    assert catalog().titles[history.items[-1]].startswith("Toy Parade"), "the nearest is the latest"


def test_the_history_it_replaces_can_be_had_back() -> None:
    app = opened()
    old = History((Entry(5), Entry(None, "Unheard Of")))
    app.session_state["recommendations.tiny.history"] = old
    asked(app, "toy parade")
    app.button(key=f"{KEY}.use").click()
    ran(app)
    assert app.session_state["recommendations.tiny.history"].undo().entries == old.entries


def test_an_example_is_asked_at_once() -> None:
    app = opened()
    app.button(key=f"{KEY}.example.1").click()
    ran(app)
    assert app.text_area(key=KEY).value == "Harbor Murders *1971*"
    assert "“Harbor Murders \\*1971\\*”" in said(app)
    assert "The Harbor Murders" in said(app) or "Harbor Murders, The" in said(app)
    ran(app)
    assert app.session_state["encoded"] == 1, "a rerun looks nothing up again"


def test_problems_are_told_and_replace_what_was_found() -> None:
    app = asked(opened(), "toy parade")
    for text, words in [
        ("  ", "There is no word in this description"),
        ("nonsense", "No title among these 40 films"),
        ("offline", "The encoder is not installed"),
    ]:
        asked(app, text)
        assert words in said(app)
        assert "Nearest to" not in said(app)
    asked(app, "harbor murders")
    assert not app.warning


def test_what_is_typed_is_no_markdown() -> None:
    app = asked(opened(), "toy parade [x](https://example.org) <b>:red[y]")
    assert "\\[x\\]\\(https\\://example\\.org\\) \\<b\\>\\:red\\[y\\]" in said(app)
