"""Why a transaction has its score: a sentence with figures for each group of features.

The figures are read from what the model was given, so that the sentences say what it saw.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from demos.core.cases.case import shown_name
from demos.core.reasons import Account, Reason
from demos.core.shapley import Score, attribute
from demos.core.triage.policy import money
from demos.core.wording import counted, significant
from demos.fraud_scoring.features import EVER, FEATURES, LABEL_DELAY, UNUSUAL, WINDOWS, Group
from demos.fraud_scoring.history import DAY
from demos.fraud_scoring.transaction import Transaction

DELAY_DAYS = LABEL_DELAY // DAY
LATE = f"(labels take {DELAY_DAYS} days to come in)"
LONGEST = max(WINDOWS)  # days
LARGE = 220.0
"""In the simulated data the model learned from, every purchase above this was made fraud."""
FEW = 3
"""Purchases with a card below which the model calls none of them unusual."""
RAW = {"amount_100", "deviations", "hour_sin", "hour_cos", "weekend"} | {
    f"terminal_fraud_{days}" for days in WINDOWS
}
"""Features that are given to the model as they are."""
LOGS = {"ratio", "card_mean_1", "card_mean_7"}
"""Features that are logarithms of a ratio; all others are log(1 + x)."""

Figures = dict[str, float]


@dataclass(frozen=True, slots=True)
class View:
    """What sentences are made of: the transaction, its figures and the usual ones, in plain units.

    Counts are counts, amounts are amounts, and ratios are ratios, whatever the model is given.
    """

    case: Transaction
    now: Figures
    usual: Figures
    currency: str

    def count(self, name: str) -> int:
        return round(self.now[name])

    def typical(self, name: str) -> int:
        return round(self.usual[name])

    def money(self, value: float) -> str:
        return money(round(value, 2), self.currency)

    @property
    def card(self) -> str:
        return shown_name(self.case.card)

    @property
    def terminal(self) -> str:
        return shown_name(self.case.terminal)

    @property
    def price(self) -> str:
        """The amount to the cent."""
        return f"{self.currency} {self.case.amount:,.2f}"


def account(
    log_odds: Score,
    x: NDArray[Any],
    baseline: NDArray[Any],
    case: Transaction,
    currency: str = "EUR",
) -> Account:
    """All reasons for the score of `case` with features `x` (F,), against what is usual (F,).

    `log_odds` gives the calibrated log-odds (n,) of features (n, F). Raises
    `demos.core.shapley.Incomplete` where the contributions do not add up.
    """
    found = attribute(log_odds, x[None], baseline, columns())
    view = View(case, figures(x), figures(baseline), currency)
    reasons = [
        Reason(group.name, group.capitalize(), SENTENCES[group](view), float(value))
        for group, value in zip(Group, found.values[0], strict=True)
    ]
    reasons.sort(key=lambda each: -abs(each.value))
    total = float(found.total[0])
    return Account(tuple(reasons), found.base, total, found.residual, notes(view))


def columns() -> list[list[int]]:
    """The features of each group, in the order of `Group`."""
    return [[k for k, feature in enumerate(FEATURES) if feature.group is group] for group in Group]


def figures(x: NDArray[Any]) -> Figures:
    """The features (F,) by name, in plain units."""
    found = {}
    for feature, value in zip(FEATURES, x.astype(np.float64).tolist(), strict=True):
        if feature.name in RAW:
            found[feature.name] = value
        elif feature.name in LOGS:
            found[feature.name] = math.exp(value)
        else:
            found[feature.name] = math.expm1(value)
    return found


def of_amount(view: View) -> str:
    if view.case.amount > LARGE:
        return (
            f"{view.price} is above {LARGE:g}; in the simulated data that the model learned from, "
            "every purchase above that was fraud."
        )
    return f"The amount is {view.price}; usual is {view.money(view.usual['amount'])}."


def of_habit(view: View) -> str:
    if not view.now["habit"]:
        return f"There is no usual amount of card {view.card} yet to compare with."
    habit = view.money(view.now["habit"])
    times = view.case.amount / view.now["habit"]
    if times >= 1.25:
        how = f"{significant(times, 2)} times what"
    elif times > 0.8:
        how = "about what"
    else:
        how = f"{significant(100 * times, 2)} % of what"
    return f"{view.price} is {how} this card usually spends ({habit})."


def of_burst(view: View) -> str:
    if view.now["card_before"] < FEW:
        return "With so few purchases on this card, none can be called unusual yet."
    large, very = view.count("unusual_14"), view.count("very_unusual_14")
    if not large:
        return (
            "No unusually large purchase with this card in 14 days, but for those known as "
            "legitimate."
        )
    day = view.count("unusual_1")
    latest = f", {day} of them within a day" if day else ""
    most = f"; {very} over 4 times" if very else ""
    return (
        f"{counted(large, 'unusually large purchase')} with this card in 14 days{latest} (over "
        f"{UNUSUAL:g} times its usual amount{most}; those known as legitimate are left out); usual "
        f"is {view.typical('unusual_14')}."
    )


def of_card(view: View) -> str:
    day, week = view.count("card_1"), view.count("card_7")
    if not view.count("card_before"):
        return "The card was not used before."
    told = (
        f"{counted(day, 'purchase')} with this card in the last 24 hours and {week} in 7 days; "
        f"usual is {view.typical('card_1')} and {view.typical('card_7')}"
    )
    mean = view.now["card_mean_7"]
    if week and mean >= 1.5:
        told += f". Those of the week were {significant(mean, 2)} times its usual amount on average"
    return f"{told}. The last one was {ago(view.now['card_last'])} before."


def of_card_fraud(view: View) -> str:
    frauds = view.count("card_fraud_28")
    if frauds:
        return (
            f"This card had {counted(frauds, 'confirmed fraud')} in 28 days {LATE}; usual is "
            f"{view.typical('card_fraud_28')}."
        )
    return f"No fraud on this card was confirmed in 28 days {LATE}."


def of_terminal_fraud(view: View) -> str:
    frauds, share = view.count("terminal_frauds_30"), view.now["terminal_fraud_30"]
    name = f"Terminal {view.terminal}"
    if not frauds:
        known = view.count("terminal_known")
        if not known:
            return f"No purchase at terminal {view.terminal} is known yet to be fraud or not."
        return (
            f"{name} had no confirmed fraud in {LONGEST} days {LATE}; {counted(known, 'purchase')} "
            f"there in all {are(known)} known."
        )
    told = (
        f"{name} had {counted(frauds, 'confirmed fraud')} among {round(frauds / share)} known "
        f"purchases in {LONGEST} days {LATE}; usual is {view.typical('terminal_frauds_30')}."
    )
    streak = view.count("streak")
    if streak > 1:
        told += f" The latest {streak} known ones of usual size were all fraud."
    return told


def of_terminal(view: View) -> str:
    if not view.count("terminal_before"):
        return "The terminal was not used before."
    return (
        f"{counted(view.count('terminal_7'), 'purchase')} at terminal {view.terminal} in 7 "
        f"days and {view.count('terminal_30')} in 30; usual is {view.typical('terminal_7')} "
        f"and {view.typical('terminal_30')}."
    )


def of_time(view: View) -> str:
    return f"It was on a {view.case.time:%A} at {view.case.time:%H:%M}."


def of_known(view: View) -> str:
    card, terminal = view.count("card_before"), view.count("terminal_before")
    if not card:
        told = "No history of this card yet"
    else:
        first = ago(view.now["card_days"])
        told = f"{counted(card, 'earlier purchase')} with this card, the first one {first} before"
    known = view.count("terminal_known")
    return (
        f"{told}; {counted(terminal, 'earlier purchase')} at the terminal, of which {known} "
        f"{are(known)} known to be fraud or not."
    )


SENTENCES: dict[Group, Callable[[View], str]] = {
    Group.AMOUNT: of_amount,
    Group.HABIT: of_habit,
    Group.BURST: of_burst,
    Group.CARD: of_card,
    Group.CARD_FRAUD: of_card_fraud,
    Group.TERMINAL_FRAUD: of_terminal_fraud,
    Group.TERMINAL: of_terminal,
    Group.TIME: of_time,
    Group.KNOWN: of_known,
}


def notes(view: View) -> tuple[str, ...]:
    """What is missing: a new card, a new terminal, a file that has only begun, or no labels."""
    found = []
    card, terminal = view.count("card_before"), view.count("terminal_before")
    if not card:
        found.append("New card: this is its first purchase here, so it has no habits to compare.")
    elif card < FEW:
        found.append(
            f"New card: {counted(card, 'earlier purchase')}, first seen "
            f"{ago(view.now['card_days'])} before. Its habits are guesses."
        )
    if not terminal:
        found.append("New terminal: this is the first purchase there, so it has no record.")
    age = view.case.time - view.case.began
    if age < timedelta(days=DELAY_DAYS):
        found.append(
            f"Day {age.days + 1} of the file: labels take {DELAY_DAYS} days to come in, so none "
            "can be known yet, and no fraud counts as confirmed."
        )
    elif not view.case.labeled:
        found.append(
            "Of no purchase in the file up to then is it said whether it was fraud, so none counts "
            "as confirmed, and the score rests on amounts and habits alone."
        )
    elif age < timedelta(days=LONGEST + DELAY_DAYS):
        found.append(
            f"The file begins {age.days} days before: counts over longer spans hold only those."
        )
    return tuple(found)


def ago(days: float) -> str:
    """A span of days, in the unit that suits it."""
    if days * 24 * 60 < 1:
        return "less than a minute"
    if days * 24 < 1:
        return counted(round(days * 24 * 60), "minute")
    if days < 2:
        return f"{significant(days * 24, 2)} h"
    return f"{EVER} days or more" if days > EVER - 0.5 else counted(round(days), "day")


def are(number: int) -> str:
    return "is" if number == 1 else "are"
