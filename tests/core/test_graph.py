"""Where the nodes of a tree are put."""

import math

import pytest

from demos.core.graph import radial


def test_a_lone_node_is_the_center() -> None:
    assert radial([-1]) == [(0, 0)]


def test_children_stand_evenly_around_the_root_clockwise_from_the_top() -> None:
    places = radial([-1, 0, 0, 0, 0])
    assert places[0] == (0, 0)
    expected = [(0, 1), (1, 0), (0, -1), (-1, 0)]
    for found, there in zip(places[1:], expected, strict=True):
        assert found == pytest.approx(there)


def test_grandchildren_stand_outside_their_parent_and_take_room_from_the_others() -> None:
    parents = [-1, 0, 0, *[1] * 5]
    places = radial(parents)
    assert math.hypot(*places[1]) == pytest.approx(0.5)
    assert all(math.hypot(*place) == pytest.approx(1) for place in places[3:])
    turns = [math.degrees(math.atan2(x, y)) for x, y in places]
    assert turns[1] == pytest.approx(sum(turns[3:]) / 5)  # in the middle of its children
    assert turns[1] == pytest.approx(0)
    assert turns[2] == pytest.approx(180)
    part = 360 / 7  # one for each of five grandchildren, two for a node nearer the middle
    assert turns[3:] == pytest.approx([-2 * part, -part, 0, part, 2 * part])


def test_a_single_child_stands_straight_outside_its_parent() -> None:
    places = radial([-1, 0, 0, 0, 2])
    assert places[4] == pytest.approx((2 * places[2][0], 2 * places[2][1]))


def test_no_two_nodes_share_a_place() -> None:
    parents = [-1, *[0] * 20, *[1 + i % 20 for i in range(39)]]
    places = {(round(x, 6), round(y, 6)) for x, y in radial(parents)}
    assert len(places) == 60


@pytest.mark.parametrize("parents", [[-1, 1], [-1, 2, 0], [-1, -1]])
def test_a_parent_that_is_not_there_is_an_error(parents: list[int]) -> None:
    with pytest.raises(ValueError, match="before its children"):
        radial(parents)
