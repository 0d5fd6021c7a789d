"""One transaction in its table: where it is, and the rows that its features come from."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import polars as pl

from demos.fraud_scoring.features import LABEL_DELAY

DELAY = timedelta(seconds=LABEL_DELAY)


@dataclass(frozen=True, slots=True)
class Transaction:
    """A row of a table that begins at `began`; `labeled` if any label in it is old enough by now.

    `position` is its place in the table, counted from 0.
    """

    position: int
    row: int
    time: datetime
    card: str
    terminal: str
    amount: float
    began: datetime
    labeled: bool

    @property
    def known_until(self) -> datetime:
        """Labels of transactions up to then are known at its moment."""
        return self.time - DELAY


def find(transactions: pl.DataFrame, row: int) -> Transaction:
    """The transaction of that row. `transactions` is sorted by time, then row.

    Raises `KeyError` where there is none.
    """
    position = transactions["row"].index_of(row)
    if position is None:
        raise KeyError(row)
    own = transactions.row(position, named=True)
    known = transactions.head(count_until(transactions, own["time"] - DELAY))
    return Transaction(
        position=position,
        row=row,
        time=own["time"],
        card=own["card"],
        terminal=own["terminal"],
        amount=own["amount"],
        began=transactions["time"][0],
        labeled=known["fraud"].null_count() < known.height,
    )


def count_until(transactions: pl.DataFrame, moment: datetime) -> int:
    """How many transactions there are up to and at a moment."""
    return int(transactions["time"].search_sorted(moment, side="right"))


def surroundings(
    transactions: pl.DataFrame,
    case: Transaction,
    *,
    until: datetime | None = None,
    cards: Iterable[str] = (),
) -> pl.DataFrame:
    """The rows from which the features of `case` can be had, itself among them, in order.

    Those of its card and its terminal, and those of every card that had a fraud at the terminal:
    whether that one was of an unusual amount for its card counts for the terminal too. Those of
    more `cards` are added. Later rows, which say nothing, end with the case, or at `until`.
    """
    end = case.position + 1 if until is None else count_until(transactions, until)
    past = transactions.head(max(end, case.position + 1))
    return with_histories(past, {case.terminal}, {case.card, *cards})


def surroundings_of_all(transactions: pl.DataFrame, cases: Iterable[Transaction]) -> pl.DataFrame:
    """The rows from which the features of all `cases` can be had, in order."""
    cases = tuple(cases)
    past = transactions.head(max((case.position + 1 for case in cases), default=0))
    return with_histories(past, {case.terminal for case in cases}, {case.card for case in cases})


def with_histories(past: pl.DataFrame, terminals: set[str], cards: set[str]) -> pl.DataFrame:
    """All rows at the terminals, and of the cards and those that had a fraud at the terminals."""
    places = pl.Series(sorted(terminals), dtype=pl.String).implode()
    there = pl.col("terminal").cast(pl.String).is_in(places)
    cheated = past.filter(there & (pl.col("fraud") == 1))["card"].cast(pl.String)
    wanted = pl.Series(sorted({*cards, *cheated}), dtype=pl.String).implode()
    return past.filter(there | pl.col("card").cast(pl.String).is_in(wanted))
