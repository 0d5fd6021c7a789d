"""How fast texts are sorted, by the reader and by the peer, and how soon a single text is."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from demos.benchmark.language import captions, letter, texts
from demos.benchmark.language_peer import in_batches, one_by_one, sentiment_pipeline
from demos.benchmark.measure import Series, seconds_of
from demos.core.language.answers import SORTING, Request, Task
from demos.core.language.batch_scoring import CHUNK
from demos.language_tasks import inference
from demos.language_tasks.reader import Model

OURS, ONE_BY_ONE, BATCHES = "reader", "pipeline one by one", "pipeline in batches"
REQUESTS, WARM_UP = 200, 10
SEED = 1_000
"""Of texts that are in no round."""

Contestant = Callable[[Sequence[str]], list[str]]


@dataclass(frozen=True, slots=True)
class Played:
    """Rounds of `count` texts of so many tokens: seconds of each contestant's, the share of all
    texts to which all give the same sentiment, and how many there are of each sentiment."""

    tokens: int
    count: int
    seconds: Series
    same: float
    sentiments: dict[str, int]


def contestants(model: Model) -> dict[str, Contestant]:
    """The reader as a file of messages goes through it, all tasks of sorting at once, and the
    pipeline, which has one task."""
    peer = sentiment_pipeline(model)
    return {
        OURS: partial(sentiments, model),
        ONE_BY_ONE: partial(one_by_one, peer),
        BATCHES: partial(in_batches, peer),
    }


def sentiments(model: Model, given: Sequence[str]) -> list[str]:
    found = inference.scores(model, SORTING, given)[Task.SENTIMENT]
    return [model.labels[Task.SENTIMENT][n] for n in found.argmax(axis=1)]


def play(parts: dict[str, Contestant], tokens: int, rounds: int, count: int = CHUNK) -> Played:
    """All in turn, on other texts each round, after one round in which they warm up."""
    seconds: Series = {name: [] for name in parts}
    labels: dict[str, list[str]] = {name: [] for name in parts}
    for number in range(rounds + 1):
        given = texts(tokens, count, seed=number)
        for name, part in parts.items():
            began = time.perf_counter()
            found = part(given)
            if number:
                seconds[name].append(time.perf_counter() - began)
            labels[name] += found
    together = list(zip(*labels.values(), strict=True))
    same = sum(len(set(each)) == 1 for each in together)
    told = sorted({label for each in together for label in each})
    return Played(
        tokens,
        count,
        seconds,
        same / len(together),
        {label: labels[OURS].count(label) for label in told},
    )


def one_text(model: Any, tokens: int, requests: int = REQUESTS) -> list[float]:
    """Seconds of one text after another, as the page asks for a text's sentiment: its language
    told, and each of its sentences sorted beside the whole."""
    asked = [Request(Task.SENTIMENT, each) for each in texts(tokens, requests + WARM_UP, SEED)]
    return seconds_each(model, asked)[WARM_UP:]


def translations(model: Any, sentences: int, rounds: int) -> list[float]:
    """Seconds of texts of so many sentences, into German."""
    return seconds_each(
        model,
        [
            Request(Task.TRANSLATION, captions(sentences, SEED + n), language="de")
            for n in range(rounds + 1)
        ],
    )[1:]


def summaries(model: Any, sentences: int, rounds: int) -> list[float]:
    """Seconds of texts of so many sentences, three of which are chosen."""
    return seconds_each(
        model,
        [Request(Task.SUMMARY, letter(sentences, SEED + n)) for n in range(rounds + 1)],
    )[1:]


def seconds_each(model: Any, asked: Sequence[Request]) -> list[float]:
    return [seconds_of(partial(inference.predict, model, each)) for each in asked]
