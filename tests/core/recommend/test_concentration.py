"""What lists do to a catalog, worked out by hand."""

import numpy as np
import pytest

from demos.core.recommend import concentration


def test_what_is_shown_is_counted_without_the_empty_places() -> None:
    lists = np.array([[1, 2], [2, 0]])
    assert concentration.shown(lists, 4).tolist() == [0, 1, 2, 0, 0]


def test_the_long_tail_is_what_is_left_when_the_head_has_80_percent() -> None:
    counts = np.array([99, 10, 50, 30, 10])  # row 0 is no item; 50 + 30 = 80 of 100
    assert concentration.long_tail(counts).tolist() == [False, True, False, False, True]
    counts = np.array([0, 10, 50, 29, 11])  # 79 are too few: the 11 belong to the head
    assert concentration.long_tail(counts).tolist() == [False, True, False, False, False]


def test_of_equals_the_lower_number_belongs_to_the_head() -> None:
    counts = np.array([0, 2, 2, 2, 2, 2])
    assert concentration.long_tail(counts).tolist() == [False, False, False, False, False, True]


def test_gini_of_even_and_of_lopsided_lists() -> None:
    assert concentration.gini(np.array([0, 3, 3, 3, 3])) == 0
    assert concentration.gini(np.array([0, 0, 0, 0, 8])) == 0.75  # 1 - 1/N for one item of four
    # 1, 3: mean absolute difference (0 + 2 + 2 + 0) / 4 = 1, over twice the mean 2
    assert concentration.gini(np.array([7, 3, 1])) == 0.25
    assert concentration.gini(np.zeros(5, dtype=np.int64)) == 0


def test_the_three_figures_of_a_set_of_lists() -> None:
    counts = np.array([0, 60, 25, 10, 5])
    found = concentration.concentration(np.array([[1, 2], [1, 3]]), counts)
    assert (found.coverage, found.long_tail) == (0.75, 0.25)
    assert found.gini == pytest.approx(0.375)  # 0, 1, 1, 2: (-3*0 - 1*1 + 1*1 + 3*2) / (4 * 4)


def test_the_lorenz_curve_gives_the_gini_coefficient() -> None:
    times = np.array([0, 5, 1, 0, 2, 2])
    fifths = np.linspace(0, 1, 6)
    held = concentration.lorenz(times, fifths.tolist())
    assert held == pytest.approx([0, 0, 0.1, 0.3, 0.5, 1])
    assert 1 - 2 * np.trapezoid(held, fifths) == pytest.approx(concentration.gini(times))
    assert concentration.lorenz(times, [0.9]) == pytest.approx([0.75])  # half of the last item
    assert concentration.lorenz(np.zeros(3, dtype=np.int64), [0, 0.5, 1]) == [0, 0, 0]
