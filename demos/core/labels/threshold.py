"""What acting from a threshold on, or looking at the first cards of each day, finds by the labels.

`Tally` is made once per table; from it, every threshold is a matter of milliseconds.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from demos.core.intervals import Estimate, wilson
from demos.core.labels.bootstrap import Draws, binned, interval, ratio

Floats = NDArray[np.float64]
MOST_LOOKED_AT = 1000
"""Cards a day."""


@dataclass(frozen=True, slots=True)
class Recall:
    """Of the `frauds` of a scenario, the share that scores at least the threshold."""

    scenario: int
    frauds: int
    recall: Estimate


@dataclass(frozen=True, slots=True)
class AtThreshold:
    """`card_precision` is the mean over days of the share of cards with a fraud that day among the
    `looked_at` that score highest, and `at_best` what a flawless order would reach.
    """

    threshold: float
    flagged: int
    precision: Estimate
    recall: Estimate
    scenarios: tuple[Recall, ...]
    looked_at: int
    card_precision: Estimate
    at_best: float


@dataclass(frozen=True, slots=True, eq=False)
class Tally:
    """Scores of frauds and of others, ascending, and how many of them every draw has in each bin.

    `positives` and `negatives` are (bins, 1 + units * DRAWS), a bin from each of `cuts` on; `kinds`
    has the same for every scenario. `first_cards` are whether the cards of each day had a fraud,
    from the highest score down.
    """

    frauds: Floats
    others: Floats
    cuts: Floats
    positives: Floats
    negatives: Floats
    kinds: Mapping[int, tuple[Floats, Floats]]
    first_cards: pl.DataFrame

    @property
    def days(self) -> int:
        return self.first_cards.height

    def at(self, threshold: float, looked_at: int) -> AtThreshold:
        """`looked_at` is from 1 to `MOST_LOOKED_AT`."""
        bin_ = int(np.searchsorted(self.cuts, threshold, side="right"))
        caught, alarms = (each[bin_:].sum(axis=0) for each in (self.positives, self.negatives))
        hits, false = reaching(self.frauds, threshold), reaching(self.others, threshold)
        card_precision, at_best = precision_by_day(self.first_cards, looked_at)
        return AtThreshold(
            threshold=threshold,
            flagged=hits + false,
            precision=share(hits, hits + false, ratio(caught, caught + alarms)),
            recall=share(hits, len(self.frauds), ratio(caught, self.positives.sum(axis=0))),
            scenarios=tuple(
                Recall(
                    scenario,
                    len(scores),
                    share(
                        reaching(scores, threshold),
                        len(scores),
                        ratio(counts[bin_:].sum(axis=0), counts.sum(axis=0)),
                    ),
                )
                for scenario, (scores, counts) in self.kinds.items()
            ),
            looked_at=looked_at,
            card_precision=card_precision,
            at_best=at_best,
        )


def tally(known: pl.DataFrame, score: Floats, fraud: NDArray[np.bool_], draws: Draws) -> Tally:
    """Of labeled rows (n,), in the order of `known`."""
    bins, cuts = binned(score, fraud)
    n_bins = len(cuts) + 1
    scenario = known["scenario"].fill_null(0).to_numpy()
    kinds = {}
    for each in sorted(set(scenario[fraud].tolist()) - {0}):
        rows = fraud & (scenario == each)
        kinds[each] = np.sort(score[rows]), draws.counts(bins, rows, n_bins)
    return Tally(
        frauds=np.sort(score[fraud]),
        others=np.sort(score[~fraud]),
        cuts=cuts,
        positives=draws.counts(bins, fraud, n_bins),
        negatives=draws.counts(bins, ~fraud, n_bins),
        kinds=kinds,
        first_cards=first_cards(known),
    )


def first_cards(known: pl.DataFrame) -> pl.DataFrame:
    """One row per day: `hits`, whether its first `MOST_LOOKED_AT` cards had a fraud; `frauds`, how
    many of all its cards had; `cards`, how many there are."""
    return (
        known.group_by(pl.col("time").dt.date().alias("day"), "card")
        .agg(pl.col("score").max(), (pl.col("fraud") == 1).any().alias("hit"))
        .sort("day", "score", "card", descending=[False, True, False])
        .group_by("day", maintain_order=True)
        .agg(
            pl.col("hit").head(MOST_LOOKED_AT).alias("hits"),
            pl.col("hit").sum().alias("frauds"),
            pl.len().alias("cards"),
        )
    )


def precision_by_day(cards: pl.DataFrame, looked_at: int) -> tuple[Estimate, float]:
    """Card precision, and what it is at best.

    Its interval is Student's over days, or Wilson's over all cards looked at if that is wider.
    """
    from scipy.special import stdtrit

    looked = np.minimum(cards["cards"].to_numpy(), looked_at).astype(np.float64)
    hits = cards["hits"].list.head(looked_at).list.sum().to_numpy().astype(np.float64)
    daily = hits / looked
    n, mean, reach = len(daily), float(daily.mean()), 0.0
    if n > 1:
        reach = float(stdtrit(n - 1, 0.975)) * float(daily.std(ddof=1)) / math.sqrt(n)
    alone = wilson(round(hits.sum()), round(looked.sum()))
    low, high = max(min(mean - reach, alone.low), 0), min(max(mean + reach, alone.high), 1)
    at_best = np.minimum(cards["frauds"].to_numpy(), looked) / looked
    return Estimate(mean, low, high), float(at_best.mean())


def reaching(ascending: Floats, threshold: float) -> int:
    """How many scores are at least the threshold."""
    return len(ascending) - int(np.searchsorted(ascending, threshold, side="left"))


def share(hits: int, of: int, drawn: Floats) -> Estimate:
    """A share, with the interval of its draws or Wilson's, whichever is wider at either end."""
    if not of:
        return Estimate(None, 0, 1)
    alone = wilson(hits, of)
    if np.isfinite(drawn[0]):
        moved = interval(drawn, hits / of)
        return Estimate(hits / of, min(moved.low, alone.low), max(moved.high, alone.high))
    return alone
