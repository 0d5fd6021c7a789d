"""The what-if view in Streamlit's harness, with a model that loses words as the sound gets louder.

Noise makes a recording louder, so the fake model hears fewer words of it.
"""

from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from demos import catalog
from demos.core.audio.alter import UNCHANGED, Change
from demos.core.audio.sound import SAMPLE_RATE, DecodedAudio, to_pcm
from demos.core.devices import CPU
from demos.core.errors import Busy
from demos.core.results import Outcome
from demos.core.spec import Bundled, ModelSpec
from demos.core.speech.transcript import Options, Region, Transcription, Word
from demos.core.store import ModelStore
from pages.components.speech import what_if_run
from pages.components.speech.recording import Recording
from pages.components.speech.what_if import address_of, described
from pages.components.speech.what_if_chart import CONTROLS, Point, drawn, lead, spoken
from pages.components.speech.what_if_run import excerpt
from tests.pages.harness import labels, press, ran
from tests.pages.speech.heard import segment, transcription

SPEC = ModelSpec("speech", "own", "Own", Bundled("own.safetensors", "0" * 64), 2**20, "MIT", "It.")
NOISE, SPEED = CONTROLS
WORDS = "one two three four".split()
PCM = to_pcm(np.tile(np.array([0.05, -0.05], np.float32), SAMPLE_RATE))


def sound(seconds: float) -> DecodedAudio:
    pcm = np.resize(PCM, round(seconds * SAMPLE_RATE))
    return DecodedAudio(pcm, "a" * 64, "x.wav", "WAV", SAMPLE_RATE, 1)


@dataclass
class Ears:
    """Hears all four words in what is quiet, none in what is loud; remembers what it was given."""

    costs: float = 0.001
    lengths: list[float] = field(default_factory=list)
    error: Exception | None = None

    def judged(self, audio: DecodedAudio) -> Transcription:
        level = float(audio.samples().std())
        left = len(WORDS) if level < 0.055 else 2 if level < 0.08 else 0
        words = [Word(each, 0.1, 0.2) for each in WORDS[:left]]
        found = (
            transcription((segment(*words),), seconds=audio.seconds)
            if words
            else transcription(outcome=Outcome.REFUSED, reason="No speech detected.")
        )
        record = replace(found.provenance, seconds=self.costs * audio.seconds)
        return replace(found, seconds=audio.seconds, provenance=record)

    def predict(self, model: Any, audio: DecodedAudio, options: Options) -> Transcription:
        if self.error is not None:
            raise self.error
        self.lengths.append(audio.seconds)
        return self.judged(audio)


@pytest.fixture
def ears(monkeypatch: pytest.MonkeyPatch) -> Ears:
    store = ModelStore(lambda spec, device: object(), CPU, 10**9, 60, 0.05, 4)
    monkeypatch.setattr(what_if_run, "model_store", lambda: store)
    ears = Ears()
    monkeypatch.setattr(catalog, "inference", lambda slug: SimpleNamespace(predict=ears.predict))
    return ears


def page(
    ears: Ears, reference: str = "", seconds: float = 2.0, regions: tuple[Region, ...] = ()
) -> AppTest:
    def script(**given: object) -> None:
        from pages.components.speech.what_if import show_what_if

        show_what_if(**given)

    audio = sound(seconds)
    kwargs = {
        "spec": SPEC,
        "recording": Recording(audio.name, audio.sha256, audio, None),
        "transcription": replace(ears.judged(audio), regions=regions),
        "reference": reference,
    }
    return ran(AppTest.from_function(script, default_timeout=60, kwargs=kwargs))


def text(app: AppTest) -> str:
    groups = (app.markdown, app.caption, app.warning)
    found = "\n".join(each.value for group in groups for each in group)
    return found.replace("\u00a0", " ").replace("\\", "")


def move(app: AppTest, place: int, value: float | None) -> AppTest:
    app.select_slider[place].set_value(value)
    return ran(app)


def test_untouched_it_runs_nothing(ears: Ears) -> None:
    app = page(ears)
    assert ears.lengths == []
    assert "Touch a control" in text(app)
    assert not app.get("plotly_chart") and not app.get("audio")


def test_noise_is_swept_at_once_and_both_transcripts_are_shown(ears: Ears) -> None:
    app = move(page(ears), 0, -5.0)
    assert len(ears.lengths) == len(NOISE.swept) - 1  # the untouched one is known
    shown = text(app)
    assert "**Untouched**" in shown and "**Altered**" in shown
    assert "No speech detected." in shown
    assert "4 changes in 4 words" in shown
    assert "Along noise, the transcript gets worse from 5 dB on; at worst, words changed" in shown
    assert "| −5 dB | 100 % | (nothing) |" in shown
    assert "| 5 dB | 50.0 % | one two |" in shown
    assert len(app.get("plotly_chart")) == 1 and len(app.get("audio")) == 2


def test_going_back_and_forth_asks_once_per_position(ears: Ears) -> None:
    app = move(page(ears), 0, -5.0)
    before = len(ears.lengths)
    move(move(app, 0, 10.0), 0, -5.0)
    assert len(ears.lengths) == before


def test_against_a_reference_it_is_a_word_error_rate(ears: Ears) -> None:
    app = move(page(ears, reference="one two three five"), 0, -5.0)
    shown = text(app)
    assert "Word error rate 25.0 %" in shown and "Word error rate 100 %" in shown
    assert "| none | 25.0 % | one two three four |" in shown
    assert "against what was said" in shown


def test_another_slider_keeps_the_first_as_it_is(ears: Ears) -> None:
    app = move(move(page(ears), 0, 10.0), 1, 1.5)
    assert app.segmented_control[0].value == "speed"
    assert "Along speed, the transcript gets no worse anywhere" in text(app)
    assert ears.lengths[-1] != 2.0


def test_the_telephone_alone_is_heard_without_a_chart(ears: Ears) -> None:
    app = page(ears)
    app.toggle[0].set_value(True)
    ran(app)
    assert len(ears.lengths) == 1
    assert "**Altered**" in text(app) and not app.get("plotly_chart")


def test_reset_goes_back_and_runs_nothing(ears: Ears) -> None:
    app = move(page(ears), 0, -5.0)
    before = len(ears.lengths)
    press(app, "Reset")
    assert app.select_slider[0].value is None
    assert "Touch a control" in text(app) and len(ears.lengths) == before


def test_a_slow_model_is_asked_for_the_chosen_point_only(ears: Ears) -> None:
    ears.costs = 1.0
    app = move(page(ears), 0, 5.0)
    assert len(ears.lengths) == 1
    assert len(app.get("plotly_chart")) == 1  # of the two points that are known
    [offer] = [each for each in labels(app) if each.startswith("Hear the whole slider")]
    assert offer == "Hear the whole slider: 7 runs, about 14 s"
    app = press(app, offer)
    assert len(ears.lengths) == len(NOISE.swept) - 1
    assert not [each for each in labels(app) if each.startswith("Hear the whole")]


def test_of_a_long_recording_only_a_part_is_altered(ears: Ears) -> None:
    regions = (Region(2.0, 9.0), Region(10.0, 19.0), Region(20.0, 40.0))
    app = move(page(ears, "one two", 45.0, regions), 0, 20.0)
    assert "only 17.4 s of it, from 1.8 to 19.2 s" in text(app)
    assert {round(each, 2) for each in ears.lengths} == {17.4}
    assert len(ears.lengths) == len(NOISE.swept)  # the untouched part is asked for, too
    assert "Word error rate" not in text(app)  # the reference is of the whole


def test_a_full_queue_is_said(ears: Ears) -> None:
    ears.error = Busy(4)
    assert "number 4 in the queue" in text(move(page(ears), 0, 10.0))


def test_what_was_heard_before_an_error_stays_known(ears: Ears) -> None:
    app = move(page(ears), 0, 10.0)
    known = len(ears.lengths)
    ears.error = Busy(4)
    assert "number 4 in the queue" in text(move(app, 1, 1.5))
    ears.error = None
    ran(app)
    assert len(ears.lengths) == known + len(SPEED.swept) - 1


@pytest.mark.parametrize(
    ("seconds", "regions", "part"),
    [
        (20.0, (Region(5, 6),), (0.0, 20.0)),
        (50.0, (), (0.0, 20.0)),
        (50.0, (Region(0.1, 3), Region(4, 60)), (0.0, 20.0)),
        (50.0, (Region(0.1, 3), Region(4, 15), Region(16, 60)), (0.0, 15.2)),
        (50.0, (Region(10, 45),), (9.8, 29.8)),
        (50.0, (Region(45, 49),), (44.8, 49.2)),
        (50.0, (Region(45, 49.9),), (44.8, 50.0)),
    ],
)
def test_the_part_that_is_altered(
    seconds: float, regions: tuple[Region, ...], part: tuple[float, float]
) -> None:
    assert excerpt(seconds, regions) == pytest.approx(part)


def test_a_change_in_words() -> None:
    assert described(UNCHANGED) == "the recording as it is"
    change = Change(noise=-5.0, speed=1.25, telephone=True)
    told = described(change).replace("\u00a0", " ")
    assert told == "noise −5 dB, speed 1.25 ×, telephone band"


def test_the_sound_is_in_the_page_itself_and_compressed_if_long() -> None:
    assert address_of(sound(2.0)).startswith("data:audio/wav;base64,")
    compressed = address_of(sound(12.0))
    assert compressed.startswith("data:audio/mpeg;base64,") and len(compressed) < 120_000


def points(*wrong: float) -> list[Point]:
    places = [SPEED.place(each) for each in SPEED.swept]
    return [
        Point(place, value, each, "")
        for place, value, each in zip(places, SPEED.swept, wrong, strict=True)
    ]


def test_the_sentence_names_both_sides() -> None:
    found = points(0.9, 0.1, 0.1, 0.1, 0.1, 0.3, 1.2)
    assert lead(found, SPEED, "Word error rate").replace("\u00a0", " ") == (
        "Along speed, the transcript gets worse from 0.5 × and from 1.75 × on; at worst, word "
        "error rate 120.0 % at 2 ×."
    )
    assert spoken(found, SPEED, "Words changed").startswith("Words changed along speed: 90.0 % at")


def test_the_chart_has_room_for_more_than_all_words_wrong() -> None:
    layout = drawn(points(0, 0, 0, 0, 0, 0, 1.5), SPEED, 10, "Words changed")["layout"]
    assert layout["yaxis"]["range"][1] > 150
    assert layout["xaxis"]["ticktext"] == ["0.5", "0.75", "1", "1.25", "1.5", "1.75", "2"]
