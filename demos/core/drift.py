"""Whether a table is like the one a model was trained on, column by column.

Two figures per column, both from a histogram stored at training (`Reference`):

- the population stability index, the sum of (q - p) ln(q / p) over about ten groups that hold
  shares p in training and q in the table. Below 0.1 it is usually taken as no change worth
  mentioning, from 0.25 on as a large one (Siddiqi 2006, Credit Risk Scorecards, Wiley);
- the Kolmogorov-Smirnov statistic, the furthest that the two cumulative shares are apart. Its
  p-value is left out: among a million rows the slightest difference is significant.

In few rows the index is above 0 by chance alone, on average by one less than the number of groups
over that of rows (Yurdakul and Naranjo 2020, Journal of Risk Model Validation 14:4), which is taken
off before it is judged. Rows of one card are alike, so what counts is how many rows there are free
to differ.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

MODERATE, LARGE = 0.1, 0.25
"""Of the index, from which on a change is called so."""
TOLD_BY_CHANCE = 0.1
"""With more of it due to chance alone, only a change far beyond that is believed."""
FEW_CLUSTERS = 20
"""Among fewer, how alike the rows of one are cannot be told, and each counts as one row."""
FINE, GROUP_SHARE = 200, 0.1
"""A reference keeps so many quantiles; the index is taken over groups of about this share."""
ROUNDING = 1e-6
HALF_A_ROW = 0.5
"""Stands in for none at all, whose logarithm would be infinite."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Kind(StrEnum):
    """What a column's values are, for those who read about them."""

    QUANTITY = "quantity"
    COUNT = "count"  # from 1 on
    CATEGORY = "category"  # 0, 1, 2 ... with a name each, in an order
    SHARE = "share"  # each 0 or 1
    PROBABILITY = "probability"


class Level(StrEnum):
    """How far from training; of several columns, the first of these that one of them is."""

    LARGE = "large"
    MODERATE = "moderate"
    UNKNOWN = "unknown"  # too few rows to tell
    STABLE = "stable"


@dataclass(frozen=True, slots=True)
class Column:
    """What is compared: "The `subject` are like those in training", "the typical `noun`".

    `effect` says what a change means for the scores. `names` are those of a category's values.
    """

    name: str
    title: str
    subject: str
    noun: str
    kind: Kind
    effect: str
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reference:
    """A column in training: `shares` (cuts + 1,) of rows up to each of `cuts` and beyond the last.

    A bin holds what is above the cut before it, up to and including its own. `usual` is the median
    or, of a `SHARE`, the mean.
    """

    name: str
    rows: int
    cuts: tuple[float, ...]
    shares: tuple[float, ...]
    usual: float


@dataclass(frozen=True, slots=True)
class Group:
    """Values above `low`, up to and including `high`: the share they were, and now are."""

    low: float
    high: float
    expected: float
    found: float


@dataclass(frozen=True, slots=True)
class Shift:
    """A column of a table against training.

    `psi` is the index as it is, `chance` what of it a table of this size would show had nothing
    changed. `ks` is furthest at `ks_at`. `within` is the share of rows inside the middle 99 % of
    training. `typical` and `usual` are the medians here and there (of a `SHARE` the means).
    """

    column: Column
    rows: int
    psi: float
    chance: float
    ks: float
    ks_at: float
    within: float
    typical: float
    usual: float
    groups: tuple[Group, ...]

    @property
    def level(self) -> Level:
        beyond = self.psi - self.chance
        if self.chance > TOLD_BY_CHANCE and beyond < LARGE + 3 * self.chance:
            return Level.UNKNOWN
        if beyond >= LARGE:
            return Level.LARGE
        return Level.MODERATE if beyond >= MODERATE else Level.STABLE

    @property
    def most_changed(self) -> Group:
        """The group whose share has changed most."""
        return max(self.groups, key=lambda group: abs(group.found - group.expected))


@dataclass(frozen=True, slots=True)
class Drift:
    """A table against training: `left_out` are columns in which there is nothing to compare.

    `alien` are the reasons, as sentences, why the table is not of the kind that the model knows at
    all; usually there are none.
    """

    rows: int
    shifts: tuple[Shift, ...]
    left_out: tuple[Column, ...]
    alien: tuple[str, ...]

    @property
    def level(self) -> Level:
        found = {shift.level for shift in self.shifts}
        return next((level for level in Level if level in found), Level.UNKNOWN)


def reference(column: Column, values: NDArray[Any]) -> Reference:
    """What to remember of a column (n,) of the training data, which has no NaN.

    Raises `ValueError` for an empty one.
    """
    known = np.asarray(values, dtype=np.float64)
    if not len(known):
        raise ValueError(f"{column.name}: nothing to remember")
    # A cut is a value that occurs, so that whole numbers end where they should.
    cuts = np.unique(np.quantile(known, np.arange(1, FINE) / FINE, method="inverted_cdf"))
    if column.kind is Kind.SHARE:
        cuts = np.array([0.0])
    shares = np.bincount(np.searchsorted(cuts, known), minlength=len(cuts) + 1) / len(known)
    return Reference(
        name=column.name,
        rows=len(known),
        cuts=tuple(cuts.tolist()),
        shares=tuple(shares.tolist()),
        usual=typical_of(column, known),
    )


def typical_of(column: Column, values: Floats) -> float:
    return float(np.mean(values) if column.kind is Kind.SHARE else np.median(values))


def compare(
    column: Column, before: Reference, values: NDArray[Any], clusters: Ints | None = None
) -> Shift | None:
    """A column (n,) of a table, without NaN, against training; None if it is empty.

    `clusters` (n,), from 0 on, tells which rows belong together, such as those of one card; without
    it, every row counts for itself.
    """
    found = np.asarray(values, dtype=np.float64)
    if not len(found):
        return None
    cuts, expected = np.array(before.cuts), np.array(before.shares)
    fine = np.searchsorted(cuts, found)
    shares = np.bincount(fine, minlength=len(expected)) / len(found)
    apart = np.abs(np.cumsum(shares) - np.cumsum(expected))[:-1]
    furthest = int(apart.argmax())
    group = groups_of(expected, 0 if column.kind is Kind.SHARE else GROUP_SHARE)
    n_groups = int(group[-1]) + 1
    p, q = (np.bincount(group, each, n_groups).astype(np.float64) for each in (expected, shares))
    alike = 1.0 if clusters is None else design_effect(group[fine], n_groups, clusters)
    last = np.flatnonzero(np.diff(group, append=n_groups))  # the fine bin that ends each group
    ends = np.append(cuts, np.inf)[last].tolist()
    return Shift(
        column=column,
        rows=len(found),
        psi=stability_index(p, before.rows, q, len(found)),
        chance=(n_groups - 1) * max(alike, 1.0) / len(found),
        ks=float(apart[furthest]),
        ks_at=float(cuts[furthest]),
        within=float(np.mean((found >= cuts[0]) & (found <= cuts[-1]))),
        typical=typical_of(column, found),
        usual=before.usual,
        groups=tuple(
            Group(low, high, then, now)
            for low, high, then, now in zip(
                [-np.inf, *ends[:-1]], ends, p.tolist(), q.tolist(), strict=True
            )
        ),
    )


def stability_index(p: Floats, n: int, q: Floats, m: int) -> float:
    """Of shares `p` and `q` (groups,) of `n` and of `m` rows.

    Where there is no row, half a one is taken, or less if the other share is less still.
    """
    p_some = np.where(p == 0, np.minimum(HALF_A_ROW / n, q), p)
    q_some = np.where(q == 0, np.minimum(HALF_A_ROW / m, p), q)
    either = (p_some > 0) & (q_some > 0)
    return float(((q_some - p_some)[either] * np.log(q_some[either] / p_some[either])).sum())


def groups_of(expected: Floats, share: float) -> Ints:
    """The group (bins,) of every fine bin: neighbors that together have about that share.

    A group ends where the shares up to there pass a multiple of `share`, unless it, or what would
    be left, has less than half of one.
    """
    group, begun, number = [], 0.0, 0
    reached = np.cumsum(expected).tolist()
    for up_to in reached:
        group.append(number)
        passed = up_to + ROUNDING >= share * (int(begun / share + ROUNDING) + 1) if share else True
        if passed and min(up_to - begun, reached[-1] - up_to) + ROUNDING >= share / 2:
            begun, number = up_to, number + 1
    return np.array(group)


def design_effect(group: Ints, n_groups: int, clusters: Ints) -> float:
    """How many rows count as one: the variance of shares between clusters over that of free rows.

    On average over the groups (Kish 1965, Survey Sampling, Wiley). Among too few clusters, or where
    every row is in one group, it cannot be seen, and a cluster counts as one row.
    """
    n, sizes = len(group), np.bincount(clusters)
    present = int((sizes > 0).sum())
    q = np.bincount(group, minlength=n_groups) / n
    free = float((q * (1 - q)).sum()) * n
    if present < FEW_CLUSTERS or free == 0:
        return float((sizes.astype(np.float64) ** 2).sum()) / n
    between = 0.0
    for each in range(n_groups):
        inside = np.bincount(clusters[group == each], minlength=len(sizes))
        between += float(((inside - sizes * q[each]) ** 2).sum())
    return between * present / (present - 1) / free


def to_json(references: Iterable[Reference]) -> dict[str, dict[str, Any]]:
    """By column, in what `json` can write: seven significant figures."""
    return {
        each.name: {
            "rows": each.rows,
            "cuts": [float(f"{cut:.7g}") for cut in each.cuts],
            "shares": [float(f"{share:.7g}") for share in each.shares],
            "usual": float(f"{each.usual:.7g}"),
        }
        for each in references
    }


def read_references(stored: Mapping[str, Mapping[str, Any]]) -> dict[str, Reference]:
    """What `to_json` gave, by column."""
    return {
        name: Reference(
            name, each["rows"], tuple(each["cuts"]), tuple(each["shares"]), each["usual"]
        )
        for name, each in stored.items()
    }
