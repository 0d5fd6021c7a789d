"""What a policy is expected to come to, from calibrated probabilities, and what labels measure.

Money is per day. Precision is of the cards reviewed, recall is what reviews and declines stop of
all there is. How likely any transaction of a card is fraudulent takes them for independent.
"""

from dataclasses import dataclass

import polars as pl

from demos.core.intervals import Estimate, wilson
from demos.core.triage.curve import Curve, Floats
from demos.core.triage.days import CardDays
from demos.core.triage.money_intervals import share_of_money, sum_of_losses

UNMEASURED = Estimate(None, 0, 1)


@dataclass(frozen=True, slots=True)
class Expected:
    """What acting from a threshold on comes to, on an average day; `busiest` is the longest queue.

    `precision` and `recall` are shares of cards, `precision_money` of the amount on the cards
    reviewed and `recall_money` of the loss; None where there is nothing to take a share of.
    """

    queue: float
    busiest: int
    declined: float
    false_declines: float
    missed: float
    missed_amount: float
    let_through: float
    reviews: float
    declines: float
    precision: float | None
    recall: float | None
    precision_money: float | None
    recall_money: float | None

    @property
    def total(self) -> float:
        return self.let_through + self.reviews + self.declines


@dataclass(frozen=True, slots=True)
class Measured:
    """The same from labels: only over cards whose labels tell, and per day that has any.

    `hits` of the `known` cards reviewed have fraud, `stopped` of the `bad` cards with fraud are
    reviewed or declined. Estimates are None where nothing of the kind is labeled. With
    `frauds_only` labels there is no card known to be free of fraud: whatever is reviewed in vain
    is not known, so neither precision nor the total has a value.
    """

    frauds_only: bool

    hits: int
    known: int
    stopped: int
    bad: int
    missed: float
    precision: Estimate
    recall: Estimate
    precision_money: Estimate
    recall_money: Estimate
    let_through: Estimate
    total: Estimate


@dataclass(frozen=True, slots=True)
class Missed:
    """Of transactions labeled fraudulent in one scenario: how many are missed, and their money.

    `scenario` is None where the file names none.
    """

    scenario: int | None
    missed: int
    all: int
    share: Estimate
    missed_amount: float
    amount: float


@dataclass(frozen=True, slots=True, eq=False)
class Costs:
    """Expected money per day at every threshold up to the policy's reject (R,), ascending."""

    thresholds: Floats
    let_through: Floats
    reviews: Floats
    declines: float

    @property
    def total(self) -> Floats:
        return self.let_through + self.reviews + self.declines


def costs(curve: Curve) -> Costs:
    """What each threshold to review from costs, with the policy's threshold to decline from."""
    last, n, policy = curve.rejected, len(curve.days), curve.policy
    cards, loss = curve.column("cards")[: last + 1], curve.column("loss")[: last + 1]
    declined = curve.sums(last)
    return Costs(
        thresholds=curve.thresholds[: last + 1],
        let_through=(curve.sums(0).loss - loss).clip(0) / n,
        reviews=policy.review_cost * (cards - cards[-1]) / n,
        declines=policy.false_decline_cost * (declined.cards - declined.fraud_cards) / n,
    )


def expected(curve: Curve, threshold: float) -> Expected:
    """What reviewing from a threshold on comes to; it is at most the policy's reject."""
    at, last, n, policy = curve.index_at(threshold), curve.rejected, len(curve.days), curve.policy
    reviewed, declined, missed = curve.sums(at, last), curve.sums(last), curve.sums(0, at)
    stopped, everything = curve.sums(at), curve.sums(0)
    false_declines = max(declined.cards - declined.fraud_cards, 0) / n
    return Expected(
        queue=reviewed.cards / n,
        busiest=int((curve.per_day[at] - curve.per_day[last]).max()),
        declined=declined.cards / n,
        false_declines=false_declines,
        missed=missed.frauds / n,
        missed_amount=missed.fraud_amount / n,
        let_through=missed.loss / n,
        reviews=policy.review_cost * reviewed.cards / n,
        declines=policy.false_decline_cost * false_declines,
        precision=share(reviewed.fraud_cards, reviewed.cards),
        recall=share(stopped.fraud_cards, everything.fraud_cards),
        precision_money=share(reviewed.fraud_amount, reviewed.amount),
        recall_money=share(stopped.loss, everything.loss),
    )


def share(part: float, whole: float) -> float | None:
    return min(part / whole, 1.0) if whole > 0 else None


def measured(curve: Curve, threshold: float) -> Measured | None:
    """The same as far as labels tell; None without any."""
    at, last, policy = curve.index_at(threshold), curve.rejected, curve.policy
    reviewed, declined, missed = curve.sums(at, last), curve.sums(last), curve.sums(0, at)
    stopped, everything = curve.sums(at), curve.sums(0)
    if not everything.known:
        return None
    n = curve.known_days
    precision = counted(reviewed.bad_cards, reviewed.known)
    precision_money = share_of_money(
        reviewed.bad_amount / curve.unit,
        reviewed.known_amount / curve.unit,
        reviewed.bad_amount_squared,
        reviewed.amount_times_bad,
        reviewed.amount_squared,
    )
    recall_money = share_of_money(
        stopped.bad_loss / curve.unit,
        everything.bad_loss / curve.unit,
        stopped.bad_loss_squared,
        stopped.bad_loss_squared,
        everything.bad_loss_squared,
    )
    largest = curve.largest_loss / curve.unit
    lost = sum_of_losses(missed.bad_loss / curve.unit, missed.bad_loss_squared, largest)
    lost = scaled(lost, curve.unit / n)
    other = policy.review_cost * reviewed.known / n
    other += policy.false_decline_cost * (declined.known - declined.bad_cards) / n
    total = scaled(lost, 1, other)
    frauds_only = everything.known == everything.bad_cards
    if frauds_only:
        precision = precision_money = total = UNMEASURED
    return Measured(
        frauds_only=frauds_only,
        hits=round(reviewed.bad_cards),
        known=round(reviewed.known),
        stopped=round(stopped.bad_cards),
        bad=round(everything.bad_cards),
        missed=missed.bad / n,
        precision=precision,
        recall=counted(stopped.bad_cards, everything.bad_cards),
        precision_money=precision_money,
        recall_money=recall_money,
        let_through=lost,
        total=total,
    )


def scaled(estimate: Estimate, factor: float, more: float = 0.0) -> Estimate:
    assert estimate.value is not None
    low, high = factor * estimate.low + more, factor * estimate.high + more
    return Estimate(factor * estimate.value + more, low, high)


def counted(hits: float, n: float) -> Estimate:
    return wilson(round(hits), round(n)) if n else UNMEASURED


def missed_by_scenario(table: CardDays, threshold: float) -> tuple[Missed, ...]:
    """What labels say is missed below a threshold, by scenario; empty without a labeled fraud."""
    below = pl.col("score").cast(pl.Float64) < threshold
    amount = pl.col("amount")
    found = (
        table.missable.group_by("scenario")
        .agg(
            missed=below.sum(),
            all=pl.len(),
            missed_amount=amount.filter(below).sum(),
            amount=amount.sum(),
        )
        .sort("scenario", nulls_last=True)
    )
    return tuple(
        Missed(scenario, missed, n, wilson(missed, n), lost, whole)
        for scenario, missed, n, lost, whole in found.iter_rows()
    )
