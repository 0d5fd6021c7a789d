"""Two models on the same text, in Streamlit's harness; the second answers from a script."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from demos.core.devices import CPU
from demos.core.errors import Busy
from demos.core.jobs import Jobs
from demos.core.language.answers import (
    Answer,
    Answered,
    Entities,
    Found,
    Request,
    Span,
    Summarized,
    Task,
    Translation,
)
from demos.core.spec import Bundled, DemoSpec, ModelSpec, Packaged
from demos.core.store import ModelStore
from pages.components import compare as images
from pages.components import job_board
from pages.components.language import asking
from tests.pages.harness import PATIENCE, ran
from tests.pages.language.sorting import GIVEN, RECORD, REFUSED, answer, marked, text

TEXT = "Ada met <b>Bob</b> in Rome."
ADA, BOB, ROME = Span(0, 3, "PER", 0.9), Span(11, 14, "PER", 0.8), Span(22, 26, "LOC", 0.7)


def model(name: str, source: Any) -> ModelSpec:
    return ModelSpec("d", name, f"Model {name}", source, 2**29, "MIT", "It.")


OWN = model("own", Bundled("own.safetensors", "0" * 64))
OTHER = model("other", Packaged("pytest", "pytest/__init__.py", "0" * 64))


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    (tmp_path / "own.safetensors").write_bytes(b"x" * 2_000_000)
    monkeypatch.setattr(Bundled, "path", property(lambda self: tmp_path / self.file))
    store = ModelStore(lambda spec, device: spec, CPU, 2**31, 60, 5, 4)
    board = Jobs(2)
    monkeypatch.setattr(job_board, "_texts", board)
    for module in (images, asking):
        monkeypatch.setattr(module, "model_store", lambda: store)
    yield
    board.close(PATIENCE)


class Second:
    """What the second model answers, and what it was asked."""

    def __init__(self, says: Answer | Exception) -> None:
        self.says, self.asked = says, list[str]()

    def __call__(self, model: ModelSpec, request: Request, tell: asking.Tell) -> Answer:
        self.asked.append(model.name)
        if isinstance(self.says, Exception):
            raise self.says
        return replace(self.says, provenance=replace(RECORD, seconds=1.5))


def page(own: Answer, second: Second, specs: tuple[ModelSpec, ...] = (OWN, OTHER)) -> AppTest:
    def script(**given: object) -> None:
        from pages.components.language.compare import show_compare

        show_compare(**given, quality_of=lambda spec: f"quality of {spec.name}")

    demo = DemoSpec("d", "D", "Texts", "x", "What?", "It.", specs)
    kwargs = {"demo": demo, "spec": OWN, "answer": own, "predict": second}
    return ran(AppTest.from_function(script, default_timeout=60, kwargs=kwargs))


def chosen(own: Answer, other: Answer | Exception) -> AppTest:
    app = page(own, Second(other))
    app.selectbox[0].select("other")
    return ran(app)


def request(task: Task) -> Request:
    return Request(task, TEXT, query="Who?")


def names(*spans: Span) -> Entities:
    return Entities(request(Task.ENTITIES), GIVEN, spans, RECORD)


def translation(words: str) -> Translation:
    return Translation(request(Task.TRANSLATION), GIVEN, (), words, RECORD)


def test_nothing_runs_before_a_second_model_is_chosen() -> None:
    second = Second(answer("slow"))
    assert page(answer("great"), second).selectbox[0].value is None
    assert second.asked == []


def test_a_model_alone_is_not_compared() -> None:
    app = page(answer("great"), Second(answer("slow")), (OWN,))
    assert not app.selectbox and not app.header


def test_the_second_is_asked_once() -> None:
    second = Second(answer("slow"))
    app = page(answer("great"), second)
    app.selectbox[0].select("other")
    ran(ran(app))
    assert second.asked == ["other"]


def test_both_answers_stand_side_by_side_with_what_they_cost() -> None:
    shown = text(chosen(answer("great"), answer("slow")))
    assert "**They disagree: the first says Positive, the second Negative.**" in shown
    for figure in (
        "1. Positive: 92.4 %",
        "1. Negative: 88.1 %",
        "| This run | 20 ms, numpy on CPU |",
        "| This run | 1.5 s, numpy on CPU |",
        "| Memory | 0.5 GiB |",
        "| On disk | 2 MB |",
        "| Quality | quality of other |",
    ):
        assert figure in shown, figure


def test_names_that_only_one_finds_are_marked_so() -> None:
    app = chosen(names(ADA, BOB), names(ADA, ROME))
    shown = text(app)
    assert "1 of the 3 names that either finds are found alike by both." in shown
    legend = ["name", "only here"]
    assert marked(app) == [
        *("Ada person", "Bob person, only here", *legend),
        *("Ada person", "Rome place, only here", *legend),
    ]
    assert "&lt;b&gt;" in shown and "<b>Bob" not in shown


def test_words_that_differ_are_marked() -> None:
    app = chosen(translation("Ein alter Mann."), translation("Ein junger <b>Mann."))
    shown = text(app)
    assert "They differ in 1 of the 3 words of the first" in shown
    assert marked(app) == ["alter", "dashed line", "junger", "b", "dashed line"]
    assert "<b>Mann" not in "".join(each.proto.body for each in app.get("html"))
    same = text(chosen(translation("Ein Mann."), translation("ein Mann")))
    assert "Both write the same words." in same and "dashed line" not in same


def test_summaries_are_compared_as_they_are_written() -> None:
    first, second = (
        Summarized(request(Task.SUMMARY), GIVEN, (), each, RECORD) for each in ("Ada.", "Bob.")
    )
    assert marked(chosen(first, second))[0] == "Ada"


def test_candidates_and_passages_are_listed() -> None:
    asked = Answered(request(Task.QUESTION_ANSWERING), GIVEN, (ADA, BOB), 0.1, RECORD)
    shown = text(chosen(asked, replace(asked, spans=(BOB,))))
    assert "They give different answers." in shown and "1. Ada\n1. Bob" in shown
    found = Found(request(Task.SIMILARITY), GIVEN, (ADA,), RECORD)
    assert "They put the same passage first." in text(chosen(found, found))


def test_a_refusal_is_told_with_its_reason() -> None:
    shown = text(chosen(answer("great"), answer("x", REFUSED)))
    assert "Only the first gives an answer." in shown
    assert ":material/block: Refused" in shown and "This is not English." in shown


def test_a_full_queue_is_said() -> None:
    assert "number 2 in the queue" in text(chosen(answer("great"), Busy(2)))
