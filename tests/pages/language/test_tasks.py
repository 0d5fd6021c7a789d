"""Choosing what to do, and finding it again by the address."""

from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from demos import catalog
from demos.core.spec import Bundled, DemoSpec, ModelSpec
from tests.pages.harness import query, ran

SLUG = "language"
SCRIPT = """
import streamlit as st
from demos import catalog
from demos.core.language.answers import Task
from pages.components.language.tasks import TEXT, choose_mode, choose_task, choose_task_model

tasks = (Task.SENTIMENT, Task.SUMMARY)
mode = choose_mode("language", tasks, st.session_state.get("linked", False))
st.header(mode)
if mode == TEXT:
    task = choose_task("language", tasks)
    spec = choose_task_model(catalog.demo("language" if task is Task.SENTIMENT else "other"))
    st.subheader(f"{task}: {spec.name}")
"""
Open = Callable[..., AppTest]


def model(name: str) -> ModelSpec:
    return ModelSpec(SLUG, name, name, Bundled(name, name), 1, "MIT", "It.", "group")


@pytest.fixture(autouse=True)
def demos(monkeypatch: pytest.MonkeyPatch) -> None:
    """One demo that sorts, with two models, and the same demo as far as it shortens."""
    sorting = DemoSpec(SLUG, "L", "I", "article", "?", ".", (model("a"), model("b")))
    shortening = DemoSpec(SLUG, "L", "I", "article", "?", ".", (model("c"),))
    known = {SLUG: sorting, "other": shortening}
    monkeypatch.setattr(catalog, "demo", known.__getitem__)


@pytest.fixture
def open_page() -> Open:
    def opened(linked: bool = False, **address: str) -> AppTest:
        app = AppTest.from_string(SCRIPT, default_timeout=60)
        app.session_state["linked"] = linked
        app.query_params.update(address)
        return ran(app)

    return opened


def shown(app: AppTest) -> tuple[Any, ...]:
    return (app.header[0].value, *(each.value for each in app.subheader))


def test_it_begins_with_one_text_and_the_first_task(open_page: Open) -> None:
    app = open_page()
    assert shown(app) == ("text", "sentiment: a")
    assert query(app) == {"task": "sentiment"}


def test_the_task_is_in_the_address_and_comes_back(open_page: Open) -> None:
    app = open_page()
    app.pills(f"{SLUG}.task").set_value("summary")
    assert shown(ran(app)) == ("text", "summary: c") and query(app) == {"task": "summary"}
    app.segmented_control(f"{SLUG}.mode").set_value("chat")
    assert shown(ran(app)) == ("chat",) and query(app) == {"task": "chat"}
    app.segmented_control(f"{SLUG}.mode").set_value("text")
    assert shown(ran(app)) == ("text", "summary: c"), "what was chosen before"
    assert shown(open_page(**query(app))) == ("text", "summary: c")


def test_a_new_address_is_followed_and_an_unknown_one_is_said(open_page: Open) -> None:
    app = open_page(task="messages")
    assert shown(app) == ("messages",)
    app.query_params["task"] = "summary"
    assert shown(ran(app)) == ("text", "summary: c")
    app.query_params["task"] = "horoscope"
    assert shown(ran(app)) == ("text", "summary: c") and "not here" in app.info[0].value
    assert not ran(app).info and query(app) == {"task": "summary"}


def test_other_modes_leave_no_link_to_a_sample(open_page: Open) -> None:
    app = open_page(sample="x", model="a", theme="dark", task="chat")
    assert query(app) == {"task": "chat", "theme": "dark"}
    app = open_page(linked=True, job="j", model="a")
    assert shown(app) == ("messages",)
    assert query(app) == {"task": "messages", "job": "j", "model": "a"}


def test_the_model_stays_where_it_does_the_task(open_page: Open) -> None:
    app = open_page()
    app.radio[0].set_value("b")
    assert shown(ran(app)) == ("text", "sentiment: b")
    app.pills(f"{SLUG}.task").set_value("summary")
    assert shown(ran(app)) == ("text", "summary: c")
    app.pills(f"{SLUG}.task").set_value("sentiment")
    assert shown(ran(app)) == ("text", "sentiment: a")
