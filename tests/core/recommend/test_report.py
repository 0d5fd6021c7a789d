"""A list to take away: the same in three files, and nothing in them runs."""

import csv
import io
import json
from dataclasses import replace
from datetime import UTC, datetime

from demos.core.recommend.list_metrics import list_metrics
from demos.core.recommend.report import CSV_COLUMNS, Line, ListReport, to_csv, to_html, to_json
from demos.core.results import Outcome
from tests.core.recommend import tiny

HISTORY, ITEMS = (29, 2), (30, 31, 1)
EVIL = '=HYPERLINK("http://x")<script>alert(1)</script>'


def report(title: str = "Toy Parade 2 (1999)") -> ListReport:
    catalog, ranking = tiny.catalog(), tiny.ranking(HISTORY)
    lines = [
        Line(rank, item, catalog.codes[item], catalog.titles[item], catalog.details[item],
             catalog.groups[item], 0.1 / rank, f"because of “{catalog.titles[29]}”")
        for rank, item in enumerate(ITEMS, 1)
    ]  # fmt: skip
    lines[0] = replace(lines[0], title=title)
    return ListReport(
        title="Recommendations",
        question="What next?",
        catalog="Films",
        one="film",
        group_word="genre",
        lines=tuple(lines),
        history=tuple((item, catalog.titles[item]) for item in HISTORY),
        unknown=("A <b>film</b> nobody knows",),
        outcome=Outcome.ANSWER,
        reason="",
        settings=("novelty 30 %", "never Horror"),
        metrics=list_metrics(catalog, ranking.scores, ITEMS),
        unsteered=list_metrics(catalog, ranking.scores, (30, 31, 28)),
        facts=(("Weights SHA-256", "0" * 64),),
        provenance=ranking.provenance,
        snippet="print('<again>')",
        license="As the data",
        disclaimer="",
        made=datetime(2026, 11, 22, tzinfo=UTC),
    )


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def test_the_csv_has_a_line_for_each_recommendation() -> None:
    text = to_csv(report())
    assert text.startswith("\ufeff") and tuple(rows(text)[0]) == CSV_COLUMNS
    assert [(each["rank"], each["item"]) for each in rows(text)] == [
        ("1", "30"),
        ("2", "31"),
        ("3", "1"),
    ]
    assert rows(text)[0]["groups"] == "Children | Animation"
    assert rows(text)[1]["probability"] == "0.05"
    assert rows(text)[0]["settings"] == "novelty 30 %; never Horror"


def test_no_title_is_a_formula_or_a_script() -> None:
    evil = report(EVIL)
    assert rows(to_csv(evil))[0]["title"] == f"'{EVIL}"
    html = to_html(evil)
    assert "<script" not in html and "&lt;script&gt;" in html
    assert "A &lt;b&gt;film&lt;/b&gt; nobody knows" in html and "&lt;again&gt;" in html


def test_the_json_has_everything() -> None:
    found = json.loads(to_json(report(EVIL)))
    assert found["recommendations"][0]["title"] == EVIL
    assert [each["item"] for each in found["history"]] == list(HISTORY)
    assert found["unknown"] == ["A <b>film</b> nobody knows"]
    assert found["metrics"]["shown"]["items"] == found["metrics"]["unsteered"]["items"] == 3
    assert found["provenance"]["weights"] == "0" * 64


def test_what_cannot_be_said_of_an_empty_list_is_null_and_said() -> None:
    nothing = list_metrics(tiny.catalog(), tiny.ranking(HISTORY).scores, ())
    empty = replace(report(), lines=(), metrics=nothing)
    assert json.loads(to_json(empty))["metrics"]["shown"]["novelty"] is None
    assert "Nothing is left to recommend" in to_html(empty)
    assert rows(to_csv(empty)) == []


def test_the_report_says_what_is_steered_and_what_that_changes() -> None:
    html = to_html(report())
    assert "Set: novelty 30 %; never Horror" in html and ", unsteered " in html
    same = report().metrics
    plain = to_html(replace(report(), settings=(), unsteered=same))
    assert "Nothing is set" in plain and ", unsteered " not in plain


def test_an_unsure_answer_says_so() -> None:
    html = to_html(replace(report(), outcome=Outcome.UNSURE, reason="Little follows.", history=()))
    assert "Unsure" in html and "Little follows." in html and "A &lt;b&gt;film" in html
