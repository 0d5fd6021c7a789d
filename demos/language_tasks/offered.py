"""What is offered for each task: models, those of this repository first; samples; languages."""

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import cache

from demos.core.language.answers import SORTING, Request, Task
from demos.core.language.documents import Document, read_document
from demos.core.language.languages import NAMES
from demos.core.samples import Sample, samples
from demos.core.spec import PACKAGE, DemoSpec, Hub, ModelSpec
from demos.language_tasks import SPEC
from demos.language_tasks.hub_catalog import HUB_MODELS, abilities, hub_language
from demos.language_tasks.tasks import BY_NAME

READER, MEANING, TRANSLATOR = SPEC.models[:3]

OWN: Mapping[Task, ModelSpec] = {
    **dict.fromkeys(SORTING, READER),
    Task.ENTITIES: READER,
    Task.QUESTION_ANSWERING: READER,
    Task.SIMILARITY: MEANING,
    Task.ZERO_SHOT: MEANING,
    Task.SUMMARY: MEANING,
    Task.TRANSLATION: TRANSLATOR,
    Task.CHAT: READER,
}
"""Which model does a task with no network; the assistant quotes what the reader marks."""
TEXT_TASKS = tuple(task for task in OWN if task is not Task.CHAT)
"""What can be done with one text, in the order of the page."""
OWN_TARGETS = ("de", "fr")
WRITTEN = "The examples were written for this page; the model was not taught them."
"""Where the examples that are like a text are from."""
HANDBOOK = "handbook"
"""The key of the sample that the assistant has at first."""
HANDBOOK_QUESTIONS = (
    "When must damage be reported?",
    "What does a return from abroad cost?",
    "Is there a discount for students?",
)
"""To try on it; it has no answer to the last."""


@cache
def models_for(task: Task) -> tuple[ModelSpec, ...]:
    """The models that do a task, in one group: whatever one of them is given, so are the others."""
    by_name = (MEANING,) if task in BY_NAME else ()
    able = (each for each in HUB_MODELS if task in abilities(each))
    return tuple(replace(each, group=task.value) for each in (OWN[task], *by_name, *able))


@cache
def demo_for(task: Task) -> DemoSpec:
    """The demo as far as it does one task."""
    return replace(SPEC, models=models_for(task))


@cache
def samples_for(task: Task) -> tuple[Sample, ...]:
    """The samples that are meant for a task, as `samples.json` says."""
    folder = PACKAGE / SPEC.slug / "samples"
    listed = json.loads((folder / "samples.json").read_text(encoding="utf-8"))
    of = OWN[task].name
    meant = {each["key"] for each in listed if each["model"] == of and task in each["tasks"]}
    return tuple(each for each in samples(SPEC.slug, of) if each.key in meant)


def languages(spec: ModelSpec) -> Mapping[str, str]:
    """Codes and names of the languages that a model translates into."""
    into = hub_language(spec.name).targets if isinstance(spec.source, Hub) else OWN_TARGETS
    return {code: NAMES[code] for code in into}


def able(demo: DemoSpec, request: Request) -> DemoSpec:
    """The demo with those of its models that can answer the request."""
    if request.task is not Task.TRANSLATION:
        return demo
    return replace(
        demo, models=tuple(each for each in demo.models if request.language in languages(each))
    )


def question_for(sample: Sample | None) -> str:
    """What to ask of a sample that is plain text, and so brings no question with it."""
    return HANDBOOK_QUESTIONS[0] if sample is not None and sample.key == HANDBOOK else ""


@cache
def examples_for(task: Task) -> Mapping[str, tuple[str, ...]]:
    """Texts of our own for each label of a task; none where there are no such."""
    file = PACKAGE / SPEC.slug / "texts" / "alike.json"
    found = json.loads(file.read_text(encoding="utf-8")).get(task, {})
    return {label: tuple(texts) for label, texts in found.items()}


@cache
def messages() -> bytes:
    """A file of messages of our own."""
    return (PACKAGE / SPEC.slug / "texts" / "messages.csv").read_bytes()


@cache
def assistant_sample() -> tuple[Document, tuple[str, ...]]:
    """The document that the assistant has at first, and questions about it."""
    shipped = {each.key: each for each in samples(SPEC.slug, READER.name)}
    document = read_document(shipped[HANDBOOK].read(), "Service handbook.txt")
    return document, HANDBOOK_QUESTIONS
