"""How well scores of fraud agree with labels, with 95 % intervals.

The figures are those of fraud detection, where hardly any row is a fraud: average precision, ROC
AUC, the share of frauds among the cards looked at first each day, precision and recall of a
threshold, Brier score and calibration. Accuracy is not among them: where frauds are rare, it is
highest for a model that never says fraud.

Intervals are of a bootstrap over cards and over terminals, not rows (`label_bootstrap`). A share is
given Wilson's interval where that is wider, as it is for few rows.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from demos.core.intervals import Estimate
from demos.core.labels.bootstrap import Draws, areas, interval, ranked, ratio
from demos.core.labels.threshold import AtThreshold, Tally, share, tally
from demos.core.numbered import codes
from demos.core.operating_curve import BIN_EDGES

CURVE_STEPS = 100
FEW_CARDS = 20
"""With frauds on fewer, a bootstrap over cards is no more than rough."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Calibrated:
    """Scores from `low` up to `high`: their mean, and the share of frauds among their `rows`."""

    low: float
    high: float
    rows: int
    mean: float
    observed: Estimate

    @property
    def holds(self) -> bool:
        """Whether the mean lies within the uncertainty of what was found."""
        return self.observed.low <= self.mean <= self.observed.high


@dataclass(frozen=True, slots=True, eq=False)
class LabelMetrics:
    """What the labels of a file say about its scores; `unlabeled` rows are left out of all of it.

    Of one class alone, what compares the two has no value. `expected` is the sum of scores: as many
    frauds as they promise. `curve` is recall and precision, from the highest score down.
    """

    rows: int
    unlabeled: int
    frauds: int
    fraud_cards: int
    days: int
    expected: float
    base_rate: Estimate
    average_precision: Estimate
    roc_auc: Estimate
    brier: Estimate
    calibration_error: Estimate
    calibration: tuple[Calibrated, ...]
    curve: tuple[tuple[float, float], ...]
    tally: Tally

    @property
    def rough(self) -> bool:
        """Whether the intervals are no more than an indication."""
        return self.fraud_cards < FEW_CARDS

    @property
    def frauds_only(self) -> bool:
        """Whether frauds are all that is labeled: of other transactions nothing is known."""
        return self.frauds == self.rows and self.unlabeled > 0

    def at(self, threshold: float, looked_at: int) -> AtThreshold:
        """What follows from a threshold, and from looking at so many cards each day."""
        return self.tally.at(threshold, looked_at)


def label_metrics(scored: pl.DataFrame) -> LabelMetrics | None:
    """Everything at once, in a second or two for a million rows; None without any label.

    `scored` has the columns `time`, `card`, `terminal`, `fraud`, `scenario` and `score`, a
    probability.
    """
    known = scored.filter(pl.col("fraud").is_not_null())
    if known.is_empty():
        return None
    score = known["score"].cast(pl.Float64).to_numpy()
    fraud = (known["fraud"] == 1).to_numpy()
    draws = Draws(codes(known["card"]), codes(known["terminal"]))
    counted = tally(known, score, fraud, draws)
    frauds = counted.positives.sum(axis=0)
    rows = frauds + counted.negatives.sum(axis=0)
    squares = draws.sums(np.zeros(len(score), dtype=np.int64), (score - fraud) ** 2, 1)[0]
    drawn_ap, drawn_auc = areas(counted.positives, counted.negatives)
    above, below = ranked(score, fraud)
    ap, auc = (float(area[0]) for area in areas(above[:, None], below[:, None]))
    calibration, error = calibrated(score, fraud, draws)
    return LabelMetrics(
        rows=len(score),
        unlabeled=scored.height - len(score),
        frauds=int(fraud.sum()),
        fraud_cards=known.filter(pl.col("fraud") == 1)["card"].n_unique(),
        days=counted.days,
        expected=float(score.sum()),
        base_rate=share(int(fraud.sum()), len(fraud), ratio(frauds, rows)),
        average_precision=interval(drawn_ap, ap),
        roc_auc=interval(drawn_auc, auc),
        brier=interval(ratio(squares, rows)),
        calibration_error=error,
        calibration=calibration,
        curve=curve(above, below),
        tally=counted,
    )


def calibrated(
    score: Floats, fraud: NDArray[np.bool_], draws: Draws
) -> tuple[tuple[Calibrated, ...], Estimate]:
    """By groups of scores, the mean and the share of frauds; and how far apart on average.

    That is the expected calibration error (Naeini et al. 2015, AAAI), weighted by rows. Chance
    alone makes it larger, and drawing again makes it larger by as much, so its interval is the
    drawn one mirrored in the value.
    """
    group = np.searchsorted(BIN_EDGES[1:-1], score, side="right")
    n = len(BIN_EDGES) - 1
    promised, found = draws.sums(group, score, n), draws.counts(group, fraud, n)
    rows = found + draws.counts(group, ~fraud, n)
    drawn = interval(ratio(np.abs(promised - found).sum(axis=0), rows.sum(axis=0)))
    assert drawn.value is not None
    low, high = (max(2 * drawn.value - each, 0) for each in (drawn.high, drawn.low))
    groups = tuple(
        Calibrated(
            low=BIN_EDGES[k],
            high=BIN_EDGES[k + 1],
            rows=round(rows[k, 0]),
            mean=float(promised[k, 0] / rows[k, 0]),
            observed=share(round(found[k, 0]), round(rows[k, 0]), ratio(found[k], rows[k])),
        )
        for k in range(n)
        if rows[k, 0]
    )
    return groups, Estimate(drawn.value, low, high)


def curve(above: Floats, below: Floats) -> tuple[tuple[float, float], ...]:
    """Recall and precision from the highest score down, at about even steps of recall.

    Each step is shown where it is reached, and just before, where precision is lowest.
    """
    caught, alarms = np.cumsum(above[::-1]), np.cumsum(below[::-1])
    if not caught[-1]:
        return ()
    steps = np.searchsorted(caught, caught[-1] * np.arange(1, CURVE_STEPS + 1) / CURVE_STEPS)
    at = np.unique(np.clip(np.concatenate([steps - 1, steps]), steps[0], len(caught) - 1))
    recall, precision = caught[at] / caught[-1], caught[at] / (caught[at] + alarms[at])
    return tuple(zip(recall.tolist(), precision.tolist(), strict=True))
