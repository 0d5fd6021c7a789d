"""Taking one transcript away: which files there are, what they hold, and the permalink."""

import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from streamlit.testing.v1 import AppTest

from demos.core.spec import Bundled, DemoSpec, ModelSpec
from demos.core.speech.report import SpeechReport
from demos.core.speech.transcript import Transcription
from pages.components.speech.keep import transcript_files
from tests.core.speech.heard import segment, silence, transcription
from tests.pages.harness import ran

EARS = ModelSpec("demo", "ears", "Ears", Bundled("ears", "0" * 64), 1, "MIT", "Hears.")
SPEC = DemoSpec("demo", "Speech", "contact_center", "mic", "What was said?", "", (EARS,), "A demo.")
HEARD = transcription([segment("one two")])

SCRIPT = """
import streamlit as st
from pages.components.speech.keep import keep

state = st.session_state
keep(state["demo"], state["heard"], "a call.wav", state["report"], "ears-abcd", state["url"])
"""


def report(heard: Transcription) -> SpeechReport:
    return SpeechReport(
        title="Speech",
        question="What was said?",
        name="a call.wav",
        heard=heard,
        doubtful=0.6,
        comparison=None,
        figures=(),
        facts=(("Model", "Ears"),),
        snippet="predict(...)",
        model_card="Ears.",
        disclaimer="A demo.",
        made=datetime(2026, 1, 2, tzinfo=UTC),
    )


def page(
    heard: Transcription = HEARD,
    url: str | None = None,
    make: Callable[[], SpeechReport] | None = None,
) -> AppTest:
    app = AppTest.from_string(SCRIPT)
    state = app.session_state
    state["demo"], state["heard"], state["url"] = SPEC, heard, url
    state["report"] = make or (lambda: report(heard))
    return ran(app)


def labels(app: AppTest) -> list[str]:
    return [each.label for each in app.download_button]


def test_every_file_is_offered_and_made_only_when_asked_for() -> None:
    def never() -> SpeechReport:
        raise AssertionError("nobody asked")

    assert labels(page(make=never)) == [
        *("Report (HTML)", "Text (TXT)", "Subtitles (SRT)", "Subtitles (WebVTT)"),
        *("Data (JSON)", "Words (CSV)"),
    ]


def test_where_nothing_was_heard_there_are_no_subtitles() -> None:
    app = page(silence())
    assert labels(app) == ["Report (HTML)", "Text (TXT)", "Data (JSON)", "Words (CSV)"]
    assert "no subtitles" in app.caption[0].value


@pytest.mark.parametrize("heard", [HEARD, silence()])
def test_the_files_hold_what_was_heard(heard: Transcription) -> None:
    made = {file[1]: file[4]() for file in transcript_files(heard, "a call.wav", "A demo.")}
    document = json.loads(made["json"])
    assert document["text"] == heard.text and document["disclaimer"] == "A demo."
    assert document["input"]["name"] == "a call.wav"
    if heard is HEARD:
        assert made["txt"] == "one two\n"
        assert str(made["srt"]).startswith("1\n00:00:00,000 --> ")
        assert str(made["vtt"]).startswith("WEBVTT\n")
        assert str(made["csv"]).count("\r\n") == 3
    else:
        assert made["txt"] == "[No speech detected.]\n"


def test_a_sample_has_a_permalink_and_a_recording_of_ones_own_none() -> None:
    sample = page(url="http://here/speech?sample=first&model=ears")
    assert sample.code[0].value == "http://here/speech?sample=first&model=ears"
    own = page()
    assert not own.code and "no permalink" in own.caption[-1].value
