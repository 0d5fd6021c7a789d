"""What the network is told of a transaction: itself, and the history of its card and terminal.

No look-ahead: a purchase counts for later ones at once, its label only `LABEL_DELAY` later. A
row's features depend on rows of the same card, of the same terminal, and of the cards that had a
fraud there, so they can be had from those alone (`transaction.surroundings`).
"""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import TypeVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

from demos.core.settings import read_settings
from demos.core.threads import available_cores
from demos.fraud_scoring.history import DAY, Floats, History, history

LABEL_DELAY = 7 * DAY
"""Seconds after which investigators and card holders have said whether it was fraud."""
WINDOWS = (1, 7, 30)  # days
UNUSUAL, VERY_UNUSUAL = 2.5, 4.0
"""Times the card's usual amount."""
EVER = 60  # days: "long ago", for what never happened
MOST = 1e5
"""A larger amount is compared with others as this one: the squares of larger ones would swallow
those of small ones in running totals."""
PART = 32_768
"""Rows looked at together: what is computed of them stays in the processor's cache."""


class Group(StrEnum):
    """What features are about; an explanation gives each group one contribution."""

    AMOUNT = "amount"
    HABIT = "amount for this card"
    BURST = "other unusual purchases"
    CARD = "use of the card"
    CARD_FRAUD = "confirmed fraud on the card"
    TERMINAL_FRAUD = "confirmed fraud at the terminal"
    TERMINAL = "use of the terminal"
    TIME = "time of day and week"
    KNOWN = "length of the history"


@dataclass(frozen=True, slots=True)
class Feature:
    """One input of the network. Counts and days are given as log(1 + x), see `title`."""

    name: str
    group: Group
    title: str


FEATURES = (
    Feature("amount", Group.AMOUNT, "log(1 + amount)"),
    Feature("amount_100", Group.AMOUNT, "amount / 100, up to 10"),
    Feature("ratio", Group.HABIT, "log of the amount over the card's usual amount"),
    Feature("deviations", Group.HABIT, "standard deviations above the card's mean, -3 to 12"),
    Feature("habit", Group.HABIT, "log(1 + usual amount of the card)"),
    Feature("unusual_1", Group.BURST, "purchases over 2.5 times the usual, 1 day"),
    Feature("unusual_7", Group.BURST, "the same, 7 days"),
    Feature("unusual_14", Group.BURST, "the same, 14 days, less those known as legitimate"),
    Feature("very_unusual_7", Group.BURST, "purchases over 4 times the usual, 7 days"),
    Feature("very_unusual_14", Group.BURST, "the same, 14 days, less those known as legitimate"),
    Feature("card_1", Group.CARD, "purchases with the card, 1 day"),
    Feature("card_7", Group.CARD, "purchases with the card, 7 days"),
    Feature("card_30", Group.CARD, "purchases with the card, 30 days"),
    Feature("card_mean_1", Group.CARD, "log of their mean amount over the usual, 1 day"),
    Feature("card_mean_7", Group.CARD, "log of their mean amount over the usual, 7 days"),
    Feature("card_last", Group.CARD, "days since the card's last purchase"),
    Feature("card_fraud_7", Group.CARD_FRAUD, "confirmed fraud on the card, latest 7 known days"),
    Feature("card_fraud_28", Group.CARD_FRAUD, "confirmed fraud on the card, latest 28 known days"),
    Feature("card_fraud_last", Group.CARD_FRAUD, "days since the last confirmed fraud on the card"),
    Feature("terminal_fraud_1", Group.TERMINAL_FRAUD, "share of fraud, latest known day"),
    Feature("terminal_fraud_7", Group.TERMINAL_FRAUD, "share of fraud, latest 7 known days"),
    Feature("terminal_fraud_30", Group.TERMINAL_FRAUD, "share of fraud, latest 30 known days"),
    Feature("terminal_frauds_7", Group.TERMINAL_FRAUD, "number of frauds, latest 7 known days"),
    Feature("terminal_frauds_30", Group.TERMINAL_FRAUD, "number of frauds, latest 30 known days"),
    Feature("streak", Group.TERMINAL_FRAUD, "frauds at ordinary amounts since the last legitimate"),
    Feature("streak_days", Group.TERMINAL_FRAUD, "days since the first of them"),
    Feature("streak_gap", Group.TERMINAL_FRAUD, "days from the last legitimate to the first"),
    Feature("terminal_fraud_last", Group.TERMINAL_FRAUD, "days since the last of them"),
    Feature("terminal_legitimate", Group.TERMINAL_FRAUD, "days since the last known legitimate"),
    Feature("terminal_1", Group.TERMINAL, "purchases at the terminal, 1 day"),
    Feature("terminal_7", Group.TERMINAL, "purchases at the terminal, 7 days"),
    Feature("terminal_30", Group.TERMINAL, "purchases at the terminal, 30 days"),
    Feature("hour_sin", Group.TIME, "hour of the day, sine"),
    Feature("hour_cos", Group.TIME, "hour of the day, cosine"),
    Feature("weekend", Group.TIME, "Saturday or Sunday"),
    Feature("card_before", Group.KNOWN, "purchases with the card before"),
    Feature("card_days", Group.KNOWN, "days since the card's first"),
    Feature("terminal_before", Group.KNOWN, "purchases at the terminal before"),
    Feature("terminal_known", Group.KNOWN, "of which it is known whether they were fraud"),
)

T = TypeVar("T")

PLACES = {feature.name: place for place, feature in enumerate(FEATURES)}

Named = Iterable[tuple[str, NDArray[np.generic]]]
"""Features of some rows (n,) under their names."""


def features(transactions: pl.DataFrame) -> NDArray[np.float32]:
    """The features (n, F) of every row, in the order of `FEATURES`; never NaN.

    `transactions` is sorted by time and then row, with the columns `time`, `card`, `terminal`,
    `amount` and `fraud`. Uses a thread per core for what is larger than a `PART`.
    """
    amount = transactions["amount"].to_numpy()
    fraud = transactions["fraud"].fill_null(-1).to_numpy()
    explained = np.zeros(len(amount), dtype=bool)
    columns = np.empty((len(FEATURES), len(amount)), dtype=np.float32)
    out = np.empty(columns.shape[::-1], dtype=np.float32)
    keep(columns, slice(None), of_itself(transactions))

    def card(part: History) -> None:
        keep(columns, part.order, of_card(part, amount, fraud, explained))

    def terminal(part: History) -> None:
        keep(columns, part.order, of_terminal(part, fraud, explained))

    def transpose(begin: int) -> None:
        out[begin : begin + PART] = columns[:, begin : begin + PART].T

    # All cards come before the terminals: those are told which frauds the amount gives away.
    side_by_side(card, history(transactions, "card").parts(PART))
    side_by_side(terminal, history(transactions, "terminal").parts(PART))
    side_by_side(transpose, range(0, len(amount), PART))
    return out


def keep(columns: NDArray[np.float32], rows: NDArray[np.int64] | slice, named: Named) -> None:
    for name, values in named:
        columns[PLACES[name], rows] = values


def side_by_side(work: Callable[[T], None], parts: Iterable[T]) -> None:
    """Do `work` for every part, in threads where there are several; raises what it raises."""
    parts = list(parts)
    if len(parts) > 1:
        with ThreadPoolExecutor(read_settings().threads or available_cores()) as pool:
            list(pool.map(work, parts))
    else:
        for each in parts:
            work(each)


def of_itself(transactions: pl.DataFrame) -> Named:
    """What the transaction alone says."""
    amount = transactions["amount"].to_numpy()
    clock = transactions["time"].dt
    angle = (clock.hour() + clock.minute() / 60).to_numpy() * (2 * np.pi / 24)
    yield "amount", np.log1p(amount)
    yield "amount_100", np.minimum(amount / 100, 10)
    yield "hour_sin", np.sin(angle)
    yield "hour_cos", np.cos(angle)
    yield "weekend", (clock.weekday() >= 6).to_numpy()


def of_card(
    card: History, amount: Floats, fraud: NDArray[np.int8], explained: NDArray[np.bool_]
) -> Named:
    """What the card's history says. Fills `explained`: frauds that the amount gives away."""
    amount, fraud = np.minimum(amount[card.order], MOST), fraud[card.order]
    since = cache(card.since)
    now, first, known = card.place, card.first, since(LABEL_DELAY)
    is_fraud, is_legitimate = fraud == 1, fraud == 0

    # The usual amount: the squared mean of square roots, which single large purchases move
    # little; purchases known as fraud are left out.
    root = np.sqrt(amount)
    spent, spent_root = card.total(amount), card.total(root)
    frauds, bad = card.total(is_fraud), card.total(amount * is_fraud)
    bad_root, squares = card.total(root * is_fraud), card.total(amount**2)
    bad_squares = card.total(amount**2 * is_fraud)
    before = now - first
    count = before - (frauds[known] - frauds[first])
    some = np.maximum(count, 1)
    habit = ((spent_root[now] - spent_root[first]) - (bad_root[known] - bad_root[first])) / some
    habit = habit**2
    mean = ((spent[now] - spent[first]) - (bad[known] - bad[first])) / some
    square = ((squares[now] - squares[first]) - (bad_squares[known] - bad_squares[first])) / some
    spread = np.sqrt(np.maximum(square - mean**2, 0))
    has = count >= 1
    ratio = np.where(has, (amount + 1) / (habit + 1), 1)
    # With few purchases the spread is unsure: shrink it towards half the mean.
    spread = (spread * some + 0.5 * mean * 3) / (some + 3)
    yield "ratio", np.log(np.clip(ratio, 0.01, 100))
    deviations = np.where(has, (amount - mean) / (spread + 1), 0)
    yield "deviations", np.clip(deviations, -3, 12)
    yield "habit", np.where(has, np.log1p(habit), 0)

    for name, limit, windows in (
        ("unusual", UNUSUAL, (1, 7, 14)),
        ("very_unusual", VERY_UNUSUAL, (7, 14)),
    ):
        large = (ratio > limit) & (count >= 3)
        larges, cleared = card.total(large), card.total(large & is_legitimate)
        for days in windows:
            begin = since(days * DAY)
            number = larges[now] - larges[begin]
            number -= np.maximum(cleared[known] - cleared[np.minimum(begin, known)], 0)
            yield f"{name}_{days}", np.log1p(number)
    explained[card.order] = (ratio > UNUSUAL) & is_fraud

    for days in WINDOWS:
        begin = since(days * DAY)
        purchases = now - begin
        yield f"card_{days}", np.log1p(purchases)
        if days < 30:
            average = (spent[now] - spent[begin]) / np.maximum(purchases, 1)
            against = np.where((purchases > 0) & has, (average + 1) / (habit + 1), 1)
            yield f"card_mean_{days}", np.log(np.clip(against, 0.01, 100))
    last = np.where(before > 0, days_since(card, np.maximum(now - 1, 0)), EVER)
    yield "card_last", log_days(last)

    for days in (7, 28):
        begin = since(LABEL_DELAY + days * DAY)
        yield f"card_fraud_{days}", np.log1p(frauds[known] - frauds[begin])
    last = since_latest(card, is_fraud, known)
    yield "card_fraud_last", log_days(last)
    yield "card_before", np.log1p(before)
    yield "card_days", log_days(days_since(card, first))


def of_terminal(terminal: History, fraud: NDArray[np.int8], explained: NDArray[np.bool_]) -> Named:
    """What the terminal's history says: above all, what has been confirmed there."""
    fraud, explained = fraud[terminal.order], explained[terminal.order]
    since = cache(terminal.since)
    now, first, known = terminal.place, terminal.first, since(LABEL_DELAY)
    frauds, labels = terminal.total(fraud == 1), terminal.total(fraud >= 0)
    for days in WINDOWS:
        begin = since(LABEL_DELAY + days * DAY)
        number = frauds[known] - frauds[begin]
        labeled = labels[known] - labels[begin]
        yield f"terminal_fraud_{days}", number / np.maximum(labeled, 1)
        if days > 1:
            yield f"terminal_frauds_{days}", np.log1p(number)
        yield f"terminal_{days}", np.log1p(now - since(days * DAY))

    # A tampered terminal cheats every card from some moment on: frauds in an unbroken row, and
    # at ordinary amounts, are its mark.
    plain = (fraud == 1) & ~explained
    legitimate = fraud == 0
    plains = terminal.total(plain)
    latest_legitimate = latest(terminal, legitimate)
    began = np.where(latest_legitimate >= 0, latest_legitimate, first)
    before_known = np.maximum(known - 1, 0)
    some = known > first
    streak = np.where(some, plains[known] - plains[began[before_known]], 0)
    earliest = np.searchsorted(plains, plains[began[before_known]], side="right") - 1
    earliest = np.where(streak > 0, np.minimum(earliest, now), now)
    on = streak > 0
    yield "streak", np.log1p(streak)
    yield "streak_days", log_days(np.where(on, days_since(terminal, earliest), 0))
    gap = (terminal.time[earliest] - terminal.time[began[before_known]]) / DAY
    yield "streak_gap", log_days(np.where(on, gap, 0))
    last = since_latest(terminal, plain, known)
    yield "terminal_fraud_last", log_days(last)
    last = since_latest(terminal, legitimate, known)
    yield "terminal_legitimate", log_days(last)
    yield "terminal_before", np.log1p(now - first)
    yield "terminal_known", np.log1p(labels[known] - labels[first])


def days_since(history: History, position: NDArray[np.int64]) -> Floats:
    """Days from the row at each sorted position to each row."""
    return (history.time - history.time[position]) / DAY


def latest(history: History, mark: NDArray[np.bool_]) -> NDArray[np.int64]:
    """The latest marked row up to and including each, of the same card or terminal; or -1."""
    found = np.maximum.accumulate(np.where(mark, history.place, -1))
    return np.where(found >= history.first, found, -1)


def since_latest(history: History, mark: NDArray[np.bool_], until: NDArray[np.int64]) -> Floats:
    """Days since the latest marked row before the positions `until`; `EVER` where none is."""
    found = np.where(until > history.first, latest(history, mark)[np.maximum(until - 1, 0)], -1)
    return np.where(found >= 0, np.minimum(days_since(history, np.maximum(found, 0)), EVER), EVER)


def log_days(days: Floats) -> Floats:
    return np.log1p(np.minimum(days, EVER))
