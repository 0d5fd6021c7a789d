"""Weights of a blend, found again from what a known blend would take."""

import numpy as np
import pytest
from numpy.typing import NDArray

from demos.recommendations.blend import Linear, Weights, add, log_share, log_together
from demos.recommendations.fit_blend import fit_blend
from demos.recommendations.interactions import Items
from demos.recommendations.links import strongest, transitions, windowed_ease
from tests.recommendations import small

PEOPLE = 4_000
TRUE = Weights(0.8, 0.5, 0.0)


@pytest.fixture(scope="module")
def linear() -> Linear:
    taken = list(small.histories(300, seed=1).values())
    counts = np.bincount(np.concatenate(taken), minlength=small.ITEMS + 1).astype(np.int32)
    together = strongest(windowed_ease(taken, small.ITEMS, 4, 5.0), 10)
    return Linear(log_share(counts), transitions(taken, small.ITEMS), together, 2.0)


@pytest.fixture(scope="module")
def asked() -> tuple[list[Items], NDArray[np.float32]]:
    """Histories, and a network's log-probabilities that have nothing to do with them."""
    rng = np.random.default_rng(2)
    histories = list(small.histories(PEOPLE, seed=3).values())
    scores = 2 * rng.normal(size=(PEOPLE, small.ITEMS + 1))
    scores[:, 0] = -1e4
    return histories, (scores - np.logaddexp.reduce(scores, axis=1)[:, None]).astype(np.float32)


def taken(
    linear: Linear, histories: list[Items], network: NDArray[np.float32], weights: Weights
) -> NDArray[np.int64]:
    """What people take whose blend has these weights: a draw for each (Gumbel's trick)."""
    rng = np.random.default_rng(4)
    points = weights.network * network
    add(points, log_together(linear, histories), weights.ease)
    points += rng.gumbel(size=points.shape)
    points[:, 0] = -np.inf
    for row, history in zip(points, histories, strict=True):
        row[history] = -np.inf
    return points.argmax(1)


def test_the_weights_of_a_blend_are_found(
    linear: Linear, asked: tuple[list[Items], NDArray[np.float32]]
) -> None:
    histories, network = asked
    found = fit_blend(linear, network, histories, taken(linear, histories, network, TRUE))
    assert found.network == pytest.approx(TRUE.network, abs=0.06)
    assert found.ease == pytest.approx(TRUE.ease, abs=0.06)


def test_ease_alone_has_a_weight_of_its_own(
    linear: Linear, asked: tuple[list[Items], NDArray[np.float32]]
) -> None:
    histories, network = asked
    people = Weights(0.0, 0.7, 0.0)
    found = fit_blend(linear, network, histories, taken(linear, histories, network, people))
    assert found.network == pytest.approx(0, abs=0.04)
    assert found.ease == pytest.approx(0.7, abs=0.06)
    assert found.ease_alone == pytest.approx(found.ease, abs=0.01)


def test_the_network_s_scores_are_left_as_they_are(
    linear: Linear, asked: tuple[list[Items], NDArray[np.float32]]
) -> None:
    histories, network = asked
    before = network[:50].copy()
    fit_blend(linear, network[:50], histories[:50], np.full(50, 1))
    assert np.array_equal(network[:50], before)
