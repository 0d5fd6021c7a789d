"""Exports of a batch: complete, safe in a spreadsheet, safe in a browser."""

import base64
import csv
import io
import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from demos.core import report as single
from demos.core.batch import Fate, Row, Words
from demos.core.batch_report import BatchReport, to_csv, to_html, to_json
from demos.core.results import LabelScore, Outcome, Provenance
from tests.core.html_page import Page

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
DISCLAIMER = "Research demonstration. Not a medical device."
EVIL = '<img src=x onerror="alert(1)">.png'


def record(sha256: str) -> Provenance:
    return Provenance(
        input_sha256=sha256,
        model="blood_cells",
        weights="cd" * 32,
        preprocessing="test/1",
        engine="ONNX Runtime",
        device="cpu",
        dtype="float32",
        seconds=0.0123,
        thresholds=(("prediction set", 0.87), ("scope", 1.0)),
    )


def row(number: int, name: str, fate: Fate, words: Words) -> Row:
    sha256 = f"{number:064x}"
    if fate is Fate.FAILED:
        return Row(number, name, name, 10, sha256, fate, words, 0.001)
    return Row(
        number=number,
        name=name,
        public_name=name,
        size=1000,
        sha256=sha256,
        fate=fate,
        words=words,
        seconds=0.0203,
        thumbnail=PIXEL,
        format="PNG",
        notes=("16-bit gray was scaled to 8 bits.",),
        scores=(LabelScore("neutrophil", 0.98765), LabelScore("monocyte", 0.01235)),
        candidates={Fate.ANSWER: ("neutrophil",), Fate.UNSURE: ("neutrophil", "monocyte")}.get(
            fate, ()
        ),
        scope=0.42,
        provenance=record(sha256),
    )


ROWS = (
    row(1, "ward 3/Zelle-Ä.png", Fate.ANSWER, Words("Neutrophil", 0.98765)),
    row(2, EVIL, Fate.UNSURE, Words(candidates="Neutrophil 98.8 %, Monocyte 1.2 %")),
    row(3, "=HYPERLINK(1)", Fate.REFUSED, Words(reason="Does not look like a micrograph.")),
    row(4, "cut.png", Fate.FAILED, Words(reason="This PNG file is damaged. Export it again.")),
)
REPORT = BatchReport(
    title="Healthcare imaging: Blood-cell microscopy",
    question="Which kind of blood cell is this?",
    model="Blood cells (blood_cells), Apache-2.0",
    measure="Probability",
    rows=ROWS,
    complete=True,
    made=datetime(2026, 1, 2, 3, 4, tzinfo=UTC),
    disclaimer=DISCLAIMER,
)


def lines(report: BatchReport) -> list[dict[str, str]]:
    text = to_csv(report)
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:], newline="")))


def test_the_csv_has_one_line_per_file() -> None:
    answer, unsure, refused, failed = lines(REPORT)
    assert answer["file"] == "ward 3/Zelle-Ä.png" and answer["outcome"] == "answer"
    assert answer["answer"] == "Neutrophil" and answer["score"] == "0.9877"
    assert answer["measure"] == "probability" and answer["scope_score"] == "0.420"
    assert answer["sha256"] == f"{1:064x}" and answer["weights"] == "cd" * 32
    assert answer["notes"] == "16-bit gray was scaled to 8 bits."
    assert unsure["candidates"].startswith("Neutrophil 98.8 %") and unsure["score"] == ""
    assert refused["reason"] == "Does not look like a micrograph."
    assert failed["reason"].startswith("This PNG file is damaged.") and failed["model"] == ""
    assert all(each["disclaimer"] == DISCLAIMER for each in lines(REPORT))


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_of_the_csv_is_a_formula(start: str) -> None:
    evil = f'{start}cmd|" /C calc"!A0'
    words = Words(answer=evil, candidates=evil, reason=evil)
    only = replace(ROWS[0], public_name=evil, words=words, notes=(evil,))
    (line,) = lines(replace(REPORT, rows=(only,), disclaimer=evil))
    for column in ("file", "answer", "candidates", "reason", "notes", "disclaimer"):
        assert line[column] == f"'{evil}"
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in line.values())


def test_the_json_names_things_as_the_single_export_does() -> None:
    document = json.loads(to_json(REPORT))
    assert document["outcomes"] == {"answer": 1, "unsure": 1, "refused": 1, "failed": 1}
    assert document["answers"] == {"Neutrophil": 1}
    assert document["disclaimer"] == DISCLAIMER and document["complete"] is True
    answer, unsure, refused, failed = document["results"]
    assert answer["scores"][0] == {"label": "neutrophil", "score": 0.98765}
    assert answer["provenance"]["thresholds"] == {"prediction set": 0.87, "scope": 1.0}
    assert unsure["candidates"] == ["neutrophil", "monocyte"]
    assert "scores" not in refused and len(refused["withheld_scores"]) == 2
    assert failed["outcome"] == "failed" and "damaged" in failed["reason"]
    assert failed["input"] == {"name": "cut.png", "sha256": f"{4:064x}", "bytes": 10}

    alone = single.Report(
        title="",
        question="",
        input_name="",
        outcome=Outcome.ANSWER,
        headline="",
        figure="",
        meaning=(),
        candidates=(),
        floor=0.5,
        rows=(),
        measure="Probability",
        set_name="",
        scope=0.1,
        figures=(),
        facts=(),
        provenance=record("0" * 64),
        snippet="",
        model_card="",
        disclaimer="",
        made=REPORT.made,
    )
    known = json.loads(single.to_json(alone))
    shared = {"input", "outcome", "headline", "candidates", "scores", "scope", "provenance"}
    assert shared <= set(answer) and shared <= set(known)
    assert document["measure"] == known["measure"] == "Probability"
    assert set(known["input"]) <= set(answer["input"])


def pictures(page: Page) -> list[dict[str, Any]]:
    return [attributes for tag, attributes in page.tags if tag == "img"]


def test_the_html_holds_everything() -> None:
    page = Page(to_html(REPORT))
    assert page.open == []
    for text in (
        *("4 files", "2026-01-02 03:04 UTC", DISCLAIMER, "Which kind of blood cell is this?"),
        *("ward 3/Zelle-Ä.png", "Neutrophil", "98.8 %", "Monocyte 1.2 %", "Not read"),
        *("Does not look like a micrograph.", "Export it again.", "16-bit gray was scaled"),
        *("Blood cells (blood_cells), Apache-2.0", "cd" * 32, "ONNX Runtime on cpu"),
    ):
        assert text in page.words
    assert "not all files" not in page.words
    assert "not all files" in Page(to_html(replace(REPORT, complete=False))).words
    assert len(pictures(page)) == 3, "a file that failed has no picture"


def test_the_html_fetches_nothing_and_lets_nothing_become_markup() -> None:
    html = to_html(REPORT)
    page = Page(html)
    assert EVIL in page.words
    assert {tag for tag, _ in page.tags} & {"script", "link", "iframe", "object", "a"} == set()
    assert all(each["src"].startswith("data:image/png;base64,") for each in pictures(page))
    assert "url(" not in html and "@import" not in html
    policy = next(a["content"] or "" for t, a in page.tags if a.get("http-equiv"))
    assert policy.startswith("default-src 'none'")


def test_the_name_of_a_dicom_file_is_in_no_export() -> None:
    named = replace(ROWS[0], name="Doe_Jane.dcm", public_name="DICOM image 00112233")
    report = replace(REPORT, rows=(named,))
    for text in (to_csv(report), to_json(report), to_html(report)):
        assert "DICOM image 00112233" in text and "Doe" not in text


def test_a_model_whose_scores_are_no_probabilities_says_so() -> None:
    report = replace(REPORT, measure="Model score")
    words = Page(to_html(report)).words
    assert "Model score" in words and "Probability" not in words
    answer = Page(to_html(replace(report, rows=ROWS[:1]))).words
    assert "0.988" in answer and "98.8 %" not in answer
    assert lines(report)[0]["measure"] == "model score"


def test_nothing_processed_yet_makes_an_empty_report() -> None:
    empty = replace(REPORT, rows=(), complete=False)
    assert lines(empty) == []
    assert json.loads(to_json(empty))["results"] == []
    assert "0 files" in Page(to_html(empty)).words
