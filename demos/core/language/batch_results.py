"""The rows of a batch: counted by label, filtered, and shown with reasons."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from demos.core.batch import Fate
from demos.core.language.answers import Task
from demos.core.language.batch import Batch
from demos.core.language.batch_answers import names, reason
from demos.core.language.batch_parts import Part, unpacked

SURE = Fate.ANSWER.value
Places = NDArray[np.int64]
"""Of rows, counted from 0, in any order."""


@dataclass(frozen=True, slots=True)
class LabelCount:
    """How many messages have a label as their sure answer; `mean` of its scores, of 1."""

    label: str
    count: int
    mean: float


@dataclass(frozen=True, slots=True)
class Tally:
    """The messages of a task by label, the commonest first, and by outcome.

    `reasons` are why messages were refused or not read, the commonest first.
    """

    task: Task
    labels: tuple[LabelCount, ...]
    fates: Mapping[Fate, int]
    mean: float | None
    reasons: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Filter:
    """Which rows are wanted; what is empty does not matter. `least` is the score of the label."""

    task: Task
    fates: tuple[Fate, ...] = ()
    labels: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    text: str = ""
    least: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """The rows of a batch at one moment. `answers` (n,) has the columns of `batch_answers`."""

    batch: Batch
    parts: tuple[Part, ...]
    answers: pl.DataFrame

    def __len__(self) -> int:
        return self.answers.height


def rows_of(batch: Batch) -> Rows:
    """Those there are now."""
    parts = tuple(batch.parts)
    if not parts:
        return Rows(batch, parts, pl.DataFrame())
    distinct = pl.concat([part.answers for part in parts])
    return Rows(batch, parts, distinct[np.concatenate([part.index for part in parts])])


def tally(rows: Rows, task: Task) -> Tally:
    """Count the rows of a task."""
    label, score, _, _, outcome = names(task)
    sure = rows.answers.filter(pl.col(outcome) == SURE)
    counts = (
        sure.group_by(label)
        .agg(pl.len().alias("count"), pl.col(score).cast(pl.Float64).mean().alias("mean"))
        .sort("count", label, descending=[True, False])
    )
    fates = dict(rows.answers[outcome].cast(pl.String).value_counts().iter_rows())
    away = rows.answers.filter(pl.col(outcome).is_in([Fate.REFUSED.value, Fate.FAILED.value]))
    said = reason(task, rows.batch.rules[task], labels_of(rows.batch, task))
    why = away.select(said.alias("why"))["why"]
    reasons = why.value_counts().sort("count", "why", descending=[True, False])
    return Tally(
        task,
        tuple(LabelCount(*each) for each in counts.iter_rows()),
        {fate: fates.get(fate.value, 0) for fate in Fate},
        sure[score].cast(pl.Float64).mean() if sure.height else None,  # type: ignore[arg-type]
        tuple(reasons.iter_rows()),
    )


def languages(rows: Rows) -> list[tuple[str, int]]:
    """The languages of the messages, where they are known, the commonest first."""
    found = rows.answers["language"].drop_nulls().value_counts()
    return list(found.sort("count", "language", descending=[True, False]).iter_rows())


def matching(rows: Rows, wanted: Filter) -> Places:
    """The places of the rows that a filter lets through, in the order of the file."""
    label, score, _, _, outcome = names(wanted.task)
    conditions = [pl.lit(True)]
    if wanted.fates:
        conditions.append(pl.col(outcome).is_in([fate.value for fate in wanted.fates]))
    if wanted.labels:
        conditions.append(pl.col(label).cast(pl.String).is_in(wanted.labels))
    if wanted.languages:
        conditions.append(pl.col("language").is_in(wanted.languages))
    if wanted.least:
        conditions.append(pl.col(score) >= wanted.least)
    answers = rows.answers.with_columns(keep=pl.all_horizontal(*conditions).fill_null(False))
    mask = answers["keep"].to_numpy()
    if wanted.text:
        mask = mask & containing(rows, wanted.text)
    return np.flatnonzero(mask)


def containing(rows: Rows, text: str) -> NDArray[np.bool_]:
    """Which rows have `text` in them, whatever the case of its letters."""
    part = text.lower()
    return np.concatenate(
        [
            unpacked(each)["text"].str.to_lowercase().str.contains(part, literal=True).to_numpy()
            for each in rows.parts
        ]
    )


def ordered(rows: Rows, places: Places, task: Task, *, least_first: bool) -> Places:
    """By the score of their label; those without one last."""
    scores = rows.answers[names(task)[1]].gather(places).to_numpy().astype(np.float64)
    scores = np.where(np.isnan(scores), np.inf, scores if least_first else -scores)
    found: Places = places[np.argsort(scores, kind="stable")]
    return found


def shown(rows: Rows, places: Places) -> pl.DataFrame:
    """Some rows in full, as `described`, in the order of `places`."""
    numbers = pl.Series("row", places + 1, pl.UInt32)
    return described(rows.batch, texts_at(rows, places), rows.answers[places], numbers)


def texts_at(rows: Rows, places: Places) -> pl.DataFrame:
    """The texts and kept cells at `places`, in their order, as `unpacked` has them."""
    ends = np.cumsum([len(part.index) for part in rows.parts])
    where = np.searchsorted(ends, places, side="right")
    found = [unpacked(rows.parts[0]).clear().with_columns(order=pl.lit(0, pl.Int64))]
    for part in np.unique(where).tolist():
        mine = np.flatnonzero(where == part)
        start = int(ends[part]) - len(rows.parts[part].index)
        inside = unpacked(rows.parts[part])[(places[mine] - start).tolist()]
        found.append(inside.with_columns(order=pl.Series(mine, dtype=pl.Int64)))
    return pl.concat(found).sort("order").drop("order")


def described(
    batch: Batch, texts: pl.DataFrame, answers: pl.DataFrame, numbers: pl.Series
) -> pl.DataFrame:
    """Number from 1, text, cells kept, language and answers, as they are shown and exported."""
    tasks = [
        column
        for task in batch.tasks
        for column in (
            pl.col(names(task)[0]).cast(pl.String),
            pl.col(names(task)[1]),
            pl.col(names(task)[4]).cast(pl.String),
            reason(task, batch.rules[task], labels_of(batch, task)),
        )
    ]
    kept = kept_names(batch)
    return pl.concat(
        [
            numbers.to_frame("row"),
            texts.rename({str(place): name for place, name in enumerate(kept)}),
            answers.select(pl.col("language"), *tasks),
        ],
        how="horizontal",
    )


def labels_of(batch: Batch, task: Task) -> tuple[str, ...]:
    """The labels of a batch that has rows."""
    assert batch.labels is not None
    return batch.labels[task]


def kept_names(batch: Batch) -> list[str]:
    """What the columns kept are called beside ours."""
    ours = {"row", "text", "language"} | {
        each for task in batch.tasks for each in (*names(task), f"{task.value}_reason")
    }
    found: list[str] = []
    for each in batch.kept:
        name = each
        while name in ours or name in found:
            name += " (file)"
        found.append(name)
    return found


def pieces(rows: Rows, at_once: int = 16) -> Sequence[Sequence[Part]]:
    """The parts, so many of them at a time."""
    return [rows.parts[start : start + at_once] for start in range(0, len(rows.parts), at_once)]
