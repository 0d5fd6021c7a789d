"""A scored table by card and day, which is what a review is of; kept without what costs decide."""

from dataclasses import dataclass
from datetime import date
from statistics import median

import polars as pl

from demos.core.errors import EmptyInput
from demos.core.triage.policy import Band, Policy, band_expression

PART_OF_A_DAY = 0.5
"""A last day with less than this share of the usual number of transactions was cut short."""
ALMOST_CERTAIN = 1 - 1e-9
"""A probability is taken for at most this, so that its complement has a logarithm."""


@dataclass(frozen=True, slots=True, eq=False)
class CardDays:
    """Every card on every day on which it has transactions.

    `cards` has one row per card and day, highest score first:

    | column | meaning |
    |---|---|
    | day | Int32, index into `days` |
    | score | Float32, the highest of the card that day |
    | transactions | UInt32, how many |
    | amount | their sum |
    | frauds, fraud_amount | expected: the sums of probability and of probability x amount |
    | fraud_card | expected: the probability that any is fraudulent, were they independent |
    | known | whether the labels tell if any is fraudulent |
    | bad, bad_amount | measured: how many are labeled fraudulent, and the sum of their amounts |

    `missable` has one row per transaction labeled fraudulent: `scenario` (null if not known),
    `amount`, and `score`, the highest of its card that day. `labeled` of the transactions have a
    label. `days` (D,) are those with transactions, in order.
    """

    cards: pl.DataFrame
    days: tuple[date, ...]
    missable: pl.DataFrame
    transactions: int
    labeled: int

    @property
    def base_rate(self) -> float:
        """The expected share of transactions that are fraudulent."""
        return float(self.cards["frauds"].sum()) / self.transactions

    @property
    def measured_rate(self) -> float | None:
        """The share of labeled transactions that are fraudulent; None without labels."""
        return self.missable.height / self.labeled if self.labeled else None


@dataclass(frozen=True, slots=True)
class Alerts:
    """What lies in one band on a day: how many cards and transactions, and money."""

    cards: int
    transactions: int
    amount: float
    expected_loss: float


def card_days(transactions: pl.DataFrame) -> CardDays:
    """Gather a scored table by card and day.

    `transactions` has the columns `card`, `time`, `amount`, `fraud` and `score`, and may have
    `scenario`. Raises `EmptyInput` without a row.
    """
    if transactions.is_empty():
        raise EmptyInput(
            "There is no transaction to decide about.", "Choose a file with at least one."
        )
    score = pl.col("score").cast(pl.Float64)
    fraudulent = pl.col("fraud") == 1
    days = transactions.select(day=pl.col("time").dt.date().unique().sort())
    cards = (
        transactions.lazy()
        .group_by(pl.col("card"), pl.col("time").dt.date().alias("date"))
        .agg(
            pl.col("score").max(),
            transactions=pl.len(),
            amount=pl.col("amount").sum(),
            frauds=score.sum(),
            fraud_amount=(score * pl.col("amount")).sum(),
            none=(-score.clip(0, ALMOST_CERTAIN)).log1p().sum(),
            unlabeled=pl.col("fraud").null_count(),
            bad=fraudulent.sum(),
            bad_amount=pl.col("amount").filter(fraudulent).sum(),
        )
        .with_columns(
            fraud_card=1 - pl.col("none").exp(),
            known=(pl.col("unlabeled") == 0) | (pl.col("bad") > 0),
        )
        .join(days.lazy().with_row_index("index"), left_on="date", right_on="day")
        .sort(["score", "date", "card"], descending=[True, False, False])
        .select(
            *("card", "date", pl.col("index").cast(pl.Int32).alias("day"), "score"),
            *("transactions", "amount", "frauds", "fraud_amount", "fraud_card"),
            *("known", "bad", "bad_amount"),
        )
        .collect()
    )
    return CardDays(
        cards=cards.drop("card", "date"),
        days=tuple(days["day"]),
        missable=missable(transactions, cards),
        transactions=transactions.height,
        labeled=transactions.height - transactions["fraud"].null_count(),
    )


def missable(transactions: pl.DataFrame, cards: pl.DataFrame) -> pl.DataFrame:
    named = "scenario" in transactions.columns
    return (
        transactions.lazy()
        .filter(pl.col("fraud") == 1)
        .select(
            "card",
            pl.col("time").dt.date().alias("date"),
            "amount",
            scenario=pl.col("scenario") if named else pl.lit(None, pl.Int8),
        )
        .join(cards.lazy().select("card", "date", "score"), on=["card", "date"])
        .select("scenario", "amount", "score")
        .collect()
    )


def last_complete_day(table: CardDays) -> date:
    """The last day, or the one before if the last has far fewer transactions than is usual."""
    counts = table.cards.group_by("day").agg(pl.col("transactions").sum()).sort("day")
    *earlier, last = counts["transactions"]
    cut_short = bool(earlier) and last < PART_OF_A_DAY * median(earlier)
    return table.days[-2 if cut_short else -1]


def alerts(table: CardDays, day: date, policy: Policy) -> dict[Band, Alerts]:
    """What lies in each band that day; nothing on a day without transactions."""
    index = table.days.index(day) if day in table.days else -1
    loss = policy.loss_fixed * pl.col("frauds") + policy.loss_share * pl.col("fraud_amount")
    found = (
        table.cards.lazy()
        .filter(pl.col("day") == index)
        .group_by(band=band_expression(policy).cast(pl.String))
        .agg(pl.len(), pl.col("transactions").sum(), pl.col("amount").sum(), loss.sum())
        .collect()
    )
    inside = {Band(band): Alerts(*figures) for band, *figures in found.iter_rows()}
    return {band: inside.get(band, Alerts(0, 0, 0.0, 0.0)) for band in Band}
