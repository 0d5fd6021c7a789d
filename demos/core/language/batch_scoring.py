"""Messages through the models, a chunk at a time: each gets its answers, or why it has none.

The model is lent for one chunk only, so that other sessions get their turn.
"""

import logging
import secrets
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

from demos.core.batch import patiently
from demos.core.errors import InputError, ModelError, UserError
from demos.core.jobs import Canceled, Job
from demos.core.language.answers import Task
from demos.core.language.batch_answers import Found, Rule, answers_of
from demos.core.language.batch_rows import Message
from demos.core.language.scope import Scope
from demos.core.results import Outcome

log = logging.getLogger(__name__)

CHUNK = 256
"""Messages for which the model is lent at once, and which appear together: about a second of
work."""
MOST_CHARACTERS = 8_192
"""Of a message that are looked at, some three pages."""
SOME = 8
"""Where that many fail and no other does not, it is not for what they say."""
RETRY_SECONDS = 0.5

EMPTY = "The message is empty."
NOTHING = "There is nothing in the message that the model can read."

TURN = threading.Lock()
"""Files of messages use the models for one chunk at a time between them, so that the single text of
somebody else never competes with more than one of them."""

T = TypeVar("T")
Scored = Mapping[Task, NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class Engine:
    """The models, as functions that can be called in any thread; each call borrows what it needs.

    `scores` gives probabilities (n, labels) for each task, in the order of `labels(task)`, all 0
    for a text with nothing to read in it; `scope` says whether a text is one for the models at all;
    `vectors` (n, width) have length 1. `rules` are those of the tasks on offer, in their order.
    """

    scores: Callable[[Sequence[Task], Sequence[str]], Scored]
    labels: Callable[[Task], tuple[str, ...]]
    scope: Callable[[str], Scope]
    vectors: Callable[[Sequence[str]], NDArray[np.float32]]
    rules: Mapping[Task, Rule]


def answered(
    fresh: Sequence[Message],
    engine: Engine,
    labels: Mapping[Task, tuple[str, ...]],
    rules: Mapping[Task, Rule],
    job: Job,
) -> pl.DataFrame:
    """The answers (see `batch_answers`) of messages, `CHUNK` of them at most.

    Raises `Canceled`, and `ModelError` if the model cannot be used.
    """
    texts = [row.text[:MOST_CHARACTERS] for row in fresh]
    found = [told(row, text, engine) for row, text in zip(fresh, texts, strict=True)]
    asked = [n for n, each in enumerate(found) if each.outcome in (Outcome.ANSWER, Outcome.UNSURE)]
    ask = partial(engine.scores, tuple(labels))
    scored = scored_apart(ask, [texts[n] for n in asked], job) if asked else []
    if len(asked) >= SOME and all(isinstance(each, str) for each in scored):
        raise ModelError(
            f"The model failed on all of {len(asked)} messages.", "Try again, or another model."
        )
    scores: list[tuple[int, Scored]] = []
    for n, each in zip(asked, scored, strict=True):
        if isinstance(each, str):
            found[n] = replace(found[n], outcome=None, reason=each)
        elif not any(values.any() for values in each.values()):
            found[n] = replace(found[n], outcome=Outcome.REFUSED, reason=NOTHING)
        else:
            scores.append((n, each))
    return answers_of(found, scores, labels, rules)


def told(row: Message, text: str, engine: Engine) -> Found:
    """Whether a message is one for the models, before they see it."""
    if row.problem:
        return Found(None, row.problem)
    if not text.strip():
        return Found(Outcome.REFUSED, EMPTY)
    try:
        scope = engine.scope(text)
    except Exception as error:
        return Found(None, why_failed(error))
    return Found(scope.verdict.outcome, scope.verdict.reason, scope.language)


def in_turn(ask: Callable[[], T], job: Job) -> T:
    """`ask()`, once it is this file's turn, as often as it takes to get hold of the model."""
    while not TURN.acquire(timeout=RETRY_SECONDS):
        reached = job.progress
        job.report(reached.done, reached.total, "Waiting: another file of messages is at work")
    try:
        return patiently(ask, job)
    finally:
        TURN.release()


def scored_apart(
    scores: Callable[[Sequence[str]], Scored], texts: Sequence[str], job: Job
) -> list[Scored | str]:
    """The scores of each text; which of them is to blame for an error shows by halving."""
    try:
        found = in_turn(lambda: scores(texts), job)
    except Canceled:
        raise
    except Exception as error:
        if isinstance(error, UserError) and not isinstance(error, InputError):
            raise
        if len(texts) > 1:
            middle = len(texts) // 2
            halves = (texts[:middle], texts[middle:])
            return [each for half in halves for each in scored_apart(scores, half, job)]
        return [why_failed(error)]
    return [{task: each[n] for task, each in found.items()} for n in range(len(texts))]


def why_failed(error: Exception) -> str:
    """For whoever handed the message in; a defect of ours goes to the log, without the message."""
    if isinstance(error, UserError):
        return error.problem
    reference = secrets.token_hex(4)
    log.error("A message of a batch failed, reference %s: %s", reference, type(error).__name__)
    return f"This message could not be processed. Report the reference {reference}."
