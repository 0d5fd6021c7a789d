"""The results of many files to take away: CSV for a spreadsheet, JSON, or one HTML file.

A DICOM file appears without its name, which is often the patient's; its row has the same number as
on the page.
"""

import base64
import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from pathlib import Path
from typing import Any

from demos.core.batch import Fate, Row, figure, summary
from demos.core.report import MARKS, STYLE, html_document, record_html
from demos.core.spreadsheet import BYTE_ORDER_MARK, neutral
from demos.core.wording import counted, duration, file_size, score

BATCH_STYLE = STYLE + (Path(__file__).parent / "batch_report.css").read_text()

FATE_MARKS = {Fate(outcome.value): mark for outcome, mark in MARKS.items()} | {
    Fate.FAILED: ("!", "Not read")
}

CSV_COLUMNS = (
    *("number", "file", "bytes", "sha256", "outcome", "answer", "measure", "score", "candidates"),
    *("reason", "notes", "scope_score", "seconds", "model", "weights", "disclaimer"),
)


@dataclass(frozen=True, slots=True)
class BatchReport:
    """Rows ready to be laid out. `measure` names the figure beside an answer.

    `complete` is false for a batch that was canceled, failed or still runs.
    """

    title: str
    question: str
    model: str
    measure: str
    rows: tuple[Row, ...]
    complete: bool
    made: datetime
    disclaimer: str


def to_csv(report: BatchReport) -> str:
    """One line per file, in UTF-8 with a byte order mark, without which Excel guesses wrongly.

    No cell is a formula. The disclaimer is in every line: lines get sorted, filtered and copied.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(CSV_COLUMNS)
    for row in report.rows:
        record = row.provenance
        writer.writerow(
            neutral(cell)
            for cell in (
                row.number,
                row.public_name,
                row.size,
                row.sha256,
                row.fate.value,
                row.words.answer,
                report.measure.lower() if row.words.score is not None else "",
                "" if row.words.score is None else f"{row.words.score:.4f}",
                row.words.candidates,
                row.words.reason,
                " ".join(row.notes),
                "" if row.scope is None else f"{row.scope:.3f}",
                f"{row.seconds:.4f}",
                record.model if record else "",
                record.weights if record else "",
                report.disclaimer,
            )
        )
    return BYTE_ORDER_MARK + text.getvalue()


def to_json(report: BatchReport) -> str:
    """All results for machines; each is named as in the export of a single one."""
    totals = summary(report.rows)
    document = {
        "title": report.title,
        "made": report.made.isoformat(timespec="seconds"),
        "model": report.model,
        "measure": report.measure,
        "complete": report.complete,
        "outcomes": {fate.value: count for fate, count in totals.fates.items()},
        "answers": totals.answers,
        "results": [result_document(row) for row in report.rows],
        "disclaimer": report.disclaimer,
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def result_document(row: Row) -> dict[str, Any]:
    """A row as a dictionary; a refused input has its scores under `withheld_scores`."""
    document: dict[str, Any] = {
        "input": {"name": row.public_name, "sha256": row.sha256, "bytes": row.size},
        "outcome": row.fate.value,
        "headline": row.words.answer,
        "candidates": row.candidates,
        "reason": row.words.reason,
        "notes": row.notes,
        "seconds": row.seconds,
    }
    if row.provenance is not None:
        scores = [{"label": each.label, "score": each.score} for each in row.scores]
        document |= {
            "withheld_scores" if row.fate is Fate.REFUSED else "scores": scores,
            "scope": None if row.scope is None else {"score": row.scope, "limit": 1.0},
            "provenance": row.provenance.as_dict(),
        }
    return document


def to_html(report: BatchReport) -> str:
    """All results for people: no scripts, no outside resources, every given text escaped."""
    unfinished = "" if report.complete else " · not all files were processed"
    body = f"""<header>
<p class="kicker">{escape(report.title)}</p>
<h1>{escape(report.question)}</h1>
<p class="quiet">{counted(len(report.rows), "file")}{unfinished} · \
{report.made:%Y-%m-%d %H:%M} UTC · {escape(report.model)}</p>
<p class="disclaimer">{escape(report.disclaimer)}</p>
</header>
<section>
{counts_html(report.rows)}
</section>
<section class="table">
<h2>Every file</h2>
{table_html(report)}
</section>
<section>
<h2>Record</h2>
{record_html(facts(report))}
</section>
<footer>
<p class="disclaimer">{escape(report.disclaimer)}</p>
</footer>
"""
    return html_document(f"{counted(len(report.rows), 'file')} · {report.title}", BATCH_STYLE, body)


def counts_html(rows: Sequence[Row]) -> str:
    """How many files had each outcome, and how many answers each class."""
    totals = summary(rows)
    fates = "".join(
        f'<li><b>{count:,}</b><span aria-hidden="true">{FATE_MARKS[fate][0]}</span> '
        f"{FATE_MARKS[fate][1]}</li>"
        for fate, count in totals.fates.items()
    )
    if not totals.answers:
        return f'<ul class="counts">{fates}</ul>'
    answers = "".join(
        f'<tr><th scope="row">{escape(answer)}</th><td>{count:,}</td></tr>'
        for answer, count in totals.answers.items()
    )
    return (
        f'<ul class="counts">{fates}</ul>\n<h2>Answers</h2>\n<table class="answers"><thead><tr>'
        f'<th scope="col">Answer</th><th scope="col">Files</th></tr></thead>'
        f"<tbody>{answers}</tbody></table>"
    )


def table_html(report: BatchReport) -> str:
    head = "".join(
        f'<th scope="col">{escape(name)}</th>'
        for name in ("Image", "File", "Outcome", "Answer", report.measure, "Details")
    )
    body = "".join(row_html(row, report.measure) for row in report.rows)
    return f'<table class="files"><thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody></table>'


def row_html(row: Row, measure: str) -> str:
    mark, word = FATE_MARKS[row.fate]
    picture = ""
    if row.thumbnail:
        data = base64.b64encode(row.thumbnail).decode()
        picture = f'<img src="data:image/png;base64,{data}" alt="">'
    said = "" if row.words.score is None else figure(row.words.score, measure)
    details = " · ".join(filter(None, (row.words.candidates, row.words.reason, *row.notes)))
    return (
        f'<tr class="is-{row.fate.value}"><td class="picture">{picture}</td>'
        f'<th scope="row">{row.number}. {escape(row.public_name)}</th>'
        f'<td class="word"><span aria-hidden="true">{mark}</span> {word}</td>'
        f"<td>{escape(row.words.answer)}</td>"
        f'<td class="number" data-name="{escape(measure)}">{escape(said)}</td>'
        f'<td class="reason">{escape(details)}</td></tr>\n'
    )


def facts(report: BatchReport) -> list[tuple[str, str]]:
    """What all rows have in common, and how long they took."""
    seconds = sum(row.seconds for row in report.rows)
    lines = [
        ("Files", f"{len(report.rows):,}, {file_size(sum(row.size for row in report.rows))}"),
        ("Model", report.model),
        ("Time of decoding and predicting", duration(seconds)),
    ]
    record = next((row.provenance for row in report.rows if row.provenance), None)
    if record is not None:
        thresholds = ", ".join(f"{name} {score(value)}" for name, value in record.thresholds)
        lines += [
            ("Weights", record.weights),
            ("Preprocessing", record.preprocessing),
            ("Engine", record.setting),
            ("Thresholds", thresholds),
        ]
    return lines
