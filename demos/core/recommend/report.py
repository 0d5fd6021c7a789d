"""A list of recommendations to take away: CSV for a spreadsheet, JSON, or one HTML file.

Each says what was steered: a list without that would pass for what the model recommends by itself.
"""

import csv
import io
import json
from dataclasses import asdict, dataclass
from datetime import datetime
from html import escape
from typing import Any

from demos.core.cases.report_html import CASE_STYLE, NUMBER, figures_html, table_html
from demos.core.recommend.list_metrics import ListMetrics
from demos.core.report import MARKS, html_document, record_html
from demos.core.results import Outcome, Provenance
from demos.core.spreadsheet import BYTE_ORDER_MARK, neutral
from demos.core.wording import counted, percent, significant

CSV_COLUMNS = (
    *("rank", "item", "code", "title", "details", "groups", "probability", "reason"),
    *("settings", "history", "model", "weights", "license"),
)


@dataclass(frozen=True, slots=True)
class Line:
    """One recommendation. `probability`: that it is the very next item."""

    rank: int
    item: int
    code: str
    title: str
    details: str
    groups: tuple[str, ...]
    probability: float
    reason: str


@dataclass(frozen=True, slots=True)
class ListReport:
    """A list as shown, ready to be laid out.

    `history`: items and titles, oldest first; `unknown`: names the catalog does not have.
    `settings`: what is steered, in words; empty where nothing is, and then `unsteered` equals
    `metrics`. `facts` are the rows of the record as shown; `provenance` the same for machines.
    """

    title: str
    question: str
    catalog: str
    one: str
    group_word: str
    lines: tuple[Line, ...]
    history: tuple[tuple[int, str], ...]
    unknown: tuple[str, ...]
    outcome: Outcome
    reason: str
    settings: tuple[str, ...]
    metrics: ListMetrics
    unsteered: ListMetrics
    facts: tuple[tuple[str, str], ...]
    provenance: Provenance
    snippet: str
    license: str
    disclaimer: str
    made: datetime


def to_csv(report: ListReport) -> str:
    """One line per recommendation, in UTF-8 with a byte order mark. No cell is a formula."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(CSV_COLUMNS)
    for each in report.lines:
        cells = (
            *(each.rank, each.item, each.code, each.title, each.details, " | ".join(each.groups)),
            *(f"{each.probability:.4g}", each.reason, "; ".join(report.settings)),
            counted(len(report.history), "item"),
            *(report.provenance.model, report.provenance.weights, report.license),
        )
        writer.writerow(neutral(cell) for cell in cells)
    return BYTE_ORDER_MARK + text.getvalue()


def to_json(report: ListReport) -> str:
    """Everything for machines. What cannot be said of so short a list is null."""
    document: dict[str, Any] = {
        "title": report.title,
        "made": report.made.isoformat(timespec="seconds"),
        "catalog": report.catalog,
        "history": [{"item": item, "title": title} for item, title in report.history],
        "unknown": report.unknown,
        "outcome": report.outcome.value,
        "reason": report.reason,
        "settings": report.settings,
        "metrics": {"shown": asdict(report.metrics), "unsteered": asdict(report.unsteered)},
        "recommendations": [asdict(each) for each in report.lines],
        "provenance": report.provenance.as_dict(),
        "license": report.license,
        "disclaimer": report.disclaimer,
    }
    return json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def to_html(report: ListReport) -> str:
    """Everything for people: no scripts, no outside resources, every given text escaped."""
    mark, word = MARKS[report.outcome]
    headline = (
        f"{counted(len(report.lines), report.one)} after a history of {len(report.history):,}"
    )
    disclaimer = f'<p class="disclaimer">{escape(report.disclaimer)}</p>'
    body = f"""<header>
<p class="kicker">{escape(report.title)}</p>
<h1>{escape(report.question)}</h1>
<p class="quiet">{escape(report.catalog)} · {report.made:%Y-%m-%d %H:%M} UTC</p>
{disclaimer if report.disclaimer else ""}
</header>
<section class="answer {report.outcome.value}">
<p class="outcome"><span aria-hidden="true">{mark}</span> {word}</p>
<h2>{escape(headline)}</h2>
<p class="figure">{escape(percent(report.metrics.expected))} probability that the next \
{escape(report.one)} is one of them</p>
<p>{escape(report.reason)}</p>
<p>{escape(steered(report))}</p>
</section>
<section class="table">
<h2>Recommendations</h2>
{lines_html(report)}
</section>
<section>
<h2>What the list is like</h2>
{figures_html(figures(report))}
</section>
<section>
<h2>The history, oldest first</h2>
{history_html(report)}
</section>
<section>
<h2>Record</h2>
{record_html(report.facts)}
<h3>Reproduce it in Python</h3>
<pre><code>{escape(report.snippet)}</code></pre>
</section>
<footer>
<p>{escape(report.license)}</p>
{disclaimer if report.disclaimer else ""}
</footer>
"""
    return html_document(f"{headline} · {report.title}", CASE_STYLE, body)


def steered(report: ListReport) -> str:
    """What is set, and what the list would be expected to hit without."""
    if not report.settings:
        return "Nothing is set: this is the order of the model."
    return (
        f"Set: {'; '.join(report.settings)}. Of the unsteered list, "
        f"{percent(report.unsteered.expected)}."
    )


def figures(report: ListReport) -> list[tuple[str, str]]:
    """The list's metrics, each with that of the unsteered list where it is another."""
    now, before = rows_of(report.metrics), rows_of(report.unsteered)
    return [
        (name if value == was else f"{name}, unsteered {was}", value)
        for (name, value), (_, was) in zip(now, before, strict=True)
    ]


def rows_of(metrics: ListMetrics) -> list[tuple[str, str]]:
    return [
        ("Diversity", said(metrics.diversity)),
        ("Novelty in bits", said(metrics.novelty)),
        ("Share of the catalog that is less popular", said_share(metrics.popularity)),
        ("In the long tail", said_share(metrics.long_tail)),
        ("Groups", f"{metrics.groups:,}"),
    ]


def said(value: float | None) -> str:
    # Rounding of cosines may leave a list of one kind a little below 0.
    return "–" if value is None else significant(max(value, 0.0))


def said_share(value: float | None) -> str:
    return "–" if value is None else percent(value)


def lines_html(report: ListReport) -> str:
    if not report.lines:
        return "<p>Nothing is left to recommend under these settings.</p>"
    names = ("Title", "Details", report.group_word.capitalize(), "Probability", "Reason")
    body = "".join(
        f'<tr><th scope="row">{each.rank}. <bdi>{escape(each.title)}</bdi></th>'
        f"<td><bdi>{escape(' · '.join(filter(None, (each.details, each.code))))}</bdi></td>"
        f"<td>{escape(', '.join(each.groups))}</td>"
        f'<td{NUMBER} data-name="Probability">{escape(percent(each.probability))}</td>'
        f'<td class="reason">{escape(each.reason)}</td></tr>\n'
        for each in report.lines
    )
    return table_html([escape(name) for name in names], body)


def history_html(report: ListReport) -> str:
    """Titles that count, then names that do not."""
    if not report.history and not report.unknown:
        return "<p>It is empty.</p>"
    known = "".join(f"<li><bdi>{escape(title)}</bdi></li>" for _, title in report.history)
    found = f"<ol>{known}</ol>" if known else ""
    if report.unknown:
        names = "".join(f"<li><bdi>{escape(name)}</bdi></li>" for name in report.unknown)
        found += f'\n<p>Not in this catalog, and left out:</p>\n<ul class="said">{names}</ul>'
    return found
