"""One transaction, and that its features can be had from the rows around it alone."""

from datetime import timedelta

import numpy as np
import pytest

from demos.fraud_scoring.features import features
from demos.fraud_scoring.transaction import find, surroundings
from tests.fraud_scoring.tables import BEGAN, busy_month, table

DAY = timedelta(days=1)


def test_a_transaction_is_found_by_its_row() -> None:
    found = find(table([(0, "a", "s", 10, 0), (5, "b", "t", 20, None)]), 3)
    assert (found.position, found.card, found.terminal, found.amount) == (1, "b", "t", 20)
    assert (found.time, found.began, found.known_until) == (
        BEGAN + 5 * DAY,
        BEGAN,
        BEGAN - 2 * DAY,
    )


def test_a_row_that_is_not_there_is_an_error() -> None:
    with pytest.raises(KeyError):
        find(table([(0, "a", "s", 10, 0)]), 9)


@pytest.mark.parametrize(
    ("first", "day", "labeled"), [(0, 8, True), (0, 7, True), (0, 6, False), (None, 8, False)]
)
def test_labels_count_once_they_are_a_week_old(
    first: int | None, day: float, labeled: bool
) -> None:
    purchases = table([(0, "a", "s", 10, first), (day, "b", "t", 20, 1)])
    assert find(purchases, 3).labeled is labeled


def test_the_features_of_a_row_are_those_from_the_whole_table() -> None:
    whole = busy_month()
    of_all = features(whole)
    for position in range(100, whole.height, 97):
        case = find(whole, int(whole["row"][position]))
        around = surroundings(whole, case)
        assert around.height < whole.height / 2 or position < 2000
        assert around["row"][-1] == case.row
        assert np.allclose(features(around)[-1], of_all[position], atol=1e-5)


def test_more_cards_can_be_asked_for() -> None:
    whole = table(
        [
            (0, "far", "elsewhere", 10, 0),
            (0.5, "old", "elsewhere", 10, 0),
            (1, "old", "t", 10, 0),
            (2, "far", "t", 10, 0),
            (8, "new", "elsewhere", 10, 0),
            (8.5, "new", "t", 10, 0),
            (9.5, "a", "t", 10, 0),
            (9.7, "a", "later", 10, 0),
        ]
    )
    case = find(whole, 8)
    assert surroundings(whole, case)["row"].to_list() == [4, 5, 7, 8]
    assert surroundings(whole, case, cards=["far"])["row"].to_list() == [2, 4, 5, 7, 8]
    until = case.time + DAY
    assert surroundings(whole, case, until=until)["row"].to_list() == [4, 5, 7, 8, 9]


def test_the_order_of_equal_times_is_kept() -> None:
    same = [(1.0, "a", "t", 10.0, 0), (1.0, "a", "t", 20.0, 0), (1.0, "a", "t", 30.0, 0)]
    around = surroundings(table(same), find(table(same), 3))
    assert around["amount"].to_list() == [10, 20]
