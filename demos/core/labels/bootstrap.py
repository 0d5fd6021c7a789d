"""Drawing cards, or terminals, again and again from a table whose rows were counted beforehand.

The frauds of one card come together, and so do those of one terminal; an interval that takes every
row for itself would be too narrow. Every card counts Poisson(1) times (Hanley and MacGibbon 2006,
Comput. Methods Programs Biomed. 83:57), then every terminal does, and the wider interval is taken.
"""

import numpy as np
from numpy.typing import NDArray

from demos.core.intervals import Estimate

DRAWS, SEED = 200, 0
DRAWN_TOGETHER = 2000
"""Cards are drawn in at most so many groups, put together without regard to what they hold: on
average that changes no variance."""
POSITIVE_BINS, NEGATIVE_BINS = 128, 64

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Truths = NDArray[np.bool_]


class Draws:
    """Sums over rows, in the data (first) and in `DRAWS` draws of it by each of `units`.

    Each of `units` (n,), from 0 on, says with which card, or with which terminal, a row is drawn.
    """

    def __init__(self, *units: Ints) -> None:
        rng = np.random.default_rng(SEED)
        self.units = [unit % DRAWN_TOGETHER for unit in units]
        sizes = [(int(unit.max()) + 1, DRAWS) for unit in self.units]
        self.times = [rng.poisson(1.0, size).astype(np.float64) for size in sizes]

    def sums(self, bins: Ints, values: Floats, n_bins: int) -> Floats:
        """Of `values` (n,) in every one of `bins` (n,): (n_bins, 1 + units * DRAWS)."""
        found: list[Floats] = [np.bincount(bins, values, n_bins)[:, None].astype(np.float64)]
        for unit, times in zip(self.units, self.times, strict=True):
            flat = np.bincount(bins * len(times) + unit, values, n_bins * len(times))
            found.append(flat.reshape(n_bins, len(times)) @ times)
        return np.hstack(found)

    def counts(self, bins: Ints, rows: Truths, n_bins: int) -> Floats:
        """How many of `rows` (n,) there are in every one of `bins`: like `sums`."""
        whole = np.bincount(bins[rows], minlength=n_bins).astype(np.float64)
        found: list[Floats] = [whole[:, None]]
        for unit, times in zip(self.units, self.times, strict=True):
            place = bins[rows] * len(times) + unit[rows]
            flat = np.bincount(place, minlength=n_bins * len(times)).astype(np.float64)
            found.append(flat.reshape(n_bins, len(times)) @ times)
        return np.hstack(found)


def binned(score: Floats, fraud: Truths) -> tuple[Ints, Floats]:
    """The score bin (n,) of every row, and the scores from each of which on a further bin begins.

    Bins are narrow where the frauds are and among the highest of the others.
    """
    edges = [np.zeros(0)]
    if fraud.any():
        edges.append(np.quantile(score[fraud], np.linspace(0, 1, POSITIVE_BINS)))
    if not fraud.all():
        edges.append(np.quantile(score[~fraud], 1 - np.logspace(0, -6, NEGATIVE_BINS)))
    cuts = np.unique(np.concatenate(edges))
    return np.searchsorted(cuts, score, side="right"), cuts


def ranked(score: Floats, fraud: Truths) -> tuple[Floats, Floats]:
    """How many frauds and how many others have each of the scores that occur, ascending."""
    order = np.argsort(score, kind="stable")
    first = np.flatnonzero(np.diff(score[order], prepend=-np.inf))
    total = np.diff(first, append=len(score))
    frauds = np.add.reduceat(fraud[order].astype(np.int64), first)
    return frauds.astype(np.float64), (total - frauds).astype(np.float64)


def areas(positives: Floats, negatives: Floats) -> tuple[Floats, Floats]:
    """Average precision and ROC AUC of counts (bins, draws) in ascending bins; NaN of one class.

    All rows of a bin count as tied.
    """
    p, n = positives[::-1], negatives[::-1]
    caught, alarms = np.cumsum(p, axis=0), np.cumsum(n, axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        precision = np.nan_to_num(caught / (caught + alarms))
        average = (p * precision).sum(axis=0) / caught[-1]
        auc = (n * (caught - p / 2)).sum(axis=0) / (caught[-1] * alarms[-1])
        average[alarms[-1] == 0] = np.nan
    return average, auc


def ratio(over: Floats, under: Floats) -> Floats:
    """One sum over another, in the data and in every draw: NaN in one that drew nothing."""
    with np.errstate(invalid="ignore"):
        return over / under


def interval(drawn: Floats, exact: float | None = None) -> Estimate:
    """The middle 95 % of draws (1 + units * DRAWS,), the first of which is the value.

    `exact` is the value where bins only come near it; the interval moves along. All are between 0
    and 1.
    """
    value = float(drawn[0]) if exact is None else exact
    if not np.isfinite(value):
        return Estimate(None, 0, 1)
    low, high = np.nanquantile(drawn[1:].reshape(-1, DRAWS), [0.025, 0.975], axis=1)
    moved = value - float(drawn[0])
    low, high = float(low.min()) + moved, float(high.max()) + moved
    return Estimate(value, max(min(low, value), 0), min(max(high, value), 1))
