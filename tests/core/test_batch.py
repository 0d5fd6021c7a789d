"""Many files through one model, with a model that looks at the color of a picture.

Red is an answer, violet unsure, green refused; and some colors break it.
"""

import hashlib
import io
import logging
import threading
import time
import zipfile
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image
from pydicom import Dataset, dcmwrite
from pydicom.dataset import FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, SecondaryCaptureImageStorage, generate_uid

from demos.core import batch as module
from demos.core.batch import (
    CHUNK,
    Batch,
    Fate,
    Row,
    classify,
    describe,
    run,
    summary,
)
from demos.core.batch_files import Given, Incoming, count_files, expanded, listed, shown_name
from demos.core.errors import Busy, InputError, ModelError, TooLarge, UnsupportedType
from demos.core.jobs import Job, Jobs, State
from demos.core.media import DecodedImage
from demos.core.results import LabelScore, Outcome, Provenance
from demos.core.samples import samples
from demos.core.settings import Settings
from demos.core.spec import Hub, ModelSpec

PATIENCE = 30.0
SPEC = ModelSpec(
    "demo", "colors", "Colors", Hub("owner/name", "0" * 40, ("model.safetensors",), 1), 1, "MIT", ""
)
SETTINGS = Settings()

RED, VIOLET, GREEN = (200, 0, 0), (200, 0, 200), (0, 200, 0)
BREAKS, STRANGE, HEAVY = (1, 2, 3), (4, 5, 6), (7, 8, 9)


def encoded(color: tuple[int, int, int], size: tuple[int, int] = (40, 30)) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, color).save(buffer, "PNG")
    return buffer.getvalue()


def zipped(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def dicom(gray: int, patient: str) -> bytes:
    """A DICOM file of one gray, with an identifier in it."""
    dataset = Dataset()
    dataset.SOPClassUID = SecondaryCaptureImageStorage
    dataset.SOPInstanceUID = generate_uid(entropy_srcs=[str(gray)])
    dataset.PatientName = patient
    dataset.Rows, dataset.Columns, dataset.SamplesPerPixel = 40, 30, 1
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 8, 8, 7
    dataset.PixelRepresentation, dataset.PhotometricInterpretation = 0, "MONOCHROME2"
    dataset.PixelData = bytes([gray]) * (40 * 30)
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    buffer = io.BytesIO()
    dcmwrite(buffer, dataset, enforce_file_format=True)
    return buffer.getvalue()


def result_of(image: DecodedImage) -> Any:
    """What a demo's `predict` returns, as far as a batch reads it."""
    color = tuple(int(value) for value in image.pixels[0, 0])
    if color == BREAKS:
        raise ZeroDivisionError("a defect")
    if color == STRANGE:
        raise InputError("This model reads gray images only.", "Convert it.")
    if color == HEAVY:
        raise ModelError("The device ran out of memory.", "Choose a smaller model.")
    if len(set(color)) == 1:  # DICOM here is gray
        color = RED
    outcome, candidates = {
        RED: (Outcome.ANSWER, ("red",)),
        VIOLET: (Outcome.UNSURE, ("blue", "red")),
        GREEN: (Outcome.REFUSED, ()),
    }[color]
    return SimpleNamespace(
        outcome=outcome,
        scores=(LabelScore("red", 0.75), LabelScore("blue", 0.25)),
        candidates=candidates,
        scope=3.14159 if outcome is Outcome.REFUSED else 0.5,
        provenance=Provenance(
            image.sha256, "colors", "0" * 64, "none", "numpy", "cpu", "float32", 0.25, ()
        ),
    )


def predict(images: Sequence[DecodedImage]) -> list[Any]:
    return [result_of(image) for image in images]


def words_of(result: Any) -> module.Words:
    return describe(result, str.capitalize, "a red picture")


@pytest.fixture
def jobs() -> Iterator[Jobs]:
    board = Jobs(2)
    yield board
    board.close(PATIENCE)


Start = Callable[..., tuple[Job, Batch]]


@pytest.fixture
def start(jobs: Jobs) -> Start:
    def start(
        files: Sequence[Incoming] | Iterator[Incoming],
        predict: Callable[[Sequence[DecodedImage]], Sequence[Any]] = predict,
        settings: Settings = SETTINGS,
    ) -> tuple[Job, Batch]:
        batch = Batch(SPEC)
        job = jobs.start(lambda job: run(batch, files, predict, words_of, settings, job), batch)
        return job, batch

    return start


@pytest.fixture
def rows_of(start: Start) -> Callable[..., list[Row]]:
    def rows_of(*args: Any, **options: Any) -> list[Row]:
        job, batch = start(*args, **options)
        assert job.wait(PATIENCE)
        assert job.state is State.DONE and job.result is batch
        return batch.rows

    return rows_of


Rows = Callable[..., list[Row]]


def incoming(*colors: tuple[int, int, int]) -> list[Incoming]:
    return [Incoming(f"{n}.png", encoded(color)) for n, color in enumerate(colors, 1)]


def test_every_fate_is_a_row_in_the_order_of_the_files(rows_of: Rows) -> None:
    files = incoming(RED, VIOLET, GREEN)
    files.insert(1, Incoming("cut.png", encoded(RED)[:60]))
    files.insert(3, Incoming("locked.png", None, InputError("It is encrypted.", "Unlock it.")))
    answer, cut, unsure, locked, refused = rows_of(files)
    assert [row.number for row in (answer, cut, unsure, locked, refused)] == [1, 2, 3, 4, 5]

    assert answer.fate is Fate.ANSWER and answer.words.answer == "Red"
    assert answer.words.score == 0.75 and answer.candidates == ("red",)
    assert answer.provenance is not None and answer.sha256 == answer.provenance.input_sha256
    assert answer.seconds >= 0.25 and answer.size == len(encoded(RED))

    assert unsure.fate is Fate.UNSURE and unsure.words.candidates == "Red 75.0 %, Blue 25.0 %"
    assert not unsure.words.answer and unsure.words.score is None

    assert refused.fate is Fate.REFUSED and "a red picture" in refused.words.reason
    assert "3.14" in refused.words.reason and refused.scope == 3.14159

    assert cut.fate is Fate.FAILED and "damaged" in cut.words.reason
    assert cut.sha256 and cut.provenance is None and not cut.thumbnail
    assert locked.words.reason == "It is encrypted. Unlock it."
    assert locked.size == 0 and not locked.sha256


def test_a_row_keeps_a_thumbnail_and_neither_bytes_nor_pixels(rows_of: Rows) -> None:
    (row,) = rows_of([Incoming("large.png", encoded(RED, (900, 600)))])
    with Image.open(io.BytesIO(row.thumbnail)) as thumbnail:
        assert thumbnail.size == (64, 43)
    held = [getattr(row, name) for name in Row.__slots__]
    assert not any(isinstance(each, np.ndarray | DecodedImage) for each in held)


def test_images_go_through_the_model_in_chunks(rows_of: Rows) -> None:
    sizes: list[int] = []

    def counted(images: Sequence[DecodedImage]) -> list[Any]:
        sizes.append(len(images))
        return predict(images)

    assert len(rows_of(incoming(*[RED] * (2 * CHUNK + 1)), counted)) == 2 * CHUNK + 1
    assert sizes == [CHUNK, CHUNK, 1]


def test_a_chunk_of_large_images_ends_early(rows_of: Rows, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CHUNK_PIXELS", 2 * 40 * 30)
    sizes: list[int] = []

    def counted(images: Sequence[DecodedImage]) -> list[Any]:
        sizes.append(len(images))
        return predict(images)

    rows_of(incoming(*[RED] * 5), counted)
    assert sizes == [2, 2, 1]


def test_files_are_read_only_when_their_chunk_comes(start: Start) -> None:
    read: list[int] = []
    at_the_model: list[int] = []

    def lazily() -> Iterator[Incoming]:
        for file in incoming(*[RED] * (2 * CHUNK)):
            read.append(1)
            yield file

    def watching(images: Sequence[DecodedImage]) -> list[Any]:
        at_the_model.append(len(read))
        return predict(images)

    job, _ = start(lazily(), watching)
    assert job.wait(PATIENCE)
    assert at_the_model == [CHUNK, 2 * CHUNK]


def test_one_image_that_breaks_the_model_is_one_row(
    rows_of: Rows, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        files = [Incoming("Jane Doe.png", encoded(BREAKS)), *incoming(RED, STRANGE)]
        broken, good, strange = rows_of(files)
    assert good.fate is Fate.ANSWER
    assert strange.fate is Fate.FAILED and "gray images only" in strange.words.reason
    assert broken.fate is Fate.FAILED
    (record,) = caplog.records
    reference = record.getMessage().rsplit(" ", 1)[-1]
    assert broken.words.reason.endswith(f"reference {reference}.")
    assert record.exc_info and "defect" not in broken.words.reason
    assert "Jane" not in caplog.text


def test_a_defect_while_decoding_is_one_row(
    rows_of: Rows, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    decode = module.decode_image

    def breaking(data: bytes, name: str, settings: Settings) -> DecodedImage:
        if name == "2.png":
            raise RuntimeError("a defect")
        return decode(data, name, settings)

    monkeypatch.setattr(module, "decode_image", breaking)
    fates = [row.fate for row in rows_of(incoming(RED, RED, RED))]
    assert fates == [Fate.ANSWER, Fate.FAILED, Fate.ANSWER]
    assert "a defect" in caplog.text


def test_a_model_that_cannot_be_used_ends_the_batch_and_keeps_its_rows(start: Start) -> None:
    job, batch = start(incoming(*[RED] * CHUNK, RED, HEAVY))
    assert job.wait(PATIENCE)
    assert job.state is State.FAILED and isinstance(job.error, ModelError)
    assert [row.number for row in batch.rows] == list(range(1, CHUNK + 1))


def test_a_busy_model_is_waited_for(rows_of: Rows, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "RETRY_SECONDS", 0)
    refusals = iter([True, True, False])

    def busy_at_first(images: Sequence[DecodedImage]) -> list[Any]:
        if next(refusals, False):
            raise Busy(1)
        return predict(images)

    assert [row.fate for row in rows_of(incoming(RED), busy_at_first)] == [Fate.ANSWER]


def test_cancel_works_while_it_waits_for_a_busy_model(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "RETRY_SECONDS", PATIENCE * 100)
    asked = threading.Event()

    def always_busy(images: Sequence[DecodedImage]) -> list[Any]:
        asked.set()
        raise Busy(1)

    job, batch = start(incoming(RED), always_busy)
    assert asked.wait(PATIENCE)
    job.cancel()
    assert job.wait(PATIENCE)
    assert job.state is State.CANCELED and batch.rows == []


def test_cancel_takes_effect_within_a_chunk(start: Start) -> None:
    reading, go_on = threading.Event(), threading.Event()
    read: list[str] = []

    def slowly() -> Iterator[Incoming]:
        for number, file in enumerate(incoming(*[RED] * (3 * CHUNK))):
            if number == CHUNK + 2:
                reading.set()
                assert go_on.wait(PATIENCE)
            read.append(file.name)
            yield file

    job, batch = start(slowly())
    assert reading.wait(PATIENCE)
    assert len(batch.rows) == CHUNK, "rows appear while it runs"
    assert job.progress.done == CHUNK
    job.cancel()
    go_on.set()
    assert job.wait(PATIENCE)
    assert job.state is State.CANCELED
    assert len(batch.rows) == CHUNK and len(read) == CHUNK + 3


def test_a_zip_becomes_its_files_and_a_bad_one_a_row(rows_of: Rows) -> None:
    good = zipped({"a/1.png": encoded(RED), "a/2.png": encoded(GREEN)})
    files = [
        Given("cells.zip", lambda: good),
        Given("3.png", lambda: encoded(VIOLET)),
        Given("broken.zip", lambda: good[:50]),
    ]
    rows = rows_of(expanded(deque(files), SETTINGS))
    assert [(row.name, row.fate) for row in rows] == [
        ("cells.zip/a/1.png", Fate.ANSWER),
        ("cells.zip/a/2.png", Fate.REFUSED),
        ("3.png", Fate.UNSURE),
        ("broken.zip", Fate.FAILED),
    ]
    assert rows[3].words.reason
    alone = [each.name for each in expanded(deque(files[:1]), SETTINGS)]
    assert alone == ["a/1.png", "a/2.png"], "a ZIP by itself needs no naming"


def test_the_files_are_counted_before_they_are_unpacked() -> None:
    good = zipped({"a/": b"", "a/1.png": b"x", "a/2.png": b"x", "__MACOSX/1.png": b"x"})
    files = [
        Given("cells.zip", lambda: good),
        Given("3.png", lambda: encoded(RED)),
        Given("broken.zip", lambda: good[:50]),
        Given("report.docx", lambda: zipped({"[Content_Types].xml": b"", "word/a.xml": b""})),
    ]
    assert count_files(files, SETTINGS) == 5
    names = [each.name for each in expanded(deque(files), SETTINGS)]
    assert names == ["cells.zip/a/1.png", "cells.zip/a/2.png", "3.png", "broken.zip", "report.docx"]
    assert listed(files, SETTINGS) == names
    with pytest.raises(TooLarge, match="1,001 files"):
        count_files([Given("a.png", lambda: b"x")] * 1001, SETTINGS)


def test_a_dicom_file_takes_no_identifier_along(
    rows_of: Rows, caplog: pytest.LogCaptureFixture
) -> None:
    data = dicom(90, "Doe^Jane")
    good, cut = rows_of([Incoming("Doe_Jane.dcm", data), Incoming("Doe_Jane.dcm", data[:400])])
    assert good.fate is Fate.ANSWER and cut.fate is Fate.FAILED
    assert good.name == cut.name == "Doe_Jane.dcm", "whoever handed it in has to find it"
    for row in (good, cut):
        told = repr(replace(row, name=""))
        assert "Doe" not in told and "Jane" not in told
        assert hashlib.sha256(data).hexdigest() not in told
    assert good.provenance is not None and good.sha256 == good.provenance.input_sha256
    assert not caplog.records


def test_a_dicom_file_that_cannot_be_opened_loses_its_name_too(rows_of: Rows) -> None:
    encrypted = UnsupportedType("This file is encrypted.", "Pack it again.")
    rows = rows_of([Incoming("in/DOE_JANE.DCM", None, encrypted), Incoming("Doe.dcm", b"torn")])
    assert [row.public_name for row in rows] == ["DICOM file 1", "DICOM file 2"]
    assert [row.name for row in rows] == ["in/DOE_JANE.DCM", "Doe.dcm"]


def test_bytes_are_read_when_a_file_is_reached() -> None:
    read: list[str] = []

    def reader(name: str) -> Callable[[], bytes]:
        def read_it() -> bytes:
            read.append(name)
            return b"x"

        return read_it

    files = expanded(deque(Given(name, reader(name)) for name in "abc"), SETTINGS)
    assert next(files).name == "a" and read == ["a"]
    assert next(files).name == "b" and read == ["a", "b"]


@pytest.mark.parametrize("together", [True, False])
def test_models_that_take_one_image_at_a_time_are_served_too(together: bool) -> None:
    images = [module.decode_image(encoded(RED), "x.png", SETTINGS)] * 3
    calls: list[int] = []

    def predict_batch(model: Any, images: Sequence[DecodedImage]) -> list[Any]:
        calls.append(len(images))
        return predict(images)

    def predict_one(model: Any, image: DecodedImage) -> Any:
        calls.append(1)
        return result_of(image)

    inference = SimpleNamespace(predict=predict_one)
    if together:
        inference.predict_batch = predict_batch
    assert len(classify(inference, None, images)) == 3
    assert calls == ([3] if together else [1, 1, 1])


def test_the_summary_counts_fates_and_answers(rows_of: Rows) -> None:
    counted = summary(rows_of([*incoming(RED, RED, VIOLET), Incoming("empty", b"")]))
    assert counted.fates == {Fate.ANSWER: 2, Fate.UNSURE: 1, Fate.REFUSED: 0, Fate.FAILED: 1}
    assert counted.answers == {"Red": 2}
    assert sum(summary([]).fates.values()) == 0


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("a/b/c.png", "a/b/c.png"),
        ("a\\b.png", "a/b.png"),
        ("evil\u202egnp.exe\n", "evilgnp.exe"),
        ("///", "file"),
        ("", "file"),
        ("x" * 200 + ".png", "…" + ("x" * 200 + ".png")[-159:]),
    ],
)
def test_names_are_plain_text(name: str, shown: str) -> None:
    assert shown_name(name) == shown


def test_two_hundred_mixed_files_of_a_zip_are_two_hundred_rows(rows_of: Rows) -> None:
    shipped = [each.read() for each in samples("healthcare_imaging", "blood_cells")]
    kinds: list[Callable[[int], bytes]] = [
        lambda n: encoded(RED, (64 + n, 64)),
        lambda n: encoded(GREEN, (64, 64 + n)),
        lambda n: encoded(VIOLET, (64 + n, 48)),
        lambda n: shipped[n % len(shipped)][: 200 + n],
        lambda n: b"not an image" * n,
        lambda n: dicom(n, f"Doe^{n}"),
        lambda n: dicom(n, f"Doe^{n}")[: 400 + n],
        lambda n: zipped({"inside.png": encoded(RED)}),
    ]
    files = {f"ward {n % 7}/{n}.png": kinds[n % len(kinds)](n) for n in range(200)}
    data = zipped(files)
    assert count_files([Given("all.zip", lambda: data)], SETTINGS) == 200
    rows = rows_of(expanded(deque([Given("all.zip", lambda: data)]), SETTINGS))
    assert [row.name for row in rows] == list(files)
    assert summary(rows).fates == {
        Fate.ANSWER: 50,
        Fate.UNSURE: 25,
        Fate.REFUSED: 25,
        Fate.FAILED: 100,
    }
    assert all(row.words.reason for row in rows if row.fate is not Fate.ANSWER)
    assert len({row.number for row in rows}) == 200


def test_two_batches_share_the_model_and_keep_their_rows_apart(start: Start) -> None:
    at_work = threading.Lock()

    def alone(images: Sequence[DecodedImage]) -> list[Any]:
        def predict_batch(model: Any, images: Sequence[DecodedImage]) -> list[Any]:
            assert at_work.acquire(blocking=False), "two chunks at once"
            try:
                time.sleep(0)  # invite the other thread
                return predict(images)
            finally:
                at_work.release()

        return list(classify(SimpleNamespace(predict_batch=predict_batch), None, images))

    red, red_rows = start(incoming(*[RED] * (4 * CHUNK)), alone)
    green, green_rows = start(incoming(*[GREEN] * (4 * CHUNK)), alone)
    assert red.wait(PATIENCE) and green.wait(PATIENCE)
    assert {row.fate for row in red_rows.rows} == {Fate.ANSWER}
    assert {row.fate for row in green_rows.rows} == {Fate.REFUSED}
    assert len(red_rows.rows) == len(green_rows.rows) == 4 * CHUNK
