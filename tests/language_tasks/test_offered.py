"""What is offered for each task."""

import pytest

from demos.core.language.answers import Request, Task
from demos.core.language.scope import scope
from demos.core.results import Outcome
from demos.core.samples import SampleKind
from demos.core.spec import PACKAGE, Hub
from demos.language_tasks import SPEC
from demos.language_tasks.hub_catalog import HUB_MODELS
from demos.language_tasks.offered import (
    HANDBOOK_QUESTIONS,
    MEANING,
    OWN,
    READER,
    TEXT_TASKS,
    TRANSLATOR,
    able,
    assistant_sample,
    demo_for,
    languages,
    models_for,
    question_for,
    samples_for,
)
from demos.language_tasks.tasks import BY_NAME
from pages.components.language.chosen_text import of_sample


@pytest.mark.parametrize("task", OWN)
def test_every_task_has_a_model_that_needs_no_network(task: Task) -> None:
    first, *others = models_for(task)
    assert not isinstance(first.source, Hub) and first.name == OWN[task].name
    ours = {each.name for each in others if not isinstance(each.source, Hub)}
    assert ours == ({MEANING.name} if task in BY_NAME else set())
    assert {each.group for each in demo_for(task).models} == {task.value}
    card = PACKAGE / SPEC.slug / "cards" / f"{first.name}.md"
    assert len(card.read_text(encoding="utf-8").split()) > 100


def test_every_model_of_the_hub_is_offered_for_what_it_does() -> None:
    offered = {each.name for task in OWN for each in models_for(task)}
    assert offered >= {each.name for each in HUB_MODELS}
    assert "t5_small" in {each.name for each in models_for(Task.SUMMARY)}
    assert Task.CHAT not in TEXT_TASKS


@pytest.mark.parametrize("task", TEXT_TASKS)
def test_every_task_has_samples_that_work_and_some_that_do_not(task: Task) -> None:
    shipped = samples_for(task)
    assert shipped[0].kind is SampleKind.TYPICAL
    kinds = {each.kind for each in shipped}
    assert SampleKind.OUT_OF_SCOPE in kinds
    assert not kinds.isdisjoint({SampleKind.HARD, SampleKind.FAILURE})
    for each in shipped:
        chosen = of_sample(each)
        foreign = each.key in ("german", "source_code")
        assert (scope(chosen.text).verdict.outcome is Outcome.REFUSED) == foreign, each.key
    if task is Task.ZERO_SHOT:
        assert all(len(of_sample(each).labels) > 1 for each in shipped)
    if task in (Task.QUESTION_ANSWERING, Task.SIMILARITY):
        assert all(of_sample(each).query or question_for(each) for each in shipped)


def test_languages_are_those_of_the_model() -> None:
    own, small = models_for(Task.TRANSLATION)[:2]
    assert languages(own) == {"de": "German", "fr": "French"}
    assert languages(small)["ro"] == "Romanian"
    assert SPEC.models[0] == READER


def test_a_model_is_compared_with_those_that_can_do_the_same() -> None:
    demo = demo_for(Task.TRANSLATION)
    text = "Where is the train?"
    german = able(demo, Request(Task.TRANSLATION, text, language="de"))
    romanian = able(demo, Request(Task.TRANSLATION, text, language="ro"))
    assert german.models[0].name == TRANSLATOR.name
    assert romanian.models and all("ro" in languages(each) for each in romanian.models)
    assert len(romanian.models) < len(demo.models)
    topic = demo_for(Task.TOPIC)
    assert able(topic, Request(Task.TOPIC, text)) is topic


def test_the_assistant_has_a_document() -> None:
    document, questions = assistant_sample()
    assert "within 7 days of delivery" in document.text
    assert question_for(None) == "" and questions == HANDBOOK_QUESTIONS
