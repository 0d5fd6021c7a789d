"""Many messages through the models: one row per message, whatever becomes of it.

Works as a job (`demos.core.jobs`) through windows of the file: their messages are read, those not
met before are sorted by the models, some hundred at a time, and the rows of the window appear. The
model is lent for one such chunk only, so that other sessions get their turn; between two it can be
canceled. What was canceled or failed goes on where it stopped.

Memory holds, besides the file, the answers of each different message once, and the texts packed.
"""

import hashlib
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice

import numpy as np

from demos.core.batch import patiently
from demos.core.errors import InputError
from demos.core.jobs import Job
from demos.core.language.answers import Task
from demos.core.language.batch_answers import Rule
from demos.core.language.batch_file import MessageFile
from demos.core.language.batch_parts import Part, packed
from demos.core.language.batch_rows import Message, count, messages
from demos.core.language.batch_scoring import CHUNK, MOST_CHARACTERS, Engine, answered
from demos.core.settings import Settings
from demos.core.spec import ModelSpec

WINDOW_CHARACTERS = 2_000_000
"""A window ends with so many, or with as many messages as the model is lent for at once."""
WINDOW_READ = 250_000
"""It also ends with so many characters that the model reads: some seconds, then it can be
stopped."""
MOST_KNOWN = 250_000
"""Different messages that are recognized when they come again."""
KNOWN_BYTES = 150
"""Of each."""


@dataclass(eq=False, slots=True)
class Batch:
    """A file of messages and its rows so far.

    `source` is kept until the end is reached, to go on after a cancellation. `labels` are those of
    each task, `total` the rows of the file, both None until they are known; `distinct` counts
    different messages, `long` those longer than what is looked at, `seconds` the time of work;
    `map_job` is the job that draws the map of topics, once there is one.
    """

    spec: ModelSpec
    source: bytes | None
    sha256: str
    file: MessageFile
    column: str
    kept: tuple[str, ...]
    rules: Mapping[Task, Rule]
    labels: Mapping[Task, tuple[str, ...]] | None = None
    made: datetime = field(default_factory=lambda: datetime.now(UTC))
    total: int | None = None
    parts: list[Part] = field(default_factory=list)
    rows: int = 0
    begun: int = 0
    distinct: int = 0
    long: int = 0
    seconds: float = 0.0
    map_job: str = ""
    known: dict[bytes, int] = field(default_factory=dict)
    turn: threading.Lock = field(default_factory=threading.Lock)

    @property
    def tasks(self) -> tuple[Task, ...]:
        return tuple(self.rules)

    @property
    def complete(self) -> bool:
        return self.rows == self.total

    @property
    def size(self) -> int:
        """Bytes in memory, roughly."""
        held = len(self.source or b"") + KNOWN_BYTES * len(self.known)
        return held + sum(part.size for part in self.parts)


def new_batch(
    spec: ModelSpec,
    source: bytes,
    file: MessageFile,
    column: str,
    kept: Sequence[str],
    rules: Mapping[Task, Rule],
) -> Batch:
    """A batch of which nothing is done yet; `rules` are those of the tasks wanted.

    Raises `InputError` without any.
    """
    if not rules:
        raise InputError("Nothing was chosen to find out.", "Choose at least one task.")
    digest = hashlib.sha256(source).hexdigest()
    beside = tuple(each for each in dict.fromkeys(kept) if each != column)
    return Batch(spec, source, digest, file, column, beside, dict(rules))


def run(batch: Batch, engine: Engine, settings: Settings, job: Job) -> Batch:
    """Fill `batch` up to the end of its file, from where it stands.

    Raises `Canceled`, `InputError` for a file that is damaged, and `ModelError` if the model cannot
    be used; the rows so far stay.
    """
    if not batch.turn.acquire(blocking=False):
        raise InputError("This file is being worked on already.", "Wait until that has stopped.")
    began = time.monotonic()
    try:
        job.weigh(batch.size)
        source = batch.source
        if source is None:
            return batch
        if batch.total is None:
            batch.total = count(source, batch.file, batch.column, settings, job)
        batch.begun = batch.rows
        rows = messages(source, batch.file, batch.column, batch.kept, settings)
        fill(batch, islice(rows, batch.rows, None), engine, job)
        batch.source = None
        batch.known.clear()
        job.weigh(batch.size)
    finally:
        batch.seconds += time.monotonic() - began
        batch.turn.release()
    return batch


def fill(batch: Batch, rows: Iterator[Message], engine: Engine, job: Job) -> None:
    """A part for each window of what is left."""
    report(batch, job)
    if batch.labels is None:
        batch.labels = patiently(
            lambda: {task: tuple(engine.labels(task)) for task in batch.tasks}, job
        )
    size = batch.size
    for window in windows(rows):
        index = np.empty(len(window), np.uint32)
        here: dict[bytes, int] = {}
        fresh: list[Message] = []
        for place, row in enumerate(window):
            key = key_of(row)
            at = batch.known.get(key, here.get(key))
            if at is None:
                at = here[key] = batch.distinct + len(fresh)
                fresh.append(row)
            index[place] = at
        answers = answered(fresh, engine, batch.labels, batch.rules, job)
        part = Part(answers, index, packed(window, len(batch.kept)))
        if len(batch.known) < MOST_KNOWN:
            batch.known.update(here)
        batch.long += sum(len(row.text) > MOST_CHARACTERS for row in window)
        batch.parts.append(part)
        batch.distinct += len(fresh)
        batch.rows += len(window)
        size += part.size + KNOWN_BYTES * len(here)
        job.weigh(size)
        if not batch.complete:  # canceled at the very end, nothing is left to do
            report(batch, job)


def windows(rows: Iterable[Message]) -> Iterator[list[Message]]:
    """The rows, so many of them at a time that they are neither too many nor too long together."""
    window: list[Message] = []
    held = read = 0
    for row in rows:
        window.append(row)
        held += len(row.text) + sum(map(len, row.kept))
        read += min(len(row.text), MOST_CHARACTERS)
        if len(window) == CHUNK or held >= WINDOW_CHARACTERS or read >= WINDOW_READ:
            yield window
            window, held, read = [], 0, 0
    if window:
        yield window


def key_of(row: Message) -> bytes:
    """What rows with the same answers have in common: the text as the models see it."""
    seen = f"{row.problem}\0{row.text[:MOST_CHARACTERS]}"
    return hashlib.blake2b(seen.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def report(batch: Batch, job: Job) -> None:
    """Say how far this run is. Raises `Canceled`."""
    total = (batch.total or 0) - batch.begun
    job.report(min(batch.rows - batch.begun, total), total)
