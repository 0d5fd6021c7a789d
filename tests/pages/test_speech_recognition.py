"""The page of speech recognition in Streamlit's own harness, with the bundled model and samples.

What each part of the page does is tested beside the part; here, that they work as one.
"""

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from streamlit.testing.v1 import AppTest

from demos import catalog
from demos.core.devices import CPU
from demos.core.jobs import Jobs
from demos.core.results import Outcome
from demos.core.samples import Sample, SampleKind, samples
from demos.core.store import ModelStore
from demos.speech_recognition import SPEC, inference
from demos.speech_recognition.baseline import BASELINE
from demos.speech_recognition.hub_catalog import HUB_MODELS
from demos.speech_recognition.inference import explain, predict
from pages.components import batch, compare, input, model_store, models
from pages.components.result import OUTCOMES
from pages.components.speech import listening, many, player, recording, what_if_run
from pages.components.speech.many_table import HEARD
from pages.components.speech.modes import ASSISTANT, TRANSCRIBE, split
from tests.pages.harness import PATIENCE, finished, press, query, ran

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "pages" / "contact_centers" / "speech_recognition.py"
SLUG, MODEL = SPEC.slug, SPEC.models[0].name
SHIPPED, SPOKEN = split(samples(SLUG, MODEL))
KEYS = {each.key: each for each in (*SHIPPED, *SPOKEN)}
PIN = "four one seven nine".split()


@pytest.fixture(scope="module")
def store() -> Iterator[ModelStore]:
    store = ModelStore(catalog.load, CPU, 10**9, 900, wait_seconds=5, queue_limit=4)
    yield store
    store.close()


@pytest.fixture(scope="module")
def board() -> Iterator[Jobs]:
    board = Jobs(2)
    yield board
    board.close(PATIENCE)


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the page asked a model, in order."""
    calls: list[str] = []

    def predicted(*given: Any, **named: Any) -> Any:
        calls.append("predict")
        return predict(*given, **named)

    def explained(*given: Any, **named: Any) -> Any:
        calls.append("explain")
        return explain(*given, **named)

    monkeypatch.setattr(inference, "predict", predicted)
    monkeypatch.setattr(inference, "explain", explained)
    return calls


@pytest.fixture
def page(
    store: ModelStore, board: Jobs, calls: list[str], monkeypatch: pytest.MonkeyPatch
) -> AppTest:
    for module in (compare, listening, many, model_store, what_if_run):
        monkeypatch.setattr(module, "model_store", lambda: store)
    for module in (batch, input, listening, many, player, recording):
        monkeypatch.setattr(module, "job_board", lambda: board)
    monkeypatch.setattr(models, "cached", lambda source: None)
    for patience in ("INLINE_SECONDS", "FIRST_SECONDS"):  # the machine may be busy
        monkeypatch.setattr(listening, patience, PATIENCE)
    return AppTest.from_file(str(PAGE), default_timeout=60)


def text(app: AppTest) -> str:
    groups = (app.title, app.header, app.subheader, app.markdown, app.caption)
    found = [each.value for group in (*groups, app.warning, app.info) for each in group]
    return "\n".join(found).replace("\\", "").replace("\u00a0", " ")


def headline(app: AppTest) -> str:
    return str(app.header[0].value).replace("\\", "")


def parts(app: AppTest) -> list[Any]:
    """What can be clicked on under the recording: text, start, end, kind, score."""
    lines = json.loads(app.get("component_instance")[0].proto.json_args)["lines"]
    return [part for line in lines for part in line["parts"]]


def words(app: AppTest) -> list[str]:
    """What was heard, without the speech that was turned away."""
    return [part[0] for part in parts(app) if part[3] != "rejected"]


def press_sample(app: AppTest, key: str) -> AppTest:
    app.button(f"{SLUG}.sample.{key}").click()
    return ran(app)


def upload(app: AppTest, *files: tuple[str, bytes]) -> AppTest:
    uploader = app.file_uploader(f"{SLUG}.upload")
    uploader.set_value([(name, data, "audio/wav") for name, data in files])
    return ran(app)


def encoded(sample: Sample, format: str) -> bytes:
    """The sound of a sample, a little softer: another file, whatever the format."""
    sound, rate = soundfile.read(sample.path)
    return written(0.9 * sound, rate, format)


def written(sound: Any, rate: int, format: str = "WAV") -> bytes:
    buffer = io.BytesIO()
    soundfile.write(buffer, sound, rate, format=format)
    return buffer.getvalue()


def choose_mode(app: AppTest, mode: str) -> AppTest:
    app.segmented_control(f"{SLUG}.mode").set_value(mode)
    return ran(app)


def say(app: AppTest, key: str) -> AppTest:
    """Have the assistant hear one of the spoken commands."""
    app.button(f"{SLUG}.assistant.spoken.{key}").click()
    return ran(app)


def pin(app: AppTest) -> str:
    return str(app.text_input(f"{SLUG}.assistant.pin").value)


def test_it_opens_with_a_sample_already_transcribed(page: AppTest, calls: list[str]) -> None:
    shown = text(ran(page))
    assert SPEC.question in shown
    assert headline(page) == f"“{' '.join(PIN)}”"
    assert words(page) == PIN
    assert query(page) == {"sample": "pin", "model": MODEL}
    assert "Least certain word: " in shown and "American voice" in shown
    assert page.text_area[0].value == " ".join(PIN)
    assert [each.value for each in page.metric] == ["0.0\u00a0%", "0.0\u00a0%"]
    headers = [each.value for each in page.header]
    assert {"Why this word", "What if the sound were worse?", "About the model"} <= set(headers)
    assert not page.warning and not page.error
    ran(page)
    assert calls == ["predict"], "and no model is asked again"


@pytest.mark.parametrize("sample", SHIPPED, ids=lambda sample: sample.key)
def test_a_sample_is_heard_as_its_kind_promises(page: AppTest, sample: Sample) -> None:
    page.query_params.update({"sample": sample.key, "model": MODEL})
    shown, heard, said = text(ran(page)), words(page), (sample.label or "").split()
    assert query(page) == {"sample": sample.key, "model": MODEL}
    if not said:
        assert heard == [] and headline(page) in {"No speech", "Nothing to read"}
        assert OUTCOMES[Outcome.REFUSED] in shown
        assert "Why this word" not in shown
    elif sample.kind is SampleKind.TYPICAL:
        assert heard == said
        assert "**:material" not in headline(page) and OUTCOMES[Outcome.REFUSED] not in shown
    elif sample.kind is SampleKind.HARD:
        assert set(heard) & set(said)
    elif sample.kind is SampleKind.FAILURE:
        assert heard != said
    else:
        assert "sure" not in {part[3] for part in parts(page)}, "no wrong word as if it were right"


@pytest.mark.parametrize("format", ["WAV", "FLAC", "OGG"])
def test_a_recording_of_ones_own_is_heard_like_the_sample(page: AppTest, format: str) -> None:
    press_sample(ran(page), "silence")
    upload(page, ("**my** call", encoded(KEYS["pin"], format)))
    assert words(page) == PIN
    assert query(page).keys() == {"job", "model"}
    assert "A recording of one's own has no permalink that lasts" in text(page)
    assert page.text_area[0].value == "", "nobody told what was said"
    press(page, "Delete the recording")
    assert query(page) == {"sample": "pin", "model": MODEL}


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("letter.wav", b"Dear Sir or Madam, this is no recording at all.\n" * 9, "not read here"),
        ("empty.wav", b"", "This file is empty"),
        ("flat.wav", written(np.full(16_000, 0.3), 16_000), "it has no sound"),
        ("click.wav", written(np.zeros(80), 16_000), "takes 50 ms or more"),
        ("cut.flac", KEYS["pin"].read()[:60], "damaged"),
    ],
    ids=["text", "empty", "constant", "short", "cut"],
)
def test_a_bad_file_is_a_sentence_and_the_last_result_stays(
    page: AppTest, name: str, data: bytes, sentence: str, calls: list[str]
) -> None:
    press_sample(ran(page), "commands")
    before, asked = words(page), len(calls)
    upload(page, (name, data))
    [warning] = page.warning
    assert sentence in warning.value.replace("\\", "")
    assert "The result below is still the one before." in text(page)
    assert words(page) == before == ["go", "left", "stop"]
    assert len(calls) == asked
    assert not press_sample(page, "pin").warning


def test_several_recordings_are_a_table_and_there_is_a_way_back(page: AppTest, board: Jobs) -> None:
    files = ("pin", "commands", "silence")
    own = [(f"{key}.flac", KEYS[key].read()) for key in files]
    finished(upload(ran(page), *own, ("letter.wav", b"Dear Sir or Madam")), board)
    [table] = page.dataframe
    assert list(table.value["File"]) == [*(name for name, _ in own), "letter.wav"]
    assert list(table.value[HEARD])[:2] == [" ".join(PIN), "go left stop"]
    assert list(table.value["Outcome"])[2:] == ["⊘ Refused", "! Not read"]
    assert "job" in query(page)
    press_sample(page, "commands")
    assert headline(page) == "“go left stop”"
    press(page, "Back to the table of 4 recordings")
    assert len(page.dataframe[0].value) == 4


def test_a_model_that_is_not_here_is_offered_and_the_bundled_one_comes_back(page: AppTest) -> None:
    ran(page)
    picker = page.selectbox(f"{SLUG}.member")
    assert len(picker.options) == len(SPEC.models)
    picker.set_value(HUB_MODELS[0].name)
    shown = text(ran(page))
    assert headline(page) == f"{HUB_MODELS[0].title} is not on this server yet"
    assert "A PIN, digit by digit" in page.button(f"{SLUG}.sample.pin").label
    assert not page.get("component_instance")
    assert "What you upload" in shown and "License" in shown
    press_sample(page, "commands")
    assert query(page) == {"sample": "commands", "model": HUB_MODELS[0].name}
    upload(page, ("mine.flac", KEYS["pin"].read()))
    assert query(page) == {}, "there is no result to find again"
    page.selectbox(f"{SLUG}.member").set_value(MODEL)
    assert words(ran(page)) == PIN


def test_a_word_is_explained_once_it_is_chosen(page: AppTest, calls: list[str]) -> None:
    press_sample(ran(page), "commands")
    calls.clear()
    word = page.selectbox(f"{SLUG}.about.why.word")
    assert len(word.options) == 3 and word.value is None
    for place, name in ((0, "go"), (2, "stop")):
        page.selectbox(f"{SLUG}.about.why.word").set_value(place)
        shown = text(ran(page))
        assert f"**“{name}”**" in shown
        assert "hiding the whole word" in shown or "No single part of the sound" in shown
    assert calls == ["explain"] * 2
    press_sample(page, "silence")
    assert f"{SLUG}.about.why.word" not in [each.key for each in page.selectbox]


def test_a_worse_sound_is_heard_again(page: AppTest, calls: list[str]) -> None:
    ran(page)
    calls.clear()
    next(each for each in page.toggle if each.label == "Telephone band").set_value(True)
    shown = text(ran(page))
    assert "**Untouched**" in shown and "**Altered**" in shown
    assert shown.count("Word error rate ") >= 2, "this sample says what was said"
    assert calls == ["predict"]
    assert words(page) == PIN, "the answer above stays"
    press(page, "Reset")
    assert "**Altered**" not in text(page) and calls == ["predict"]


def test_it_is_compared_with_how_it_was_before_deep_learning(page: AppTest) -> None:
    press_sample(ran(page), "failure")
    second = page.selectbox(f"{MODEL}.second")
    assert second.options == [BASELINE.title]
    second.set_value(BASELINE.name)
    shown = text(ran(page))
    assert "They differ in" in shown or "Both heard the same" in shown or "heard no words" in shown
    assert "PocketSphinx" in shown and "| Real-time factor |" in shown
    assert f"| License | {BASELINE.license} |" in shown
    assert query(page) == {"sample": "failure", "model": MODEL}


def test_the_assistant_obeys_spoken_commands(page: AppTest, calls: list[str]) -> None:
    choose_mode(ran(page), ASSISTANT)
    assert "Record a command" in text(page)
    say(page, "say-four-two-seven-one")
    assert pin(page) == "4271"
    assert "4 2 7 1. Is that right?" in page.get("component_instance")[-1].proto.json_args
    assert pin(say(page, "say-no")) == ""
    say(page, "say-visual")
    assert page.image and "Close the picture" in [each.label for each in page.button]
    say(page, "say-learn")
    assert not page.image and "Close the card" in [each.label for each in page.button]
    press(page, "Close the card")
    say(page, "say-forward")
    assert f"Chosen recording, sample 2 of {len(SHIPPED)}" in text(page)
    say(page, "say-go")
    assert page.get("audio")[-1].proto.autoplay
    say(page, "say-stop")
    assert not page.get("audio")[-1].proto.autoplay
    say(page, "say-up")
    assert page.select_slider(f"{SLUG}.assistant.floor").value == 0.6
    turns = page.session_state[f"{SLUG}.assistant.turns"]
    assert [turn.intent.name for turn in turns] == [
        *("higher", "stop", "start", "next", "card", "picture", "cancel", "pin")
    ]
    choose_mode(page, TRANSCRIBE)
    assert headline(page) == "“go left stop”", "what was chosen by voice"
    assert query(page)["sample"] == SHIPPED[1].key


def test_the_assistant_hears_the_microphone_and_keeps_no_voice(page: AppTest) -> None:
    choose_mode(ran(page), ASSISTANT)
    voice = encoded(KEYS["say-four-two-seven-one"], "WAV")
    page.audio_input[0].set_value(("voice.wav", voice, "audio/wav"))
    ran(page)
    assert pin(page) == "4271" and "Heard from the microphone:" in text(page)
    assert "job" not in query(page)
    page.audio_input[0].set_value(("voice.wav", encoded(KEYS["silence"], "WAV"), "audio/wav"))
    ran(page)
    assert "Not understood" in text(page) and pin(page) == "4271"


def test_the_microphone_is_transcribed_like_a_file(page: AppTest) -> None:
    ran(page).audio_input[0].set_value(("voice.wav", encoded(KEYS["pin"], "WAV"), "audio/wav"))
    assert words(ran(page)) == PIN
    assert "for whoever has the address of this page" in text(page)
    assert query(page).keys() == {"job", "model"}


def test_the_snippet_repeats_the_transcript(
    page: AppTest, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    snippet = next(each.value for each in ran(page).code if "import" in each.value)
    monkeypatch.chdir(ROOT)
    exec(compile(snippet, "snippet", "exec"), {})
    assert capsys.readouterr().out == f"answer {' '.join(PIN)}\n"


def test_every_spoken_sample_is_heard_word_for_word(store: ModelStore) -> None:
    """The buttons of the assistant promise it."""
    for sample in SPOKEN:
        audio = recording.of_sample(sample).audio
        heard = store.run(SPEC.models[0], lambda model, audio=audio: predict(model, audio))
        assert (heard.text, heard.outcome) == (sample.label, Outcome.ANSWER)
