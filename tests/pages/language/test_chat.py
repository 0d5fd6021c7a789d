"""The assistant on a page: asked, answered with its passages, stopped, taken away, deleted."""

import re
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from streamlit.testing.v1 import AppTest

from demos.core.errors import ModelError
from demos.core.language.answers import Answered, Reply, Request, Verdict
from demos.core.language.assistant import NOT_FOUND, UNLOADED
from demos.core.language.dialogue import HELLO
from demos.core.language.grounded import Message, Tell
from demos.core.results import Outcome
from pages.components.job_board import text_board
from pages.components.language.chat_state import KEPT, MOST_DOCUMENTS, Chat, Talker
from tests.core.language.handbook import Scripted, handbook, hashed
from tests.pages.harness import PATIENCE, labels, press, ran

SLUG = "language"
KEY = f"{SLUG}.chat"
SUGGESTED = (
    "When must damage be reported?",
    "What does a return from abroad cost?",
    "Is there a discount for students?",
)
SCRIPT = """
import streamlit as st
from pages.components.language.chat import show_chat

show_chat(st.session_state["test.chat"])
"""
READER = Scripted("within 7 days of delivery|18 euros|Zebras sleep at noon")
MARKUP = "<script>alert(1)</script> ![x](http://example.com/x.png) :smile: $x$ \U0001f600 \u05e9"


def chat(**changes: Any) -> Chat:
    given = {"vectors": hashed, "answerer": READER, "sample": handbook(), "suggested": SUGGESTED}
    return Chat(SLUG, **given | changes)


def opened(**changes: Any) -> AppTest:
    app = AppTest.from_string(SCRIPT, default_timeout=PATIENCE)
    app.session_state["test.chat"] = chat(**changes)
    return ran(app)


def say(app: AppTest, text: str, *files: tuple[str, bytes]) -> AppTest:
    for name, data in files:
        app.chat_input[0].upload(name, data)
    app.chat_input[0].set_value(text)
    return ran(app)


def written(app: AppTest) -> str:
    """All texts of the page, without what keeps Markdown from reading them."""
    every = [*app.markdown, *app.caption, *app.warning]
    return "\n".join(str(each.value) for each in every).replace("\\", "")


def passages(app: AppTest) -> list[str]:
    every = [each.label.replace("\\", "") for each in app.expander]
    return [each for each in every if each.startswith("[")]


def turns(app: AppTest) -> tuple[Any, ...]:
    state = app.session_state
    return tuple(state[f"{KEY}.turns"]) if f"{KEY}.turns" in state else ()


def html(app: AppTest) -> str:
    return "\n".join(str(each.proto.body) for each in app.get("html"))


def test_on_opening_there_is_a_document_and_something_to_ask() -> None:
    app = opened()
    assert "1 document to look in" in written(app)
    assert "Service handbook.txt" in written(app)
    assert set(SUGGESTED) <= {each.replace("\\", "") for each in labels(app)}
    assert not turns(app)
    assert app.button(key=f"{KEY}.delete").disabled
    assert "they are written to no disk" in written(app).lower()
    assert "“Not found” means that it saw no answer" in written(app)


def test_a_suggested_question_is_answered_with_its_passage() -> None:
    app = opened()
    app.button(key=f"{KEY}.suggested.0").click()
    ran(app)
    assert "**Within 7 days of delivery.** “Damage should be reported" in written(app)
    assert passages(app)[0].startswith("[1] Service handbook.txt · similarity 0.")
    assert app.expander[0].proto.expanded
    assert re.search(r"<mark[^>]*>[^.]*within 7 days of delivery", html(app))
    assert [each.name for each in app.chat_message] == ["user", "assistant"]


def test_what_is_not_there_is_said_to_be_not_found() -> None:
    app = opened()
    app.button(key=f"{KEY}.suggested.2").click()
    ran(app)
    assert "**Not found**" in written(app)
    assert NOT_FOUND.removeprefix("Not found: ") in written(app)
    assert len(passages(app)) == 3
    assert "<mark class=" not in html(app)


def test_a_conversation_goes_on_and_stays() -> None:
    app = say(say(opened(), "What does a return from abroad cost?"), "And damage?")
    assert len(app.chat_message) == 4
    assert "Read as: “What does a return from abroad cost? And damage?”" in written(app)
    opened_ones = [each.proto.expanded for each in app.expander]
    assert sum(opened_ones) == 1, "only the last reply is open"
    again = AppTest.from_string(SCRIPT, default_timeout=PATIENCE)
    for name in ("test.chat", f"{KEY}.turns", f"{KEY}.documents"):
        if name in app.session_state:
            again.session_state[name] = app.session_state[name]
    assert len(ran(again).chat_message) == 4, "as after a switch of the page"


def test_small_talk_and_other_languages() -> None:
    app = say(opened(), "Hello!")
    assert HELLO in written(app)
    say(app, "Wie lange kann ich die beschädigte Ware zurückgeben?")
    assert "Not answered" in written(app) and "Ask in English" in written(app)
    assert not passages(app)


def test_files_come_with_a_question() -> None:
    zebras = ("zebras.md", b"# Animals\n\nZebras sleep at noon. They eat grass.")
    app = say(opened(), "When do zebras sleep?", zebras, ("empty.txt", b""))
    assert "2 documents to look in" in written(app)
    assert "This file is empty." in written(app)
    assert passages(app)[0].startswith("[1] zebras.md")
    say(app, "", ("more.txt", b"Some more words."))
    assert "3 documents to look in" in written(app)
    assert "This file is empty." not in written(app)
    assert len(turns(app)) == 1, "a file alone is no question"


def test_a_document_is_taken_once_and_a_name_means_one() -> None:
    app = say(opened(), "", ("a.txt", b"Zebras sleep at noon."))
    say(app, "", ("b.txt", b"Zebras sleep at noon."))
    assert "is among the documents already" in written(app)
    say(app, "", ("a.txt", b"Lions sleep all day."))
    names = [each.name for each in app.session_state[f"{KEY}.documents"]]
    assert names == ["Service handbook.txt", "a.txt", "a.txt (2)"]


def test_there_is_an_end_to_documents() -> None:
    files = [(f"{n}.txt", f"Number {n} is here.".encode()) for n in range(MOST_DOCUMENTS)]
    app = say(opened(), "", *files)
    assert f"There are {MOST_DOCUMENTS} documents already" in written(app)
    assert len(app.session_state[f"{KEY}.documents"]) == MOST_DOCUMENTS


def test_what_is_too_much_to_search_is_told() -> None:
    long = "A sentence of some words that go on and on for quite a while here. " * 16_000
    app = say(opened(), "", ("long.txt", long.encode()))
    assert "Only the first 2,000 passages are searched" in written(app)


def test_a_removed_document_is_gone_from_the_replies() -> None:
    zebras = ("zebras.txt", b"Zebras sleep at noon. They eat grass.")
    app = say(opened(), "When do zebras sleep?", zebras)
    assert "They eat grass." in html(app)
    document = app.session_state[f"{KEY}.documents"][1]
    app.button(key=f"{KEY}.remove.{document.sha256}").click()
    ran(app)
    assert "This document was removed" in written(app)
    assert "They eat grass." not in html(app)
    assert all(key[0] != document.sha256 for key in app.session_state[f"{KEY}.known"])
    say(app, "", ("zebras.txt", b"Other words about zebras, which are white."))
    assert "zebras.txt (2)" in written(app), "the old citation must not show the new text"


def test_everything_is_deleted_at_once() -> None:
    app = say(opened(), "When do zebras sleep?", ("zebras.txt", b"Zebras sleep at noon."))
    app.button(key=f"{KEY}.delete").click()
    ran(app)
    assert not turns(app)
    assert "0 documents to look in" in written(app)
    assert "zebra" not in repr([app.session_state[each] for each in own_keys(app)]).lower()
    assert app.button(key=f"{KEY}.delete").disabled
    assert "no document to look in" in written(say(app, SUGGESTED[0])).lower()
    app.button(key=f"{KEY}.sample").click()
    assert "Service handbook.txt" in written(ran(app))


def own_keys(app: AppTest) -> list[str]:
    names = ("documents", "turns", "waiting", "problems", "failed", "known", "index", "job")
    return [f"{KEY}.{each}" for each in names if f"{KEY}.{each}" in app.session_state]


def test_it_can_be_taken_away() -> None:
    app = opened()
    assert not app.get("download_button")
    say(app, SUGGESTED[0])
    assert [each.proto.label for each in app.get("download_button")] == [
        "Conversation (TXT)",
        "Conversation (JSON)",
    ]


def test_markup_stays_text() -> None:
    app = say(opened(), MARKUP, ("<b>x</b>.txt", MARKUP.encode()))
    told = "\n".join(str(each.value) for each in [*app.markdown, *app.caption])
    assert "\\<script\\>" in told and "<script>" not in told
    assert "](http" not in told.replace("\\]\\(", "")
    assert "<script>" not in html(app)


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xfe\x00broken",
        b"zero\x00bytes \x00 and more words here",
        "sch\xf6n und gut, das ist ein deutscher Text".encode("latin-1"),
        b"word " * 200_000,
        b"PK\x03\x04 no archive",
        b"%PDF-1.7 no document",
    ],
    ids=["utf-16", "zero bytes", "latin-1", "one line", "zip", "pdf"],
)
def test_hostile_files_end_in_a_sentence(data: bytes) -> None:
    app = say(opened(), SUGGESTED[0], ("file.txt", data))
    assert len(turns(app)) == 1
    assert "Within 7 days of delivery" in written(app)


def test_an_old_conversation_is_let_go() -> None:
    app = say(opened(), "Hello!")
    [hello] = turns(app)
    app.session_state[f"{KEY}.turns"] = (hello,) * KEPT
    say(app, "Thanks!")
    assert len(turns(app)) == KEPT
    assert [each.question for each in turns(app)[-2:]] == ["Hello!", "Thanks!"]


def test_questions_that_wait_are_all_answered() -> None:
    app = opened()
    app.session_state[f"{KEY}.waiting"] = SUGGESTED
    ran(app)
    assert [each.question for each in turns(app)] == list(SUGGESTED)
    assert len(app.chat_message) == 6


def test_a_model_that_fails_loses_no_question() -> None:
    broken = [True]

    def answerer(request: Request) -> Answered:
        if broken:
            raise ModelError("The model cannot be used.", "Try later.")
        return READER(request)

    app = say(opened(answerer=answerer), SUGGESTED[0])
    assert "The model cannot be used." in written(app)
    assert not turns(app)
    broken.clear()
    assert "Within 7 days" in written(press(app, "Ask again"))
    assert "The model cannot be used." not in written(app)


def test_an_encoder_that_fails_can_be_tried_again() -> None:
    broken = [True]

    def vectors(texts: Sequence[str]) -> NDArray[np.float32]:
        if broken:
            raise ModelError("The encoder cannot be used.", "Try later.")
        return hashed(texts)

    app = say(opened(vectors=vectors), SUGGESTED[0])
    assert "The encoder cannot be used." in written(app)
    broken.clear()
    assert "Within 7 days" in written(press(app, "Try again")), "the question waited"


class Talking:
    """A chat model that says pieces as they are let through."""

    def __init__(self, pieces: Sequence[str], tell: Tell, gate: Callable[[int], None]) -> None:
        self.pieces, self.tell, self.gate, self.text = pieces, tell, gate, ""

    def __iter__(self) -> Iterator[str]:
        for n, piece in enumerate(self.pieces):
            self.gate(n)
            self.text += piece
            self.tell((n + 1) / len(self.pieces), self.text)
            yield piece

    def reply(self) -> Reply:
        whole = self.text == "".join(self.pieces)
        stopped = Verdict(Outcome.UNSURE, "The reply was stopped before its end.")
        return Reply(Verdict() if whole else stopped, self.text, (), UNLOADED)


def talker(pieces: Sequence[str], gate: Callable[[int], None] = lambda n: None) -> Talker:
    @contextmanager
    def talk(messages: Sequence[Message], tell: Tell) -> Iterator[Talking]:
        assert "[1] " in messages[-1]["content"]
        yield Talking(pieces, tell, gate)

    return Talker("Small talker", talk)


def finished(app: AppTest) -> AppTest:
    job = text_board().find(app.session_state[f"{KEY}.job"])
    assert job is not None and job.wait(PATIENCE)
    return ran(app)


def test_a_chat_model_answers_from_the_passages() -> None:
    app = say(opened(talker=talker(["Soon", " enough", " [2]."])), SUGGESTED[0])
    finished(app)
    [turn] = turns(app)
    assert turn.text == "Soon enough [1]."
    assert "Soon enough [1]." in written(app)
    assert "Small talker writes in its own words" in written(app)
    assert not app.chat_input[0].disabled
    say(app, "Hello!")
    assert turns(app)[-1].text == HELLO, "no model is needed for that"


def test_it_can_be_read_while_it_is_written_and_stopped() -> None:
    let, at = threading.Event(), threading.Event()

    def gate(n: int) -> None:
        if n == 1:
            at.set()
            assert let.wait(PATIENCE)

    app = say(opened(talker=talker(["Half of", " it [1].", " Never."], gate)), SUGGESTED[0])
    assert at.wait(PATIENCE)
    ran(app)
    assert "Half of" in written(app)
    assert app.chat_input[0].disabled
    press(app, "Stop")
    let.set()
    finished(app)
    [turn] = turns(app)
    assert turn.text == "Half of it [1]."
    assert "**Unsure.**] The reply was stopped before its end." in written(app)


def test_a_chat_model_that_fails_loses_no_question() -> None:
    def gate(n: int) -> None:
        raise ModelError("The model cannot be used.", "Choose another.")

    app = say(opened(talker=talker(["x"], gate)), SUGGESTED[0])
    finished(app)
    assert "The model cannot be used." in written(app)
    assert "Ask again" in labels(app)


def test_deleting_stops_what_is_being_written() -> None:
    let = threading.Event()
    app = say(opened(talker=talker(["x"], lambda n: bool(let.wait(PATIENCE)))), SUGGESTED[0])
    job = text_board().find(app.session_state[f"{KEY}.job"])
    assert job is not None
    app.button(key=f"{KEY}.delete").click()
    ran(app)
    assert job.canceling
    assert text_board().find(job.id) is None
    let.set()
    assert not turns(app)
