"""Running the language models of `hub_catalog`: load from disk, and do what each can."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from demos.core.devices import Device
from demos.core.errors import UnsupportedType
from demos.core.hub import checked
from demos.core.language.answers import Answer, Request, Task, Verdict
from demos.core.language.scope import scope, scope_of_question
from demos.core.language.words import listed
from demos.core.results import Outcome
from demos.core.spec import ModelSpec
from demos.language_tasks import (
    chat_hub,
    hub_answers,
    hub_entities,
    hub_sorting,
    hub_summary,
    hub_translation,
    hub_writing,
)
from demos.language_tasks.hub_catalog import hub_language
from demos.language_tasks.hub_networks import network, tokenizer
from demos.language_tasks.hub_reading import HubLanguage, frame
from demos.language_tasks.replies import Tell, ignore

WARM_UP = "This is a test."
WRITING = (Task.SUMMARY, Task.TRANSLATION)
LEFT_OUT = "The model does not know {}: what it writes may lack something."
MOST_UNKNOWN = 5
"""Signs without a token that are named."""


def load(spec: ModelSpec, device: Device) -> HubLanguage:
    """Load a model that has been downloaded; asks no network.

    Raises `HubUnavailable` if it has not been downloaded, `WeightsMismatch` if its files are not
    the right ones.
    """
    known = hub_language(spec.name)
    folder = checked(known.source)
    loaded = network(known, folder, device)
    pieces = tokenizer(known, folder, loaded.config.vocab_size)
    model = HubLanguage(known, loaded, pieces, frame(pieces), device)
    if known.targets or Task.SUMMARY in known.tasks:
        hub_writing.ready(loaded)
    return chat_hub.equipped(model, folder) if Task.CHAT in known.tasks else model


def warm_up(model: HubLanguage) -> None:
    """Run every layer once, so that the first text does not wait for it."""
    task = model.known.tasks[0]
    if task is Task.CHAT:
        style = chat_hub.Style(most=2)
        for _piece in chat_hub.talk(model, [{"role": "user", "content": WARM_UP}], style=style):
            pass
        return
    language = next(iter(model.known.targets), "")
    predict(model, Request(task, WARM_UP, WARM_UP, ("test",), language, 1))


def predict(model: HubLanguage, request: Request, tell: Tell = ignore) -> Answer:
    """What the model makes of a text; refused where it is of a language that the model does not
    read, or of none.

    `tell` hears of the share that is done and of what was written so far, after every batch or
    token, and may raise to stop. Raises `UnsupportedType` for a task or a language that the model
    does not know, `EmptyInput` without a question or labels, `TooLarge` for a label that is no
    label.
    """
    if request.task not in model.known.tasks or request.task is Task.CHAT:
        raise UnsupportedType(
            f"{model.known.spec.title} cannot do that.", "Choose a model made for this task."
        )
    seen = scope(request.text, model.known.languages).verdict
    if request.task is Task.QUESTION_ANSWERING and seen.outcome is not Outcome.REFUSED:
        seen = scope_of_question(request.query, model.known.languages).verdict
    found = answered(model, request, seen, tell)
    if request.task in WRITING and found.verdict.outcome is Outcome.ANSWER:
        unknown = hub_writing.unknown_signs(model, request.text)[:MOST_UNKNOWN]
        if unknown:
            said = LEFT_OUT.format(listed([f"“{each}”" for each in unknown]))
            return replace(found, verdict=Verdict(Outcome.UNSURE, said))
    if seen.outcome is not Outcome.REFUSED or found.verdict.outcome is Outcome.REFUSED:
        return found
    return replace(found, verdict=seen)


def answered(model: HubLanguage, request: Request, seen: Verdict, tell: Tell) -> Answer:
    """What the model makes of any text; only those that write need to know how it was `seen`."""
    match request.task:
        case Task.ZERO_SHOT:
            return hub_sorting.sort_freely(model, request, tell)
        case Task.ENTITIES:
            return hub_entities.mark(model, request, tell)
        case Task.QUESTION_ANSWERING:
            return hub_answers.answer(model, request, tell)
        case Task.SUMMARY:
            return hub_summary.summarize(model, request, seen, tell)
        case Task.TRANSLATION:
            return hub_translation.translate(model, request, seen, tell)
    return hub_sorting.sort(model, request, tell)


def labels(model: HubLanguage, task: Task) -> tuple[str, ...]:
    """The labels that the model sorts into, in the order of `scores`; none for another task."""
    sorts = task in model.known.tasks and model.known.labels
    return hub_sorting.labels(model) if sorts else ()


def scores(
    model: HubLanguage, tasks: Sequence[Task], texts: Sequence[str], tell: Tell = ignore
) -> Mapping[Task, NDArray[np.float32]]:
    """Scores (n, labels) of many texts for the task that the model sorts by; zeros for an empty
    text."""
    found: dict[Task, NDArray[np.float32]] = {}
    for task in tasks:
        names = labels(model, task)
        if names:
            rows = hub_sorting.scores(model, texts, tell)
            nothing = np.zeros(len(names), np.float32)
            found[task] = np.array(
                [row if len(row) else nothing for row in rows], np.float32
            ).reshape(len(texts), len(names))
    return found
