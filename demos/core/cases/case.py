"""Cases and what people decide on them.

A case is a card on a day, with its most suspicious transaction of that day. What is decided keeps
what it was decided on: the score, the costs and thresholds, and the model that gave the score.
"""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

import polars as pl

from demos.core.errors import TooLarge
from demos.core.triage.policy import Band, Policy, money
from demos.core.wording import percent

NOTE_LENGTH = 1_000
"""Characters of a note."""
NAME_LENGTH = 48
"""Characters of a card's name where it is shown; exports for machines have all of it."""

# These turn around the text that follows, also that of others; the marks of Arabic and Hebrew
# typing, and what joins emoji, do not.
TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class Mark(StrEnum):
    """What somebody found."""

    CONFIRMED = "confirmed"
    CLEARED = "cleared"
    LATER = "later"


HANDLED = frozenset({Mark.CONFIRMED, Mark.CLEARED})
"""Nothing is left to do; what is put off is still open."""

MARK_WORDS: dict[Mark | None, tuple[str, str]] = {
    Mark.CONFIRMED: ("!", "Confirmed fraud"),
    Mark.CLEARED: ("✓", "Cleared"),
    Mark.LATER: ("…", "Later"),
    None: ("○", "Open"),
}
"""A sign and a name for each; `None` is a case that nobody has marked."""

BAND_WORDS = {
    Band.REJECT: ("⊘", "Decline"),
    Band.REVIEW: ("◉", "Review"),
    Band.PASS: ("–", "Pass"),
}


@dataclass(frozen=True, slots=True)
class CaseKey:
    """Which case: the card, the day, and the line of its highest-scoring transaction that day."""

    card: str
    day: date
    row: int


@dataclass(frozen=True, slots=True)
class Case:
    """One line of a day's queue. `rank` counts from 1; the money is in the policy's currency.

    `score` is the probability of fraud of the transaction `key.row`, `expected_loss` and `amount`
    are of all `transactions` of that card and day, and `reasons` the words for the score, most
    important first.
    """

    rank: int
    key: CaseKey
    band: Band
    score: float
    expected_loss: float
    amount: float
    transactions: int
    terminal: str
    time: datetime
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Basis:
    """What decisions are made on. `weights` is the SHA-256 of the model's."""

    policy: Policy
    model: str
    weights: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided on a case, when (UTC), and on which `score` and basis.

    `mark` is `None` where there is only a note.
    """

    case: CaseKey
    mark: Mark | None
    note: str
    when: datetime
    score: float
    basis: Basis


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a queue is worked off; the money is the expected loss."""

    cases: int
    handled: int
    later: int
    at_risk: float
    looked_at: float


def cases_of(
    queue: pl.DataFrame, day: date, reasons: Mapping[int, tuple[str, ...]] | None = None
) -> tuple[Case, ...]:
    """The cases of a frame of `triage.queue` for `day`, in its order.

    `reasons` are the words for the score of a transaction, by its `row`.
    """
    reasons = reasons or {}
    return tuple(
        Case(
            rank=rank,
            key=CaseKey(line["card"], day, line["row"]),
            band=Band(line["band"]),
            score=line["score"],
            expected_loss=line["expected_loss"],
            amount=line["amount"],
            transactions=line["transactions"],
            terminal=line["terminal"],
            time=line["time"],
            reasons=reasons.get(line["row"], ()),
        )
        for rank, line in enumerate(queue.iter_rows(named=True), 1)
    )


def progress(cases: Iterable[Case], decisions: Mapping[CaseKey, Decision]) -> Progress:
    """How many of the cases, and how much of the money in them, somebody has looked at."""
    cases = tuple(cases)
    marks = [mark_of(case.key, decisions) for case in cases]
    handled = [case for case, mark in zip(cases, marks, strict=True) if mark in HANDLED]
    return Progress(
        cases=len(cases),
        handled=len(handled),
        later=marks.count(Mark.LATER),
        at_risk=sum(case.expected_loss for case in cases),
        looked_at=sum(case.expected_loss for case in handled),
    )


def mark_of(case: CaseKey, decisions: Mapping[CaseKey, Decision]) -> Mark | None:
    decision = decisions.get(case)
    return None if decision is None else decision.mark


def threshold_words(threshold: float) -> str:
    """A probability from which on something happens; above 1 it never does."""
    return "never" if threshold > 1 else percent(threshold)


def policy_facts(policy: Policy) -> list[tuple[str, str]]:
    """A policy in words and figures, as rows of a table."""
    share = percent(policy.loss_share)
    fixed = f" and {money(policy.loss_fixed, policy.currency)}" if policy.loss_fixed else ""
    return [
        ("A missed fraud costs", f"{share} of its amount{fixed}"),
        ("A review costs", f"{money(policy.review_cost, policy.currency)} per card"),
        ("A wrong decline costs", money(policy.false_decline_cost, policy.currency)),
        ("Capacity", f"{policy.capacity:,} cards a day"),
        ("Review from a probability of", threshold_words(policy.threshold)),
        ("Decline from a probability of", threshold_words(policy.reject)),
    ]


def cleaned_note(text: str) -> str:
    """A note without characters that control or turn around text; line breaks stay.

    Raises `TooLarge` if more than `NOTE_LENGTH` characters are left.
    """
    lines = unicodedata.normalize("NFC", text).replace("\u2028", "\n").replace("\u2029", "\n")
    kept = "".join(
        each
        for each in lines.replace("\r\n", "\n").replace("\r", "\n")
        if each == "\n" or (unicodedata.category(each) not in ("Cc", "Cs") and each not in TURNING)
    ).strip()
    if len(kept) > NOTE_LENGTH:
        raise TooLarge(
            f"The note has {len(kept):,} characters; {NOTE_LENGTH:,} are the most.",
            "Shorten it, or keep the rest elsewhere.",
        )
    return kept


def shown_name(name: str) -> str:
    """A card or terminal for people: one line, nothing hidden, its start if it is long."""
    shown = "".join(
        each if unicodedata.category(each)[0] != "C" else " " if each.isspace() else ""
        for each in name
    )
    shown = " ".join(shown.split())
    return (shown if len(shown) <= NAME_LENGTH else f"{shown[: NAME_LENGTH - 1]}…") or "(no name)"
