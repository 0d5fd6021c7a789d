"""What every threshold comes to: cards, frauds and money at or above it, expected and measured.

Computed once per scored table and costs, in tens of milliseconds for a million transactions; what
a control asks of it afterwards is a look-up.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from demos.core.operating_curve import EVERYONE, short_between
from demos.core.triage.days import CardDays
from demos.core.triage.policy import NEVER, Policy

POINTS = 300
"""About so many thresholds, closer together where few cards lie above."""

Floats = NDArray[np.float64]


class Sums(NamedTuple):
    """Sums over cards on days. From `known` on only over those whose labels tell.

    `loss` and what starts with `fraud` are expected from the probabilities, what starts with `bad`
    is measured from labels. The squares, in the `unit` of the curve, serve the intervals.
    """

    cards: float
    transactions: float
    amount: float
    frauds: float
    fraud_cards: float
    fraud_amount: float
    loss: float
    known: float
    known_amount: float
    bad_cards: float
    bad: float
    bad_amount: float
    bad_loss: float
    bad_loss_squared: float
    amount_squared: float
    amount_times_bad: float
    bad_amount_squared: float


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """Sums at or above ascending thresholds (T,), from `EVERYONE` to `NEVER`, over all days.

    Those of the policy are among them, and the lowest whose queue fits its capacity. `above` is
    (T, columns of `Sums`), `per_day` (T, D) counts cards per day. `known_days` of the `days` have
    cards whose labels tell; `largest_loss` is that of a card on a day by
    labels, or what missing an average transaction loses if none is labeled fraudulent. `unit` is
    the largest amount of a card on a day.
    """

    policy: Policy
    thresholds: Floats
    above: Floats
    per_day: NDArray[np.int64]
    days: tuple[date, ...]
    known_days: int
    largest_loss: float
    unit: float

    def column(self, name: str) -> Floats:
        """One of the sums (T,)."""
        return self.above[:, Sums._fields.index(name)]

    def index_at(self, threshold: float) -> int:
        """Where the cards at or above a threshold are summed up."""
        return int(np.searchsorted(self.thresholds, threshold))

    def sums(self, low: int, high: int | None = None) -> Sums:
        """Over the cards from one threshold on, up to another if it is given, by index."""
        row = self.above[low]
        return Sums(*(row if high is None else np.maximum(row - self.above[high], 0)).tolist())

    @property
    def rejected(self) -> int:
        """The index of the threshold that the policy declines from."""
        return self.index_at(self.policy.reject)


def curve(table: CardDays, policy: Policy, also: Iterable[float] = ()) -> Curve:
    """Everything that a threshold decides, at every threshold worth a look, and at some others."""
    scores = table.cards["score"].cast(pl.Float64).to_numpy()[::-1]  # (N,) ascending
    thresholds = np.union1d(grid(scores, policy, len(table.days)), list(also))
    counts = len(scores) - np.searchsorted(scores, thresholds)  # (T,) cards at or above
    unit = max(float(table.cards["amount"].max()), 1.0)  # type: ignore[arg-type]
    columns = summed(table.cards, policy, unit)
    above = np.stack([at_or_above(each.to_numpy(), counts) for each in columns], axis=1)
    largest = float(columns[Sums._fields.index("bad_loss")].max())  # type: ignore[arg-type]
    average = float(table.cards["amount"].sum()) / table.transactions
    days, known = table.cards["day"], table.cards["known"]
    return Curve(
        policy=policy,
        thresholds=thresholds,
        above=above,
        per_day=daily(days.to_numpy(), counts, len(table.days)),
        days=table.days,
        known_days=days.filter(known).n_unique(),
        largest_loss=largest or policy.loss(average),
        unit=unit,
    )


def summed(cards: pl.DataFrame, policy: Policy, unit: float) -> list[pl.Series]:
    """The columns (N,) whose sums are those of `Sums`."""
    known, bad = pl.col("known").cast(pl.Float64), pl.col("bad")
    bad_loss = policy.loss_fixed * bad + policy.loss_share * pl.col("bad_amount")
    amount, bad_amount = known * pl.col("amount") / unit, pl.col("bad_amount") / unit
    loss = policy.loss_fixed * pl.col("frauds") + policy.loss_share * pl.col("fraud_amount")
    sums = {
        "cards": pl.ones(pl.len()),
        "transactions": pl.col("transactions"),
        "amount": pl.col("amount"),
        "frauds": pl.col("frauds"),
        "fraud_cards": pl.col("fraud_card"),
        "fraud_amount": pl.col("fraud_amount"),
        "loss": loss,
        "known": known,
        "known_amount": known * pl.col("amount"),
        "bad_cards": bad > 0,
        "bad": bad,
        "bad_amount": pl.col("bad_amount"),
        "bad_loss": bad_loss,
        "bad_loss_squared": (bad_loss / unit) ** 2,
        "amount_squared": amount**2,
        "amount_times_bad": amount * bad_amount,
        "bad_amount_squared": bad_amount**2,
    }
    found = cards.select(**{name: sums[name].cast(pl.Float64) for name in Sums._fields})
    return found.get_columns()


def at_or_above(values: NDArray[Any], counts: NDArray[np.int64]) -> Floats:
    """Sums (T,) of the first so many `counts` (T,) of values (N,)."""
    ends, place = np.unique(counts, return_inverse=True)  # the first is 0: none above `NEVER`
    between = np.add.reduceat(values, ends[:-1])
    return np.concatenate(([0.0], np.cumsum(between)))[place]


def daily(days: NDArray[Any], counts: NDArray[np.int64], n_days: int) -> NDArray[np.int64]:
    """How many of the first `counts` (T,), ascending thresholds, lie on each day: (T, D)."""
    widths = np.diff(counts[::-1], prepend=0)
    step = np.repeat(np.arange(len(counts)), widths)  # the highest threshold a card is above
    found = np.bincount(step * n_days + days, minlength=len(counts) * n_days)
    return found.reshape(len(counts), n_days).cumsum(axis=0)[::-1]


def grid(scores: Floats, policy: Policy, n_days: int) -> Floats:
    """The thresholds (T,) of a curve over scores (N,), lowest first.

    Their ranks are close together where few cards lie above, as that is where a team can choose.
    Each is as short a number as separates the same cards.
    """
    n = len(scores)
    ranks = np.arange(1, n + 1)
    if n > POINTS:
        ranks = np.unique(np.geomspace(1, n, POINTS).astype(np.int64))
    # a queue that just fits has so many cards, those declined left out
    fits = policy.capacity * n_days + n - int(np.searchsorted(scores, policy.reject))
    found = {separating(scores, rank) for rank in ranks.tolist()}
    found |= {EVERYONE, NEVER, policy.threshold, policy.reject, above_which(scores, fits)}
    return np.array(sorted(found))


def above_which(scores: Floats, most: int) -> float:
    """The lowest threshold with at most so many of the scores (N,), lowest first, above it."""
    n = len(scores)
    if most >= n:
        return EVERYONE
    higher = n - int(np.searchsorted(scores, scores[n - 1 - most], side="right"))
    return separating(scores, higher) if higher else NEVER


def separating(scores: Floats, rank: int) -> float:
    """A threshold above which lie the `rank` highest scores (N,) and whatever ties with them."""
    score = float(scores[-rank])
    below = int(np.searchsorted(scores, score))
    return short_between(float(scores[below - 1]), score) if below else EVERYONE
