"""Messages and a model of them that tests can steer by their words.

`Sorter` finds "good" positive and "bad" negative, is torn by "torn", unsure of all else; "bonjour"
is French, "wait" holds a chunk until a test lets it go, and "break" breaks it.
"""

import io
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from demos.core.errors import Busy, ModelError
from demos.core.jobs import Job, Jobs
from demos.core.language.answers import Task, Verdict
from demos.core.language.batch import Batch, new_batch, run
from demos.core.language.batch_answers import Rule
from demos.core.language.batch_file import look_at
from demos.core.language.batch_scoring import Engine
from demos.core.language.scope import Scope
from demos.core.results import Outcome
from demos.core.settings import Settings
from demos.core.spec import Bundled, ModelSpec

PATIENCE = 120.0
"""Seconds."""
SLUG = "language_tasks"
SPEC = ModelSpec(SLUG, "sorter", "Sorter", Bundled("x", "0" * 64), 1, "Apache-2.0", "Sorts.")
SETTINGS = Settings()
LABELS = {Task.SENTIMENT: ("negative", "positive"), Task.INTENT: ("order", "cancel", "oos")}
NO_INTENT = "This is no request that the model knows."
RULES = {Task.SENTIMENT: Rule(0.6), Task.INTENT: Rule(0.5, "oos", NO_INTENT)}
FRENCH = Scope(Verdict(Outcome.REFUSED, "This looks like French."), "fr", 0.9)
ENGLISH = Scope(Verdict(), "en", 0.9)


@dataclass
class Sorter:
    """Scores texts; what it was asked is kept."""

    gate: threading.Event = field(default_factory=threading.Event)
    held: threading.Event = field(default_factory=threading.Event)
    asked: list[list[str]] = field(default_factory=list)
    busy: int = 0
    gone: bool = False

    def scores(
        self, tasks: Sequence[Task], texts: Sequence[str]
    ) -> Mapping[Task, NDArray[np.float32]]:
        if self.busy:
            self.busy -= 1
            raise Busy(1)
        if self.gone:
            raise ModelError("The model is gone.", "Come back later.")
        if any("wait" in text for text in texts):
            self.held.set()
            assert self.gate.wait(PATIENCE)
        if any("break" in text for text in texts):
            raise ValueError("a defect")
        self.asked.append(list(texts))
        return {
            task: np.array([self.row(task, text) for text in texts], np.float32) for task in tasks
        }

    @staticmethod
    def row(task: Task, text: str) -> list[float]:
        if text == "nothing":
            return [0.0] * len(LABELS[task])
        if task is Task.INTENT:
            return [0.1, 0.8, 0.1] if "cancel" in text else [0.1, 0.1, 0.8]
        if "torn" in text:
            return [0.48, 0.52]
        return [0.05, 0.95] if "good" in text else [0.9, 0.1] if "bad" in text else [0.42, 0.58]

    @staticmethod
    def vectors(texts: Sequence[str]) -> NDArray[np.float32]:
        """Texts with the same first word lie near each other."""
        found = []
        for text in texts:
            seed = sum(map(ord, (text.split() or [""])[0]))
            near = np.random.default_rng(seed).normal(size=16)
            found.append(near + np.random.default_rng(sum(map(ord, text))).normal(size=16) / 8)
        vectors = np.array(found, np.float32)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    def engine(self) -> Engine:
        return Engine(self.scores, LABELS.__getitem__, scope, self.vectors, RULES)


def scope(text: str) -> Scope:
    return FRENCH if "bonjour" in text else ENGLISH


def csv_of(texts: Sequence[str], column: str = "message") -> bytes:
    buffer = io.BytesIO()
    pl.DataFrame({"id": range(1, len(texts) + 1), column: texts}).write_csv(buffer)
    return buffer.getvalue()


def parquet_of(texts: Sequence[str | None], column: str = "message") -> bytes:
    buffer = io.BytesIO()
    frame = pl.DataFrame({"id": range(1, len(texts) + 1), column: texts})
    frame.write_parquet(buffer, row_group_size=50)
    return buffer.getvalue()


def batch_of(
    data: bytes, name: str = "may.csv", rules: Mapping[Task, Rule] = RULES, **more: object
) -> Batch:
    file = look_at(data, name, SETTINGS)
    kept = more.get("kept", ())
    assert isinstance(kept, tuple)
    return new_batch(SPEC, data, file, file.column, kept, rules)


def worked(board: Jobs, batch: Batch, engine: Engine) -> Job:
    """The job of a batch, once it has ended."""
    job = board.start(lambda job: run(batch, engine, SETTINGS, job), batch)
    assert job.wait(PATIENCE)
    return job
