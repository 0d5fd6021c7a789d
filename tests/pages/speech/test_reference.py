"""The reference text and the errors against it, in Streamlit's harness."""

from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from demos.core.results import Outcome
from demos.core.samples import Sample, SampleKind
from demos.core.speech.transcript import Options, Transcription, Word
from pages.components.speech import reference
from pages.components.speech.recording import Recording
from tests.pages.harness import ran
from tests.pages.speech.heard import segment, tone, transcription

SAID = "Seven eight, nine!"
SAMPLE = Sample("digits", "", "Digits", SampleKind.TYPICAL, SAID, "", Path("digits.ogg"))


def heard(text: str) -> Transcription:
    words = [Word(each, 0.1, 0.2) for each in text.split()]
    if not words:
        return transcription(outcome=Outcome.REFUSED, reason="No speech detected.")
    return transcription((segment(*words),))


def page(found: Transcription, sample: Sample | None = SAMPLE) -> AppTest:
    def script(recording: object, found: object) -> None:
        import streamlit as st

        from pages.components.speech.reference import show_reference

        st.session_state["returned"] = show_reference("speech", recording, found)

    audio = tone()
    recording = Recording(audio.name, audio.sha256, audio, sample)
    kwargs = {"recording": recording, "found": found}
    return ran(AppTest.from_function(script, default_timeout=60, kwargs=kwargs))


def text(app: AppTest) -> str:
    groups = (app.markdown, app.caption, app.warning)
    return "\n".join(each.value for group in groups for each in group).replace("\u00a0", " ")


def metrics(app: AppTest) -> list[str]:
    return [each.value.replace("\u00a0", " ") for each in app.metric]


def test_a_sample_brings_what_it_was_made_to_say() -> None:
    app = page(heard("seven eight five"))
    assert app.text_area[0].value == SAID
    assert app.session_state["returned"] == SAID
    assert metrics(app)[0] == "33.3 %"
    assert "word error rate is the share of the words said" in text(app)


def test_an_upload_begins_without_a_reference() -> None:
    app = page(heard("seven eight five"), None)
    assert app.text_area[0].value == "" and app.session_state["returned"] == ""
    assert not app.metric
    assert "Type or paste what was really said" in text(app)


def test_a_text_given_is_compared_at_once() -> None:
    app = page(heard("seven eight five"), None)
    app.text_area[0].set_value("seven eight five")
    ran(app)
    assert metrics(app) == ["0.0 %", "0.0 %"]
    assert "Word for word as in the reference" in text(app)


def test_nothing_heard_is_a_word_error_rate_of_one() -> None:
    assert metrics(page(heard("")))[0] == "100 %"


def test_a_reference_without_words_has_no_rate() -> None:
    app = page(heard("seven"), replace(SAMPLE, label="…"))
    assert metrics(app) == ["–", "–"]
    assert "no error rate is defined" in text(app)


def test_a_translation_is_compared_with_english() -> None:
    found = replace(heard("seven"), options=Options(translate=True))
    assert "compare it with an English text" in text(page(found))


def test_too_long_a_reference_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reference, "MOST_CHARACTERS", 10)
    app = page(heard("seven"))
    assert app.session_state["returned"] == ""
    assert "The reference has 18 characters, and 10 are compared at most" in text(app).replace(
        "\\", ""
    )


def test_markdown_and_html_in_a_reference_stay_text() -> None:
    app = page(heard("seven"), replace(SAMPLE, label="<script>alert(1)</script> **seven** [a](b)"))
    shown = "".join(each.proto.body for each in app.get("html"))
    assert "<script" not in shown
    assert "**seven**" not in text(app)
