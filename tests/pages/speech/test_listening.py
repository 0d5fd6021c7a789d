"""Choosing a recording and having it transcribed, with a model that waits at a gate if told to."""

import io
import json
import threading
import wave
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from demos import catalog
from demos.core.audio.sound import SAMPLE_RATE, DecodedAudio
from demos.core.devices import CPU
from demos.core.errors import HubUnavailable
from demos.core.jobs import Job, Jobs, State
from demos.core.samples import Sample, SampleKind
from demos.core.spec import Bundled, DemoSpec, ModelSpec
from demos.core.speech.transcript import Options, Transcription, Word
from demos.core.store import ModelStore
from pages.components.speech import listening, recording
from tests.pages.harness import PATIENCE, finished, job_of, press, query, ran
from tests.pages.speech.heard import segment, transcription

SLUG = "speech"
SCRIPT = """
import streamlit as st
from demos import catalog
from demos.core.speech.transcript import Options
from pages.components import permalink
from pages.components.speech.listening import keep_link, listen, show_keeping
from pages.components.speech.options import choose_options
from pages.components.speech.recording import (
    ManyRecordings, choose_recording, choose_sample_recording
)
from pages.components.speech.transcript import show_transcript

demo = catalog.DEMOS[0]
permalink.follow(demo, choose_sample_recording)
spec = demo.model(st.session_state.setdefault("speech.model", demo.models[0].name))
chosen = choose_recording(demo, st.session_state["shipped"])
if isinstance(chosen, ManyRecordings):
    st.header(f"{len(chosen.files)} files, job {chosen.job}")
    st.stop()
translate = choose_options("speech", ("en",), True, False, {}).translate
options = Options(translate=translate)
heard = listen(spec, chosen, options)
if heard is None:
    st.stop()
show_transcript(chosen.audio, heard, chosen.title, "answer.transcript")
st.header(f"{chosen.title}: {heard.text}")
st.code(keep_link(spec, chosen, options))
show_keeping(spec, chosen, options)
"""


def wav(seconds: float = 0.5, frequency: float = 440.0) -> bytes:
    time = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    pcm = (9000 * np.sin(2 * np.pi * frequency * time)).astype("<i2")
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes(pcm.tobytes())
    return buffer.getvalue()


@dataclass
class Ears:
    """A demo's inference module: hears the length of a recording; may wait in the middle."""

    gate: threading.Event = field(default_factory=threading.Event)
    held: threading.Event = field(default_factory=threading.Event)
    waits: bool = False
    error: Exception | None = None
    runs: int = 0

    def predict(
        self,
        model: Any,
        audio: DecodedAudio,
        options: Options,
        tell: Callable[[Transcription], None],
    ) -> Transcription:
        self.runs += 1
        if self.error is not None:
            raise self.error
        half = segment(Word("half", 0.0, 0.2, 0.95))
        if self.waits:
            tell(transcription((half,), seconds=audio.seconds, done=audio.seconds / 2))
            self.held.set()
            assert self.gate.wait(PATIENCE)
            tell(transcription((half,), seconds=audio.seconds, done=audio.seconds * 0.75))
        said = f"{'translated' if options.translate else 'heard'} {audio.seconds:g}"
        words = [Word(each, 0.1, 0.3, 0.95) for each in said.split()]
        return transcription((segment(*words),), seconds=audio.seconds, options=options)


@pytest.fixture
def ears(monkeypatch: pytest.MonkeyPatch) -> Iterator[Ears]:
    ears = Ears()
    models = tuple(
        ModelSpec(SLUG, name, name.title(), Bundled("x", name), 2**20, "MIT", "It.")
        for name in ("small", "large")
    )
    demo = DemoSpec(SLUG, "Speech", "Any", "mic", "What?", "It.", models)
    monkeypatch.setattr(catalog, "DEMOS", (demo,))
    monkeypatch.setattr(catalog, "inference", lambda slug: ears)
    yield ears
    ears.gate.set()


@pytest.fixture
def board(ears: Ears, monkeypatch: pytest.MonkeyPatch) -> Iterator[Jobs]:
    board = Jobs(1, waiting_limit=1)
    store = ModelStore(lambda spec, device: object(), CPU, 10**9, 60, 1, 4)
    monkeypatch.setattr(listening, "model_store", lambda: store)
    monkeypatch.setattr(listening, "INLINE_SECONDS", 0.3)
    monkeypatch.setattr(listening, "FIRST_SECONDS", 0.1)
    for module in (listening, recording):
        monkeypatch.setattr(module, "job_board", lambda: board)
    yield board
    ears.gate.set()
    board.close(PATIENCE)
    store.close()


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Sample, ...]:
    found = []
    for key, seconds in (("short", 0.5), ("other", 0.75)):
        path = tmp_path / f"{key}.wav"
        path.write_bytes(wav(seconds))
        kind = SampleKind.TYPICAL
        found.append(Sample(key, "", f"The {key} one", kind, None, f"It is {key}.", path))
    monkeypatch.setattr("pages.components.permalink.samples", lambda slug, model: tuple(found))
    return tuple(found)


Open = Callable[..., AppTest]


@pytest.fixture
def open_page(board: Jobs, shipped: tuple[Sample, ...]) -> Open:
    """A page in a session of its own, at an address."""

    def opened(**address: str) -> AppTest:
        app = AppTest.from_string(SCRIPT, default_timeout=60)
        app.session_state["shipped"] = shipped
        for name, value in address.items():
            app.query_params[name] = value
        return ran(app)

    return opened


def upload(app: AppTest, *files: tuple[str, bytes]) -> AppTest:
    app.file_uploader[0].set_value([(name, data, "audio/wav") for name, data in files])
    return ran(app)


def drawn(app: AppTest) -> list[str]:
    """The words in the player."""
    found = app.get("component_instance")
    lines = json.loads(found[0].proto.json_args)["lines"] if found else []
    return [part[0] for line in lines for part in line["parts"]]


def texts(app: AppTest) -> str:
    return "\n".join(each.value for each in (*app.caption, *app.warning, *app.info, *app.markdown))


def test_it_opens_with_a_sample_already_heard(open_page: Open, board: Jobs, ears: Ears) -> None:
    app = open_page()
    assert app.header[0].value == "The short one: heard 0.5"
    assert drawn(app) == ["heard", "0.5"]
    assert query(app) == {"sample": "short", "model": "small"}
    assert "The short one" in app.button[0].label and "typical" in app.button[0].label
    assert "It is short." in texts(app)
    ran(app)
    assert ears.runs == 1
    assert not board._jobs, "nothing of a sample stays on the board"
    assert "stay in this server" not in texts(app)


def test_another_sample_and_back_again_runs_nothing_twice(open_page: Open, ears: Ears) -> None:
    app = open_page()
    app.button[1].click()
    assert ran(app).header[0].value == "The other one: heard 0.75"
    app.button[0].click()
    assert ran(app).header[0].value == "The short one: heard 0.5"
    assert ears.runs == 2


def test_a_permalink_brings_a_sample_back(open_page: Open) -> None:
    app = open_page(sample="other", model="large")
    assert app.header[0].value == "The other one: heard 0.75"
    assert query(app) == {"sample": "other", "model": "large"}


def test_options_are_heard_anew(open_page: Open, ears: Ears) -> None:
    app = open_page()
    app.toggle[0].set_value(True)
    assert ran(app).header[0].value == "The short one: translated 0.5"
    app.toggle[0].set_value(False)
    ran(app)
    assert ears.runs == 2


def test_an_upload_is_found_again_under_its_address(
    open_page: Open, board: Jobs, ears: Ears
) -> None:
    app = open_page()
    app.toggle[0].set_value(True)
    upload(app, ("mine.wav", wav(1.25)))
    assert app.header[0].value == "mine.wav: translated 1.25"
    assert query(app).keys() == {"job", "model"}
    assert "for whoever has the address of this page" in texts(app)
    runs = ears.runs
    again = open_page(**query(app))
    assert again.header[0].value == "mine.wav: translated 1.25", "its options included"
    assert query(again) == query(app)
    assert ears.runs == runs


def test_a_link_to_what_is_gone_says_so(open_page: Open) -> None:
    app = open_page(job="unknown", model="small")
    assert "no longer kept" in app.info[0].value
    assert app.header[0].value == "The short one: heard 0.5"


def test_a_long_one_is_read_while_it_is_being_heard(
    open_page: Open, board: Jobs, ears: Ears
) -> None:
    app = open_page()
    ears.waits = True
    upload(app, ("long.wav", wav(4.0)))
    assert not app.header
    assert drawn(app) == ["half"]
    assert app.get("progress")[0].proto.text.startswith("0:02 of 0:04 heard")
    again = open_page(**query(app))
    assert drawn(again) == ["half"], "after a refresh of the browser"
    ears.gate.set()
    assert finished(app, board).header[0].value == "long.wav: heard 4"
    assert ran(again).header[0].value == "long.wav: heard 4"
    assert ears.runs == 2


def test_it_can_be_canceled_and_tried_again(open_page: Open, board: Jobs, ears: Ears) -> None:
    app = open_page()
    ears.waits = True
    upload(app, ("long.wav", wav(4.0)))
    press(app, "Cancel")
    ears.gate.set()
    assert finished(app, board).info[0].value == "Canceled after 0:03 of 0:04."
    assert drawn(app) == ["half"], "what was heard so far stays"
    ears.waits = False
    assert press(app, "Try again").header[0].value == "long.wav: heard 4"


def test_another_choice_ends_what_nobody_waits_for_any_more(
    open_page: Open, board: Jobs, ears: Ears
) -> None:
    app = open_page()
    ears.waits = True
    upload(app, ("long.wav", wav(4.0)))
    job = job_of(app, board)
    app.button[1].click()
    ran(app)
    assert job.canceling
    ears.waits = False
    ears.gate.set()
    assert job.wait(PATIENCE) and job.state is State.CANCELED
    ran(app)
    assert app.header[0].value == "The other one: heard 0.75"


def test_a_failure_is_a_sentence_with_a_way_out(open_page: Open, ears: Ears) -> None:
    ears.error = HubUnavailable("The Hub cannot be reached.", "Choose a bundled model.")
    app = open_page()
    assert not app.header
    assert "The Hub cannot be reached" in app.warning[0].value
    assert "Choose a bundled model" in app.warning[0].value
    ran(app)
    assert ears.runs == 1, "it is not tried again by itself"
    ears.error = None
    assert press(app, "Try again").header[0].value == "The short one: heard 0.5"


def test_a_full_board_is_said(open_page: Open, board: Jobs) -> None:
    gate, begun = threading.Event(), threading.Event()

    def work(job: Job) -> None:
        begun.set()
        assert gate.wait(PATIENCE)

    try:
        board.start(work)
        assert begun.wait(PATIENCE)
        waiting = board.start(work)
        app = open_page()
        assert "busy" in app.warning[0].value
    finally:
        gate.set()
    assert waiting.wait(PATIENCE)
    assert press(app, "Try again").header[0].value == "The short one: heard 0.5"


@pytest.mark.parametrize("data", [b"", b"not a recording", wav(0.001)])
def test_a_bad_file_is_a_sentence_and_the_former_choice_stays(open_page: Open, data: bytes) -> None:
    app = upload(open_page(), ("bad.wav", data))
    assert app.warning
    assert "The result below is still the one before." in texts(app)
    assert app.header[0].value == "The short one: heard 0.5"
    app.button[1].click()
    assert not ran(app).warning


def test_several_files_are_somebody_elses_task(open_page: Open) -> None:
    app = open_page()
    upload(app, ("a.wav", wav()), ("b.wav", wav(1.0)))
    assert app.header[0].value == "2 files, job None"


def test_only_the_sound_of_the_current_recording_is_kept(open_page: Open) -> None:
    app = open_page()
    app.button[1].click()
    ran(app)
    upload(app, ("mine.wav", wav(1.25)))

    kept = app.session_state._state.filtered_state
    sounds = [value.audio for value in kept.values() if isinstance(value, recording.Recording)]
    assert [sound.name for sound in sounds] == ["mine.wav"]
    sent = [value for name, value in kept.items() if str(name).endswith(".sound")]
    assert [value.pcm is sounds[0].pcm for value in sent] == [True]


def test_a_recording_can_be_deleted(open_page: Open, board: Jobs) -> None:
    app = upload(open_page(), ("mine.wav", wav(1.25)))
    link = query(app)
    press(app, "Delete the recording")
    assert app.header[0].value == "The short one: heard 0.5"
    assert board.find(link["job"]) is None
    assert not app.file_uploader[0].value
    assert "no longer kept" in open_page(**link).info[0].value
