"""What the messages of a batch are about: a sample of its different ones, grouped and laid out."""

from dataclasses import dataclass
from functools import partial

import numpy as np
import polars as pl
from numpy.typing import NDArray

from demos.core.jobs import Job
from demos.core.language.batch_results import Rows, texts_at
from demos.core.language.batch_scoring import CHUNK, MOST_CHARACTERS, in_turn
from demos.core.language.retrieval import Vectors
from demos.core.language.topics import Topics, sample, topics_of

SHOWN = 400
"""Characters of a message that are kept for the map."""
LAST_STEPS = 0.25
"""Of the time of the vectors: grouping, drawing and naming."""


@dataclass(frozen=True, slots=True, eq=False)
class TopicMap:
    """`rows` (n,) are the places, from 0, of the messages looked at, of `different` ones; `texts`
    are their beginnings, `weights` (n,) say for how many messages each stands."""

    topics: Topics
    rows: NDArray[np.int64]
    weights: NDArray[np.float64]
    texts: tuple[str, ...]
    different: int


def topic_map(rows: Rows, vectors: Vectors, job: Job) -> TopicMap:
    """Group a sample of the messages that were not refused.

    Raises `Canceled`, `InputError` if there are too few, and `ModelError`.
    """
    first, weights = different_messages(rows)
    chosen, counts = sample(weights)
    places = first[chosen]
    cells = texts_at(rows, places)["text"].to_list() if len(places) else []
    texts = [text[:MOST_CHARACTERS] for text in cells]
    last = int(LAST_STEPS * len(texts)) + 1
    total = len(texts) + last
    found = []
    for start in range(0, len(texts), CHUNK):
        job.report(start, total, "reading the messages")
        found.append(in_turn(partial(vectors, texts[start : start + CHUNK]), job))
    topics = topics_of(
        texts,
        np.concatenate(found) if found else np.zeros((0, 1), np.float32),
        counts,
        lambda done, of, what: job.report(len(texts) + last * done // of, total, what),
    )
    shown = tuple(text[:SHOWN] for text in texts)
    return TopicMap(topics, places, counts, shown, len(first))


def different_messages(rows: Rows) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The first row of each different message for the models, and how many are the same."""
    if not rows.parts:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    index = np.concatenate([part.index for part in rows.parts])
    _, first, weights = np.unique(index, return_index=True, return_counts=True)
    inside = rows.answers["outside"].gather(first) == ""
    keep = inside.to_numpy()
    order = np.argsort(first[keep], kind="stable")
    return first[keep][order].astype(np.int64), weights[keep][order].astype(np.int64)


def commonest(rows: Rows, found: TopicMap, label: str, outcome: str) -> list[tuple[str, float]]:
    """For each group the commonest sure label in column `label`, and its share of its messages."""
    answers = rows.answers[found.rows].select(
        pl.col(label).cast(pl.String).alias("label"),
        (pl.col(outcome) == "answer").alias("sure"),
        topic=pl.Series(found.topics.of),
        weight=pl.Series(found.weights),
    )
    said = []
    for number in range(len(found.topics.topics)):
        inside = answers.filter(pl.col("topic") == number)
        by_label = inside.filter(pl.col("sure")).group_by("label").agg(pl.col("weight").sum())
        best = by_label.sort("weight", "label", descending=[True, False]).head(1)
        if best.height:
            name, weight = best.row(0)
            said.append((name, weight / inside["weight"].sum()))
        else:
            said.append(("", 0.0))
    return said
