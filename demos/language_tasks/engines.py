"""The models as plain functions for batches, explanations and the assistant.

Each borrows what it needs: `run` is the store's, and may be called in any thread.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from demos.core.language.alike import Example, alike
from demos.core.language.answers import Answered, Request, Task
from demos.core.language.attribution import Attribution, Tell
from demos.core.language.batch_answers import Rule
from demos.core.language.batch_scoring import Engine
from demos.core.language.counterfactual import Sorter
from demos.core.language.retrieval import Vectors
from demos.core.language.scope import scope
from demos.core.spec import ModelSpec
from demos.language_tasks import inference, reading
from demos.language_tasks.offered import MEANING, READER, examples_for

Floats = NDArray[np.float32]
Run = Callable[[ModelSpec, Callable[[Any], Any]], Any]
"""A model's specification, and what to do with it once it is lent."""

OF_EXAMPLES: dict[Task, Floats] = {}
"""Vectors of our own examples, which are the same for everybody."""


def batch_engine(run: Run, rules: Mapping[Task, Rule]) -> Engine:
    """Many messages through the reader, by its `rules`."""
    return Engine(
        scores=lambda tasks, texts: run(READER, lambda m: inference.scores(m, tasks, texts)),
        labels=lambda task: run(READER, lambda m: inference.labels(m, task)),
        scope=scope,
        vectors=vectors(run),
        rules=rules,
    )


def vectors(run: Run) -> Vectors:
    """The sentence encoder."""
    return lambda texts: run(MEANING, lambda m: inference.vectors(m, texts))


def answerer(run: Run) -> Callable[[Request], Answered]:
    """The reader, asked a question about a text."""
    return lambda request: run(READER, lambda m: reading.answer(m, request))


def sorter(run: Run, spec: ModelSpec, request: Request) -> Sorter:
    """A model, asked to sort texts in the place of the request's."""
    labels = request.labels or run(spec, lambda m: inference.labels(m, request.task))
    least = run(spec, lambda m: inference.least(m, request.task))
    return Sorter(
        labels, least, lambda texts: run(spec, lambda m: inference.scored(m, request, texts))
    )


def likener(
    run: Run, request: Request, labels: Sequence[str]
) -> Callable[[], Sequence[Example]] | None:
    """The examples that are like the request's text; None where there are none with the labels of
    the model."""
    examples = examples_for(request.task)
    if not examples or not labels or not set(examples) <= set(labels):
        return None

    def near() -> Sequence[Example]:
        if request.task not in OF_EXAMPLES:
            texts = [each for of_label in examples.values() for each in of_label]
            OF_EXAMPLES[request.task] = vectors(run)(texts)
        (own,) = vectors(run)([request.text])
        return alike(own, examples, OF_EXAMPLES[request.task])

    return near


def predictor(run: Run, spec: ModelSpec, request: Request) -> Callable[[str], Any]:
    """The answer of a model, asked the same of another text."""
    return lambda text: run(spec, lambda m: inference.predict(m, replace(request, text=text)))


def explainer(
    run: Run, spec: ModelSpec, request: Request
) -> Callable[[str, Tell], Attribution] | None:
    """What each word adds to the reader's score of a label; None for another model."""
    if spec.name != READER.name:
        return None
    return lambda label, tell: run(READER, lambda m: inference.explain(m, request, label, tell))
