"""What models say of many messages, as columns of a table, and in sentences.

For each task the columns are its label, the label's score, the `second` label and its score, and
the outcome; besides, `language` of the message and `outside`: why it is none for the models, if so.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from demos.core.batch import Fate
from demos.core.language.answers import Task
from demos.core.language.terms import titled
from demos.core.results import Outcome

NEAR = 0.1
"""Two labels whose scores differ by less are nearly tied."""
OUTCOMES = pl.Enum([fate.value for fate in Fate])
UNSAID = "Not one for the model."


@dataclass(frozen=True, slots=True)
class Rule:
    """When a label is an answer to a task: if its score reaches `floor`.

    A task with a label `none` that stands for "none of the others" is refused, with `none_reason`,
    where that is the best label or no label reaches the floor; others are unsure.
    """

    floor: float = 0.0
    none: str = ""
    none_reason: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What is known of a message before the models see it; `outcome` None: it could not be read."""

    outcome: Outcome | None
    reason: str = ""
    language: str | None = None


def names(task: Task) -> tuple[str, str, str, str, str]:
    """The columns of a task: label, score, second label, its score, outcome."""
    name = task.value
    return name, f"{name}_score", f"{name}_second", f"{name}_second_score", f"{name}_outcome"


def answers_of(
    found: Sequence[Found],
    scores: Iterable[tuple[int, Mapping[Task, NDArray[np.float32]]]],
    labels: Mapping[Task, Sequence[str]],
    rules: Mapping[Task, Rule],
) -> pl.DataFrame:
    """The answers (n,) of `found`; `scores` are those (labels,) of some, by their place in it.

    What a message was refused or unsure for beforehand stays so.
    """
    scored = list(scores)
    places = np.array([place for place, _ in scored], np.intp)
    columns: dict[str, pl.Series] = {
        "language": pl.Series([each.language for each in found], dtype=pl.String),
        "outside": pl.Series(
            ["" if each.outcome is Outcome.ANSWER else each.reason or UNSAID for each in found],
            dtype=pl.String,
        ),
    }
    before = [Fate.FAILED if each.outcome is None else Fate(each.outcome.value) for each in found]
    for task, known in labels.items():
        values = np.array([each[task] for _, each in scored], np.float32)
        columns |= task_columns(
            task, values.reshape(len(scored), len(known)), places, known, before
        )
    frame = pl.DataFrame(columns)
    judged = frame.with_columns(outcome(task, rules[task]) for task in labels)
    return judged.with_columns(column for task in labels for column in withheld(task))


def task_columns(
    task: Task,
    scores: NDArray[np.float32],
    places: NDArray[np.intp],
    labels: Sequence[str],
    before: Sequence[Fate],
) -> dict[str, pl.Series]:
    """The two best labels of the messages at `places`, null for all others."""
    order = np.argsort(-scores, axis=1, kind="stable")
    known = pl.Series(labels, dtype=pl.Enum(list(labels)))
    label, label_score, second, second_score, outcome_name = names(task)
    columns: dict[str, pl.Series] = {outcome_name: pl.Series([each.value for each in before])}
    for rank, name, score_name in ((0, label, label_score), (1, second, second_score)):
        codes = np.full(len(before), -1, np.int64)
        values = np.full(len(before), np.nan, np.float32)
        if rank < len(labels):
            codes[places] = order[:, rank]
            values[places] = np.take_along_axis(scores, order[:, [rank]], axis=1)[:, 0]
        there = pl.Series(codes >= 0)
        asked = pl.DataFrame({"code": codes, "value": values}).select(
            pl.when(there).then(pl.all())  # null elsewhere
        )
        columns[name], columns[score_name] = known.gather(asked["code"]), asked["value"]
    return columns


def outcome(task: Task, rule: Rule) -> pl.Expr:
    """The column of outcomes, as `rule` has them."""
    label, label_score, _, _, name = names(task)
    # Not "below": a score that is no number reaches nothing.
    enough = pl.col(label_score).fill_nan(-1.0) >= rule.floor
    none = pl.col(label).cast(pl.String) == rule.none if rule.none else pl.lit(False)
    otherwise = Fate.REFUSED if rule.none else Fate.UNSURE
    now = pl.when((pl.col(name) == Fate.ANSWER.value) & (~enough | none))
    return now.then(pl.lit(otherwise.value)).otherwise(pl.col(name)).cast(OUTCOMES).alias(name)


def withheld(task: Task) -> Iterable[pl.Expr]:
    """The labels and scores of a task, null where there is no answer."""
    *columns, name = names(task)
    return [
        pl.when(pl.col(name).is_in([Fate.ANSWER.value, Fate.UNSURE.value])).then(pl.col(each))
        for each in columns
    ]


def reason(task: Task, rule: Rule, labels: Sequence[str]) -> pl.Expr:
    """Why a message has no sure answer to a task, as a sentence; "" where it has one."""
    label, score, second, second_score, fate = names(task)
    names_of = {each: titled(each, task) for each in labels}
    best, next_best = said(label, score, names_of), said(second, second_score, names_of)
    tied = (pl.col(score) - pl.col(second_score)) < NEAR
    return (
        pl.when(pl.col(fate) == Fate.ANSWER.value)
        .then(pl.lit(""))
        .when(pl.col("outside") != "")
        .then(pl.col("outside"))
        .when(pl.col(fate) == Fate.REFUSED.value)
        .then(pl.lit(rule.none_reason))
        .when(tied)
        .then(pl.format("Nearly tied: {} and {}.", best, next_best))
        .otherwise(pl.format(f"Not sure enough: {{}}; an answer needs {rule.floor:.2f}.", best))
        .alias(f"{task.value}_reason")
    )


def said(label: str, score: str, names_of: Mapping[str, str]) -> pl.Expr:
    """A label as it is read, and its score, as Markdown and a cell can both have it."""
    figure = pl.col(score).cast(pl.Float64).round(2)
    return pl.format("{} {}", pl.col(label).cast(pl.String).replace(names_of), figure)
