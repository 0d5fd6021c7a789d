"""Why a score is what it is: reasons in words, each with its share in the log-odds."""

import math
from dataclasses import dataclass

from demos.core.wording import significant

NO_EFFECT = 0.05
"""Log-odds below which a reason is said to change nothing: five per cent of the odds."""


@dataclass(frozen=True, slots=True)
class Reason:
    """What a group of features says of one input, and what it adds to the log-odds."""

    group: str
    title: str
    sentence: str
    value: float


@dataclass(frozen=True, slots=True)
class Account:
    """All reasons of one score, the one that says most first, from `base` to `total` log-odds.

    `base` is the score of what is usual; `residual` is by how much the reasons' sum misses the
    difference, at worst. `notes` say what could not be known, whatever the score.
    """

    reasons: tuple[Reason, ...]
    base: float
    total: float
    residual: float
    notes: tuple[str, ...] = ()

    @property
    def raising(self) -> tuple[Reason, ...]:
        return tuple(each for each in self.reasons if each.value >= NO_EFFECT)

    @property
    def lowering(self) -> tuple[Reason, ...]:
        return tuple(each for each in self.reasons if each.value <= -NO_EFFECT)


MOST_LOG_ODDS = 36.0
"""Beyond these, a probability could not be told from 1 any more."""


def probability(log_odds: float) -> float:
    """The probability with these log-odds; below 1 however large they are."""
    if log_odds < 0:
        return math.exp(max(log_odds, -700.0)) / (1 + math.exp(max(log_odds, -700.0)))
    return 1 / (1 + math.exp(-min(log_odds, MOST_LOG_ODDS)))


def log_odds(probability: float) -> float:
    """The inverse of `probability`; finite for 0 and 1 as well."""
    inside = min(max(probability, 1e-15), 1 - 1e-15)
    return math.log(inside / (1 - inside))


def factor(value: float) -> str:
    """By how much a reason multiplies the odds, as short as a chart needs it."""
    if abs(value) < NO_EFFECT:
        return "× 1"
    return f"{'×' if value > 0 else '÷'} {times(value)}"


def effect(value: float) -> str:
    """By how much a reason multiplies the odds of fraud, or of whatever is scored, in words."""
    if abs(value) < NO_EFFECT:
        return "leaves the odds as they are"
    return f"{'multiplies' if value > 0 else 'divides'} the odds by {times(value)}"


def times(value: float) -> str:
    """The factor itself, to two significant figures; beyond a million, how far is no matter."""
    size = math.exp(min(abs(value), 14.0))
    return "over 1,000,000" if size >= 1e6 else significant(size, 2)
