"""The transactions of a card, or at a terminal, up to a case, as they were known at its moment."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Known(StrEnum):
    """What was known of a transaction at the moment of the case."""

    FRAUD = "confirmed fraud"
    LEGITIMATE = "legitimate"
    OPEN = "not known yet"


@dataclass(frozen=True, slots=True)
class Event:
    """A transaction with its probability of fraud; `other` is whom it was with."""

    time: datetime
    amount: float
    score: float
    other: str
    known: Known
    case: bool


@dataclass(frozen=True, slots=True)
class Lane:
    """One timeline, in the order of time and with the case; `other` says what `Event.other` is.

    `earlier` counts those before the first event given.
    """

    title: str
    other: str
    events: tuple[Event, ...]
    earlier: int
