"""Exports of a queue: complete, safe in a spreadsheet, safe in a browser."""

import csv
import io
import json
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from demos.core.cases.case import Basis, CaseKey, Mark
from demos.core.cases.report import CaseReport, to_csv, to_json
from demos.core.cases.report_html import to_html
from demos.core.cases.workspace import Workspace
from demos.core.results import Provenance
from demos.core.spreadsheet import FORMULA_STARTS, neutral
from demos.core.triage.policy import NEVER, Band, Policy
from tests.core.cases.case_tables import (
    BASIS,
    DAY,
    FORMULA,
    HASH,
    HOSTILE,
    MARKUP,
    Ticking,
    key,
    some_cases,
)
from tests.core.html_page import Page

DISCLAIMER = "Demonstration on simulated transactions."
PROVENANCE = Provenance(
    input_sha256=HASH,
    model="fraud-gru",
    weights="ab" * 32,
    preprocessing="features/1",
    engine="PyTorch",
    device="cpu",
    dtype="float32",
    seconds=12.5,
    thresholds=(("review", 0.4), ("reject", 0.95)),
)
OTHER_DAY = CaseKey("Z", date(2026, 3, 1), 77)


def decided() -> Workspace:
    workspace = Workspace(now=Ticking())
    workspace.mark({key("A"): 0.9}, Mark.CONFIRMED, BASIS)
    workspace.annotate(key("A"), 0.9, "two lines,\n“quoted”", BASIS)
    never = Basis(Policy(threshold=0.3, reject=NEVER), "older model", "ef" * 32)
    workspace.mark({OTHER_DAY: 0.31}, Mark.CLEARED, never)
    return workspace


def report(workspace: Workspace | None = None, *cards: str) -> CaseReport:
    cases = some_cases(*cards)
    cases = (replace(cases[0], reasons=("Terminal had 4 frauds in 7 days", "At night")), *cases[1:])
    return CaseReport(
        title="Fraud scoring",
        question="Which cards should be called first?",
        table_name="march.csv",
        table_sha256=HASH,
        day=DAY,
        figures=(("Alerts to review", "3"), ("Money at risk", "EUR 600")),
        cases=cases,
        state=(workspace or decided()).snapshot(),
        basis=BASIS,
        notes=("12 rows were set aside: 12 without an amount.",),
        facts=(("Model", "fraud-gru"), ("Input SHA-256", HASH)),
        provenance=PROVENANCE,
        made=datetime(2026, 3, 14, 10, 30, tzinfo=UTC),
        disclaimer=DISCLAIMER,
    )


def lines(given: CaseReport) -> list[dict[str, str]]:
    text = to_csv(given)
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:], newline="")))


def test_the_csv_has_a_line_per_case_and_per_decision_elsewhere() -> None:
    first, second, third, other = lines(report())
    assert (first["rank"], first["card"], first["row"], first["day"]) == (
        "1",
        "A",
        "2",
        "2026-03-14",
    )
    assert (first["probability"], first["expected_loss"], first["amount"]) == (
        *("0.900000", "300.00", "600.00"),
    )
    assert first["reasons"] == "Terminal had 4 frauds in 7 days | At night"
    assert (first["decision"], first["note"]) == ("confirmed", "two lines,\n“quoted”")
    assert first["decided_utc"] == "2026-03-14T09:00:00+00:00"
    assert (first["threshold_then"], first["reject_then"]) == ("0.4", "0.95")
    assert second["decision"] == third["decision"] == "open" and second["threshold_then"] == ""
    assert (other["rank"], other["card"], other["day"]) == ("", "Z", "2026-03-01")
    assert (other["decision"], other["reject_then"]) == ("cleared", "never")
    assert (other["model_then"], other["model"]) == ("older model", "fraud-gru")
    assert {each["disclaimer"] for each in lines(report())} == {DISCLAIMER}


@pytest.mark.parametrize("text", HOSTILE)
def test_no_cell_of_the_csv_is_a_formula(text: str) -> None:
    workspace = Workspace(now=Ticking())
    workspace.annotate(key(text), 0.9, text[:500], BASIS)
    given = report(workspace, text)
    case = replace(given.cases[0], terminal=text, reasons=(text,))
    (line,) = lines(replace(given, cases=(case,), disclaimer=text))
    assert not any(cell.startswith(FORMULA_STARTS) for cell in line.values())
    assert line["card"] == line["terminal"] == line["reasons"] == neutral(text)


def test_the_json_has_everything() -> None:
    document = json.loads(to_json(report()))
    assert document["input"] == {"name": "march.csv", "sha256": HASH}
    assert document["progress"] == {
        **{"cases": 3, "handled": 1, "later": 0},
        **{"at_risk": pytest.approx(600), "looked_at": pytest.approx(300)},
    }
    assert document["policy"]["threshold"] == 0.4 and document["policy"]["currency"] == "EUR"
    first, second, _ = document["queue"]
    assert first["decision"]["mark"] == "confirmed" and second["decision"] is None
    assert first["decision"]["policy"] == document["policy"]
    assert first["reasons"] == ["Terminal had 4 frauds in 7 days", "At night"]
    (other,) = document["decisions_elsewhere"]
    assert (other["card"], other["weights"], other["policy"]["reject"]) == ("Z", "ef" * 32, NEVER)
    assert [each["action"] for each in document["journal"]] == ["mark", "note", "mark"]
    assert document["notes"] == ["12 rows were set aside: 12 without an amount."]
    assert document["provenance"]["weights"] == "ab" * 32 and document["disclaimer"] == DISCLAIMER


def test_the_html_says_the_answer_first_and_leaves_nothing_out() -> None:
    page = Page(to_html(report()))
    assert page.open == []
    for text in (
        *("3 cards to review on 2026-03-14", "EUR 600 expected loss in them", "1 of 3 handled"),
        *("march.csv", "2026-03-14 10:30 UTC", DISCLAIMER, "Alerts to review"),
        *("Terminal had 4 frauds in 7 days", "At night", "90.0 %", "EUR 300", "Confirmed fraud"),
        *("two lines,\n“quoted”", "Decisions outside this queue", "31.0 %", "2026-03-01"),
        *("Review from a probability of40.0 %", "5 cards a day", "12 rows were set aside", HASH),
        "3 changes of decisions",
    ):
        assert text in page.words
    assert page.words.index("3 cards to review") < page.words.index("The queue")


@pytest.mark.parametrize("text", HOSTILE)
def test_the_html_fetches_nothing_and_lets_nothing_become_markup(text: str) -> None:
    workspace = Workspace(now=Ticking())
    workspace.annotate(key(text), 0.9, text[:500], BASIS)
    workspace.mark({OTHER_DAY: 0.5, replace(OTHER_DAY, card=text): 0.5}, Mark.LATER, BASIS)
    given = replace(
        report(workspace, text),
        **dict.fromkeys(("title", "question", "table_name", "disclaimer"), text),
        figures=((text, text),),
        notes=(text,),
        facts=((text, text),),
    )
    given = replace(given, cases=(replace(given.cases[0], reasons=(text,)),))
    html = to_html(given)
    page = Page(html)
    assert {tag for tag, _ in page.tags} <= {
        *("html", "head", "meta", "title", "style", "body", "main", "header", "section", "footer"),
        *("h1", "h2", "p", "b", "br", "bdi", "span", "ul", "li", "table", "thead", "tbody", "tr"),
        *("th", "td"),
    }
    assert not any(name.startswith("on") for _, attributes in page.tags for name in attributes)
    assert "url(" not in html and "@import" not in html
    policy = next(a["content"] or "" for t, a in page.tags if a.get("http-equiv"))
    assert policy.startswith("default-src 'none'")


def test_markup_is_said_and_not_done() -> None:
    page = Page(to_html(replace(report(), notes=(MARKUP, FORMULA))))
    assert MARKUP in page.words and FORMULA in page.words


def test_cards_declined_are_listed_and_are_not_to_review() -> None:
    given = report()
    given = replace(given, cases=(*given.cases[1:], replace(given.cases[0], band=Band.REJECT)))
    words = Page(to_html(given)).words
    assert "2 cards to review on" in words and "EUR 300 expected loss in them" in words
    assert "0 of 2 handled" in words and "then cards declined without a review" in words
    document = json.loads(to_json(given))
    assert document["progress"]["cases"] == 2 and len(document["queue"]) == 3
    assert [each["band"] for each in lines(given)] == ["review", "review", "reject", ""]


def test_an_empty_queue_makes_a_report() -> None:
    empty = replace(report(Workspace()), cases=(), notes=(), figures=(), disclaimer="")
    assert lines(empty) == []
    assert json.loads(to_json(empty))["queue"] == []
    words = Page(to_html(empty)).words
    assert "0 cards to review" in words and "No card reaches the threshold" in words
    assert "outside this queue" not in words
