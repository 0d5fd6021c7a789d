"""Many files through one model: one row per file, whatever becomes of it.

Works in chunks, as a job (`demos.core.jobs`): a chunk is read, decoded and classified, its rows
appear, its bytes and pixels go. Between chunks it can be canceled, and other sessions get their
turn. A file that cannot be used is a row that says why; only a model that cannot be used ends the
whole.
"""

import hashlib
import logging
import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeVar

from demos.core.batch_files import Incoming, shown_name
from demos.core.errors import Busy, InputError, UserError
from demos.core.explain import thumbnail
from demos.core.jobs import Canceled, Job
from demos.core.media import DecodedImage, decode_image
from demos.core.results import LabelScore, Outcome, Provenance
from demos.core.settings import Settings
from demos.core.signatures import looks_like
from demos.core.spec import ModelSpec
from demos.core.wording import model_score, percent, scope_score

log = logging.getLogger(__name__)

PROBABILITY = "Probability"
"""What a calibrated score is called; any other is no share of 100."""
CHUNK = 16
"""Images classified at once, and rows that appear at once."""
CHUNK_PIXELS = 16_000_000
"""A chunk of large images ends early: decoded, they take 3 bytes a pixel until it is classified."""
THUMBNAIL_SIDE = 64
RETRY_SECONDS = 1.0

DICOM_NAMES = (".dcm", ".dicom", ".dic")
"""Endings that say so of a file that cannot be looked into, such as an encrypted one."""

TURN = threading.Lock()
"""Batches classify one chunk at a time between them, so that the single image of somebody else
never competes with more than one of them."""

T = TypeVar("T")
Predict = Callable[[Sequence[DecodedImage]], Sequence[Any]]


class Fate(StrEnum):
    """What became of a file: one of the three outcomes, or it could not be used at all."""

    ANSWER = Outcome.ANSWER.value
    UNSURE = Outcome.UNSURE.value
    REFUSED = Outcome.REFUSED.value
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Words:
    """What a row says, shown and exported as it is; `score` is that of the answer."""

    answer: str = ""
    score: float | None = None
    candidates: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One file. `size` is in bytes, `thumbnail` a PNG; `seconds` are of decoding and predicting.

    A file that failed has words and little else; `scope` is `None` where a model has no gate.
    `name` is for whoever handed the file in; what leaves this server says `public_name`. Of a DICOM
    file, neither that nor `sha256` may tell whose it is (see `DecodedImage`).
    """

    number: int
    name: str
    public_name: str
    size: int
    sha256: str
    fate: Fate
    words: Words
    seconds: float
    thumbnail: bytes = b""
    format: str = ""
    notes: tuple[str, ...] = ()
    scores: tuple[LabelScore, ...] = ()
    candidates: tuple[str, ...] = ()
    scope: float | None = None
    provenance: Provenance | None = None


@dataclass(eq=False, slots=True)
class Batch:
    """The rows so far, in the order of the files. `total` is `None` until it is known.

    `title_of` names a label; `measure` is the figure beside an answer: "Probability" only where it
    is calibrated.
    """

    spec: ModelSpec
    title_of: Callable[[str], str] = str
    measure: str = PROBABILITY
    made: datetime = field(default_factory=lambda: datetime.now(UTC))
    total: int | None = None
    rows: list[Row] = field(default_factory=list)


@dataclass(frozen=True, slots=True, eq=False)
class Pending:
    """A decoded image on its way through the model, and the row that waits for the result."""

    row: Row
    image: DecodedImage


@dataclass(frozen=True, slots=True)
class Summary:
    """How many files had each fate and each answer, both most frequent first."""

    fates: dict[Fate, int]
    answers: dict[str, int]


def summary(rows: Iterable[Row]) -> Summary:
    rows = tuple(rows)
    answers = Counter(row.words.answer for row in rows if row.fate is Fate.ANSWER)
    return Summary(
        {fate: sum(row.fate is fate for row in rows) for fate in Fate}, dict(answers.most_common())
    )


def describe(result: Any, title_of: Callable[[str], str], subject: str) -> Words:
    """The words of a result with outcome, scores, candidates and scope; `subject` is in scope."""
    if result.outcome is Outcome.ANSWER:
        (label,) = result.candidates
        score = next(each.score for each in result.scores if each.label == label)
        return Words(title_of(label), score)
    if result.outcome is Outcome.REFUSED:
        return Words(
            reason=f"Does not look like {subject}: scope score {scope_score(result.scope)}, "
            "accepted up to 1.00."
        )
    likely = [
        f"{title_of(each.label)} {percent(each.score)}"
        for each in result.scores
        if each.label in result.candidates
    ]
    return Words(candidates=", ".join(likely), reason="Not sure enough for one answer.")


def figure(score: float, measure: str) -> str:
    """A score in words, in per cent only where it is a probability."""
    return percent(score) if measure == PROBABILITY else model_score(score)


def classify(inference: Any, model: Any, images: Sequence[DecodedImage]) -> Sequence[Any]:
    """Results of a demo's inference module: in one pass where it can, else one by one."""
    together = getattr(inference, "predict_batch", None)
    with TURN:
        if together is not None:
            results: Sequence[Any] = together(model, images)
            return results
        return [inference.predict(model, image) for image in images]


def run(
    batch: Batch,
    files: Iterable[Incoming],
    predict: Predict,
    words_of: Callable[[Any], Words],
    settings: Settings,
    job: Job,
) -> Batch:
    """Fill `batch` with one row per file. `predict` takes up to `CHUNK` images.

    Raises `Canceled`, and `ModelError` if the model cannot be used; the rows so far stay.
    """
    chunk: list[Row | Pending] = []
    for number, file in enumerate(files, 1):
        job.report(len(batch.rows), batch.total)
        chunk.append(received(number, file, settings))
        pixels = sum(each.image.pixels.size // 3 for each in chunk if isinstance(each, Pending))
        if len(chunk) == CHUNK or pixels >= CHUNK_PIXELS:
            finish(batch, chunk, predict, words_of, job)
            chunk.clear()
    finish(batch, chunk, predict, words_of, job)
    return batch


def received(number: int, file: Incoming, settings: Settings) -> Row | Pending:
    """A decoded image, or the row of a file that is none."""
    began = time.perf_counter()
    data = file.data or b""
    name, dicom = shown_name(file.name), looks_like(data) == "DICOM"
    nameless = dicom or name.lower().endswith(DICOM_NAMES)
    row = Row(
        number=number,
        name=name,
        public_name=f"DICOM file {number}" if nameless else name,
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest() if data and not dicom else "",
        fate=Fate.FAILED,
        words=Words(),
        seconds=0.0,
    )
    try:
        if file.problem is not None:
            raise file.problem
        image = decode_image(data, file.name, settings)
        row = replace(
            row,
            public_name=image.name if dicom else row.public_name,
            sha256=image.sha256,
            thumbnail=thumbnail(image.pixels, THUMBNAIL_SIDE),
            format=image.format,
            notes=image.notes,
            seconds=time.perf_counter() - began,
        )
    except Exception as error:
        return failed(row, error)
    return Pending(row, image)


def finish(
    batch: Batch,
    chunk: Sequence[Row | Pending],
    predict: Predict,
    words_of: Callable[[Any], Words],
    job: Job,
) -> None:
    """Classify what is pending in a chunk and add all its rows to the batch."""
    images = [each.image for each in chunk if isinstance(each, Pending)]
    results = iter(predicted(batch, images, predict, job))
    for each in chunk:
        row = completed(each.row, next(results), words_of) if isinstance(each, Pending) else each
        batch.rows.append(row)
    job.report(len(batch.rows), batch.total)


def predicted(
    batch: Batch, images: Sequence[DecodedImage], predict: Predict, job: Job
) -> Sequence[Any]:
    """A result per image, or the exception that one image by itself raises."""
    if not images:
        return ()
    try:
        results = patiently(lambda: predict(images), job)
    except Canceled:
        raise
    except Exception as error:
        if len(images) > 1:  # which of them is to blame shows one by one
            return [predicted(batch, [image], predict, job)[0] for image in images]
        if isinstance(error, UserError) and not isinstance(error, InputError):
            raise
        return [error]
    if len(results) != len(images):
        raise ValueError(f"{len(results)} results for {len(images)} images")
    return results


def patiently(ask: Callable[[], T], job: Job) -> T:
    """`ask()`, as often as it takes to get hold of the model. Raises `Canceled`."""
    while True:
        try:
            return ask()
        except Busy:
            reached = job.progress
            job.report(reached.done, reached.total, "Waiting for the model: others are using it")
            job.pause(RETRY_SECONDS)


def completed(row: Row, result: Any, words_of: Callable[[Any], Words]) -> Row:
    """A row with its result, of which only what can be shown is kept."""
    if isinstance(result, Exception):
        return failed(row, result)
    return replace(
        row,
        fate=Fate(result.outcome.value),
        words=words_of(result),
        seconds=row.seconds + result.provenance.seconds,
        scores=tuple(result.scores),
        candidates=tuple(result.candidates),
        scope=getattr(result, "scope", None),
        provenance=result.provenance,
    )


def failed(row: Row, error: Exception) -> Row:
    """A row that says why."""
    return replace(row, words=Words(reason=why_failed(error)))


def why_failed(error: Exception) -> str:
    """For whoever handed a file in; a defect of ours goes to the log, where no name may appear."""
    if isinstance(error, UserError):
        return str(error)
    reference = secrets.token_hex(4)
    log.error("A file of a batch failed, reference %s", reference, exc_info=error)
    return f"This file could not be processed. Report the reference {reference}."
