"""Who is looked at first, and who at all: scored card transactions, and what mistakes cost.

A review is of a card on a day, with all its transactions of that day; the score of a card-day is
its highest. Scores are calibrated probabilities, so what a set of transactions is expected to lose
is the sum of probability times loss over it. A review is taken to stop whatever fraud it finds.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from datetime import time as clock
from enum import StrEnum

import polars as pl

from demos.core.errors import InputError

NEVER = 2.0
"""A threshold that no probability reaches; finite, so that JSON can carry it."""
MOST_MONEY, MOST_CARDS = 1e12, 1_000_000


class InvalidPolicy(InputError):
    """The costs, the capacity or the thresholds cannot be decided with."""


class Band(StrEnum):
    """What happens with a transaction, or with a card on a day."""

    PASS = "pass"
    REVIEW = "review"
    REJECT = "reject"


BANDS = pl.Enum([str(each) for each in Band])


@dataclass(frozen=True, slots=True)
class Policy:
    """What mistakes cost, what the team can do, and from which probability on what happens.

    `currency` is the ISO 4217 code of what the file's amounts are in: stated, never converted.
    A missed fraud loses `loss_fixed` and `loss_share` of its amount; a review costs `review_cost`
    per card, and declining a card that had no fraud that day `false_decline_cost`. `capacity` is
    in cards per day. From `threshold` on a card is reviewed, from `reject` on it is declined
    without a review; both are probabilities, or `NEVER`.

    Raises `InvalidPolicy` for anything negative or infinite, for losses or reviews that cost
    nothing, and for a `reject` below `threshold`.
    """

    currency: str = "EUR"
    loss_share: float = 1.0
    loss_fixed: float = 0.0
    review_cost: float = 10.0
    false_decline_cost: float = 200.0
    capacity: int = 25
    threshold: float = 0.5
    reject: float = 0.95

    def __post_init__(self) -> None:
        if not re.fullmatch("[A-Z]{3}", self.currency):
            raise InvalidPolicy(
                "The currency is not a three-letter code.", "Enter one such as EUR, USD or JPY."
            )
        if not 0 <= self.loss_share <= 1:
            raise InvalidPolicy(
                "The share of the amount that is lost is not between 0 and 100 %.",
                "Enter 100 % where all of it is lost, less where some is recovered.",
            )
        if not 0 <= self.loss_fixed <= MOST_MONEY:
            raise InvalidPolicy(
                "The fixed loss of a missed fraud is negative or too large.",
                "Enter 0 or what a missed fraud costs beyond its amount.",
            )
        if not (self.loss_share or self.loss_fixed):
            raise InvalidPolicy(
                "A missed fraud costs nothing, so no review would ever pay.",
                "Enter the share of the amount that is lost, or a fixed loss.",
            )
        for name, cost in (
            ("a review", self.review_cost),
            ("a wrong decline", self.false_decline_cost),
        ):
            if not 0 < cost <= MOST_MONEY:
                raise InvalidPolicy(
                    f"The cost of {name} is not above 0, or too large.",
                    f"Enter what {name} costs; a rough figure is enough.",
                )
        if not 0 <= self.capacity <= MOST_CARDS:
            raise InvalidPolicy(
                f"The review capacity is not between 0 and {MOST_CARDS:,} cards a day.",
                "Enter how many cards the team can review on a day.",
            )
        for name, value in (("review", self.threshold), ("decline", self.reject)):
            if not (0 <= value <= 1 or value == NEVER):
                raise InvalidPolicy(
                    f"The probability to {name} from is not between 0 and 100 %.",
                    "Enter a probability.",
                )
        if self.reject < self.threshold:
            raise InvalidPolicy(
                "Cards would be declined at a lower probability than they are reviewed at.",
                "Raise the probability to decline from, or lower the one to review from.",
            )

    def loss(self, amount: float) -> float:
        """What missing one fraud of `amount` loses."""
        return self.loss_fixed + self.loss_share * amount


def band_expression(policy: Policy) -> pl.Expr:
    """What happens, one of `BANDS`, which compare as text; from a column `score`.

    The band of a card on a day is that of its highest score.
    """
    # as Float64: 0.95 as Float32 is below 0.95, and must be on the same side of it everywhere
    score = pl.col("score").cast(pl.Float64)
    return (
        pl.when(score >= policy.reject)
        .then(pl.lit(str(Band.REJECT), BANDS))
        .when(score >= policy.threshold)
        .then(pl.lit(str(Band.REVIEW), BANDS))
        .otherwise(pl.lit(str(Band.PASS), BANDS))
    )


def expected_loss(policy: Policy) -> pl.Expr:
    """Probability times loss, from columns `score` and `amount`."""
    loss = policy.loss_fixed + policy.loss_share * pl.col("amount")
    return pl.col("score").cast(pl.Float64) * loss


def queue(transactions: pl.DataFrame, day: date, policy: Policy) -> pl.DataFrame:
    """The cards to review that day, what they are expected to lose first; at most `capacity`.

    One row per card: `card`, `row` of its highest-scoring transaction that day with that one's
    `score`, `terminal` and `time`, `band`, and over all its transactions that day `expected_loss`,
    `amount` and how many `transactions`. `transactions` is sorted by time and has a `score`.
    """
    return cards_of(transactions, day, policy, Band.REVIEW).head(policy.capacity)


def declined(transactions: pl.DataFrame, day: date, policy: Policy) -> pl.DataFrame:
    """The cards declined without a review that day, with the columns of `queue`; all of them."""
    return cards_of(transactions, day, policy, Band.REJECT)


def cards_of(transactions: pl.DataFrame, day: date, policy: Policy, band: Band) -> pl.DataFrame:
    """The cards in one band on a day, with the columns and in the order of `queue`."""
    start = datetime.combine(day, clock())
    time = pl.col("time")
    highest = pl.col("score").arg_max()
    return (
        transactions.lazy()
        .filter((time >= start) & (time < start + timedelta(days=1)))
        .group_by("card")
        .agg(
            pl.col("row").get(highest),
            pl.col("score").max(),
            expected_loss=expected_loss(policy).sum(),
            amount=pl.col("amount").sum(),
            transactions=pl.len(),
            terminal=pl.col("terminal").get(highest),
            time=time.get(highest),
        )
        .with_columns(band=band_expression(policy))
        .filter(pl.col("band") == pl.lit(str(band), BANDS))
        .sort(["expected_loss", "score", "row"], descending=[True, True, False])
        .select(
            *("card", "row", "score", "band", "expected_loss", "amount", "transactions"),
            *("terminal", "time"),
        )
        .collect()
    )


def money(value: float, currency: str) -> str:
    """An amount with its currency; cents only where they matter."""
    if value != 0 and abs(value) < 0.005:
        return f"less than {currency} 0.01"
    digits = 2 if abs(value) < 99.995 and round(value, 2) != round(value) else 0
    return f"{currency} {value:,.{digits}f}"
