"""Reading and scoring a table as one job, in the background.

A sample's job is shared: whoever opens the page next finds its result. An upload's is its session's
own, and of whoever has its id.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from demos.core.jobs import Job, State
from demos.core.samples import Sample
from demos.core.settings import read_settings
from demos.core.spec import PACKAGE, DemoSpec, ModelSpec
from demos.core.tables import Column, Layout, Table, preview, read
from demos.core.wording import counted
from pages.components.job_board import job_board

Tell = Callable[[int, int, str], None]
"""Says how far scoring is: so much of so much, and what is being done."""
Score = Callable[[Table, Tell], Any]
"""Scores a table, in a thread of the job board: it may not use Streamlit, or know the session."""

TICKS = 1000
READING = 100
"""Of `TICKS`, how much of the work it is to read the file."""
COPIES = 3
"""How often the rows of a table are in memory with their scores and what they were made from."""
FIELD_SET_ASIDE = 50
"""Bytes of a text beside its characters."""


@dataclass(frozen=True, slots=True, eq=False)
class ScoredTable:
    """A finished result: what `Score` returned, and the table it is of, without its rows.

    `rows` could be used. `id` tells it from every other result, for keys of the session. `sample`
    is `None` for an upload, `url` the permalink of a sample.
    """

    demo: str
    model: str
    result: Any
    table: Table
    rows: int
    sample: Sample | None
    id: str
    url: str | None = None

    @property
    def title(self) -> str:
        return self.sample.title if self.sample else self.table.name

    @property
    def file(self) -> str:
        """Where the file lies, seen from the project's folder."""
        return str(self.sample.path.relative_to(PACKAGE.parent)) if self.sample else self.table.name

    @property
    def notes(self) -> tuple[str, ...]:
        """What was assumed or set aside while reading it, in sentences."""
        aside = len(self.table.quarantine)
        rows = counted(aside, "row")
        return (
            *self.table.notes,
            *((f"{rows} could not be used and were set aside.",) * bool(aside)),
        )


@dataclass(frozen=True, slots=True)
class Underway:
    """What there is to see of a job before its result."""

    demo: str
    model: str
    name: str


def start_upload(
    demo: DemoSpec,
    spec: ModelSpec,
    data: bytes,
    name: str,
    columns: Sequence[Column],
    layout: Layout,
    mapping: Mapping[str, str],
    score: Score,
) -> Job:
    """Begin to read and score an upload. Raises `Busy` if too many jobs wait already."""
    settings = read_settings()

    def work(job: Job) -> ScoredTable:
        table = read(data, name, columns, layout, mapping, settings, reading(job))
        return scored(job, demo, spec, table, score, None)

    return job_board().start(work, Underway(demo.slug, spec.name, name))


class SampleJobs:
    """Which job scores, or has scored, which sample with which weights; thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ids: dict[tuple[str, str, str], str] = {}

    def start(
        self,
        demo: DemoSpec,
        spec: ModelSpec,
        sample: Sample,
        columns: Sequence[Column],
        score: Score,
    ) -> Job:
        """The job of a sample, begun if there is none. Raises `Busy` if too many wait already."""
        weights = spec.source.version
        key = (demo.slug, sample.key, weights)
        board = job_board()
        with self._lock:
            job = board.find(self._ids.get(key, ""))
            if job is None or job.state in (State.FAILED, State.CANCELED):
                job = board.start(
                    lambda job: self._work(job, demo, spec, sample, columns, score),
                    Underway(demo.slug, spec.name, sample.title),
                )
                self._ids[key] = job.id
            return job

    @staticmethod
    def _work(
        job: Job,
        demo: DemoSpec,
        spec: ModelSpec,
        sample: Sample,
        columns: Sequence[Column],
        score: Score,
    ) -> ScoredTable:
        settings = read_settings()
        seen = preview(sample.path, sample.path.name, columns, settings)
        table = read(
            sample.path,
            sample.path.name,
            columns,
            seen.layout,
            seen.mapping,
            settings,
            reading(job),
        )
        return scored(job, demo, spec, table, score, sample)

    def owns(self, id: str) -> bool:
        """Whether that job is a sample's, which nobody may cancel or delete for the others."""
        with self._lock:
            return id in self._ids.values()


sample_jobs = SampleJobs()
"""Of this process, as the job board is."""


def reading(job: Job) -> Callable[[int, int], None]:
    return lambda done, total: job.report(
        READING * done // max(total, 1), TICKS, "reading the file"
    )


def scored(
    job: Job, demo: DemoSpec, spec: ModelSpec, table: Table, score: Score, sample: Sample | None
) -> ScoredTable:
    """Score a table that was read, and let go of its rows: the result has what it needs."""

    def tell(done: int, total: int, note: str) -> None:
        job.report(READING + (TICKS - READING) * done // max(total, 1), TICKS, note)

    job.report(READING, TICKS, "scoring")
    size = COPIES * int(table.frame.estimated_size())
    result = score(table, tell)
    aside = (text for row in table.quarantine.rows for text in row.fields)
    job.weigh(size + sum(FIELD_SET_ASIDE + len(text) for text in aside))
    rows, table = len(table.frame), replace(table, frame=table.frame.clear())
    return ScoredTable(demo.slug, spec.name, result, table, rows, sample, job.id)
