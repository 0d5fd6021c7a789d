"""Whether a file of transactions is like the ones the model was trained on."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from demos.core import drift
from demos.core.drift import Column, Drift, Kind, Reference, Shift
from demos.core.drift_words import share
from demos.core.numbered import codes
from demos.core.wording import significant
from demos.fraud_scoring.features import LABEL_DELAY

HOURS = tuple(f"{hour} h" for hour in range(24))
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

COLUMNS = (
    Column(
        "amount",
        "Amount",
        "amounts",
        "amount",
        Kind.QUANTITY,
        "The model judges purchases by their amount too: if these are in another currency or in "
        "cents, convert them and upload the file again.",
    ),
    Column(
        "hour",
        "Hour of the day",
        "hours of the day",
        "hour",
        Kind.CATEGORY,
        "If the file's clock is in another time zone, convert it; if it has dates only, the model "
        "goes without the hour.",
        HOURS,
    ),
    Column(
        "weekday",
        "Day of the week",
        "days of the week",
        "day",
        Kind.CATEGORY,
        "A closed business or a holiday looks like this, and so does a file with gaps.",
        WEEKDAYS,
    ),
    Column(
        "card_day",
        "Purchases of the card that day",
        "numbers of purchases per card and day",
        "number of purchases with a card on a day",
        Kind.COUNT,
        "The model looks at how a card is used: of a file with only some of the purchases it "
        "learns less than it should, and of cards shared by many people something else.",
    ),
    Column(
        "terminal_day",
        "Cards at the terminal that day",
        "numbers of cards per terminal and day",
        "number of cards at a terminal on a day",
        Kind.COUNT,
        "The model looks at what else happens at a terminal: of a file with only some of the "
        "purchases, or of shops far larger or smaller, it learns something else.",
    ),
    Column(
        "known",
        "Known whether fraud",
        "labels",
        "share",
        Kind.SHARE,
        "What is known of past frauds tells the model which terminals and cards to distrust: with "
        "less of it, more fraud is missed.",
    ),
    Column(
        "score",
        "Score",
        "scores",
        "score",
        Kind.PROBABILITY,
        "The sizes of queues that were measured on test data do not hold here.",
    ),
)

SCOPE_ROWS, TWICE_ROWS = 200, 1000
"""From so many on, a file can be told to be no card transactions, and cards to have no history."""
SAME_AMOUNT = 0.8
"""A share of rows with one and the same amount."""
AMOUNTS_WITHIN = 0.2
"""A share of amounts inside the middle 99 % of training."""
CARD_USE = 10.0
"""Times the purchases with a card on a day that are usual in training."""
SEEN_TWICE = 0.05
"""A share of rows whose card occurs in another row."""


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """One of `COLUMNS` in a file: `values` (n,), and `clusters` (n,) of rows that belong together.

    n may be less than the file's rows.
    """

    column: Column
    values: NDArray[np.float64]
    clusters: NDArray[np.int64]


def measure(transactions: pl.DataFrame) -> Iterator[Measured]:
    """The columns that there are: a `score` only if the transactions have one.

    Whole weeks are counted for the day of the week, as in a month some days come five times. Of
    the labels, only those are asked for that would be known by the end of the file.
    """
    day = pl.col("time").dt.date()
    age = (day - day.min()).dt.total_days()
    numbered = transactions.with_columns(
        pl.Series(key, codes(transactions[key])) for key in ("card", "terminal")
    )  # numbers are compared several times faster than texts
    measured = numbered.select(
        amount="amount",
        hour=pl.col("time").dt.hour(),
        weekday=pl.col("time").dt.weekday() - 1,
        card_day=pl.len().over("card", day),
        terminal_day=pl.col("card").n_unique().over("terminal", day),
        known=pl.col("fraud").is_not_null(),
        **({"score": pl.col("score")} if "score" in transactions.columns else {}),
        whole_week=age < (age.max() + 1) // 7 * 7,
        knowable=pl.col("time") < pl.col("time").max() - pl.duration(seconds=LABEL_DELAY),
        by_card="card",
        by_terminal="terminal",
    )
    for column in COLUMNS:
        if column.name not in measured.columns:
            continue
        asked = {"weekday": "whole_week", "known": "knowable"}.get(column.name)
        rows = measured.filter(asked) if asked else measured
        clusters = "by_terminal" if column.name == "terminal_day" else "by_card"
        yield Measured(
            column,
            rows[column.name].cast(pl.Float64).to_numpy(),
            rows[clusters].cast(pl.Int64).to_numpy(),
        )


def reference(transactions: pl.DataFrame) -> tuple[Reference, ...]:
    """What to remember of the training transactions, at least a week of them.

    Raises `ValueError` for fewer.
    """
    return tuple(drift.reference(each.column, each.values) for each in measure(transactions))


def compare(references: Mapping[str, Reference], transactions: pl.DataFrame) -> Drift:
    """A file against training, in the columns that `references` has."""
    shifts: list[Shift] = []
    left_out = []
    for each in measure(transactions):
        if each.column.name in references:
            before = references[each.column.name]
            shift = drift.compare(each.column, before, each.values, each.clusters)
            if shift is None:
                left_out.append(each.column)
            else:
                shifts.append(shift)
    return Drift(
        rows=transactions.height,
        shifts=tuple(shifts),
        left_out=tuple(left_out),
        alien=tuple(aliens({each.column.name: each for each in shifts}, transactions)),
    )


def aliens(shifts: Mapping[str, Shift], transactions: pl.DataFrame) -> Iterable[str]:
    """Why these are no card transactions as the model knows them, one sentence per reason.

    Tried on simulated files: amounts in cents or in yen, all of one amount, every card seen once,
    a payroll and readings of sensors are caught; a bank with amounts 10 times as high or cards used
    3 times as often, a tenth of the shops, a random 1000 rows of a month or 50 cards of it are not.
    """
    if transactions.height < SCOPE_ROWS:
        return
    amount, card_day = shifts["amount"], shifts["card_day"]
    common = transactions["amount"].value_counts(sort=True).row(0, named=True)
    of_all = common["count"] / transactions.height
    if of_all >= SAME_AMOUNT:
        yield f"{share(of_all)} of rows have the same amount, {significant(common['amount'])}."
    if amount.within < AMOUNTS_WITHIN:
        yield (
            f"Hardly any amount is one the model knows: the typical one is "
            f"{significant(amount.typical)}, in training {significant(amount.usual)}. If these are "
            "in another currency or in cents, convert them and upload the file again."
        )
    if card_day.typical >= CARD_USE * card_day.usual:
        yield (
            f"A card has {significant(card_day.typical)} rows on a typical day, in training "
            f"{significant(card_day.usual)}: that is not how people use cards."
        )
    twice = transactions.select(pl.len().over("card") > 1).to_series().mean()
    assert isinstance(twice, float)
    if twice < SEEN_TWICE and transactions.height >= TWICE_ROWS:
        yield (
            f"{share(twice)} of rows have a card that occurs in another row, so there is no "
            "history to judge by."
        )
