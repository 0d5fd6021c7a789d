"""Transitions, windowed EASE, the links that are kept, and how a history fades."""

from itertools import pairwise

import numpy as np
import pytest
from scipy import sparse

from demos.recommendations.links import (
    FADED,
    fading,
    pieces,
    strongest,
    transitions,
    windowed_ease,
)

HISTORIES = [np.array(each) for each in ([1, 2, 3, 2, 3], [4], [3, 1, 2, 5, 6, 4, 1])]
ITEMS = 6


def test_transitions_count_what_came_right_after() -> None:
    wanted = np.zeros((ITEMS + 1, ITEMS + 1))
    for each in HISTORIES:
        for before, after in pairwise(each):
            wanted[before, after] += 1
    found = transitions(HISTORIES, ITEMS).toarray()
    assert found.tolist() == wanted.tolist() and found[2, 3] == 2


@pytest.mark.parametrize("window", [2, 4, 6])
def test_pieces_overlap_by_half_and_leave_nothing_out(window: int) -> None:
    for length in range(1, 20):
        history = np.arange(length)
        found = pieces([history], window)
        assert all(0 < len(each) <= window for each in found)
        assert [each[0] for each in found] == list(range(0, window // 2 * len(found), window // 2))
        assert all(np.array_equal(each, history[each[0] : each[0] + window]) for each in found)
        assert found[-1][-1] == length - 1


def test_a_short_history_is_one_piece_and_histories_do_not_mix() -> None:
    found = pieces([np.array([7, 8]), np.array([9])], 4)
    assert [each.tolist() for each in found] == [[7, 8], [9]]


def test_windowed_ease_is_the_formula_on_pieces() -> None:
    rows = pieces(HISTORIES, 4)
    x = np.zeros((len(rows), ITEMS))
    for row, each in zip(x, rows, strict=True):
        row[each - 1] = 1
    inverse = np.linalg.inv(x.T @ x + 3.0 * np.eye(ITEMS))
    wanted = np.eye(ITEMS) - inverse / np.diagonal(inverse)
    found = windowed_ease(HISTORIES, ITEMS, 4, 3.0)
    assert found.shape == (ITEMS + 1, ITEMS + 1)
    assert not found[0].any() and not found[:, 0].any()
    np.testing.assert_allclose(found[1:, 1:], wanted, atol=1e-5)


def test_items_far_apart_are_no_neighbors_in_a_window() -> None:
    histories = [np.arange(1, 21)] * 3
    near, far = windowed_ease(histories, 20, 4, 1.0)[1, [2, 15]]
    assert near > 0.1 > abs(far)


@pytest.mark.parametrize("kind", [np.array, sparse.csr_array], ids=["dense", "sparse"])
def test_the_strongest_links_are_kept_and_no_negative_ones(kind: type) -> None:
    weights = kind(np.array([[0.1, 0.5, -0.9, 0.4], [0, 0, 0, 0], [-1, -2, 3, -4], [1, 2, 3, 4]]))
    found = strongest(weights, 2)
    assert found.toarray().tolist() == [
        [0, 0.5, 0, 0.4],
        [0, 0, 0, 0],
        [0, 0, 3, 0],
        [0, 0, 3, 4],
    ]
    assert found.nnz == 5 and found.has_sorted_indices


def test_more_links_than_there_are_keeps_all_positive_ones() -> None:
    weights = np.array([[0.1, -0.5, 2.0], [1, 1, 1], [0, 0, 5]])
    assert strongest(weights, 50).toarray().tolist() == np.maximum(weights, 0).tolist()


def test_a_history_fades_from_its_end() -> None:
    found = fading([[5, 3, 1], [], np.array([2])], ITEMS, 2.0).toarray()
    wanted = np.zeros((3, ITEMS + 1))
    wanted[0, [1, 3, 5]] = np.exp([0, -0.5, -1])
    wanted[2, 2] = 1
    np.testing.assert_allclose(found, wanted, rtol=1e-6)


def test_what_has_faded_is_not_looked_at() -> None:
    (row,) = fading([np.arange(1, 101)], 100, 3.0).toarray()
    latest = np.flatnonzero(row)
    assert latest.tolist() == list(range(latest[0], 101))
    assert row[latest[0]] > FADED >= np.exp(-len(latest) / 3.0)
