"""Expected against observed hits, with chances that are known."""

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from demos.recommendations.calibration import BATCH, calibration

ITEMS = 30


def certain(histories: Sequence[Sequence[int]]) -> NDArray[np.floating]:
    """Items 1 to 10 have a tenth each."""
    chances = np.zeros((len(histories), ITEMS + 1))
    chances[:, 1:11] = 0.1
    with np.errstate(divide="ignore"):
        return np.log(chances)


def test_what_is_certain_and_comes_is_calibrated() -> None:
    found = calibration(certain, [[20]] * 40, [1 + n % 10 for n in range(40)])
    assert found == pytest.approx({"expected": 1, "observed": 1, "ece": 0, "users": 40})


def test_what_is_certain_and_never_comes_is_not() -> None:
    found = calibration(certain, [[20]] * 40, [25] * 40)
    assert found == pytest.approx({"expected": 1, "observed": 0, "ece": 1, "users": 40})


def test_items_of_the_history_are_not_expected() -> None:
    found = calibration(certain, [[1, 2, 20]] * 15, [3] * 15)
    assert found["expected"] == pytest.approx(0.8)


def test_scores_are_left_as_they_are() -> None:
    scores = certain([[1]] * 15)
    before = scores.copy()
    calibration(lambda histories: scores, [[1]] * 15, [3] * 15)
    assert np.array_equal(scores, before)


def test_chances_that_are_true_are_found_so_over_several_batches() -> None:
    """Users of every kind, from sure to at a loss, who take what their chances give."""
    rng = np.random.default_rng(0)
    users = 12 * BATCH + 5
    points = np.linspace(0, 4, users)[:, None] * rng.normal(size=(users, ITEMS))
    targets = (1 + np.argmax(points + rng.gumbel(size=points.shape), axis=1)).tolist()
    # A history says which user it is: one item, beyond those that can come.
    histories = [[ITEMS + 1 + user] for user in range(users)]

    def scores(asked: Sequence[Sequence[int]], confidence: float = 1.0) -> NDArray[np.floating]:
        own = confidence * points[[each[0] - ITEMS - 1 for each in asked]]
        own -= np.log(np.exp(own).sum(1, keepdims=True))
        return np.pad(own, ((0, 0), (1, users)), constant_values=-np.inf)

    honest = calibration(scores, histories, targets)
    assert honest["users"] == users
    assert honest["expected"] == pytest.approx(honest["observed"], abs=0.02)
    assert honest["ece"] < 0.03
    boastful = calibration(lambda asked: scores(asked, 3.0), histories, targets)
    assert boastful["ece"] > 0.1 and boastful["expected"] > honest["expected"] + 0.1
