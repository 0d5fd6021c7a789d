"""Which frames and frequencies of a recording move a word's score: occlusion.

Patches of time x frequency are replaced by the recording's own quiet level, one at a time, and the
drop of the score is what the patch is worth (Zeiler & Fergus 2014, "Visualizing and Understanding
Convolutional Networks", arXiv:1311.2901, section 2.1). It asks nothing of a model but its scores.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

Features = NDArray[np.float32]
"""What the model is given of a recording (frames, bands): logarithms of energies."""
ScoreOf = Callable[[NDArray[np.float32]], NDArray[np.float32]]
"""Takes a batch (n, frames, bands), gives the n scores of one word: logarithms."""

QUIET = 10
"""Per cent of the frames of a band that lie below its quiet level."""
MOST_VALUES = 16_000_000
"""Of one batch, 64 MB as float32; more patches go in several."""
OVERLAPS = 4
"""Patches over every cell: two along each axis, half a patch apart."""
TAILS = 0.25
"""Of the evidence, left out along each axis by `where`; so its box holds at least half."""
SEED = 0


@dataclass(frozen=True, slots=True, eq=False)
class Axes:
    """What the cells stand for: frame `i` is at `start + i * step` seconds of the recording.

    `hertz` (bands,) are the middles of the bands, rising.
    """

    start: float
    step: float
    hertz: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Patch:
    """One patch that was hidden: by how much the score fell, and the middle of it."""

    drop: float
    seconds: float
    hertz: float


@dataclass(frozen=True, slots=True, eq=False)
class Attribution:
    """How far the score of a word falls where a part of `features` is hidden.

    `values` (frames, bands) is the mean drop over the patches that cover a cell: above 0 where the
    part speaks for the word, below where it speaks against, and 0 outside the frames of `region`
    (first, one past the last), which nothing was hidden of. `base` is the score of the untouched
    recording, `hidden` that with the whole region hidden; `strongest` is the patch with the largest
    drop, `opposing` that with the smallest, often below 0. `size` is that of a patch (frames,
    bands), `summed` what the drops come to over patches side by side.
    """

    values: NDArray[np.float32]
    features: Features
    region: tuple[int, int]
    size: tuple[int, int]
    axes: Axes
    base: float
    hidden: float
    strongest: Patch
    opposing: Patch
    summed: float

    @property
    def whole(self) -> float:
        """The drop when all of the region is hidden. `summed` misses what parts do jointly."""
        return self.base - self.hidden


@dataclass(frozen=True, slots=True)
class Evidence:
    """A box of seconds and Hz, and the share of what speaks for the word that lies in it."""

    start: float
    end: float
    low: float
    high: float
    share: float


@dataclass(frozen=True, slots=True)
class Faithfulness:
    """The drop of the score with the `share` of the cells hidden that are ranked highest, and with
    as many at random, on average."""

    share: float
    by_map: float
    by_chance: float

    @property
    def holds(self) -> bool:
        return self.by_map > self.by_chance


def quiet_level(features: Features) -> NDArray[np.float32]:
    """The level (bands,) below which a band stays in a tenth of the frames."""
    return np.percentile(features, QUIET, axis=0).astype(np.float32)


def occlusion(
    score_of: ScoreOf,
    features: Features,
    region: tuple[int, int],
    size: tuple[int, int],
    fill: NDArray[np.float32],
    axes: Axes,
) -> Attribution:
    """Hide patches of `size` (frames, bands) in the frames of `region`, each against `fill`.

    `fill` (bands,) takes the place of what is hidden. Patches lie half a patch apart and are cut
    off at the edges, so that every cell is under the same number of them. Raises `ValueError` for
    an empty region, and for patches of odd sides or wider than the bands.
    """
    frames, bands = features.shape
    first, last = region
    if not 0 <= first < last <= frames:
        raise ValueError(f"No frames from {first} to {last} in {frames}")
    if any(side < 2 or side % 2 for side in size) or size[1] > bands:
        raise ValueError(f"Patches of {size} do not tile {bands} bands by halves")
    boxes = [
        (slice(*rows), slice(*columns))
        for rows in spans(first, last, size[0])
        for columns in spans(0, bands, size[1])
    ]
    nothing, everything = (slice(0, 0), slice(0, 0)), (slice(first, last), slice(0, bands))
    masks = (masked(features.shape, box) for box in (nothing, *boxes, everything))
    base, *scores, hidden = scored(score_of, features, fill, masks)
    drops = [base - each for each in scores]
    values = np.zeros(features.shape, np.float32)
    for box, drop in zip(boxes, drops, strict=True):
        values[box] += np.float32(drop / OVERLAPS)

    def patch(number: int) -> Patch:
        rows, columns = ((each.start + each.stop - 1) / 2 for each in boxes[number])
        hertz = float(np.interp(columns, np.arange(bands), axes.hertz))
        return Patch(drops[number], axes.start + rows * axes.step, hertz)

    return Attribution(
        values=values,
        features=features,
        region=region,
        size=size,
        axes=axes,
        base=base,
        hidden=hidden,
        strongest=patch(int(np.argmax(drops))),
        opposing=patch(int(np.argmin(drops))),
        summed=sum(drops) / OVERLAPS,
    )


def spans(first: int, last: int, side: int) -> Iterator[tuple[int, int]]:
    """Stretches of `side`, half of it apart, over `first` to `last`, cut off there."""
    for start in range(first - side // 2, last, side // 2):
        yield max(start, first), min(start + side, last)


def masked(shape: tuple[int, ...], box: tuple[slice, slice]) -> NDArray[np.bool_]:
    mask = np.zeros(shape, np.bool_)
    mask[box] = True
    return mask


def scored(
    score_of: ScoreOf,
    features: Features,
    fill: NDArray[np.float32],
    masks: Iterable[NDArray[np.bool_]],
) -> list[float]:
    """The score with each mask's cells filled; in one batch where it is not too large."""
    size = max(MOST_VALUES // features.size, 1)
    scores: list[float] = []
    left = iter(masks)
    while batch := list(islice(left, size)):
        scores += score_of(np.where(np.stack(batch), fill, features)).tolist()
    return scores


def where(attribution: Attribution) -> Evidence | None:
    """Where most of what speaks for the word lies; None where nothing does.

    The shortest stretch of frames and the narrowest of bands that hold three quarters each.
    """
    favorable = np.maximum(attribution.values, 0).astype(np.float64)
    total = favorable.sum()
    if not total:
        return None
    top, bottom = shortest(favorable.sum(axis=1))
    left, right = shortest(favorable.sum(axis=0))
    axes = attribution.axes
    return Evidence(
        start=axes.start + top * axes.step,
        end=axes.start + bottom * axes.step,
        low=float(axes.hertz[left]),
        high=float(axes.hertz[right - 1]),
        share=float(favorable[top:bottom, left:right].sum() / total),
    )


def shortest(weights: NDArray[np.float64]) -> tuple[int, int]:
    """The shortest stretch (first, one past the last) that holds all of `weights` but `TAILS`."""
    held = np.concatenate([[0.0], np.cumsum(weights)])
    wanted = (1 - TAILS) * held[-1]
    # Rounding must not push the last end beyond the array.
    ends = np.searchsorted(held, held[:-1] + wanted * (1 - 1e-9))
    lengths = np.where(ends < len(held), ends - np.arange(len(weights)), len(held))
    first = int(np.argmin(lengths))
    return first, int(ends[first])


def faithfulness(
    score_of: ScoreOf,
    attribution: Attribution,
    fill: NDArray[np.float32],
    share: float = 0.2,
    draws: int = 16,
) -> Faithfulness:
    """Hide the `share` of the region's cells that rank highest, and as many at random (deletion).

    The random ones come in blocks as large as the patches, `draws` times: scattered cells would be
    another kind of damage than the map's. After Petsiuk, Das & Saenko 2018, "RISE",
    arXiv:1806.07421, section 4.2.
    """
    rng = np.random.default_rng(SEED)
    first, last = attribution.region
    rows, columns = attribution.size
    shape = (last - first, attribution.features.shape[1])
    blocks = (-(-shape[0] // rows) + 1, -(-shape[1] // columns) + 1)

    def noise() -> NDArray[np.float64]:
        """A rank for every cell, the same within a block; where the blocks begin is random too."""
        ranks = rng.permutation(blocks[0] * blocks[1]).reshape(blocks).astype(np.float64)
        large = ranks.repeat(rows, axis=0).repeat(columns, axis=1)
        top, left = rng.integers(rows), rng.integers(columns)
        return large[top : top + shape[0], left : left + shape[1]]

    def highest(ranks: NDArray[np.floating]) -> NDArray[np.bool_]:
        mask = np.zeros(attribution.features.shape, np.bool_)
        order = np.argsort(ranks.ravel(), kind="stable")
        chosen = np.zeros(ranks.size, np.bool_)
        chosen[order[ranks.size - round(share * ranks.size) :]] = True
        mask[first:last] = chosen.reshape(shape)
        return mask

    masks = [highest(attribution.values[first:last]), *(highest(noise()) for _ in range(draws))]
    by_map, *others = scored(score_of, attribution.features, fill, masks)
    base = attribution.base
    return Faithfulness(share, base - by_map, base - sum(others) / draws)
