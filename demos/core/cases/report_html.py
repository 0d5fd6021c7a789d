"""A day's cases as one HTML file for people; see `case_report` for what is in it."""

from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path

from demos.core.batch_report import BATCH_STYLE
from demos.core.cases.case import (
    BAND_WORDS,
    MARK_WORDS,
    Case,
    Decision,
    Mark,
    mark_of,
    policy_facts,
    progress,
    shown_name,
)
from demos.core.cases.report import CaseReport, elsewhere, to_review
from demos.core.report import html_document, record_html
from demos.core.triage.policy import money
from demos.core.wording import counted, percent

NUMBER = ' class="number"'
NUMBERS = {"Probability", "Probability then", "Expected loss", "Amount", "Transactions"}
"""Columns that are set to the right."""
CASE_STYLE = BATCH_STYLE + (Path(__file__).parent / "report.css").read_text()


def to_html(report: CaseReport) -> str:
    """Everything for people: no scripts, no outside resources, every given text escaped."""
    policy, waiting = report.basis.policy, to_review(report)
    done, declined = progress(waiting, report.state.decisions), len(report.cases) - len(waiting)
    disclaimer = f'<p class="disclaimer">{escape(report.disclaimer)}</p>'
    headline = f"{counted(done.cases, 'card')} to review on {report.day:%Y-%m-%d}"
    body = f"""<header>
<p class="kicker">{escape(report.title)}</p>
<h1>{escape(report.question)}</h1>
<p class="quiet"><bdi>{escape(shown_name(report.table_name))}</bdi> \
· {report.made:%Y-%m-%d %H:%M} UTC · {escape(report.basis.model)}</p>
{disclaimer if report.disclaimer else ""}
</header>
<section class="answer">
<h2>{headline}</h2>
<p class="figure">{money(done.at_risk, policy.currency)} expected loss in them</p>
<p>{done.handled:,} of {done.cases:,} handled, with {money(done.looked_at, policy.currency)} of \
the money; {done.later:,} set aside for later.</p>
</section>
<section>
{figures_html(report.figures)}
</section>
<section class="table">
<h2>The queue{", then cards declined without a review" if declined else ""}</h2>
{queue_html(report)}
</section>
{elsewhere_html(elsewhere(report))}
<section>
<h2>Costs, capacity and thresholds</h2>
{record_html(policy_facts(policy))}
</section>
{notes_html(report.notes)}
<section>
<h2>Record</h2>
{record_html(report.facts)}
</section>
<footer>
<p>{len(report.state.journal):,} changes of decisions are in the journal of the data (JSON).</p>
{disclaimer if report.disclaimer else ""}
</footer>
"""
    return html_document(f"{headline} · {report.title}", CASE_STYLE, body)


def figures_html(figures: Iterable[tuple[str, str]]) -> str:
    items = "".join(f"<li><b>{escape(value)}</b>{escape(name)}</li>" for name, value in figures)
    return f'<ul class="counts">{items}</ul>' if items else ""


def queue_html(report: CaseReport) -> str:
    if not report.cases:
        return "<p>No card reaches the threshold for a review on this day.</p>"
    names = (
        *("Case", "Band", "Probability", "Expected loss", "Amount", "Transactions"),
        *("Reasons", "Decision", "Note"),
    )
    body = "".join(case_html(case, report) for case in report.cases)
    return table_html(names, body)


def table_html(names: Sequence[str], rows: str) -> str:
    head = "".join(
        f'<th scope="col"{NUMBER if name in NUMBERS else ""}>{name}</th>' for name in names
    )
    return f'<table class="files"><thead><tr>{head}</tr></thead>\n<tbody>\n{rows}</tbody></table>'


def case_html(case: Case, report: CaseReport) -> str:
    currency, decision = report.basis.policy.currency, report.state.decisions.get(case.key)
    mark = mark_of(case.key, report.state.decisions)
    sign, band = BAND_WORDS[case.band]
    items = "".join(f"<li>{escape(each)}</li>" for each in case.reasons)
    reasons = f'<ul class="reasons">{items}</ul>' if items else ""
    figures = (
        ("Probability", percent(case.score)),
        ("Expected loss", money(case.expected_loss, currency)),
        ("Amount", money(case.amount, currency)),
        ("Transactions", f"{case.transactions:,}"),
    )
    numbers = "".join(
        f'<td{NUMBER} data-name="{name}">{escape(value)}</td>' for name, value in figures
    )
    return (
        f'<tr class="{mark_class(mark)}">'
        f'<th scope="row">{case.rank}. {name_html(case.key.card)}</th>'
        f'<td><span aria-hidden="true">{sign}</span> {band}</td>{numbers}'
        f"<td>{reasons}</td>"
        f"{decision_html(decision)}</tr>\n"
    )


def mark_class(mark: Mark | None) -> str:
    return "is-open" if mark is None else f"is-{mark.value}"


def name_html(name: str) -> str:
    """A card, which takes its own direction of writing and nobody else's."""
    return f"<bdi>{escape(shown_name(name))}</bdi>"


def decision_html(decision: Decision | None) -> str:
    """Two cells: the mark with its time, and the note."""
    sign, word = MARK_WORDS[None if decision is None else decision.mark]
    when = f"<br>{decision.when:%Y-%m-%d %H:%M} UTC" if decision and decision.mark else ""
    note = f'<bdi dir="auto">{escape(decision.note)}</bdi>' if decision and decision.note else ""
    return (
        f'<td class="word"><span aria-hidden="true">{sign}</span> {word}{when}</td>'
        f'<td class="note">{note}</td>'
    )


def elsewhere_html(decisions: Sequence[Decision]) -> str:
    if not decisions:
        return ""
    rows = "".join(
        f'<tr class="{mark_class(each.mark)}">'
        f'<th scope="row">{name_html(each.case.card)}</th><td>{each.case.day:%Y-%m-%d}</td>'
        f'<td{NUMBER} data-name="Probability then">{escape(percent(each.score))}</td>'
        f"{decision_html(each)}</tr>\n"
        for each in decisions
    )
    names = ("Case", "Day", "Probability then", "Decision", "Note")
    return (
        '<section class="table">\n<h2>Decisions outside this queue</h2>\n'
        "<p>On other days, or on cards that this policy does not send to review.</p>\n"
        f"{table_html(names, rows)}\n</section>"
    )


def notes_html(notes: Iterable[str]) -> str:
    items = "".join(f"<li>{escape(each)}</li>" for each in notes)
    if not items:
        return ""
    return f'<section>\n<h2>The data</h2>\n<ul class="said">{items}</ul>\n</section>'
