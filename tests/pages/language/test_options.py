"""What a task is asked besides the text."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from streamlit.testing.v1 import AppTest

from demos.core.language.answers import Request, Task
from demos.core.samples import Sample, SampleKind
from pages.components.language.chosen_text import ChosenText
from pages.components.language.options import link_to
from tests.pages.harness import ran

SLUG = "language"
SCRIPT = """
import streamlit as st
from pages.components.language.options import choose_request

state = st.session_state
languages = {"de": "German", "fr": "French"}
found = choose_request("language", state.task, state.chosen, languages, state.question)
state.found = found
"""
SAMPLE = Sample("s", "m", "A sample", SampleKind.TYPICAL, None, "", Path("s.txt"))
OWN = ChosenText("Your text", "Ann lives in Rome.", "own")
ASKING = ChosenText("A sample", "A text.", "asking", SAMPLE, query="Who?", labels=("a", "b"))
PLAIN = ChosenText("Another", "Another text.", "plain", SAMPLE)
Open = Callable[..., AppTest]


@pytest.fixture
def open_page() -> Open:
    def opened(task: Task, chosen: ChosenText = OWN, question: str = "", **address: str) -> AppTest:
        app = AppTest.from_string(SCRIPT, default_timeout=60)
        for name, value in address.items():
            app.query_params[name] = value
        app.session_state["task"], app.session_state["chosen"] = task, chosen
        app.session_state["question"] = question
        return ran(app)

    return opened


def found(app: AppTest) -> Request | None:
    request: Request | None = app.session_state["found"]
    return request


def choose(app: AppTest, chosen: ChosenText) -> AppTest:
    app.session_state["chosen"] = chosen
    return ran(app)


@pytest.mark.parametrize("task", [Task.SENTIMENT, Task.INTENT, Task.ENTITIES])
def test_most_tasks_ask_for_nothing(open_page: Open, task: Task) -> None:
    app = open_page(task)
    assert found(app) == Request(task, OWN.text)
    assert not app.text_input and not app.slider and not app.info


@pytest.mark.parametrize("task", [Task.QUESTION_ANSWERING, Task.SIMILARITY])
def test_a_sample_brings_its_question_and_a_text_of_ones_own_keeps_it(
    open_page: Open, task: Task
) -> None:
    app = open_page(task)
    assert found(app) is None and app.info
    app.text_input[0].set_value("  Where? ")
    assert found(ran(app)) == Request(task, OWN.text, "Where?")
    assert found(choose(app, ASKING)) == Request(task, ASKING.text, "Who?")
    app.text_input[0].set_value("When?")
    assert found(ran(app)) == Request(task, ASKING.text, "When?")
    assert found(choose(app, replace(OWN, sha256="2"))) == Request(task, OWN.text, "When?")
    assert found(choose(app, PLAIN)) == Request(task, PLAIN.text, "When?")


def test_a_sample_that_asks_nothing_may_be_asked_something(open_page: Open) -> None:
    request = found(open_page(Task.SIMILARITY, PLAIN, "Why?"))
    assert request is not None and request.query == "Why?"


@pytest.mark.parametrize(
    "request_",
    [
        Request(Task.SENTIMENT, ASKING.text),
        Request(Task.QUESTION_ANSWERING, ASKING.text, "Who & why?"),
        Request(Task.SIMILARITY, ASKING.text, "a=b#c"),
        Request(Task.ZERO_SHOT, ASKING.text, labels=("x; y", "z")),
        Request(Task.SUMMARY, ASKING.text, sentences=7),
        Request(Task.TRANSLATION, ASKING.text, language="fr"),
    ],
    ids=lambda each: each.task,
)
def test_a_link_brings_back_what_was_asked(open_page: Open, request_: Request) -> None:
    url = link_to("http://here/language?sample=s", request_)
    app = open_page(request_.task, ASKING, **dict(parse_qsl(urlsplit(url).query)))
    assert found(app) == request_
    assert set(app.query_params) == {"sample"}, "what was typed does not stay in the address"
    assert link_to(None, request_) is None


def test_a_link_that_asks_nonsense_is_as_good_as_none(open_page: Open) -> None:
    for task, name, value in (
        (Task.SUMMARY, "sentences", "-3"),
        (Task.SUMMARY, "sentences", "9" * 99),
        (Task.TRANSLATION, "into", "tlh"),
        (Task.ZERO_SHOT, "labels", "\n\n"),
    ):
        asked = found(open_page(task, ASKING, **{name: value}))
        assert asked is not None and asked.labels in ((), ("a", "b"))
        assert asked.language == "de" and 1 <= asked.sentences <= 10


def test_labels_are_two_or_more_of_any_words(open_page: Open) -> None:
    app = open_page(Task.ZERO_SHOT)
    assert found(app) is None and "two labels" in app.info[0].value
    assert found(choose(app, ASKING)) == Request(Task.ZERO_SHOT, ASKING.text, labels=("a", "b"))
    app.multiselect[0].set_value(["a"])
    assert found(ran(app)) is None
    app.session_state[f"{SLUG}.labels"] = ["a", "<b>  $x$", "<b> $x$", " ", "y" * 99]
    request = found(ran(app))
    assert request is not None and request.labels == ("a", "<b> $x$", "y" * 60)


def test_a_summary_has_a_length_and_a_translation_a_language(open_page: Open) -> None:
    app = open_page(Task.SUMMARY)
    assert found(app) == Request(Task.SUMMARY, OWN.text, sentences=3)
    app.slider[0].set_value(5)
    assert found(ran(app)) == Request(Task.SUMMARY, OWN.text, sentences=5)
    app = open_page(Task.TRANSLATION)
    assert found(app) == Request(Task.TRANSLATION, OWN.text, language="de")
    app.session_state[f"{SLUG}.language"] = "ro"
    assert found(ran(app)) == Request(Task.TRANSLATION, OWN.text, language="de")
    app.segmented_control[0].set_value("fr")
    assert found(ran(app)) == Request(Task.TRANSLATION, OWN.text, language="fr")


def test_what_a_sample_asks_is_not_asked_of_a_persons_own_text(open_page: Open) -> None:
    app = open_page(Task.QUESTION_ANSWERING, ASKING)
    assert found(app) == Request(Task.QUESTION_ANSWERING, ASKING.text, "Who?")
    assert found(choose(app, OWN)) is None and app.text_input[0].value == ""
    app = open_page(Task.ZERO_SHOT, ASKING)
    assert found(choose(app, OWN)) is None and app.multiselect[0].value == []
