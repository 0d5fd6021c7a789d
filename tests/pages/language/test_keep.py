"""Taking an answer away: which files there are, what they hold, and the permalink."""

import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from streamlit.testing.v1 import AppTest

from demos.core.language.answers import Answer
from demos.core.language.report import LanguageReport
from demos.core.spec import Bundled, DemoSpec, ModelSpec
from pages.components.language.keep import answer_files
from tests.core.language import said
from tests.pages.harness import ran

READER = ModelSpec("demo", "reader", "Reader", Bundled("r", "0" * 64), 1, "MIT", "Reads.")
SPEC = DemoSpec("demo", "Language", "Any", "article", "What?", "It.", (READER,), "A demo.")

SCRIPT = """
import streamlit as st
from pages.components.language.keep import keep

state = st.session_state
keep(state["demo"], state["answer"], "mail.txt", state["report"], "reader-abcd", state["url"])
"""


def never() -> LanguageReport:
    raise AssertionError("nobody asked")


def page(answer: Answer, url: str | None, make: Callable[[], LanguageReport] = never) -> AppTest:
    app = AppTest.from_string(SCRIPT, default_timeout=60)
    state = app.session_state
    state["demo"], state["answer"], state["url"], state["report"] = SPEC, answer, url, make
    return ran(app)


def labels(app: AppTest) -> list[str]:
    return [each.label for each in app.download_button]


def test_every_file_is_offered_and_made_only_when_asked_for() -> None:
    files = ["Report (HTML)", "Text (TXT)", "Data (JSON)", "Table (CSV)"]
    assert labels(page(said.sentiment(), None)) == files
    assert labels(page(said.written(), None))[1] == "Summary (TXT)"
    assert labels(page(said.translation(), None))[1] == "Translation (TXT)"


@pytest.mark.parametrize("kind", said.of_each_kind())
def test_the_files_hold_what_was_answered(kind: str) -> None:
    answer = said.of_each_kind()[kind]
    made = {file[1]: file[4]() for file in answer_files(answer, "mail.txt", "A demo.")}
    document = json.loads(made["json"])
    assert document["disclaimer"] == "A demo." and document["input"]["name"] == "mail.txt"
    assert str(made["csv"]).count("\r\n") >= 2 and made["txt"]


def test_the_report_is_made_of_the_answer() -> None:
    report = LanguageReport(
        title="Language",
        question="What?",
        name="mail.txt",
        answer=said.entities(),
        facts=(("Model", "Reader"),),
        snippet="predict(...)",
        model_card="Reader.",
        disclaimer="A demo.",
        made=datetime(2026, 1, 2, tzinfo=UTC),
    )
    app = page(said.entities(), None, lambda: report)
    assert app.download_button[0].label == "Report (HTML)"


def test_a_sample_has_a_permalink_and_a_text_of_ones_own_none() -> None:
    url = "http://here/language_tasks?sample=first&model=reader"
    assert page(said.sentiment(), url).code[0].value == url
    own = page(said.sentiment(), None)
    assert not own.code and "has no link" in own.caption[-1].value
