"""All models of this demo behind one interface: ours, and those of the Hub."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from demos.core.devices import Device
from demos.core.errors import UnsupportedType
from demos.core.language.answers import SORTING, Answer, Request, Sorted, Task
from demos.core.language.attribution import Attribution
from demos.core.language.attribution import Tell as TellShare
from demos.core.language.batch_answers import Rule
from demos.core.language.scope import warm_up as warm_up_scope
from demos.core.spec import Hub, ModelSpec
from demos.language_tasks import (
    chat_hub,
    evidence,
    hub_models,
    meaning,
    reader,
    reading,
    searching,
    summarizing,
    translating,
    zero_shot,
)
from demos.language_tasks.hub_reading import HubLanguage
from demos.language_tasks.label_scores import HALF
from demos.language_tasks.offered import READER, TRANSLATOR
from demos.language_tasks.replies import Tell, ignore
from demos.language_tasks.tasks import BY_NAME, OUT_OF_SCOPE

Floats = NDArray[np.float32]
Loaded = reader.Model | meaning.Meaning | translating.Model | HubLanguage

FIRST = "This is a short text. It is read before anybody waits for it."


def load(spec: ModelSpec, device: Device) -> Loaded:
    """Load a bundled model, or one of the Hub that is on this machine.

    Raises `WeightsMismatch` for files that are not the specification's, `HubUnavailable` for a
    model that has not been downloaded, `ModelError` without the package that brings the encoder.
    """
    if isinstance(spec.source, Hub):
        return hub_models.load(spec, device)
    match spec.name:
        case READER.name:
            return reader.load(spec, device)
        case TRANSLATOR.name:
            return translating.load(spec, device)
    return meaning.load(spec, device)


def warm_up(model: Loaded) -> None:
    """Run once: the first run of any engine is its slowest, and so is telling a language."""
    warm_up_scope()
    match model:
        case HubLanguage():
            hub_models.warm_up(model)
        case reader.Model():
            predict(model, Request(Task.SENTIMENT, FIRST))
        case meaning.Meaning():
            predict(model, Request(Task.SUMMARY, FIRST, sentences=1))
        case translating.Model():
            predict(model, Request(Task.TRANSLATION, FIRST))


def predict(model: Loaded, request: Request, tell: Tell = ignore) -> Answer:
    """What the model makes of a text.

    `tell` hears of the share that is done and of what was written so far, and may raise to stop.
    Raises `UnsupportedType` for a task or a language that the model does not know, `EmptyInput`
    without the question or the labels that the task needs.
    """
    match model, request.task:
        case HubLanguage(), _:
            return hub_models.predict(model, request, tell)
        case reader.Model(), task if task in reader.HEADS:
            return reading.predict(model, request, tell)
        case meaning.Meaning(), Task.SIMILARITY:
            return searching.predict(model, request, tell)
        case meaning.Meaning(), Task.ZERO_SHOT:
            return zero_shot.predict(model, request, tell)
        case meaning.Meaning(), task if task in BY_NAME:
            named = replace(request, labels=BY_NAME[task])
            return replace(zero_shot.predict(model, named, tell), request=request)
        case meaning.Meaning(), Task.SUMMARY:
            return summarizing.predict(model, request, tell)
        case translating.Model(), Task.TRANSLATION:
            return translating.predict(model, request, tell)
    raise UnsupportedType("This model cannot do that.", "Choose a model made for this task.")


def labels(model: Loaded, task: Task) -> tuple[str, ...]:
    """The labels that the model sorts into, in the order of `scores`; none for another task."""
    match model:
        case HubLanguage():
            return hub_models.labels(model, task)
        case reader.Model():
            return model.labels.get(task, ())
    return BY_NAME.get(task, ()) if isinstance(model, meaning.Meaning) else ()


def least(model: Loaded, task: Task) -> float:
    """The score that a label of a sorting task needs to be an answer."""
    return model.floors.get(task, HALF) if isinstance(model, reader.Model) else HALF


def scores(
    model: Loaded, tasks: Sequence[Task], texts: Sequence[str], tell: Tell = ignore
) -> Mapping[Task, Floats]:
    """Scores (n, labels) of many texts for each of those tasks that the model sorts by, all in one
    pass; zeros for a text with nothing to read in it."""
    known = [task for task in tasks if labels(model, task)]
    match model:
        case HubLanguage():
            return hub_models.scores(model, known, texts, tell)
        case reader.Model():
            return reading.scores(model, known, texts, tell)
        case meaning.Meaning():
            return {task: zero_shot.scores(model, BY_NAME[task], texts) for task in known}
    return {}


def scored(model: Loaded, request: Request, texts: Sequence[str]) -> Floats:
    """Scores (n, labels) of texts in the place of the request's, in the order of `labels` or, of
    zero-shot sorting, of the request's own."""
    if request.task in SORTING:
        return scores(model, [request.task], texts)[request.task]
    if isinstance(model, meaning.Meaning):
        return zero_shot.scores(model, request.labels, texts)
    rows = []
    for text in texts:
        answer = predict(model, replace(request, text=text))
        assert isinstance(answer, Sorted)
        known = {each.label: each.score for each in answer.scores}
        rows.append([known.get(label, 0.0) for label in request.labels])
    return np.array(rows, np.float32).reshape(len(texts), len(request.labels))


def vectors(model: meaning.Meaning, texts: Sequence[str]) -> Floats:
    """Vectors (n, 384) of length 1: near ones for texts that mean alike."""
    return meaning.vectors(model, texts)


def rules(model: reader.Model) -> dict[Task, Rule]:
    """When a label is an answer, for each sorting task."""
    none = {Task.INTENT: (OUT_OF_SCOPE, reading.NOT_AN_INTENT)}
    return {task: Rule(model.floors[task], *none.get(task, ())) for task in SORTING}


def explain(
    model: Loaded, request: Request, label: str, tell: TellShare | None = None
) -> Attribution:
    """What each word of the text adds to the score of a label.

    Raises `UnsupportedType` for a model other than the reader, and a task that it does not sort by.
    """
    if isinstance(model, reader.Model) and request.task in SORTING:
        return evidence.explain(model, request, label, tell)
    raise UnsupportedType(
        "The words of this model cannot be explained here.", "Choose the bundled model for that."
    )


def talk(
    model: HubLanguage, messages: Sequence[chat_hub.Message], tell: Tell = ignore
) -> chat_hub.Talking:
    """What a chat model says next, piece by piece."""
    return chat_hub.talk(model, messages, tell)
