"""A result to hand to a colleague: one HTML file that needs nothing else, or JSON."""

import base64
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from html import escape
from pathlib import Path
from typing import Any

from demos.core.results import LabelScore, Outcome, Provenance

STYLE = (Path(__file__).parent / "report.css").read_text()

# Nothing may be fetched when the report is opened, whatever ends up in it.
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"

MARKS = {
    Outcome.ANSWER: ("✓", "Answer"),
    Outcome.UNSURE: ("?", "Unsure"),
    Outcome.REFUSED: ("⊘", "Refused"),
}


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture in the report: a PNG file, what it shows, and the line under it."""

    png: bytes
    alt: str
    caption: str


@dataclass(frozen=True, slots=True)
class Row:
    """One class: its score as a number and as text; `marked` if it belongs to the set."""

    title: str
    score: LabelScore
    text: str
    marked: bool


@dataclass(frozen=True, slots=True)
class Report:
    """A result in words and figures, ready to be laid out.

    `figure` is the number under the headline, `measure` what the scores are called and `set_name`
    what a marked row belongs to. `floor`, the probability an answer needed, and `scope` are None
    for a model that has neither.
    `facts` are the rows of the record as shown; `provenance` the same for machines.
    """

    title: str
    question: str
    input_name: str
    outcome: Outcome
    headline: str
    figure: str
    meaning: tuple[str, ...]
    candidates: tuple[str, ...]
    floor: float | None
    rows: tuple[Row, ...]
    measure: str
    set_name: str
    scope: float | None
    figures: tuple[Figure, ...]
    facts: tuple[tuple[str, str], ...]
    provenance: Provenance
    snippet: str
    model_card: str
    disclaimer: str
    made: datetime
    permalink: str | None = None


def to_json(report: Report) -> str:
    """The result for machines. A refused input has its scores under `withheld_scores`."""
    refused = report.outcome is Outcome.REFUSED
    document: dict[str, Any] = {
        "title": report.title,
        "made": report.made.isoformat(timespec="seconds"),
        "input": {"name": report.input_name, "sha256": report.provenance.input_sha256},
        "outcome": report.outcome.value,
        "decision": {"certainty_asked_for": report.floor},
        "measure": report.measure,
        "headline": report.headline,
        "candidates": report.candidates,
        "withheld_scores" if refused else "scores": [
            {"label": row.score.label, "score": row.score.score} for row in report.rows
        ],
        "scope": None if report.scope is None else {"score": report.scope, "limit": 1.0},
        "provenance": report.provenance.as_dict(),
        "permalink": report.permalink,
        "disclaimer": report.disclaimer,
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def to_html(report: Report) -> str:
    """The result for people: no scripts, no outside resources, every given text escaped."""
    mark, word = MARKS[report.outcome]
    meaning = "".join(f"<p>{escape(sentence)}</p>" for sentence in report.meaning)
    permalink = f"<p>Permalink: <code>{escape(report.permalink or '')}</code></p>"
    body = f"""<header>
<p class="kicker">{escape(report.title)}</p>
<h1>{escape(report.question)}</h1>
<p class="quiet">{escape(report.input_name)} · {report.made:%Y-%m-%d %H:%M} UTC</p>
<p class="disclaimer">{escape(report.disclaimer)}</p>
</header>
<section class="answer {report.outcome.value}">
<p class="outcome"><span aria-hidden="true">{mark}</span> {word}</p>
<h2>{escape(report.headline)}</h2>
<p class="figure">{escape(report.figure)}</p>
{meaning}
</section>
<section class="figures">
{"".join(figure_html(each) for each in report.figures)}
</section>
<section>
{scores_html(report)}
</section>
<section>
<h2>Record</h2>
{record_html(report.facts)}
<h3>Reproduce it in Python</h3>
<pre><code>{escape(report.snippet)}</code></pre>
{permalink if report.permalink else ""}
</section>
<footer>
<p>{escape(report.model_card)}</p>
<p class="disclaimer">{escape(report.disclaimer)}</p>
</footer>
"""
    return html_document(f"{word}: {report.headline} · {report.title}", STYLE, body)


def html_document(title: str, style: str, body: str) -> str:
    """A whole HTML file around `body`, which is markup; it may fetch and run nothing."""
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<title>{escape(title)}</title>
<style>
{style}</style>
</head>
<body>
<main>
{body}</main>
</body>
</html>
"""


def record_html(facts: Iterable[tuple[str, str]]) -> str:
    """The record as a table of names and values."""
    rows = "".join(
        f'<tr><th scope="row">{escape(name)}</th><td>{escape(value)}</td></tr>'
        for name, value in facts
    )
    return f'<table class="record">\n{rows}\n</table>'


def figure_html(figure: Figure) -> str:
    data = base64.b64encode(figure.png).decode()
    return (
        f'<figure><img src="data:image/png;base64,{data}" alt="{escape(figure.alt)}">'
        f"<figcaption>{escape(figure.caption)}</figcaption></figure>\n"
    )


def scores_html(report: Report) -> str:
    """All classes as a table with bars; for a refused input folded away and said to be void."""
    rows = "".join(
        f'<tr class="{"marked" if row.marked else "unmarked"}"><th scope="row">{escape(row.title)}'
        f'</th><td>{escape(row.text)}</td><td class="track"><span class="bar" '
        f'style="width:{100 * row.score.score:.1f}%"></span></td>'
        f"<td>{f'● {escape(report.set_name)}' if row.marked else ''}</td></tr>\n"
        for row in report.rows
    )
    set_head = '<th scope="col">Set</th>' if report.set_name else "<td></td>"
    table = (
        '<table class="scores"><thead><tr><th scope="col">Class</th>'
        f'<th scope="col">{escape(report.measure)}</th><td class="track"></td>'
        f"{set_head}</tr></thead><tbody>\n{rows}</tbody></table>"
    )
    if report.outcome is not Outcome.REFUSED:
        return f"<h2>All classes</h2>\n{table}"
    return (
        "<h2>All classes</h2>\n<details><summary>Withheld: these figures mean nothing for an "
        f"image out of scope</summary>\n{table}</details>"
    )
