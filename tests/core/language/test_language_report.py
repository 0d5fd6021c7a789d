"""The report of an answer holds everything, fetches nothing and lets no text become markup."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from demos.core.language.answers import Answer
from demos.core.language.marks import Entry, Mark, Tone
from demos.core.language.report import LanguageReport, Weighed, to_html
from demos.core.language.rows import Column, Table
from demos.core.results import Outcome
from tests.core.html_page import Page
from tests.core.language import said
from tests.core.language.said import HOSTILE, REFUSED, UNSURE

REPORT = LanguageReport(
    title="Language: Reader",
    question="What does this text say?",
    name="mail.txt",
    answer=said.sentiment(),
    facts=(("Engine", "torch on cpu"),),
    snippet='print(f"{1 < 2}")',
    model_card="Model card: reader.md",
    disclaimer="Research demonstration.",
    made=datetime(2026, 1, 2, 3, 4, tzinfo=UTC),
    why=Weighed(
        "Positive",
        ("Pointing most to Positive: “<b>lovely</b>”.",),
        (Mark(0, 3, "+++"),),
        (Entry(Tone.ACCENT, "+++", "raises the score"),),
        Table("What each word adds", (Column("Word"), Column("Odds")), [("<i>The</i>", "× 3")]),
    ),
    tried=Table("What each change does", (Column("Change"),), [("ALL <u>CAPITALS</u>",)]),
)


def report_of(answer: Answer) -> Page:
    page = Page(to_html(replace(REPORT, answer=answer)))
    assert page.open == []
    return page


def test_everything_is_in_the_report() -> None:
    words = report_of(said.sentiment()).words
    for text in (
        *("What does this text say?", "mail.txt", "Answer", "Positive", "Probability 81.2 %."),
        *("All labels", "Breakfast came an hour late!", "Negative 88.0\u00a0%", "torch on cpu"),
        *(
            'print(f"{1 < 2}")',
            "reader.md",
            "2026-01-02 03:04 UTC",
            "What each word adds to the score of Positive",
        ),
        *("“<b>lovely</b>”", "+++", "raises the score", "<i>The</i>", "ALL <u>CAPITALS</u>"),
        "Research demonstration.",
    ):
        assert text in words, text
    assert "Permalink" not in words
    linked = Page(to_html(replace(REPORT, permalink="http://localhost/x?sample=a&b=c")))
    assert "http://localhost/x?sample=a&b=c" in linked.words


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (said.entities(), ("Names by kind", "Harbor Freight Lines", "organization", "0.734")),
        (said.answered(), ("Asked: When did the lease begin?", "All candidates", "thirty days")),
        (said.not_found(), ("Not found in the text", "Withheld", "both parties", "0.91")),
        (said.found(), ("Asked: getting money back", "Passages", "−0.02")),
        (said.summarized(), ("Summary", "summary 3", "In the summary", "66.8 %")),
        (said.written(), ("three months' notice.", "The model wrote this itself")),
        (said.translation(), ("Zwei Männer reparieren ein Dach.", "check this", "German")),
        (replace(said.entities(), spans=()), ("No names", "The text", "moved from Oslo")),
    ],
)
def test_each_kind_has_its_own_sections(answer: Answer, told: tuple[str, ...]) -> None:
    words = report_of(answer).words
    for text in told:
        assert text in words, text


@pytest.mark.parametrize("kind", said.of_each_kind())
@pytest.mark.parametrize("verdict", [said.PLAIN, UNSURE, REFUSED], ids=lambda v: v.outcome.value)
def test_the_outcome_is_a_word_and_its_reason_is_said(kind: str, verdict: said.Verdict) -> None:
    words = report_of(replace(said.of_each_kind()[kind], verdict=verdict)).words
    assert verdict.outcome.value.capitalize() in words and verdict.reason in words
    if verdict.outcome is Outcome.REFUSED:
        assert "This text is not in English." in words


def test_it_fetches_nothing_and_runs_nothing() -> None:
    for answer in said.of_each_kind().values():
        html = to_html(replace(REPORT, answer=answer))
        tags = Page(html).tags
        assert {tag for tag, _ in tags} & {"script", "link", "iframe", "a", "base"} == set()
        sources = [attributes["src"] or "" for _, attributes in tags if "src" in attributes]
        assert all(source.startswith("data:image/png;base64,") for source in sources)
        assert "url(" not in html and "@import" not in html
        assert not re.search(r"\son\w+=", html)


@pytest.mark.parametrize("answer", said.hostile(), ids=lambda each: type(each).__name__)
@pytest.mark.parametrize("verdict", [None, REFUSED], ids=["answer", "refused"])
def test_given_text_never_becomes_markup(answer: Answer, verdict: said.Verdict | None) -> None:
    given = dict.fromkeys(("title", "question", "name", "snippet", "model_card"), HOSTILE)
    attacked = replace(
        REPORT,
        answer=replace(answer, verdict=verdict) if verdict else answer,
        facts=((HOSTILE, HOSTILE),),
        permalink=HOSTILE,
        disclaimer=HOSTILE,
        **given,
    )
    html = to_html(attacked)
    assert "<script" not in html and Page(html).open == []
    html.encode()
    assert "\x00" not in html


def test_a_megabyte_is_laid_out_small() -> None:
    text = "x" * 1_000_000
    answer = said.entities()
    long = replace(answer, request=replace(answer.request, text=text))
    assert len(to_html(replace(REPORT, answer=long))) < 60_000
