"""The voice assistant: what is said changes the page, and what is not understood changes nothing.

The recognizer here hears one word, or several, in the length of a recording.
"""

from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from demos.core.audio.sound import DecodedAudio
from demos.core.errors import ModelError
from demos.core.samples import Sample, SampleKind
from demos.core.speech.commands import COMMANDS, EVERY_COMMAND, NOT_UNDERSTOOD, SURE
from demos.core.speech.transcript import Segment, Transcription
from pages.components.speech.assistant_state import EFFECTS, FLOORS, KEPT, LONGEST, Assistant
from pages.components.speech.recording import Recording
from tests.core.speech.heard import said, silence, transcription
from tests.core.speech.recordings import wav
from tests.pages.harness import ran

SLUG = "speech"
KEY = f"{SLUG}.assistant"
TEXTS = (
    "right",
    "left",
    "follow two",
    "follow nine",
    "go",
    "marvin stop",
    "four seven one one",
    "yes",
    "no",
    "up",
    "down",
    "visual",
    "learn",
    "bed",
    "marvin",
    "house",
    "silence",
    "broken",
)
UNIT = 0.1
"""Seconds: a recording of two of them says the first of `TEXTS`, of three the second."""
SCRIPT = """
import streamlit as st
from pages.components.speech.assistant import show_assistant

show_assistant(st.session_state["test.assistant"], st.session_state["test.spoken"])
"""


def sample(folder: Path, key: str, seconds: float) -> Sample:
    path = folder / f"{key.replace(' ', '_')}.wav"
    path.write_bytes(wav(440, seconds))
    return Sample(key, "commands", f"The *{key}*", SampleKind.TYPICAL, None, "", path)


def listen(audio: DecodedAudio) -> Transcription:
    text = TEXTS[round(audio.seconds / UNIT) - 2]
    if text == "silence":
        return silence()
    if text == "broken":
        raise ModelError("The model cannot be used.", "Choose another.")
    words = tuple(said(text, score=0.8))
    return transcription([Segment(text, 0.0, words[-1].end, words)], calibrated=True)


@pytest.fixture
def app(tmp_path: Path) -> AppTest:
    shipped = tuple(sample(tmp_path, f"sample {n}", 0.5) for n in (1, 2, 3))
    spoken = tuple(
        sample(tmp_path, text, UNIT * place) for place, text in enumerate(TEXTS, start=2)
    )
    app = AppTest.from_string(SCRIPT, default_timeout=20)
    panels = {"card": lambda: None}
    app.session_state["test.assistant"] = Assistant(SLUG, shipped, listen, panels)
    app.session_state["test.spoken"] = spoken
    return ran(app)


def say(app: AppTest, *texts: str) -> AppTest:
    for text in texts:
        app.button(key=f"{KEY}.spoken.{text}").click()
        ran(app)
    return app


def reply(app: AppTest) -> str:
    return str(app.session_state[f"{KEY}.turns"][0].reply)


def chosen(app: AppTest) -> str:
    recording: Recording = app.session_state[f"{SLUG}.chosen"]
    return recording.title


def written(app: AppTest) -> str:
    return "\n".join(each.value for each in [*app.markdown, *app.header])


def player(app: AppTest) -> tuple[str, bool]:
    [audio] = app.get("audio")
    return str(audio.proto.id), bool(audio.proto.autoplay)


def test_there_is_an_effect_for_every_command_and_no_other() -> None:
    assert set(EFFECTS) == {NOT_UNDERSTOOD, *(each.name for each in EVERY_COMMAND)}
    assert SURE in FLOORS


def test_before_anything_is_said_it_explains_itself(app: AppTest) -> None:
    assert "Record a command" in app.info[0].value
    offered = [each for each in COMMANDS if each.name != "picture"]
    assert all(f"**{each.said}**" in written(app) for each in offered)
    assert "visual" not in written(app), "this page gave nothing to draw for it"


def test_samples_are_gone_through(app: AppTest) -> None:
    for text, title in [
        ("right", "The *sample 1*"),
        ("right", "The *sample 2*"),
        ("left", "The *sample 1*"),
        ("left", "The *sample 3*"),
        ("right", "The *sample 1*"),
        ("follow two", "The *sample 2*"),
    ]:
        say(app, text)
        assert chosen(app) == title
    assert reply(app) == "Sample 2 of 3: The *sample 2*."
    assert "Chosen recording, sample 2 of 3" in written(app)
    say(app, "follow nine")
    assert reply(app) == "There are 3 samples, but no number 9."
    assert chosen(app) == "The *sample 2*"


def test_a_recording_starts_and_stops_as_often_as_it_is_told(app: AppTest) -> None:
    say(app, "go")
    assert reply(app) == "There is no single recording to play: choose a sample first."
    say(app, "marvin stop")
    assert reply(app) == "Nothing is playing."
    seen = [player(say(app, text)) for text in ("right", "go", "go", "no", "marvin stop")]
    assert [starts for _, starts in seen] == [False, True, True, True, False]
    still, first, second, during, stopped = (id for id, _ in seen)
    assert len({still, first, second}) == 3, "each start is an element that has not been played"
    assert during == second, "another command leaves it playing"
    assert stopped == still
    say(app, "go", "right")
    assert not player(app)[1], "another recording does not start by itself"


def test_what_starts_to_play_is_not_talked_over(app: AppTest) -> None:
    say(app, "right", "go")
    [last, before, *_] = app.session_state[f"{KEY}.turns"]
    assert (last.aloud, before.aloud) == (False, True)
    assert "Playing “The \\*sample 1\\*”\\." in written(app)


def test_digits_fill_the_field_and_are_confirmed_or_cleared(app: AppTest) -> None:
    say(app, "yes")
    assert reply(app) == "There is nothing to confirm: say some digits first."
    say(app, "four seven one one")
    assert app.text_input(key=f"{KEY}.pin").value == "4711"
    assert reply(app) == "4 7 1 1. Is that right? Say yes or no."
    assert "PIN: 4711" in written(app)
    assert not app.session_state[f"{KEY}.confirmed"]
    say(app, "yes")
    assert reply(app) == "Thank you. The PIN of 4 digits is confirmed."
    assert app.session_state[f"{KEY}.confirmed"]
    app.text_input(key=f"{KEY}.pin").set_value("47")
    ran(app)
    assert not app.session_state[f"{KEY}.confirmed"], "what is changed by hand is not confirmed"
    say(app, "no")
    assert app.text_input(key=f"{KEY}.pin").value == ""
    say(app, "four seven one one")
    app.button(key=f"{KEY}.clear").click()
    ran(app)
    assert app.text_input(key=f"{KEY}.pin").value == ""


def test_more_certainty_can_be_asked_for(app: AppTest) -> None:
    say(app, "up", "up")
    assert app.select_slider(key=f"{KEY}.floor").value == 0.7
    assert reply(app) == "A word now needs a score of 0.7."
    say(app, "down")
    assert app.select_slider(key=f"{KEY}.floor").value == 0.6
    app.select_slider(key=f"{KEY}.floor").set_value(0.3)
    ran(app)
    say(app, "down")
    assert reply(app) == "It cannot go lower than 0.3."
    app.select_slider(key=f"{KEY}.floor").set_value(0.9)
    ran(app)
    say(app, "right")
    assert "not certain enough" in reply(app)
    assert f"{SLUG}.chosen" not in app.session_state


def test_scores_are_shown_beside_the_words(app: AppTest) -> None:
    say(app, "follow two")
    assert "Heard from The \\*follow two\\*:" in written(app)
    assert "**follow** :small[80\\.0\u00a0%] **two** :small[80\\.0\u00a0%]" in written(app)
    assert "Probability of the least certain word: 80\\.0\u00a0%" in written(app)


def test_panels_open_and_close(app: AppTest) -> None:
    say(app, "visual")
    assert reply(app) == "There is none on this page."
    say(app, "learn")
    app.button(key=f"{KEY}.close").click()
    ran(app)
    assert f"{KEY}.close" not in [each.key for each in app.button]


def test_what_is_no_command_does_nothing(app: AppTest) -> None:
    say(app, "right", "bed")
    assert reply(app) == "“bed” is no command."
    say(app, "silence")
    assert reply(app) == "No speech detected."
    assert "Not understood" in written(app)
    assert chosen(app) == "The *sample 1*"
    assert reply(say(app, "marvin")) == "Yes? I am listening."


def test_a_model_that_fails_is_told_and_changes_nothing(app: AppTest) -> None:
    say(app, "right", "broken")
    assert "The model cannot be used" in app.warning[0].value
    assert chosen(app) == "The *sample 1*"
    assert not say(app, "right").warning


def test_a_command_is_short(app: AppTest, tmp_path: Path) -> None:
    app.session_state["test.spoken"] = (sample(tmp_path, "speech", LONGEST + 1),)
    say(ran(app), "speech")
    assert "This is 21 s long; a command may take 20 s\\." in app.warning[0].value


def test_the_log_keeps_the_last_commands(app: AppTest) -> None:
    say(app, *["right"] * (KEPT + 1), "bed")
    assert len(app.session_state[f"{KEY}.turns"]) == KEPT
    assert f"The last {KEPT} of what was said" in [each.label for each in app.expander]
    ids = [turn.id for turn in app.session_state[f"{KEY}.turns"]]
    assert len(set(ids)) == KEPT


def test_the_microphone_is_heard_once(app: AppTest) -> None:
    app.audio_input[0].set_value(("voice.wav", wav(440, 2 * UNIT), "audio/wav"))
    ran(app)
    assert chosen(app) == "The *sample 1*"
    assert "Heard from the microphone:" in written(app)
    ran(app)
    assert len(app.session_state[f"{KEY}.turns"]) == 1


def test_home_is_left_for(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    gone: list[Path] = []
    monkeypatch.setattr(st, "switch_page", gone.append)
    say(app, "house")
    assert [each.name for each in gone] == ["home.py"]
    ran(app)
    assert len(gone) == 1
