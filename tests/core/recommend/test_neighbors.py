"""The items nearest to one."""

import numpy as np
import pytest

from demos.core.recommend.neighbors import nearest, taken_alike, titled_alike
from tests.core.recommend import tiny

CATALOG = tiny.catalog()
CORNERS = np.array([[0, 0], [1, 0], [0.6, 0.8], [0, 1], [-1, 0], [0, 0], [0.6, 0.8]], np.float32)


def test_the_nearest_come_first_with_their_cosine_and_of_equals_the_first() -> None:
    found = nearest(CORNERS, 1, 4)
    assert [each.item for each in found] == [2, 6, 3, 4]
    assert [each.similarity for each in found] == pytest.approx([0.6, 0.6, 0, -1])
    assert [each.item for each in nearest(CORNERS, 1, 1)] == [2]


def test_neither_itself_nor_padding_nor_what_is_unknown_is_a_neighbor() -> None:
    assert {each.item for each in nearest(CORNERS, 2, 99)} == {1, 3, 4, 6}
    assert nearest(CORNERS, 5, 3) == ()


@pytest.mark.parametrize("item", [0, -1, len(CORNERS)])
def test_there_must_be_such_an_item(item: int) -> None:
    with pytest.raises(IndexError):
        nearest(CORNERS, item, 3)


def test_the_same_people_and_titles_alike_are_two_different_things() -> None:
    lanterns = 1
    people = [each.item for each in taken_alike(CATALOG, lanterns)]
    words = [each.item for each in titled_alike(CATALOG, lanterns)]
    assert len(people) == len(words) == 5 and people != words
    assert all("Sci-Fi" in CATALOG.groups[each] for each in people)
    assert set(words[:2]) == {2, 3}  # the other two Star Lanterns
