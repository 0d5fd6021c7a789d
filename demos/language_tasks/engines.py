"""The models as plain functions for batches, explanations and the assistant.

Each borrows what it needs: `run` is the store's, and may be called in any thread.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from demos.core.language.alike import Example, alike
from demos.core.language.answers import Answer, Answered, Request
from demos.core.language.attribution import Attribution, Tell
from demos.core.language.batch_scoring import Engine
from demos.core.language.retrieval import Vectors
from demos.core.language.scope import scope
from demos.core.spec import ModelSpec
from demos.language_tasks import inference, reading
from demos.language_tasks.offered import MEANING, READER, examples_for

Floats = NDArray[np.float32]
Run = Callable[[ModelSpec, Callable[[Any], Any]], Any]
"""A model's specification, and what to do with it once it is lent."""


def batch_engine(run: Run) -> Engine:
    """Many messages through the reader. Raises `UserError` if it cannot be had."""
    return Engine(
        scores=lambda tasks, texts: run(READER, lambda m: inference.scores(m, tasks, texts)),
        labels=lambda task: run(READER, lambda m: inference.labels(m, task)),
        scope=scope,
        vectors=vectors(run),
        rules=run(READER, inference.rules),
    )


def vectors(run: Run) -> Vectors:
    """The sentence encoder."""
    return lambda texts: run(MEANING, lambda m: inference.vectors(m, texts))


def answerer(run: Run) -> Callable[[Request], Answered]:
    """The reader, asked a question about a text."""
    return lambda request: run(READER, lambda m: reading.answer(m, request))


def likener(run: Run, request: Request) -> Callable[[], Sequence[Example]] | None:
    """The examples that are like the request's text; None where there are none for its task."""
    examples = examples_for(request.task)
    return partial(alike, request.text, examples, vectors(run)) if examples else None


def predictor(run: Run, request: Request) -> Callable[..., Any]:
    """Any model, asked the same: of the request's text, or of another in its place."""

    def ask(spec: ModelSpec, text: str = request.text) -> Answer:
        asked = replace(request, text=text)
        answer: Answer = run(spec, lambda m: inference.predict(m, asked))
        return answer

    return ask


def scorer(run: Run, spec: ModelSpec, request: Request) -> Callable[[Sequence[str]], Floats]:
    """Scores (n, labels) of texts in the place of the request's."""
    return lambda texts: run(spec, lambda m: inference.scored(m, request, texts))


def explainer(
    run: Run, spec: ModelSpec, request: Request
) -> Callable[[str, Tell], Attribution] | None:
    """What each word adds to the reader's score of a label; None for another model."""
    if spec.name != READER.name:
        return None
    return lambda label, tell: run(READER, lambda m: inference.explain(m, request, label, tell))
