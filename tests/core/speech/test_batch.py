"""Many recordings through one model, with a model that hears words by the pitch of a tone."""

import logging
import threading
import tracemalloc
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import pytest

from demos.core import batch as images
from demos.core.audio.sound import DecodedAudio
from demos.core.batch import Fate
from demos.core.batch_files import Given
from demos.core.errors import Busy, ModelError, TooLarge
from demos.core.jobs import Job, Jobs, State
from demos.core.settings import Settings
from demos.core.spec import Hub, ModelSpec
from demos.core.speech import batch as module
from demos.core.speech.batch import Batch, Row, Tell, doubtful_share, run, summary
from demos.core.speech.batch_survey import count_recordings
from demos.core.speech.transcript import Segment, Transcription, Word
from tests.core.speech.heard import transcription
from tests.core.speech.recordings import (
    ANSWER,
    BREAKS,
    HEAVY,
    LONG,
    PATIENCE,
    SILENCE,
    STRANGE,
    UNSURE,
    Ears,
    wav,
    zipped,
)

SPEC = ModelSpec(
    "demo", "ears", "Ears", Hub("owner/name", "0" * 40, ("model.safetensors",), 1), 1, "MIT", ""
)
SETTINGS = Settings()

Hear = Callable[[DecodedAudio, Tell], Transcription]


def files_of(files: dict[str, bytes]) -> list[Given]:
    return [Given(name, lambda data=data: data) for name, data in files.items()]


def hearing(ears: Ears) -> Hear:
    return lambda audio, tell: ears.predict(None, audio, tell=tell)


@pytest.fixture
def ears() -> Iterator[Ears]:
    ears = Ears()
    yield ears
    ears.gate.set()


@pytest.fixture
def jobs(ears: Ears) -> Iterator[Jobs]:
    board = Jobs(2)
    yield board
    ears.gate.set()
    board.close(PATIENCE)


Start = Callable[..., tuple[Job, Batch]]


@pytest.fixture
def start(jobs: Jobs, ears: Ears) -> Start:
    def start(
        files: dict[str, bytes] | Sequence[Given],
        hear: Hear | None = None,
        settings: Settings = SETTINGS,
    ) -> tuple[Job, Batch]:
        given = files_of(files) if isinstance(files, dict) else files
        batch, left = Batch(SPEC), deque(given)
        batch.total = count_recordings(given, settings)
        work = lambda job: run(batch, left, hear or hearing(ears), settings, job)  # noqa: E731
        return jobs.start(work, batch), batch

    return start


@pytest.fixture
def rows_of(start: Start) -> Callable[..., list[Row]]:
    def rows_of(*args: Any, **options: Any) -> list[Row]:
        job, batch = start(*args, **options)
        assert job.wait(PATIENCE)
        assert job.state is State.DONE and job.result is batch
        assert len(batch.rows) == batch.total
        return batch.rows

    return rows_of


Rows = Callable[..., list[Row]]


def test_every_fate_is_a_row_in_the_order_of_the_files(rows_of: Rows) -> None:
    files = {
        "calls/one.wav": wav(ANSWER),
        "cut.flac": b"fLaC" + bytes(40),
        "five.wav": wav(UNSURE, 1.0),
        "silent.wav": wav(SILENCE, 3.0),
        "empty.wav": b"",
        "strange.wav": wav(STRANGE),
        "notes.pdf": b"%PDF-1.7",
    }
    answer, cut, unsure, silent, empty, strange, notes = rows = rows_of(files)
    assert [row.name for row in rows] == list(files)
    assert [row.number for row in rows] == list(range(1, 8))

    assert answer.fate is Fate.ANSWER and answer.text == "one two three four"
    assert answer.audio_seconds == 2.0 and answer.seconds >= 0.25 and not answer.reason
    assert answer.heard is not None and answer.heard.provenance.input_sha256 == answer.sha256
    assert answer.size == len(files["calls/one.wav"]) and answer.format.startswith("WAV")

    assert unsure.fate is Fate.UNSURE and unsure.text == "five" and "Not sure" in unsure.reason
    assert silent.fate is Fate.REFUSED and silent.reason == "No speech detected."
    assert silent.audio_seconds == 3.0 and silent.text == ""

    for row in (cut, empty, strange, notes):
        assert row.fate is Fate.FAILED and row.reason and row.heard is None
    assert "empty" in empty.reason and not empty.sha256
    assert "speech only" in strange.reason and strange.audio_seconds == 2.0
    assert "PDF" in notes.reason and notes.sha256


def test_a_row_keeps_what_was_heard_and_no_sound(rows_of: Rows) -> None:
    (row,) = rows_of({"one.wav": wav(ANSWER)})
    held = [getattr(row, name) for name in Row.__slots__]
    assert not any(isinstance(each, np.ndarray | bytes | DecodedAudio) for each in held)


def test_memory_is_bounded_by_one_recording(start: Start) -> None:
    data = wav(ANSWER, 60.0)
    archive = zipped({f"{n}.wav": data for n in range(12)})
    tracemalloc.start()
    job, batch = start({"all.zip": archive})
    assert job.wait(PATIENCE)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(batch.rows) == 12
    assert peak < 6 * len(data), "bytes, samples as integers and as numbers, of one or two"


def test_a_zip_becomes_its_recordings_and_a_bad_one_a_row(rows_of: Rows) -> None:
    good = zipped({"a/1.wav": wav(ANSWER), "a/2.wav": wav(SILENCE)})
    rows = rows_of({"calls.zip": good, "3.wav": wav(UNSURE), "broken.zip": good[:50]})
    assert [(row.name, row.fate) for row in rows] == [
        ("calls.zip/a/1.wav", Fate.ANSWER),
        ("calls.zip/a/2.wav", Fate.REFUSED),
        ("3.wav", Fate.UNSURE),
        ("broken.zip", Fate.FAILED),
    ]


def test_recordings_may_be_larger_than_pictures(rows_of: Rows) -> None:
    settings = Settings(max_image_bytes=1000)
    assert rows_of({"a.zip": zipped({"1.wav": wav(ANSWER)})}, settings=settings)[0].text
    (row,) = rows_of(
        {"a.zip": zipped({"1.wav": wav(ANSWER)})}, settings=Settings(max_audio_bytes=1000)
    )
    assert row.fate is Fate.FAILED and "limit" in row.reason


def test_a_text_of_the_same_name_is_what_was_said(start: Start) -> None:
    files = {
        "a/one.txt": "\ufeffOne two three FOUR!".encode(),
        "a/one.wav": wav(ANSWER),
        "b/one.wav": wav(UNSURE),
        "b/One.TXT": b"five six",
        "c.wav": wav(SILENCE),
        "c.txt": b"hello there",
        "d.wav": wav(ANSWER),
        "lonely.txt": b"said by nobody",
    }
    job, batch = start({"all.zip": zipped(files)})
    assert batch.total == 5, "known before anything is unpacked"
    assert job.wait(PATIENCE)
    one, other, silent, plain, lonely = batch.rows
    assert [row.name for row in batch.rows] == [
        *("a/one.wav", "b/one.wav", "c.wav", "d.wav", "lonely.txt")
    ]
    assert one.errors is not None and one.errors.wer == 0 and one.errors.exact
    assert other.errors is not None and other.errors.wer == 0.5 and not other.errors.alignment
    assert silent.errors is not None and silent.errors.wer == 1
    assert plain.errors is None and plain.reference is None
    assert lonely.fate is Fate.FAILED and "text" in lonely.reason
    assert batch.pooled is not None and batch.pooled.n == 3
    assert batch.pooled.wer.value == pytest.approx(3 / 8)
    totals = summary(batch.rows)
    assert (totals.errors, totals.said, totals.compared) == (3, 8, 3)


def test_a_text_that_cannot_be_used_is_said_in_the_row(rows_of: Rows) -> None:
    files = {
        "a.wav": wav(ANSWER),
        "a.txt": "h\u00e4".encode("utf-16"),
        "b.wav": wav(ANSWER),
        "b.txt": b"word " * 20_000,
    }
    first, second = rows_of(files)
    assert first.errors is None and any("UTF-8" in note for note in first.notes)
    assert second.errors is None and any("99,999 characters" in note for note in second.notes)
    assert first.fate is second.fate is Fate.ANSWER


def test_progress_is_in_audio_also_inside_a_recording(start: Start, ears: Ears) -> None:
    files = {"short.wav": wav(ANSWER, 2.0), "long.wav": wav(LONG, 8.0), "x.wav": b"not a recording"}
    job, batch = start(files)
    assert ears.held.wait(PATIENCE)
    assert len(batch.rows) == 1, "rows appear while it runs"
    assert (job.progress.done, job.progress.total) == (2000 + 4000, 10_000)
    assert job.progress.eta() is not None
    assert batch.hearing is not None and batch.hearing.name == "long.wav"
    assert (batch.hearing.done, batch.hearing.seconds) == (4.0, 8.0)
    ears.gate.set()
    assert job.wait(PATIENCE)
    assert (job.progress.done, job.progress.total) == (10_000, 10_000)
    assert batch.hearing is None


def test_what_does_not_say_how_long_it_is_counts_as_long_as_the_others() -> None:
    batch = Batch(SPEC)
    batch.survey = module.Survey((2.0, None, 6.0, None), frozenset(), {}, {})
    assert batch.total_seconds == 2 + 6 + 2 * 4
    batch.rows = [Row(1, "a", 1, "", audio_seconds=3.0)]
    batch.hearing = module.Hearing("b", 9.0)
    assert batch.total_seconds == 3 + 9 + 6 + 6
    assert batch.done_seconds == 3


def test_cancel_takes_effect_inside_a_recording_and_keeps_the_rows(
    start: Start, ears: Ears
) -> None:
    texts = {"a.txt": b"one two"}
    files = {"a.wav": wav(ANSWER), **texts, "long.wav": wav(LONG, 60.0), "b.wav": wav(ANSWER)}
    job, batch = start(files)
    assert ears.held.wait(PATIENCE)
    job.cancel()
    assert job.wait(1.0), "within a second"
    assert job.state is State.CANCELED
    assert [row.name for row in batch.rows] == ["a.wav"]
    assert batch.hearing is None
    assert batch.pooled is not None, "what there is, is compared"


def test_cancel_works_while_another_table_has_its_turn(start: Start, ears: Ears) -> None:
    first, _ = start({"long.wav": wav(LONG, 60.0)})
    assert ears.held.wait(PATIENCE)
    second, batch = start({"b.wav": wav(ANSWER)})
    for _ in range(300):
        if "another table" in second.progress.note:
            break
        threading.Event().wait(0.05)
    assert "another table" in second.progress.note
    second.cancel()
    assert second.wait(2.0) and second.state is State.CANCELED and not batch.rows
    assert not first.finished


def test_a_busy_model_is_waited_for(rows_of: Rows, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "RETRY_SECONDS", 0)
    refusals = iter([True, True, False])
    ears = Ears()

    def busy_at_first(audio: DecodedAudio, tell: Tell) -> Transcription:
        if next(refusals, False):
            raise Busy(1)
        return ears.predict(None, audio, tell=tell)

    assert rows_of({"a.wav": wav(ANSWER)}, busy_at_first)[0].fate is Fate.ANSWER


def test_a_model_that_cannot_be_used_ends_it_and_keeps_the_rows(start: Start) -> None:
    job, batch = start({"a.wav": wav(ANSWER), "heavy.wav": wav(HEAVY), "b.wav": wav(ANSWER)})
    assert job.wait(PATIENCE)
    assert job.state is State.FAILED and isinstance(job.error, ModelError)
    assert [row.name for row in batch.rows] == ["a.wav"]
    assert not module.TURN.locked()


def test_a_defect_is_one_row_and_no_name_is_logged(
    rows_of: Rows, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        broken, good = rows_of({"Jane Doe.wav": wav(BREAKS), "b.wav": wav(ANSWER)})
    assert good.fate is Fate.ANSWER and broken.fate is Fate.FAILED
    (record,) = caplog.records
    assert broken.reason.endswith(f"reference {record.getMessage().rsplit(' ', 1)[-1]}.")
    assert "Jane" not in caplog.text


def test_too_many_recordings_are_refused_before_anything_is_read() -> None:
    with pytest.raises(TooLarge, match="1,001 files"):
        count_recordings([Given(f"{n}.wav", lambda: b"x") for n in range(1001)], SETTINGS)


def test_the_share_of_doubtful_words_is_of_those_with_a_score() -> None:
    words = tuple(Word("w", 0, 1, score) for score in (0.2, 0.6, 0.9, None))
    heard = transcription([Segment("w w w w", 0, 4, words)])
    assert doubtful_share(heard, 0.6) == pytest.approx(1 / 3)
    assert doubtful_share(transcription([Segment("w", 0, 1)]), 0.6) is None


def test_five_hundred_mixed_files_of_a_zip_are_five_hundred_rows(rows_of: Rows) -> None:
    kinds: list[Callable[[int], bytes]] = [
        lambda n: wav(ANSWER, 0.3),
        lambda n: wav(UNSURE, 0.3),
        lambda n: wav(SILENCE, 0.3),
        lambda n: wav(ANSWER, 0.3)[: 20 + n % 20],
        lambda n: b"no recording" * n,
    ]
    files = {f"day {n % 7}/{n}.wav": kinds[n % len(kinds)](n) for n in range(500)}
    rows = rows_of({"all.zip": zipped(files)})
    assert [row.name for row in rows] == list(files)
    assert summary(rows).fates == {
        Fate.ANSWER: 100,
        Fate.UNSURE: 100,
        Fate.REFUSED: 100,
        Fate.FAILED: 200,
    }
    assert all(row.reason for row in rows if row.fate is not Fate.ANSWER)
