"""The files that figures are measured on, row by row (`data.py` says which columns they have)."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from demos.core.errors import Unreadable
from demos.core.language.answers import Task
from demos.language_tasks.data import Tagged
from demos.language_tasks.tasks import EMOTIONS, SENTIMENTS, TOPICS, TOXICITIES

LABELS = {
    Task.SENTIMENT: SENTIMENTS,
    Task.TOPIC: TOPICS,
    Task.EMOTION: EMOTIONS,
    Task.TOXICITY: TOXICITIES,
}
NUMBERED = (Task.SENTIMENT, Task.TOPIC, Task.EMOTION)
"""Tasks whose labels are in the order of the published data, which number them from 0."""


class Labeled(NamedTuple):
    text: str
    label: str


class Question(NamedTuple):
    """`answers` are all that count as right; none if the passage has no answer."""

    question: str
    context: str
    answers: tuple[str, ...]


class Pair(NamedTuple):
    a: str
    b: str
    score: float


class Paper(NamedTuple):
    """The sentences of a text, and its summaries by people."""

    source: tuple[str, ...]
    targets: tuple[str, ...]


class Caption(NamedTuple):
    """A text, and what it is in another language, in the order of the languages asked for."""

    en: str
    others: tuple[str, ...]


def table(file: Path, *wanted: str) -> Any:
    """The file as a table. Raises `Unreadable` if it is none, or is without one of the columns."""
    import polars as pl

    try:
        found = pl.read_parquet(file)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise Unreadable(f"{file} is no Parquet file: {error}.", "Give a file of rows.") from error
    for name in wanted:
        if name not in found.columns:
            raise Unreadable(
                f"{file.name} has no column “{name}”, only {', '.join(found.columns)}.",
                "Give a file with the columns that the task needs.",
            )
    return found


def labeled(file: Path, task: Task, names: Sequence[str]) -> list[Labeled]:
    """Texts and the names of their labels. Raises `Unreadable` for a label that is none of `names`,
    and for numbers of which it is not certain what they stand for; any goes without `names`."""
    found = table(file, "text", "label")
    if found.schema["label"].is_integer():
        known = numbered(found["label"].to_list(), task, names)
    else:
        same = {name.casefold(): name for name in names}
        texts = [str(each) for each in found["label"].to_list()]
        known = [same.get(each.strip().casefold(), each) for each in texts]
    for row, label in enumerate(known):
        if names and label not in names:
            raise Unreadable(
                f"Row {row} has the label “{label}”, which is none of the task “{task}”.",
                f"Its labels are: {', '.join(names)}.",
            )
    return [
        Labeled(text or "", label)
        for text, label in zip(found["text"].to_list(), known, strict=True)
    ]


def numbered(numbers: Sequence[int | None], task: Task, names: Sequence[str]) -> list[str]:
    """The names that numbers stand for."""
    given = {-1 if each is None else each for each in numbers}
    if task not in NUMBERED or not given <= set(range(len(names))):
        raise Unreadable(
            f"The labels are the numbers {', '.join(map(str, sorted(given)))}, and it is not "
            "certain what they stand for.",
            f"Give names in their place: {', '.join(names)}.",
        )
    return [names[each] for each in numbers if each is not None]


def tagged(file: Path) -> list[Tagged]:
    """Words and their tags; the corpus is empty where the file does not tell."""
    found = table(file, "tokens", "tags")
    corpora = found["corpus"].to_list() if "corpus" in found.columns else [""] * len(found)
    rows = zip(found["tokens"].to_list(), found["tags"].to_list(), corpora, strict=True)
    made = []
    for row, (tokens, tags, corpus) in enumerate(rows):
        if len(tokens) != len(tags):
            raise Unreadable(
                f"Row {row} has {len(tokens)} tokens, but {len(tags)} tags.",
                "Give a tag for every token.",
            )
        made.append(Tagged(tuple(tokens), tuple(tags), corpus or ""))
    return made


def questions(file: Path) -> list[Question]:
    """One answer each, a list of them, or as SQuAD has them: texts with their places."""
    found = table(file, "question", "context")
    name = "answers" if "answers" in found.columns else "answer"
    rows = table(file, "question", "context", name).select("question", "context", name)
    return [Question(a, b, tuple(answers_of(each))) for a, b, each in rows.iter_rows()]


def answers_of(cell: Any) -> Iterator[str]:
    if isinstance(cell, str):
        yield cell
    elif isinstance(cell, dict):
        yield from answers_of(cell["text"])
    elif cell is not None:
        for each in cell:
            yield from answers_of(each)


def pairs(file: Path) -> list[Pair]:
    rows = table(file, "a", "b", "score").select("a", "b", "score").drop_nulls("score")
    return [Pair(a or "", b or "", float(score)) for a, b, score in rows.iter_rows()]


def papers(file: Path) -> list[Paper]:
    rows = table(file, "source", "target").select("source", "target")
    return [Paper(tuple(source), tuple(answers_of(target))) for source, target in rows.iter_rows()]


def captions(file: Path, languages: Sequence[str]) -> list[Caption]:
    rows = table(file, "en", *languages).select("en", *languages)
    return [Caption(en, tuple(others)) for en, *others in rows.iter_rows()]
