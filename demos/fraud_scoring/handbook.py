"""The protocol of the Fraud Detection Handbook: its folds, its 15 features, its three metrics.

Written from the description in Le Borgne, Siblini, Lebichot and Bontempi, "Reproducible Machine
Learning for Credit Card Fraud Detection - Practical Handbook" (2022), chapters 3 to 5. A fold
trains on 7 days, leaves out 7 (in which labels come in) and tests on 7.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score, roc_auc_score

from demos.core.numbered import codes
from demos.fraud_scoring.features import LABEL_DELAY, WINDOWS
from demos.fraud_scoring.history import DAY, history

TRAIN_DAYS = DELAY_DAYS = TEST_DAYS = 7
FIRST_TRAINING_DAYS = tuple(date(2018, 7, 25) + timedelta(weeks=k) for k in range(4))
SELECTION_DAYS = tuple(date(2018, 7, 11) - timedelta(weeks=k) for k in (3, 2, 1, 0))
"""The folds to select models on: 14 days before the first, and the three weeks before that."""
TOP = 100  # cards an investigator can look at in a day

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Fold:
    """Rows of the transactions, as masks (n,): trained on, and tested on."""

    start: date
    train: Bools
    test: Bools


def folds(transactions: pl.DataFrame, starts: Sequence[date]) -> Iterator[Fold]:
    """Those of the given folds whose days the data covers from the first to the last."""
    first, last = transactions["time"].min(), transactions["time"].max()
    assert isinstance(first, datetime) and isinstance(last, datetime)
    for start in starts:
        end = start + timedelta(days=TRAIN_DAYS + DELAY_DAYS + TEST_DAYS - 1)
        if first.date() <= start and end <= last.date():
            yield fold(transactions, start)


def fold(transactions: pl.DataFrame, start: date) -> Fold:
    """Train on `TRAIN_DAYS` from `start`; test after the delay, without cards known as stolen.

    On a test day those are the cards with a fraud in the training days, or on a day up to
    `DELAY_DAYS` + 1 before it.
    """
    day = transactions.select((pl.col("time").dt.date() - start).dt.total_days()).to_series()
    days = day.to_numpy()
    fraud = transactions["fraud"].to_numpy() == 1
    card = codes(transactions["card"])
    train = (days >= 0) & (days < TRAIN_DAYS)
    first = TRAIN_DAYS + DELAY_DAYS
    test = np.zeros(len(days), dtype=bool)
    for tested in range(first, first + TEST_DAYS):
        known = np.unique(card[fraud & (days >= 0) & (days < max(TRAIN_DAYS, tested - DELAY_DAYS))])
        test |= (days == tested) & ~np.isin(card, known)
    return Fold(start, train, test)


def handbook_features(transactions: pl.DataFrame) -> Floats:
    """The book's 15 features (n, 15), for its baselines.

    Amount, weekend, night; purchases with the card and their mean amount, with this one, in 1, 7
    and 30 days; purchases at the terminal and the share of fraud among them, of as many days up to
    7 days before.
    """
    amount = transactions["amount"].to_numpy()
    clock = transactions["time"].dt
    out = [amount, (clock.weekday() >= 6).to_numpy(), (clock.hour() <= 6).to_numpy()]
    card = history(transactions, "card")
    spent = card.total(amount[card.order])
    for days in WINDOWS:
        since = card.since(days * DAY)
        number = card.place + 1 - since
        out += [
            card.restored(number),
            card.restored((spent[card.place + 1] - spent[since]) / number),
        ]
    terminal = history(transactions, "terminal")
    frauds = terminal.total(transactions["fraud"].to_numpy()[terminal.order] == 1)
    known = terminal.since(LABEL_DELAY)
    for days in WINDOWS:
        since = terminal.since(LABEL_DELAY + days * DAY)
        number = known - since
        share = (frauds[known] - frauds[since]) / np.maximum(number, 1)
        out += [terminal.restored(number), terminal.restored(share)]
    return np.column_stack(out).astype(np.float64)


def metrics(transactions: pl.DataFrame, score: NDArray[np.floating]) -> dict[str, float]:
    """The protocol's three metrics for the tested transactions and their scores (n,)."""
    fraud = transactions["fraud"].to_numpy() == 1
    return {
        "roc_auc": float(roc_auc_score(fraud, score)),
        "average_precision": float(average_precision_score(fraud, score)),
        "card_precision_at_100": card_precision(transactions, score),
    }


def card_precision(
    transactions: pl.DataFrame, score: NDArray[np.floating], top: int = TOP
) -> float:
    """Mean over days of the share of frauds among the `top` cards by highest score.

    A card found to be fraudulent is blocked, and no longer looked at on later days.
    """
    cards = (
        transactions.select("card", "fraud", day=pl.col("time").dt.date())
        .with_columns(score=pl.Series(score))
        .group_by("day", "card", maintain_order=True)
        .agg(pl.col("score").max(), (pl.col("fraud") == 1).any())
        .sort("day", "score", descending=[False, True], maintain_order=True)
    )
    found: set[str] = set()
    precision = []
    for _, day in cards.group_by("day", maintain_order=True):
        looked_at = day.filter(~pl.col("card").is_in(list(found))).head(top)
        hits = looked_at.filter("fraud")["card"].to_list()
        found.update(hits)
        precision.append(len(hits) / top)
    return float(np.mean(precision))
