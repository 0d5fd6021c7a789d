"""The training texts, as `../shared/data/language_tasks` or the originals' conversion holds them.

Columns: `text` and `label` for sorting; `tokens` and `tags` (IOB2) for entities; `question`,
`context`, `answer`, `answer_start` for question answering; `a`, `b`, `score` for similarity;
`source` and `target`, lists of sentences, for summaries; `en`, `de`, `fr` for translation.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from demos.core.language.answers import Task
from demos.language_tasks.tasks import EMOTIONS, OUT_OF_SCOPE, SENTIMENTS, TOPICS, TOXICITIES

HELD = {Task.TOPIC: 0.1, Task.TOXICITY: 0.1, Task.ENTITIES: 0.1, Task.QUESTION_ANSWERING: 0.1}
"""Shares of training files that become validation: they come without any."""


@dataclass(frozen=True, slots=True)
class Labeled:
    text: str
    label: int


@dataclass(frozen=True, slots=True)
class Tagged:
    tokens: tuple[str, ...]
    tags: tuple[str, ...]
    corpus: str


@dataclass(frozen=True, slots=True)
class Asked:
    """`start` is the place of `answer` in `context`, in characters."""

    question: str
    context: str
    answer: str
    start: int


def held_out(key: str, share: float) -> bool:
    """Whether an example is for validation, by a hash of what must not be in both."""
    digest = hashlib.sha256(key.encode()).digest()
    return int.from_bytes(digest[:4], "big") < share * 2**32


def read_labeled(file: Path, names: Sequence[str]) -> list[Labeled]:
    """Texts with the places of their labels in `names`; labels may be names or places."""
    import polars as pl

    table = pl.read_parquet(file, columns=["text", "label"])
    places = {name: place for place, name in enumerate(names)}
    return [
        Labeled(text, label if isinstance(label, int) else places[label])
        for text, label in table.iter_rows()
    ]


def read_tagged(file: Path) -> list[Tagged]:
    import polars as pl

    table = pl.read_parquet(file, columns=["tokens", "tags", "corpus"])
    return [Tagged(tuple(a), tuple(b), corpus) for a, b, corpus in table.iter_rows()]


def read_asked(file: Path) -> list[Asked]:
    import polars as pl

    table = pl.read_parquet(file, columns=["question", "context", "answer", "answer_start"])
    return [Asked(*row) for row in table.iter_rows()]


def intents(data: Path) -> tuple[str, ...]:
    """The intents of the training file, by name, `oos` last."""
    import polars as pl

    names = set(pl.read_parquet(data / "intent-train.parquet", columns=["label"])["label"])
    return (*sorted(names - {OUT_OF_SCOPE}), OUT_OF_SCOPE)


def labels_of(data: Path) -> dict[Task, tuple[str, ...]]:
    """What each sorting task sorts into."""
    return {
        Task.SENTIMENT: SENTIMENTS,
        Task.TOPIC: TOPICS,
        Task.INTENT: intents(data),
        Task.EMOTION: EMOTIONS,
        Task.TOXICITY: TOXICITIES,
    }


def sorting(data: Path, task: Task) -> tuple[list[Labeled], list[Labeled]]:
    """Training and validation texts. Where there is no validation file, by a hash of the text, so
    that no text is in both."""
    names = labels_of(data)[task]
    train = read_labeled(data / f"{task}-train.parquet", names)
    if task in HELD:
        share = HELD[task]
        return (
            [each for each in train if not held_out(each.text, share)],
            [each for each in train if held_out(each.text, share)],
        )
    return train, read_labeled(data / f"{task}-validation.parquet", names)


def tagged(data: Path) -> tuple[list[Tagged], list[Tagged]]:
    """Training and validation sentences with names."""
    every, share = read_tagged(data / "entities-train.parquet"), HELD[Task.ENTITIES]
    return (
        [each for each in every if not held_out(" ".join(each.tokens), share)],
        [each for each in every if held_out(" ".join(each.tokens), share)],
    )


def asked(data: Path) -> tuple[list[Asked], list[Asked]]:
    """Training and validation questions, no passage in both."""
    every = read_asked(data / "question_answering-train.parquet")
    share = HELD[Task.QUESTION_ANSWERING]
    every = [each for each in every if each.answer]  # One question has an empty one.
    return (
        [each for each in every if not held_out(each.context, share)],
        [each for each in every if held_out(each.context, share)],
    )
