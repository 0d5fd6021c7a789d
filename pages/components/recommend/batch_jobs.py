"""Histories from a file, then recommendations for all of them: two jobs in the background.

The first ends with what was matched, for a person to look at; the second starts when told to. Each
result is kept for whoever has the job's id.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from demos.core.jobs import Job
from demos.core.recommend.batch import Recommendations, Scores, recommend
from demos.core.recommend.catalog import Catalog
from demos.core.recommend.histories import Histories, histories_of
from demos.core.recommend.history_columns import COLUMNS
from demos.core.recommend.matching import Report
from demos.core.recommend.steering import Steering
from demos.core.settings import read_settings
from demos.core.spec import DemoSpec, ModelSpec
from demos.core.tables import Layout, Table, read
from pages.components.job_board import job_board
from pages.components.table_jobs import READING, TICKS, Underway, reading

FIELDS_SET_ASIDE = 400
"""Bytes, roughly, of a row that is kept to be given back."""


@dataclass(frozen=True, slots=True, eq=False)
class Matched:
    """A file's histories; `table` is without its rows, of which there were `rows`."""

    demo: str
    model: str
    catalog: Catalog
    table: Table
    rows: int
    histories: Histories

    @property
    def size(self) -> int:
        """Bytes, roughly."""
        aside = len(self.table.quarantine.rows) + len(self.histories.unknown.rows)
        return self.histories.size + FIELDS_SET_ASIDE * aside


@dataclass(frozen=True, slots=True, eq=False)
class Recommended:
    """What all customers of a file are recommended, and how it was steered."""

    matched: Matched
    steering: Steering
    found: Recommendations

    @property
    def demo(self) -> str:
        return self.matched.demo

    @property
    def model(self) -> str:
        return self.matched.model


def start_matching(
    demo: DemoSpec,
    spec: ModelSpec,
    catalog: Catalog,
    data: bytes,
    name: str,
    layout: Layout,
    mapping: Mapping[str, str],
) -> Job:
    """Begin to read a file and match its items. Raises `Busy` if too many jobs wait already."""
    settings = read_settings()

    def work(job: Job) -> Matched:
        table = read(data, name, COLUMNS, layout, mapping, settings, reading(job))
        histories = histories_of(table.frame, catalog, matching(job))
        rows, table = len(table.frame), replace(table, frame=table.frame.clear())
        result = Matched(demo.slug, spec.name, catalog, table, rows, histories)
        job.weigh(result.size)
        return result

    return job_board().start(work, Underway(demo.slug, spec.name, name))


def matching(job: Job) -> Report:
    """How far a job is whose first part was to read the file."""
    return lambda done, total, stage: job.report(
        READING + (TICKS - READING) * done // max(total, 1), TICKS, stage
    )


def start_recommending(matched: Matched, scores: Scores, steering: Steering) -> Job:
    """Begin to recommend; until that is done, or if it is not, the job's result is `matched`.

    `scores` runs in a thread of the job board: it may not use Streamlit. Raises `Busy`.
    """

    def work(job: Job) -> Recommended:
        job.weigh(matched.size)
        found = recommend(matched.catalog, matched.histories, scores, steering, job.report)
        job.weigh(matched.size + found.size)
        return Recommended(matched, steering, found)

    return job_board().start(work, matched)
