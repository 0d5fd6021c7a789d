"""The blend, by its definition in plain loops; and every method's probabilities."""

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from demos.recommendations.blend import (
    FAINT,
    LEVEL,
    METHODS,
    PRIOR,
    Weights,
    alone,
    blended,
    finished,
    linear,
    linear_tensors,
    log_share,
)
from demos.recommendations.links import FADED
from tests.recommendations.tiny_model import FADE, FILMS, linear_parts

PARTS = linear_parts()
WEIGHTS = Weights(network=0.7, ease=0.4, ease_alone=0.9)
HISTORIES: tuple[tuple[int, ...], ...] = (
    (5,),
    (1, 2, 3),
    (40, 7, 7, 12),
    tuple(range(1, 36)),
    (9, 8),
)


def normalized(scores: NDArray[np.float64], history: Sequence[int]) -> NDArray[np.float64]:
    """(41,) less the logarithm of the sum over the items that are not in the history."""
    unseen = [item for item in range(1, 41) if item not in history]
    return scores - np.log(sum(np.exp(scores[item]) for item in unseen))


def together(history: Sequence[int]) -> NDArray[np.float64]:
    """What EASE adds (41,): each of the latest items speaks for those linked to it, and fades."""
    dense = PARTS.together.toarray().astype(np.float64)
    total = np.zeros(41)
    for age, item in enumerate(reversed(history)):
        if np.exp(-age / FADE) >= FADED:
            total += np.exp(-age / FADE) * dense[item]
    return np.log(1 + total / FAINT)


def random_scores(rows: int) -> NDArray[np.float32]:
    return np.random.default_rng(3).normal(-4, 2, (rows, 41)).astype(np.float32)


def test_the_blend_is_a_weighted_sum_of_logarithms() -> None:
    network = random_scores(len(HISTORIES))
    found = blended(PARTS, WEIGHTS, network.copy(), HISTORIES)
    for row, given, history in zip(found, network, HISTORIES, strict=True):
        expected = normalized(0.7 * given.astype(np.float64) + 0.4 * together(history), history)
        np.testing.assert_allclose(row[1:], expected[1:], atol=1e-5)
        assert np.isneginf(row[0])


def test_ease_alone_leaves_what_it_has_level_to_popularity() -> None:
    found = alone(PARTS, WEIGHTS, "ease", HISTORIES)
    for row, history in zip(found, HISTORIES, strict=True):
        expected = normalized(LEVEL * PARTS.popular + 0.9 * together(history), history)
        np.testing.assert_allclose(row[1:], expected[1:], atol=1e-5)


def test_transitions_are_counts_after_the_last_item_with_a_prior_of_popularity() -> None:
    counts = PARTS.following.toarray().astype(np.float64)
    shares = FILMS.counts / FILMS.counts.sum()
    for row, history in zip(
        alone(PARTS, WEIGHTS, "transitions", HISTORIES), HISTORIES, strict=True
    ):
        after = counts[history[-1]] + PRIOR * shares
        after[[0, *history]] = 0
        unseen = after > 0
        np.testing.assert_allclose(np.exp(row[unseen]), (after / after.sum())[unseen], rtol=1e-4)


def test_popularity_is_the_share_among_what_is_new() -> None:
    (found,) = alone(PARTS, WEIGHTS, "popularity", [(1, 2, 3)])
    counts = FILMS.counts.astype(np.float64)
    counts[:4] = 0
    np.testing.assert_allclose(np.exp(found[4:]), counts[4:] / counts.sum(), rtol=1e-4)


@pytest.mark.parametrize("method", sorted(set(METHODS) - {"blend", "network"}))
def test_an_empty_history_gets_popularity_and_changes_no_other(method: str) -> None:
    found = alone(PARTS, WEIGHTS, method, [(), (5,), ()])
    for row in found[[0, 2]]:
        np.testing.assert_allclose(np.exp(row), FILMS.popularity(), rtol=1e-4)
    assert (found[1] == alone(PARTS, WEIGHTS, method, [(5,)])[0]).all()


def test_an_unknown_method_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        alone(PARTS, WEIGHTS, "magic", [(1,)])


def test_what_is_new_sums_to_one_however_far_apart_the_scores_are() -> None:
    histories = [each for each in HISTORIES if 20 not in each]
    scores = random_scores(len(histories))
    scores[:, 20] = 200.0
    scores[:, 36:] -= 300.0
    found = finished(PARTS, scores, histories)
    assert np.isfinite(found[:, 1:]).all()
    for row, history in zip(found, histories, strict=True):
        assert np.exp(np.delete(row, [0, *history])).sum() == pytest.approx(1, abs=1e-5)


def test_whoever_took_everything_gets_numbers_all_the_same() -> None:
    found = finished(PARTS, random_scores(1), [tuple(range(1, 41))])
    assert np.isfinite(found[0, 1:]).all()


def test_shares_are_those_of_the_counts_and_never_taken_counts_as_half() -> None:
    found = log_share(np.array([9, 6, 0, 3], np.int32))
    np.testing.assert_allclose(np.exp(found[1:]), np.array([6, 0.5, 3]) / 9.5, rtol=1e-6)
    assert found[0] == 0


def test_linear_parts_come_back_from_their_tensors() -> None:
    found = linear(linear_tensors(PARTS), FILMS.counts)
    assert (found.popular == PARTS.popular).all() and found.fade == PARTS.fade
    for name in ("following", "together"):
        before, after = getattr(PARTS, name), getattr(found, name)
        assert (before.toarray() == after.toarray()).all()
