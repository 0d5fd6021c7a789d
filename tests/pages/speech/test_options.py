"""Language, translation and times, asked for as far as a model leaves a choice."""

from collections.abc import Sequence

from streamlit.testing.v1 import AppTest

from demos.core.speech.transcript import Options
from tests.pages.harness import ran

NAMES = {"en": "English", "de": "German"}


def page(
    languages: Sequence[str] = ("en", "de"),
    translates: bool = True,
    word_times: bool = True,
    linked: Options | None = None,
) -> AppTest:
    def script(**given: object) -> None:
        import streamlit as st

        from pages.components.speech.options import choose_options

        st.session_state["test.chosen"] = choose_options("speech", **given)

    given = {
        "languages": languages,
        "translates": translates,
        "word_times": word_times,
        "name_of": NAMES,
    }
    app = AppTest.from_function(script, default_timeout=20, kwargs=given)
    if linked is not None:
        app.session_state["speech.options"] = linked
    return ran(app)


def chosen(app: AppTest) -> Options:
    found: Options = app.session_state["test.chosen"]
    return found


def test_without_a_choice_nothing_is_asked() -> None:
    app = page(("en",), False, False)
    assert not app.selectbox and not app.toggle
    assert chosen(app) == Options()


def test_only_what_the_model_can_do_is_asked() -> None:
    app = page(("en",), True, False)
    assert not app.selectbox
    assert [each.label for each in app.toggle] == ["Translate to English"]
    app = page(translates=False, word_times=False)
    assert app.selectbox[0].options == ["Detect it", "English", "German"] and not app.toggle


def test_what_is_asked_for_is_what_the_model_is_told() -> None:
    app = page()
    assert chosen(app) == Options(), "the language is detected, words have times"
    app.selectbox[0].set_value("de")
    app.toggle[0].set_value(True)
    app.toggle[1].set_value(False)
    assert chosen(ran(app)) == Options("de", True, False)
    app.selectbox[0].set_value("")
    assert chosen(ran(app)) == Options(None, True, False)


def test_a_link_brings_its_options_along_once() -> None:
    linked = Options("de", True, False)
    app = page(linked=linked)
    assert chosen(app) == linked
    app.toggle[0].set_value(False)
    assert chosen(ran(app)) == Options("de", False, False)
