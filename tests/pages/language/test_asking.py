"""Having a text read: at once, or in the background, stopped, tried again."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from demos.core.errors import Busy, UnsupportedType
from demos.core.jobs import Jobs
from demos.core.language.answers import Answer, Request, Task
from demos.core.spec import Bundled, ModelSpec
from pages.components import job_board
from pages.components.language import asking
from tests.pages.harness import PATIENCE, labels, press, ran
from tests.pages.language.sorting import answer, text

SLUG = "language"
SPEC = ModelSpec(SLUG, "reader", "Reader", Bundled("x", "sha"), 1, "MIT", "It.")
SCRIPT = """
import streamlit as st
from demos.core.language.answers import Request, Task
from pages.components.language.asking import ask
from tests.pages.language.test_asking import SPEC

state = st.session_state
found = ask("language", SPEC, Request(Task.SENTIMENT, state.text), state.predict)
st.header(found.scores[0].label if found else "nothing yet")
"""


@dataclass
class Reader:
    """Answers once the gate is open; "bad" cannot be answered."""

    gate: threading.Event = field(default_factory=threading.Event)
    asked: list[str] = field(default_factory=list)
    busy: bool = False

    def __call__(self, model: Any, request: Request, tell: asking.Tell) -> Answer:
        self.asked.append(request.text)
        tell(0.25, "so <b>far</b>")
        while not self.gate.wait(0.01):
            tell(0.25, "so <b>far</b>")
        if request.text == "bad":
            raise UnsupportedType("This cannot be read.", "Try another.")
        return answer(request.text)

    def run(self, spec: ModelSpec, work: Any, on_stage: Any) -> Any:
        on_stage("loading")
        if self.busy:
            raise Busy(3)
        return work(None)


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> Iterator[Reader]:
    reader, board = Reader(), Jobs(2)
    reader.gate.set()
    monkeypatch.setattr(job_board, "_texts", board)
    monkeypatch.setattr(asking, "model_store", lambda: reader)
    yield reader
    reader.gate.set()
    board.close(PATIENCE)


def opened(reader: Reader, words: str = "great") -> AppTest:
    app = AppTest.from_string(SCRIPT, default_timeout=60)
    app.session_state["text"], app.session_state["predict"] = words, reader
    return ran(app)


def read(app: AppTest, words: str) -> AppTest:
    app.session_state["text"] = words
    return ran(app)


@contextmanager
def slow(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    reader.gate.clear()
    with monkeypatch.context() as patch:
        patch.setattr(asking, "INLINE_SECONDS", 0.1)
        yield


def test_what_is_quick_is_there_at_once_and_kept(reader: Reader) -> None:
    app = opened(reader)
    assert app.header[0].value == "positive"
    assert read(app, "slow").header[0].value == "negative"
    assert read(app, "great").header[0].value == "positive"
    assert reader.asked == ["great", "slow"]
    for n in range(asking.KEPT):
        read(app, f"text {n}")
    assert len(app.session_state[f"{SLUG}.answers"]) == asking.KEPT
    read(app, "great")
    assert reader.asked.count("great") == 2


def test_what_takes_long_shows_how_far_it_is(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    with slow(reader, monkeypatch):
        app = opened(reader)
    assert app.header[0].value == "nothing yet"
    assert "25 % read" in app.get("progress")[0].proto.text
    assert "so &lt;b&gt;far&lt;/b&gt;" in text(app)
    reader.gate.set()
    job_board.text_board().find(app.session_state[f"{SLUG}.reading"]).wait(PATIENCE)  # type: ignore[union-attr]
    assert ran(app).header[0].value == "positive" and reader.asked == ["great"]


def test_it_can_be_canceled_and_tried_again(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    with slow(reader, monkeypatch):
        app = opened(reader)
    job = job_board.text_board().find(app.session_state[f"{SLUG}.reading"])
    press(app, "Cancel")
    assert job is not None and job.wait(PATIENCE)
    assert "Canceled." in text(ran(app))
    reader.gate.set()
    assert press(app, "Try again").header[0].value == "positive"


def test_another_text_stops_the_one_before(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    with slow(reader, monkeypatch):
        app = opened(reader)
        job = job_board.text_board().find(app.session_state[f"{SLUG}.reading"])
        read(app, "slow")
    assert job is not None and job.wait(PATIENCE) and job.result.answer is None
    reader.gate.set()


def test_what_cannot_be_answered_says_why(reader: Reader) -> None:
    app = opened(reader, "bad")
    assert "This cannot be read." in text(app) and "Try again" in labels(app)
    assert read(app, "great").header[0].value == "positive"
    reader.busy = True
    assert "number 3 in the queue" in text(read(app, "busy"))
    reader.busy = False
    assert press(app, "Try again").header[0].value == "negative"
    assert Request(Task.SENTIMENT, "bad") not in {
        key[1] for key in app.session_state[f"{SLUG}.answers"]
    }
