"""A day's cases with what was decided on them, to take away: CSV, JSON, or HTML.

Decisions on cases that are not in the queue, of other days or below a raised threshold, are in
each of them, too: nothing that somebody decided is left out.
"""

import csv
import io
import json
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from demos.core.cases.case import Basis, Case, Decision, progress
from demos.core.cases.decisions_file import case_document, decision_document, entry_document
from demos.core.cases.workspace import Snapshot
from demos.core.results import Provenance
from demos.core.spreadsheet import BYTE_ORDER_MARK, neutral
from demos.core.triage.policy import Band

CSV_COLUMNS = (
    *("rank", "day", "card", "row", "time", "terminal", "band", "probability", "expected_loss"),
    *("amount", "transactions", "currency", "reasons", "decision", "note", "decided_utc"),
    *("probability_then", "threshold_then", "reject_then", "model_then", "weights_then"),
    *("model", "weights", "disclaimer"),
)


@dataclass(frozen=True, slots=True)
class CaseReport:
    """A queue ready to be laid out; `cases` are all to review on `day`, then all declined.

    `figures` are the names and values of what the page answers first, `notes` what is to be known
    of the data (rows that were set aside, say), `facts` the rows of the record as shown, and
    `provenance` the same for machines. `basis` is the policy and the model that made the queue.
    """

    title: str
    question: str
    table_name: str
    table_sha256: str
    day: date
    figures: tuple[tuple[str, str], ...]
    cases: tuple[Case, ...]
    state: Snapshot
    basis: Basis
    notes: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    provenance: Provenance
    made: datetime
    disclaimer: str


def to_review(report: CaseReport) -> list[Case]:
    """The cases that wait for a review; those declined without one do not."""
    return [case for case in report.cases if case.band is Band.REVIEW]


def elsewhere(report: CaseReport) -> list[Decision]:
    """What was decided on cases that are not in the queue, in the order of day and card."""
    here = {case.key for case in report.cases}
    others = [each for key, each in report.state.decisions.items() if key not in here]
    return sorted(others, key=lambda each: (each.case.day, each.case.card, each.case.row))


def to_csv(report: CaseReport) -> str:
    """One line per case, in UTF-8 with a byte order mark. No cell is a formula.

    Cases outside the queue come last, without a rank and with the figures of their decision only.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(CSV_COLUMNS)
    currency = report.basis.policy.currency
    made_by = (report.basis.model, report.basis.weights, report.disclaimer)
    for case in report.cases:
        cells = (
            case.rank,
            *(case.key.day.isoformat(), case.key.card, case.key.row),
            *(case.time.isoformat(), case.terminal, case.band.value),
            *(f"{case.score:.6f}", f"{case.expected_loss:.2f}", f"{case.amount:.2f}"),
            *(case.transactions, currency, " | ".join(case.reasons)),
            *decided_cells(report.state.decisions.get(case.key)),
            *made_by,
        )
        writer.writerow(neutral(cell) for cell in cells)
    for each in elsewhere(report):
        key = ("", each.case.day.isoformat(), each.case.card, each.case.row)
        currency = each.basis.policy.currency
        cells = (*key, *[""] * 7, currency, "", *decided_cells(each), *made_by)
        writer.writerow(neutral(cell) for cell in cells)
    return BYTE_ORDER_MARK + text.getvalue()


def decided_cells(decision: Decision | None) -> tuple[str, ...]:
    """From `decision` to `weights_then`."""
    if decision is None:
        return ("open", *[""] * 7)
    policy = decision.basis.policy
    return (
        "open" if decision.mark is None else decision.mark.value,
        decision.note,
        decision.when.isoformat(timespec="seconds"),
        f"{decision.score:.6f}",
        threshold_cell(policy.threshold),
        threshold_cell(policy.reject),
        decision.basis.model,
        decision.basis.weights,
    )


def threshold_cell(threshold: float) -> str:
    return "never" if threshold > 1 else f"{threshold:.6g}"


def to_json(report: CaseReport) -> str:
    """Everything for machines: the queue, the decisions, and the journal of how they came about."""
    decisions = report.state.decisions
    document = {
        "title": report.title,
        "made": report.made.isoformat(timespec="seconds"),
        "input": {"name": report.table_name, "sha256": report.table_sha256},
        "day": report.day.isoformat(),
        "figures": dict(report.figures),
        "progress": asdict(progress(to_review(report), decisions)),
        "policy": asdict(report.basis.policy),
        "queue": [
            case_line(case) | {"decision": decided(decisions.get(case.key))}
            for case in report.cases
        ],
        "decisions_elsewhere": [decision_document(each) for each in elsewhere(report)],
        "journal": [entry_document(entry) for entry in report.state.journal],
        "notes": report.notes,
        "provenance": report.provenance.as_dict(),
        "disclaimer": report.disclaimer,
    }
    return json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def case_line(case: Case) -> dict[str, Any]:
    """A line of the queue as a dictionary."""
    return {
        "rank": case.rank,
        **case_document(case.key),
        "time": case.time.isoformat(),
        "terminal": case.terminal,
        "band": case.band.value,
        "probability": case.score,
        "expected_loss": case.expected_loss,
        "amount": case.amount,
        "transactions": case.transactions,
        "reasons": case.reasons,
    }


def decided(decision: Decision | None) -> dict[str, Any] | None:
    return None if decision is None else decision_document(decision)
