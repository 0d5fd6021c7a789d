"""Many recordings through one model: one row per recording, whatever becomes of it.

Works through them one after the other, as a job (`demos.core.jobs`): a recording is read, decoded
and listened to, its row appears, its bytes and samples go. How far it is counts in seconds of
audio, also inside a long recording, and there too it can be canceled. A recording that cannot be
used is a row that says why; only a model that cannot be used ends the whole.
"""

import hashlib
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from demos.core.audio.decoding import decode_audio
from demos.core.audio.sound import DecodedAudio
from demos.core.batch import Fate, patiently, why_failed
from demos.core.batch_files import Given, Incoming, expanded, shown_name
from demos.core.errors import InputError, UserError
from demos.core.jobs import Canceled, Job
from demos.core.settings import Settings
from demos.core.spec import ModelSpec
from demos.core.speech.batch_survey import Survey, stem, survey
from demos.core.speech.error_rate import CorpusRates, ErrorRates, compare, together
from demos.core.speech.transcript import Options, Transcription

RETRY_SECONDS = 0.5
"""Between two looks whether it is this table's turn, or whether it shall stop."""
TURN = threading.Lock()
"""Tables listen to one recording at a time between them, so that the single recording of somebody
else never competes with more than one of them."""

Tell = Callable[[Transcription], None]
Hear = Callable[[DecodedAudio, Tell], Transcription]


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """One recording: what was heard in it, without its sound, or the `reason` why nothing was.

    `size` is in bytes, `audio_seconds` the length of the recording, `seconds` those of decoding and
    transcribing. `reference` is what was said, where a text of the same name came along, and
    `errors` how far the transcript is from it, without the alignment.
    """

    number: int
    name: str
    size: int
    sha256: str
    fate: Fate = Fate.FAILED
    reason: str = ""
    audio_seconds: float = 0.0
    seconds: float = 0.0
    format: str = ""
    notes: tuple[str, ...] = ()
    heard: Transcription | None = None
    reference: str | None = None
    errors: ErrorRates | None = None

    @property
    def text(self) -> str:
        return self.heard.text if self.heard else ""


@dataclass(frozen=True, slots=True, eq=False)
class Hearing:
    """The recording at hand, of `seconds`, and what was heard of it so far, None at first."""

    name: str
    seconds: float
    so_far: Transcription | None = None

    @property
    def done(self) -> float:
        """How far it has been heard, in seconds."""
        return self.so_far.done if self.so_far else 0.0


@dataclass(eq=False, slots=True)
class Batch:
    """The rows so far, in the order of the files. `total` counts the recordings.

    `survey` is what was found out about them beforehand, None until it was; `pooled` compares all
    rows with a reference, once it has ended.
    """

    spec: ModelSpec
    options: Options = field(default_factory=Options)
    made: datetime = field(default_factory=lambda: datetime.now(UTC))
    total: int | None = None
    survey: Survey | None = None
    rows: list[Row] = field(default_factory=list)
    hearing: Hearing | None = None
    pooled: CorpusRates | None = None

    @property
    def done_seconds(self) -> float:
        """Of audio: that of all rows, and what was heard of the present recording."""
        now = self.hearing
        return sum(row.audio_seconds for row in self.rows) + (now.done if now else 0.0)

    @property
    def total_seconds(self) -> float:
        """Of audio: as decoded where it has been, else as the files say, else as the others."""
        now = self.hearing
        known = [row.audio_seconds for row in self.rows] + ([now.seconds] if now else [])
        left = self.survey.lengths[len(known) :] if self.survey else ()
        said = [each for each in left if each is not None]
        usual = (sum(known) + sum(said)) / max(len(known) + len(said), 1)
        return sum(known) + sum(said) + usual * (len(left) - len(said))


def run(batch: Batch, given: deque[Given], hear: Hear, settings: Settings, job: Job) -> Batch:
    """Fill `batch` with one row per recording; `given` is empty afterwards.

    `hear(audio, tell)` transcribes, and calls `tell` with what was heard so far as often as it can.
    Raises `Canceled`, and `ModelError` if the model cannot be used; the rows so far stay.
    """
    try:
        batch.survey = survey(given, settings, job)
        batch.total = len(batch.survey.lengths)
        fill(batch, given, batch.survey, hear, settings, job)
    finally:
        batch.hearing = None
        compared = [row.errors for row in batch.rows if row.errors is not None]
        batch.pooled = together(compared) if compared else None
    return batch


def fill(
    batch: Batch, given: deque[Given], texts: Survey, hear: Hear, settings: Settings, job: Job
) -> None:
    """A row for each recording."""
    held = 0
    for file in expanded(given, settings, settings.max_audio_bytes):
        if texts.is_reference(file.name):
            continue
        report(batch, job)
        row = row_of(batch, file, texts, hear, settings, job)
        batch.hearing = None
        batch.rows.append(row)
        held += weight(row)
        job.weigh(held)
        del file  # before the next one is read
    report(batch, job)


def report(batch: Batch, job: Job, note: str = "") -> None:
    """Say how far it is, in milliseconds of audio. Raises `Canceled`."""
    total = round(1000 * batch.total_seconds)
    job.report(round(1000 * batch.done_seconds), total or None, note)


def row_of(
    batch: Batch, file: Incoming, texts: Survey, hear: Hear, settings: Settings, job: Job
) -> Row:
    """The row of one file. Raises `Canceled`, and what is wrong with the model."""
    began = time.perf_counter()
    data = file.data or b""
    row = Row(
        number=len(batch.rows) + 1,
        name=shown_name(file.name),
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest() if data else "",
        reference=texts.references.get(stem(file.name)),
        notes=tuple(filter(None, [texts.problems.get(stem(file.name))])),
    )
    try:
        if file.problem is not None:
            raise file.problem
        audio = decode_audio(data, file.name, settings)
        row = replace(
            row,
            audio_seconds=audio.seconds,
            seconds=time.perf_counter() - began,
            format=audio.format,
            notes=audio.notes + row.notes,
        )
        return heard(row, in_turn(batch, row.name, audio, hear, job))
    except Canceled:
        raise
    except Exception as error:
        if isinstance(error, UserError) and not isinstance(error, InputError):
            raise
        return replace(row, reason=why_failed(error))


def in_turn(batch: Batch, name: str, audio: DecodedAudio, hear: Hear, job: Job) -> Transcription:
    """`hear`, once it is this table's turn, as often as it takes to get hold of the model."""

    def tell(so_far: Transcription) -> None:
        batch.hearing = Hearing(name, audio.seconds, so_far)
        report(batch, job)

    batch.hearing = Hearing(name, audio.seconds)
    while not TURN.acquire(timeout=RETRY_SECONDS):
        report(batch, job, "Waiting: another table of recordings is at work")
    try:
        return patiently(lambda: hear(audio, tell), job)
    finally:
        TURN.release()


def heard(row: Row, transcription: Transcription) -> Row:
    """A row with what was heard, compared with what was said where that is known."""
    errors = None
    if row.reference:
        errors = replace(compare(row.reference, transcription.text), alignment=())
    return replace(
        row,
        fate=Fate(transcription.outcome.value),
        reason=transcription.reason,
        seconds=row.seconds + transcription.provenance.seconds,
        heard=transcription,
        errors=errors,
    )


def weight(row: Row) -> int:
    """About how many bytes a row keeps in memory: its words, each with two times and a score."""
    if row.heard is None:
        return sys.getsizeof(row)
    numbers = 3 * sys.getsizeof(0.0)
    words = sum(
        sys.getsizeof(word) + sys.getsizeof(word.text) + numbers for word in row.heard.words
    )
    return sys.getsizeof(row) + words + 2 * sys.getsizeof(row.text)


def word_count(heard: Transcription) -> int:
    """Words as timed, or as written where they have no times."""
    return len(heard.words) or len(heard.text.split())


def doubtful_share(heard: Transcription, doubtful: float) -> float | None:
    """The share of words with a score below `doubtful`; None where no word has a score."""
    scores = [word.score for word in heard.words if word.score is not None]
    return sum(score < doubtful for score in scores) / len(scores) if scores else None


@dataclass(frozen=True, slots=True)
class Summary:
    """All rows together: recordings with each fate, their seconds of audio and their words.

    `seconds` are those of work; `compared` counts the rows with a reference, which has
    `said` words, of which `errors` were heard wrong, not at all, or added.
    """

    fates: dict[Fate, int]
    audio_seconds: float
    seconds: float
    words: int
    compared: int
    said: int
    errors: int


def summary(rows: Iterable[Row]) -> Summary:
    rows = tuple(rows)
    compared = [row.errors for row in rows if row.errors is not None]
    return Summary(
        fates={fate: sum(row.fate is fate for row in rows) for fate in Fate},
        audio_seconds=sum(row.audio_seconds for row in rows),
        seconds=sum(row.seconds for row in rows),
        words=sum(word_count(row.heard) for row in rows if row.heard),
        compared=len(compared),
        said=sum(each.words for each in compared),
        errors=sum(each.errors for each in compared),
    )
