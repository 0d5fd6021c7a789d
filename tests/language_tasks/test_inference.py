"""All models behind one interface, and as plain functions for the page."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from demos.core.devices import CPU
from demos.core.errors import UnsupportedType, WeightsMismatch
from demos.core.language.alike import NEAREST
from demos.core.language.answers import (
    SORTING,
    Answered,
    Entities,
    Found,
    Request,
    Sorted,
    Summarized,
    Task,
    Translation,
)
from demos.core.language.words import NOT_ANSWERED, headline
from demos.core.results import Outcome
from demos.core.spec import Bundled, ModelSpec
from demos.language_tasks import (
    engines,
    inference,
    offered,
    reader,
    reading,
    translation_network,
)
from demos.language_tasks.encoding import encode
from demos.language_tasks.offered import MEANING, READER, TEXT_TASKS, TRANSLATOR
from demos.language_tasks.tasks import BY_NAME, MOST_QUESTION, OUT_OF_SCOPE
from tests.language_tasks.tiny_reader import LABELS, tiny_reader
from tests.language_tasks.tiny_writers import echo, tiny_meaning, tiny_translator

TEXT = "Ann Lee of Northline wrote a kind letter. It was read in Gdansk by two people."
KINDS: dict[Task, type] = {
    **dict.fromkeys((*SORTING, Task.ZERO_SHOT), Sorted),
    Task.ENTITIES: Entities,
    Task.QUESTION_ANSWERING: Answered,
    Task.SIMILARITY: Found,
    Task.SUMMARY: Summarized,
    Task.TRANSLATION: Translation,
}


@pytest.fixture(scope="module")
def models() -> dict[str, Any]:
    return {
        READER.name: tiny_reader(),
        MEANING.name: tiny_meaning(),
        TRANSLATOR.name: tiny_translator(),
    }


@pytest.fixture
def run(models: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> engines.Run:
    """As the store's."""
    monkeypatch.setattr(translation_network, "translate", echo)

    def run(spec: ModelSpec, work: Callable[[Any], Any]) -> Any:
        return work(models[spec.name])

    return run


def request(task: Task, text: str = TEXT) -> Request:
    return Request(task, text, "Who wrote it?", ("a letter", "a meal"), sentences=1)


@pytest.mark.parametrize("task", TEXT_TASKS)
def test_each_task_is_answered_in_its_own_kind(task: Task, run: engines.Run) -> None:
    heard: list[float] = []
    asked = request(task)
    spec = offered.models_for(task)[0]
    answer: Any = run(
        spec, lambda m: inference.predict(m, asked, lambda share, _: heard.append(share))
    )
    assert answer.request == asked and answer.provenance.model == spec.name
    assert type(answer) is KINDS[task]
    assert heard and heard[-1] == 1.0
    assert engines.predictor(run, spec, asked)(asked.text) is not None


def names_for(task: Task) -> list[str]:
    return [each.name for each in offered.models_for(task)]


@pytest.mark.parametrize("task", BY_NAME)
def test_labels_that_say_enough_are_sorted_by_their_names(task: Task, run: engines.Run) -> None:
    asked = Request(task, TEXT)
    answer = engines.predictor(run, MEANING, asked)(asked.text)
    assert type(answer) is Sorted and answer.request == asked and not answer.calibrated
    names = run(MEANING, lambda m: inference.labels(m, task))
    assert {each.label for each in answer.scores} == set(names) == set(LABELS[task])
    rows = engines.sorter(run, MEANING, asked).scores_of([TEXT])
    known = {each.label: each.score for each in answer.scores}
    np.testing.assert_allclose(rows[0], [known[name] for name in names], atol=1e-4)
    assert engines.explainer(run, MEANING, asked) is None


@pytest.mark.parametrize("task", TEXT_TASKS)
def test_examples_that_are_like_a_text_have_labels_of_its_task(
    task: Task, run: engines.Run
) -> None:
    examples = offered.examples_for(task)
    asked = Request(task, "How much money is left in my account?")
    assert engines.likener(run, asked, ("of", "another", "model")) is None
    like = engines.likener(run, asked, [*examples, "more"])
    if not examples:
        assert like is None
        return
    assert like is not None
    found = like()
    assert len(found) == NEAREST
    assert all(each.text in examples[each.label] for each in found)


@pytest.mark.parametrize("spec", [READER, MEANING, TRANSLATOR], ids=lambda spec: spec.name)
def test_what_a_model_cannot_do_is_said(spec: ModelSpec, run: engines.Run) -> None:
    foreign = [task for task in TEXT_TASKS if spec.name not in names_for(task)]
    for task in foreign:
        with pytest.raises(UnsupportedType, match="cannot do that"):
            engines.predictor(run, spec, request(task))("A text.")
    assert run(spec, lambda m: inference.labels(m, Task.TRANSLATION)) == ()


def test_one_pass_scores_all_sorting_tasks(run: engines.Run) -> None:
    engine = engines.batch_engine(run, run(READER, inference.rules))
    texts = [TEXT, "", "A short one."]
    found = engine.scores(SORTING, texts)
    assert {task: rows.shape for task, rows in found.items()} == {
        task: (3, len(names)) for task, names in LABELS.items()
    }
    assert all(engine.labels(task) == LABELS[task] for task in SORTING)
    assert not found[Task.TOPIC][1].any()
    np.testing.assert_allclose(found[Task.TOPIC][[0, 2]].sum(axis=1), 1, rtol=1e-5)
    answer = engines.predictor(run, READER, request(Task.TOPIC))(request(Task.TOPIC).text)
    assert answer.scores[0].score == pytest.approx(found[Task.TOPIC][0].max(), abs=1e-4)
    assert engine.rules[Task.INTENT].none == OUT_OF_SCOPE
    assert engine.rules[Task.INTENT].none_reason == reading.NOT_AN_INTENT
    assert not engine.rules[Task.SENTIMENT].none
    assert engine.scope("Das ist ein Satz auf Deutsch.").verdict.outcome is Outcome.REFUSED
    assert engine.vectors(texts).shape == (3, 384)


@pytest.mark.parametrize("task", [Task.EMOTION, Task.ZERO_SHOT])
def test_other_texts_are_scored_in_the_order_of_the_labels(task: Task, run: engines.Run) -> None:
    asked, spec = request(task), offered.models_for(task)[0]
    names = asked.labels if task is Task.ZERO_SHOT else LABELS[task]
    rows = engines.sorter(run, spec, asked).scores_of([TEXT, "I had a meal."])
    assert rows.shape == (2, len(names))
    answer = engines.predictor(run, spec, asked)("I had a meal.")
    known = {each.label: each.score for each in answer.scores}
    np.testing.assert_allclose(rows[1], [known[name] for name in names], atol=1e-4)


@pytest.mark.parametrize("text", [TEXT, "word " * 400, "\ud83d odd \U0001f642", "x"])
def test_words_are_explained_completely(text: str, run: engines.Run) -> None:
    asked = request(Task.EMOTION, text)
    heard: list[float] = []
    label = LABELS[Task.EMOTION][2]
    found = engines.explainer(run, READER, asked)(label, heard.append)
    assert found.label == label and found.text == text
    assert found.complete and found.added == pytest.approx(found.total - found.base, rel=0.05)
    assert heard
    assert found.windows == found.explained == (4 if len(text) > 100 else 1)
    if len(text) < 100:
        share = engines.sorter(run, READER, asked).scores_of([text])[0, 2]
        odds = np.log(np.clip(share, 1e-7, 1 - 1e-7)) - np.log1p(-np.clip(share, 1e-7, 1 - 1e-7))
        assert found.total == pytest.approx(odds, abs=0.05) or abs(found.total) > 10


def test_salutations_and_signatures_are_not_judged() -> None:
    text = "Dear Ms Hill,\n\nGreat!\nThe order came a week late.\n\nKind regards\nTom"
    answer = reading.sort(tiny_reader(), Request(Task.SENTIMENT, text))
    judged = [text[each.start : each.end] for each in answer.pieces]
    assert judged == ["Great!", "The order came a week late."]


def test_a_long_text_is_as_toxic_as_its_worst_part(monkeypatch: pytest.MonkeyPatch) -> None:
    model = tiny_reader()
    odds = [[4.0, 0.0, 0.0], [0.0, 0.0, 3.0], [4.0, 0.0, 0.0]]
    monkeypatch.setattr(
        reading,
        "read",
        lambda model, rows, tasks, tell: [{tasks[0]: np.array(each, np.float32)} for each in odds],
    )
    text = "word " * (3 * reading.ROOM - 9)
    answer = reading.sort(model, Request(Task.TOXICITY, text))
    assert answer.scores[0].label == "hate"


def test_an_answer_in_another_language_is_refused_and_not_said_to_be_missing() -> None:
    text = "Der Vertrag wurde am Montag von Frau Huber unterschrieben."
    answer = reading.answer(tiny_reader(), Request(Task.QUESTION_ANSWERING, text, "Who signed it?"))
    assert answer.verdict.outcome is Outcome.REFUSED and "German" in answer.verdict.reason
    assert headline(answer) == NOT_ANSWERED


def test_a_question_in_another_language_is_refused() -> None:
    text = "The contract was signed on Monday by Ms Huber, who runs the shop."
    query = "Wer hat den Vertrag am Montag unterschrieben?"
    answer = reading.answer(tiny_reader(), Request(Task.QUESTION_ANSWERING, text, query))
    assert answer.verdict.outcome is Outcome.REFUSED
    assert answer.verdict.reason.startswith("The question seems to be German")


def test_of_a_long_question_the_end_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def paired(first: list[int], second: list[int]) -> reader.Row:
        asked.extend(first)
        return reader.paired(first, second)

    monkeypatch.setattr(reading, "paired", paired)
    query = f"{'so ' * 80}who signed?"
    reading.answer(tiny_reader(), Request(Task.QUESTION_ANSWERING, "Ann signed it.", query))
    assert asked == list(encode([query])[0].ids[-MOST_QUESTION:])


def test_nothing_but_the_reader_is_explained(run: engines.Run) -> None:
    with pytest.raises(UnsupportedType, match="cannot be explained"):
        run(MEANING, lambda m: inference.explain(m, request(Task.ZERO_SHOT), "a letter"))
    with pytest.raises(UnsupportedType, match="cannot be explained"):
        run(READER, lambda m: inference.explain(m, request(Task.ENTITIES), "PER"))


def test_the_assistant_asks_the_reader(run: engines.Run) -> None:
    answer = engines.answerer(run)(request(Task.QUESTION_ANSWERING))
    assert isinstance(answer, Answered) and answer.provenance.model == READER.name
    assert engines.vectors(run)(["one", "two"]).shape == (2, 384)


def test_every_model_can_be_warmed_up(
    models: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(translation_network, "translate", echo)
    for model in models.values():
        inference.warm_up(model)


@pytest.mark.parametrize("spec", [READER, MEANING, TRANSLATOR], ids=lambda spec: spec.name)
def test_other_weights_than_the_specified_are_refused(
    spec: ModelSpec, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    file = tmp_path / "weights.safetensors"
    file.write_bytes(b"something else")
    monkeypatch.setattr(Bundled, "path", file)
    with pytest.raises(WeightsMismatch):
        inference.load(spec, CPU)
