"""Agreement of two ranked lists, against values computed by hand."""

import math

import pytest

from demos.core.recommend.overlap import (
    PERSISTENCE,
    Placed,
    placed,
    rank_biased_overlap,
    shared,
)


def test_every_item_has_its_places() -> None:
    found = placed([7, 3, 9], [3, 7, 4])
    assert found == [Placed(7, 1, 2), Placed(3, 2, 1), Placed(9, 3, None), Placed(4, None, 3)]
    assert [each.rise for each in found] == [-1, 1, None, None]


def test_what_is_shared_is_in_the_order_of_the_first() -> None:
    assert shared([7, 3, 9], [3, 7, 4]) == [7, 3]
    assert shared([1], []) == []


def test_the_same_is_one_and_nothing_shared_is_zero() -> None:
    assert rank_biased_overlap([4, 5, 6], [4, 5, 6]) == pytest.approx(1)
    assert rank_biased_overlap([4, 5, 6], [1, 2, 3]) == 0
    assert rank_biased_overlap([], []) == 1
    assert rank_biased_overlap([], [1]) == 0


@pytest.mark.parametrize(
    "first, second, persistence, expected",
    [
        # Agreement at depths 1 to 3 is 1, 1/2, 1: (.9 + .405 + .729) / 9 + .729.
        ([1, 2, 3], [1, 3, 2], 0.9, 0.955),
        # 0, 1: .25 + .25.
        ([1, 2], [2, 1], 0.5, 0.5),
        # Uneven: agreement 0, 1/2: .125, and a tail of (1 / 2) / 4.
        ([1], [2, 1], 0.5, 0.25),
        # Uneven, in agreement as far as both go: nothing speaks against the same.
        ([1], [1, 2], 0.5, 1.0),
    ],
)
def test_rank_biased_overlap(
    first: list[int], second: list[int], persistence: float, expected: float
) -> None:
    assert rank_biased_overlap(first, second, persistence) == pytest.approx(expected)
    assert rank_biased_overlap(second, first, persistence) == pytest.approx(expected)


def test_the_top_counts_most() -> None:
    ten = list(range(10))
    at_the_top, at_the_end = [99, *ten[1:]], [*ten[:-1], 99]
    assert rank_biased_overlap(ten, at_the_top) < rank_biased_overlap(ten, at_the_end)


def test_the_first_ten_ranks_weigh_what_is_said() -> None:
    # Equation 21 of the paper: the weight of ranks 1 to d in all of an endless list.
    series = sum(PERSISTENCE**i / i for i in range(1, 10))
    log = math.log(1 / (1 - PERSISTENCE))
    weight = 1 - PERSISTENCE**9 + (1 - PERSISTENCE) / PERSISTENCE * 10 * (log - series)
    assert round(weight, 2) == 0.86
