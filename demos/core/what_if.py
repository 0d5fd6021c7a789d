"""An image made worse on purpose: what that does to the answer, and from where on.

Positions on a control are whole numbers of its steps, so that what is found between two of them is
a position a person can go to.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from demos.core.results import LabelScore, Outcome

Pixels = NDArray[np.uint8]

SEED = 0
WORKING_SIDES = 2
"""The shorter side that is worked on, in sides of the model's input: more would not be seen."""
LONGEST = 8
"""The longer side, likewise."""


@dataclass(frozen=True, slots=True)
class Change:
    """What is done to an image, in this order: turned, blurred, its exposure changed, noise added.

    `blur` is the standard deviation of a Gaussian in pixels of the model's input; `noise` that of
    the noise, in % of the range from black to white; `brightness` how much brighter, in %;
    `rotation` degrees, counterclockwise.
    """

    blur: float = 0.0
    noise: float = 0.0
    brightness: float = 0.0
    rotation: float = 0.0

    def at(self, name: str, value: float) -> "Change":
        """The same, but for one of the four."""
        return replace(self, **{name: value})


UNCHANGED = Change()


@dataclass(frozen=True, slots=True)
class Control:
    """One of the four, from `low` to `high` steps."""

    name: str
    title: str
    low: int
    high: int
    step: float
    unit: str

    def value(self, position: int) -> float:
        return round(position * self.step, 6)

    def grid(self, points: int) -> list[int]:
        """Positions spread evenly over the range, 0 among them where the range has two sides."""
        return [round(each) for each in np.linspace(self.low, self.high, points)]

    def told(self, position: int) -> str:
        return f"{self.value(position):g}{self.unit}".replace("-", "−")


CONTROLS = (
    Control("blur", "Blur", 0, 60, 0.1, " px"),
    Control("noise", "Noise", 0, 30, 1.0, " %"),
    Control("brightness", "Brightness", -60, 60, 1.0, " %"),
    Control("rotation", "Rotation", -180, 180, 1.0, "°"),
)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a model said of one altered image: its outcome, and every class, first choice first."""

    outcome: Outcome
    scores: tuple[LabelScore, ...]

    @property
    def label(self) -> str:
        return self.scores[0].label

    def score_of(self, label: str) -> float:
        return next((each.score for each in self.scores if each.label == label), 0.0)

    @property
    def state(self) -> tuple[Outcome, str]:
        """What a reader is told: a refused image has no first choice."""
        return self.outcome, "" if self.outcome is Outcome.REFUSED else self.label


@dataclass(frozen=True, slots=True)
class Crossing:
    """Going away from 0, `after` is the first reading of its kind, at `position`."""

    position: int
    before: Reading
    after: Reading

    @property
    def flips(self) -> bool:
        """Whether another class comes first, and neither side is refused."""
        refused = Outcome.REFUSED in (self.before.outcome, self.after.outcome)
        return self.before.label != self.after.label and not refused


Read = Callable[[Sequence[Change]], Sequence[Reading]]
"""Gives the model's reading of each change of one image; one call may be one batch."""


def working_copy(pixels: Pixels, input_side: int) -> Pixels:
    """The image (H, W, 3), made no larger than altering it is worth."""
    height, width = pixels.shape[:2]
    factor = min(
        1.0,
        WORKING_SIDES * input_side / min(height, width),
        LONGEST * input_side / max(height, width),
    )
    if factor == 1:
        return pixels
    size = (max(round(width * factor), 1), max(round(height * factor), 1))
    return np.asarray(
        Image.fromarray(pixels).resize(size, Image.Resampling.BICUBIC, reducing_gap=3)
    )


def alter_each(pixels: Pixels, changes: Sequence[Change], scale: float = 1.0) -> list[Pixels]:
    """The image (H, W, 3) under each of the changes, untouched where nothing is to be done.

    `scale` is how many of its pixels make one of the model's input. The noise is the same pattern
    at every strength, and the same in all three channels: a gray image stays gray. What several
    changes have in common is done once.
    """
    height, width = pixels.shape[:2]

    @cache
    def turn(degrees: float) -> Pixels:
        return turned(pixels, degrees) if degrees else pixels

    @cache
    def soften(degrees: float, blur: float) -> Pixels:
        if not blur:
            return turn(degrees)
        soft = ImageFilter.GaussianBlur(blur * scale)
        return np.asarray(Image.fromarray(turn(degrees)).filter(soft))

    pattern = grain(height, width, max(round(scale), 1))
    return [
        grained(exposed(soften(each.rotation, each.blur), each.brightness), each.noise, pattern)
        for each in changes
    ]


def turned(pixels: Pixels, degrees: float) -> Pixels:
    """Turned about its middle; what comes in at the edges is the image, mirrored."""
    height, width = pixels.shape[:2]
    reach = math.ceil((math.hypot(height, width) - min(height, width)) / 2) + 2
    padded = np.pad(pixels, ((reach, reach), (reach, reach), (0, 0)), mode="symmetric")
    whole = Image.fromarray(padded).rotate(degrees, Image.Resampling.BICUBIC)
    return np.asarray(whole.crop((reach, reach, reach + width, reach + height)))


def exposed(pixels: Pixels, percent: float) -> Pixels:
    """So many per cent brighter."""
    gained = np.arange(256) * (1 + percent / 100)
    return np.clip(gained + 0.5, 0, 255).astype(np.uint8)[pixels] if percent else pixels


def grained(pixels: Pixels, percent: float, pattern: NDArray[np.float32]) -> Pixels:
    """With noise of so many per cent of the range, shaped like `pattern` (H, W)."""
    if not percent:
        return pixels
    noise = np.float32(255 * percent / 100) * pattern
    return np.clip(pixels + noise[:, :, None] + np.float32(0.5), 0, 255).astype(np.uint8)


def grain(height: int, width: int, size: int) -> NDArray[np.float32]:
    """The pattern of the noise (H, W): unit standard deviation, in squares of `size` pixels."""
    rows, columns = -(-height // size), -(-width // size)
    noise = np.random.default_rng(SEED).standard_normal((rows, columns), dtype=np.float32)
    return noise.repeat(size, axis=0).repeat(size, axis=1)[:height, :width]


def sweep(read: Read, change: Change, vary: Control, points: int) -> dict[int, Reading]:
    """Readings over the whole range of one control, the others as in `change`; one call."""
    grid = vary.grid(points)
    readings = read([change.at(vary.name, vary.value(each)) for each in grid])
    return dict(zip(grid, readings, strict=True))


def refined(
    read: Read, change: Change, vary: Control, swept: Mapping[int, Reading]
) -> dict[int, Reading]:
    """`swept` in order, with readings added until every change of state lies between neighbors.

    Halves all open intervals at once, so it takes one call per halving, five at most for a grid
    of 17. What changes and changes back between two swept positions is not found.
    """
    found = dict(sorted(swept.items()))
    while middles := [
        (a + b) // 2
        for (a, first), (b, second) in pairwise(found.items())
        if first.state != second.state and b - a > 1
    ]:
        readings = read([change.at(vary.name, vary.value(each)) for each in middles])
        found |= dict(zip(middles, readings, strict=True))
        found = dict(sorted(found.items()))
    return found


def crossings(found: Mapping[int, Reading]) -> list[Crossing]:
    """Where the state changes in a refined sweep, those closest to 0 first."""
    changes = []
    for (a, first), (b, second) in pairwise(found.items()):
        if first.state != second.state:
            outward = a >= 0
            changes.append(Crossing(b, first, second) if outward else Crossing(a, second, first))
    return sorted(changes, key=lambda each: abs(each.position))
