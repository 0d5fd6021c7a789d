"""Decisions as a JSON file: to keep them when the server does not, and to take them back in."""

import json
import math
from collections.abc import Iterable
from dataclasses import asdict, fields
from datetime import UTC, date, datetime
from typing import Any

from demos.core.cases.case import Basis, CaseKey, Decision, Mark, cleaned_note
from demos.core.cases.workspace import Change, Entry
from demos.core.errors import InputError, TooLarge, Unreadable, UnsupportedType, UserError
from demos.core.settings import MIB
from demos.core.triage.policy import Policy
from demos.core.wording import file_size

FORMAT, VERSION = "deep-learning-at-work/decisions", 1
MAX_BYTES = 10 * MIB
"""More than every decision that a workspace can hold, with its basis written out."""
NAME_LENGTH = 200
"""Characters of a model's name, or of the hash of its weights."""


class OtherTable(InputError):
    """The decisions are about the cases of another file."""

    def __init__(self) -> None:
        super().__init__(
            "These decisions were made on another table of transactions.",
            "Open the file that they were made on, and load them there.",
        )


def write_decisions(decisions: Iterable[Decision], table_sha256: str, saved: datetime) -> str:
    """A file that `read_decisions` reads."""
    document = {
        "format": FORMAT,
        "version": VERSION,
        "table_sha256": table_sha256,
        "saved": saved.isoformat(timespec="seconds"),
        "decisions": [decision_document(each) for each in decisions],
    }
    return json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def decision_document(decision: Decision) -> dict[str, Any]:
    """A decision as a dictionary."""
    return case_document(decision.case) | verdict_document(decision)


def verdict_document(decision: Decision) -> dict[str, Any]:
    """What was decided and on what, without the case."""
    basis = decision.basis
    return {
        "mark": None if decision.mark is None else decision.mark.value,
        "note": decision.note,
        "when": decision.when.isoformat(),
        "score": decision.score,
        "policy": asdict(basis.policy),
        "model": basis.model,
        "weights": basis.weights,
    }


def case_document(case: CaseKey) -> dict[str, Any]:
    return {"card": case.card, "day": case.day.isoformat(), "row": case.row}


def entry_document(entry: Entry) -> dict[str, Any]:
    """A line of the journal as a dictionary; each case with its decision before and after."""
    return {
        "number": entry.number,
        "when": entry.when.isoformat(),
        "action": entry.action.value,
        "of": entry.of,
        "changes": [change_document(each) for each in entry.changes],
    }


def change_document(change: Change) -> dict[str, Any]:
    return case_document(change.case) | {
        name: None if decision is None else verdict_document(decision)
        for name, decision in (("before", change.before), ("after", change.after))
    }


def read_decisions(data: bytes, table_sha256: str) -> tuple[Decision, ...]:
    """The decisions in a file of `write_decisions`, about the table with this hash.

    Raises `OtherTable`; `TooLarge` above `MAX_BYTES`; `UnsupportedType` for any other file; and
    `Unreadable` for one of ours that is damaged, which is then not read in part.
    """
    if len(data) > MAX_BYTES:
        raise TooLarge(
            f"The file has {file_size(len(data))}; at most {file_size(MAX_BYTES)} are read.",
            "Choose the file that was downloaded here as “Decisions (JSON)”.",
        )
    try:
        document = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise UnsupportedType(
            "This is no file of decisions.",
            "Choose one that was downloaded here as “Decisions (JSON)”.",
        )
    if document.get("version") != VERSION:
        raise UnsupportedType(
            "This file of decisions is of another version of this dashboard.",
            "Load it with that version.",
        )
    if document.get("table_sha256") != table_sha256:
        raise OtherTable
    try:
        bases: dict[Basis, Basis] = {}
        return tuple(read_decision(each, bases) for each in document["decisions"])
    except (KeyError, TypeError, ValueError, OverflowError, UserError) as error:
        raise Unreadable(
            "This file of decisions is damaged, and nothing of it was loaded.",
            "Download it again where it was made.",
        ) from error


def read_decision(document: Any, bases: dict[Basis, Basis]) -> Decision:
    """One that shares its basis with those in `bases`, as most have the same.

    Raises `KeyError`, `TypeError`, `ValueError` or a `UserError` if it is not one.
    """
    mark, score = document["mark"], number(document["score"])
    when = datetime.fromisoformat(document["when"])
    if when.tzinfo is None:
        raise ValueError("a time without its zone")
    if not 0 <= score <= 1:
        raise ValueError("a score that is no probability")
    basis = Basis(
        read_policy(document["policy"]),
        text(document["model"], NAME_LENGTH),
        text(document["weights"], NAME_LENGTH),
    )
    row = document["row"]
    if type(row) is not int or row < 0:
        raise ValueError("a row that is none")
    return Decision(
        case=CaseKey(text(document["card"]), date.fromisoformat(document["day"]), row),
        mark=None if mark is None else Mark(mark),
        note=cleaned_note(text(document["note"])),
        when=when.astimezone(UTC),
        score=score,
        basis=bases.setdefault(basis, basis),
    )


def read_policy(document: Any) -> Policy:
    """Every field must be there, of its kind: a default would be a cost nobody has stated."""
    kinds = {field.name: type(field.default) for field in fields(Policy)}
    if set(document) != set(kinds):
        raise ValueError("another policy")
    values: dict[str, Any] = {
        name: text(document[name]) if kind is str else number(document[name])
        for name, kind in kinds.items()
    }
    if not values["capacity"].is_integer():
        raise ValueError("a part of a card")
    return Policy(**values | {"capacity": int(values["capacity"])})


def text(value: Any, limit: int = MAX_BYTES) -> str:
    if not isinstance(value, str) or len(value) > limit:
        raise ValueError("no text, or too long a one")
    value.encode()  # half a surrogate pair is a ValueError here, and not when it is written again
    return value


def number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError("no number")
    return float(value)
