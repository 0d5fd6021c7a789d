"""What the assistant brings up: a picture of the chosen recording, and the model's card."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from demos.core.audio.sound import DecodedAudio
from demos.core.errors import Busy
from demos.core.spec import Bundled, DemoSpec, ModelSpec
from demos.core.speech.transcript import Transcription, Word
from pages.components.speech import panels
from pages.components.speech.assistant_state import Listen
from pages.components.speech.recording import Recording
from tests.pages.harness import ran
from tests.pages.speech.heard import segment, tone, transcription

SLUG = "speech"
MODEL = ModelSpec(SLUG, "ears", "Ears", Bundled("ears", "0" * 64), 1, "MIT", "Hears.")
DEMO = DemoSpec(SLUG, "Speech", "Any", "mic", "What?", "It.", (MODEL,))
HEARD = transcription((segment(Word("yes", 0.1, 0.5, 0.9)),))


def page(name: str, listen: Listen, chosen: Recording | None) -> AppTest:
    def script(draw: object) -> None:
        draw()

    kwargs = {"draw": panels.assistant(DEMO, (), listen).panels[name]}
    app = AppTest.from_function(script, default_timeout=20, kwargs=kwargs)
    if chosen is not None:
        app.session_state[f"{SLUG}.chosen"] = chosen
    return ran(app)


def recording(seconds: float = 2.0) -> Recording:
    audio = tone(seconds)
    return Recording(audio.name, audio.sha256, audio, None)


def test_the_picture_shows_the_chosen_recording_and_says_what_was_heard() -> None:
    asked: list[DecodedAudio] = []

    def listen(audio: DecodedAudio) -> Transcription:
        asked.append(audio)
        return HEARD

    chosen = recording()
    app = page("picture", listen, chosen)
    [image] = app.image[0].proto.imgs
    assert image.alt == "Waveform and spectrogram of tone.wav. Heard: yes."
    ran(app)
    assert asked == [chosen.audio], "once, however often the page is drawn"


def test_without_a_single_recording_there_is_no_picture() -> None:
    assert not page("picture", lambda audio: HEARD, None).image


def test_a_long_recording_is_not_heard_while_the_page_waits() -> None:
    app = page("picture", lambda audio: pytest.fail("heard"), recording(panels.LONGEST + 60))
    assert "This recording is 3 min long" in app.warning[0].value and not app.image


def test_a_model_in_use_is_said() -> None:
    def busy(audio: DecodedAudio) -> Transcription:
        raise Busy(3)

    app = page("picture", busy, recording())
    assert "number 3 in the queue" in app.warning[0].value
    assert [each.label for each in app.button] == ["Try again"]


def test_the_card_is_the_whole_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(panels, "PACKAGE", tmp_path)
    card = tmp_path / SLUG / "cards" / "ears.md"
    card.parent.mkdir(parents=True)
    card.write_text("## Limits\n\nIt mishears “tree”.\n", encoding="utf-8")
    shown = page("card", lambda audio: HEARD, None).markdown[0].value
    assert "It mishears “tree”." in shown
