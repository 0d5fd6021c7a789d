"""Altering an image, and finding where that changes what a model says of it."""

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from demos.core.results import LabelScore, Outcome
from demos.core.what_if import (
    CONTROLS,
    UNCHANGED,
    Change,
    Control,
    Crossing,
    Reading,
    alter_each,
    crossings,
    refined,
    sweep,
    working_copy,
)

BLUR, NOISE, BRIGHTNESS, ROTATION = CONTROLS
Pixels = NDArray[np.uint8]


def alter(pixels: Pixels, change: Change, scale: float = 1.0) -> Pixels:
    return alter_each(pixels, [change], scale)[0]


@pytest.fixture
def image() -> Pixels:
    rng = np.random.default_rng(0)
    smooth = rng.integers(60, 200, (12, 9, 3)).repeat(8, axis=0).repeat(8, axis=1)
    return smooth.astype(np.uint8)  # (96, 72, 3)


def test_nothing_asked_for_leaves_every_pixel(image: Pixels) -> None:
    assert alter(image, UNCHANGED) is image
    assert alter(image, Change(rotation=0.0, blur=0.0), scale=3.0) is image


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: control.name)
def test_every_control_changes_more_the_further_it_goes(control: Control, image: Pixels) -> None:
    little, much = (
        np.abs(alter(image, UNCHANGED.at(control.name, v)).astype(int) - image).mean()
        for v in (control.step * 3, control.step * 18)
    )
    assert 0 < little < much


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: control.name)
def test_gray_images_stay_gray(control: Control, image: Pixels) -> None:
    gray = image[:, :, :1].repeat(3, axis=2)
    altered = alter(gray, UNCHANGED.at(control.name, control.step * 20), scale=2)
    assert altered.dtype == np.uint8 and altered.shape == gray.shape
    assert np.array_equal(altered[..., 0], altered[..., 1])
    assert np.array_equal(altered[..., 0], altered[..., 2])


def test_noise_is_one_pattern_at_every_strength() -> None:
    flat = np.full((64, 64, 3), 128, np.uint8)
    weak, strong = (
        alter(flat, Change(noise=percent)).astype(float)[..., 0] - 128 for percent in (4, 8)
    )
    assert np.array_equal(alter(flat, Change(noise=4)), alter(flat, Change(noise=4)))
    assert weak.std() == pytest.approx(0.04 * 255, rel=0.1)
    assert np.abs(strong - 2 * weak).max() <= 2  # rounding
    coarse = alter(flat, Change(noise=8), scale=4)
    assert np.array_equal(coarse[:4, :4], coarse[:1, :1].repeat(4, 0).repeat(4, 1))


def test_brightness_is_a_gain() -> None:
    levels = np.array([0, 100, 200], np.uint8).reshape(1, 3, 1).repeat(3, axis=2)
    assert alter(levels, Change(brightness=20))[0, :, 0].tolist() == [0, 120, 240]
    assert alter(levels, Change(brightness=50))[0, :, 0].tolist() == [0, 150, 255]
    assert alter(levels, Change(brightness=-50))[0, :, 0].tolist() == [0, 50, 100]


def test_blur_is_as_wide_at_every_resolution() -> None:
    edge = np.zeros((80, 80, 3), np.uint8)
    edge[:, 40:] = 255
    fine = edge.repeat(2, axis=0).repeat(2, axis=1)
    coarse = alter(edge, Change(blur=3), scale=1).astype(int)
    reduced = alter(fine, Change(blur=3), scale=2)[::2, ::2].astype(int)
    assert np.abs(coarse[40, 30:50, 0] - reduced[40, 30:50, 0]).max() < 12
    assert 0 < coarse[40, 37, 0] < 128


def test_rotation_goes_around_and_brings_in_no_corners(image: Pixels) -> None:
    bright = np.full((60, 90, 3), 200, np.uint8)
    for degrees in (30, 45, 90, 123):
        assert alter(bright, Change(rotation=degrees)).min() == 200
    square = image[:72]
    quarter = alter(square, Change(rotation=90)).astype(int)
    assert np.abs(quarter - np.rot90(square).astype(int)).mean() < 3
    assert np.array_equal(alter(image, Change(rotation=180)), alter(image, Change(rotation=-180)))


def test_what_changes_have_in_common_makes_no_difference(image: Pixels) -> None:
    changes = [Change(1.5, 3, 10, 20), Change(1.5, 3, 20, 20), Change(0, 0, 0, 20), UNCHANGED]
    for each, altered in zip(changes, alter_each(image, changes, 1.3), strict=True):
        assert np.array_equal(alter(image, each, 1.3), altered)


def test_a_working_copy_is_as_large_as_the_model_can_use() -> None:
    small = np.zeros((96, 300, 3), np.uint8)
    assert working_copy(small, 112) is small
    assert working_copy(np.zeros((1000, 1500, 3), np.uint8), 112).shape == (224, 336, 3)
    assert working_copy(np.zeros((5000, 50, 3), np.uint8), 112).shape == (896, 9, 3)


def test_positions_and_their_names() -> None:
    for control in CONTROLS:
        for points in (9, 17):
            grid = control.grid(points)
            assert (grid[0], grid[-1], len(set(grid))) == (control.low, control.high, points)
            assert 0 in grid
    assert BLUR.value(3) == 0.3
    assert BLUR.told(26) == "2.6 px"
    assert NOISE.told(5) == "5 %"
    assert ROTATION.told(-30) == "−30°"


A, B = "a", "b"
ANSWER, UNSURE, REFUSED = Outcome.ANSWER, Outcome.UNSURE, Outcome.REFUSED


class Stub:
    """A model whose answer depends on the rotation alone, by a list of (from, outcome, label)."""

    def __init__(self, *parts: tuple[int, Outcome, str]) -> None:
        self.parts = parts
        self.calls: list[int] = []

    def __call__(self, changes: Sequence[Change]) -> list[Reading]:
        self.calls.append(len(changes))
        assert all(each.blur == 2 for each in changes)
        return [self.reading(each.rotation) for each in changes]

    def reading(self, rotation: float) -> Reading:
        _, outcome, label = [each for each in self.parts if rotation >= each[0]][-1]
        other = B if label == A else A
        return Reading(outcome, (LabelScore(label, 0.8), LabelScore(other, 0.2)))


def looked(stub: Stub, points: int = 17) -> tuple[dict[int, Reading], list[Crossing]]:
    change = Change(blur=2, rotation=10)
    found = refined(stub, change, ROTATION, sweep(stub, change, ROTATION, points))
    return found, crossings(found)


def test_a_sweep_is_one_call() -> None:
    stub = Stub((-180, ANSWER, A))
    found, changes = looked(stub)
    assert stub.calls == [17]
    assert list(found) == ROTATION.grid(17)
    assert changes == []


@pytest.mark.parametrize("at", [-179, -91, -1, 1, 2, 45, 90, 180])
def test_a_flip_is_found_to_the_step(at: int) -> None:
    stub = (
        Stub((-180, ANSWER, A), (at, ANSWER, B))
        if at > 0
        else Stub((-180, ANSWER, B), (at + 1, ANSWER, A))
    )
    _, (flip,) = looked(stub)
    assert flip.flips
    assert flip.position == at
    assert (flip.before.label, flip.after.label) == (A, B)
    assert len(stub.calls) <= 6
    assert stub.calls[1:] == [1] * len(stub.calls[1:])


def test_all_changes_between_two_steps_of_the_sweep_are_told_apart() -> None:
    stub = Stub(
        (-180, ANSWER, A), (50, UNSURE, A), (55, UNSURE, B), (57, ANSWER, B), (63, REFUSED, B)
    )
    found, changes = looked(stub)
    assert [(each.position, each.after.state) for each in changes] == [
        (50, (UNSURE, A)),
        (55, (UNSURE, B)),
        (57, (ANSWER, B)),
        (63, (REFUSED, "")),
    ]
    assert [each.flips for each in changes] == [False, True, False, False]
    assert list(found) == sorted(found)


def test_changes_are_told_outward_from_zero() -> None:
    stub = Stub((-180, REFUSED, B), (-100, ANSWER, B), (-20, ANSWER, A), (70, UNSURE, A))
    _, changes = looked(stub)
    assert [(each.position, each.before.state, each.after.state) for each in changes] == [
        (-21, (ANSWER, A), (ANSWER, B)),
        (70, (ANSWER, A), (UNSURE, A)),
        (-101, (ANSWER, B), (REFUSED, "")),
    ]


def test_the_first_choice_of_a_refused_image_does_not_matter() -> None:
    stub = Stub((-180, ANSWER, A), (30, REFUSED, A), (90, REFUSED, B))
    _, changes = looked(stub)
    assert [each.position for each in changes] == [30]
    assert not changes[0].flips
