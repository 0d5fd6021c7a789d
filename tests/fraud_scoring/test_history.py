"""Windows of time and running totals, against loops."""

from datetime import datetime, timedelta

import numpy as np
import polars as pl
import pytest

from demos.core.numbered import codes
from demos.fraud_scoring.history import DAY, history, seconds
from tests.fraud_scoring.tables import busy_month, table


def test_rows_are_sorted_by_card_in_the_order_the_cards_appear_and_by_time() -> None:
    transactions = table([(0, "b", "t", 1, 0), (1, "a", "t", 2, 0), (1, "b", "t", 3, 0)])
    found = history(transactions, "card")
    assert found.order.tolist() == [0, 2, 1]
    assert found.first.tolist() == [0, 0, 2]
    assert found.time.tolist() == [0, DAY, DAY]
    assert found.place.tolist() == [0, 1, 2]
    assert found.restored(np.array([7, 8, 9])).tolist() == [7, 9, 8]


def test_a_window_begins_with_the_first_row_later_than_so_long_ago() -> None:
    transactions = table([(day, "a", "t", 1, 0) for day in (0, 1, 1, 2, 2.5, 9)])
    found = history(transactions, "card")
    assert found.since(DAY).tolist() == [0, 1, 1, 3, 3, 5]
    assert found.since(7 * DAY).tolist() == [0, 0, 0, 0, 0, 4]
    assert found.since(10**12).tolist() == [0] * 6


@pytest.mark.parametrize("key", ["card", "terminal"])
@pytest.mark.parametrize("span", [1, 3600, DAY, 7 * DAY, 100 * DAY])
def test_windows_of_many_cards_are_those_of_a_loop(key: str, span: int) -> None:
    transactions = busy_month(300, cards=6, terminals=5)
    found = history(transactions, key)
    names, times = transactions[key].to_list(), seconds(transactions)
    begins, totals = found.since(span), found.total(transactions["amount"].to_numpy()[found.order])
    for at, row in enumerate(found.order.tolist()):
        inside = [
            other
            for other in range(row)
            if names[other] == names[row] and times[other] > times[row] - span
        ]
        assert begins[at] == at - len(inside)
        spent = sum(transactions["amount"][other] for other in inside)
        assert totals[at] - totals[begins[at]] == pytest.approx(spent, abs=1e-6)


@pytest.mark.parametrize("rows", [1, 7, 50, 10_000])
def test_parts_are_of_whole_cards_and_say_the_same(rows: int) -> None:
    whole = history(busy_month(400, cards=15), "card")
    parts = list(whole.parts(rows))
    assert np.concatenate([part.order for part in parts]).tolist() == whole.order.tolist()
    assert len(parts) == 1 if rows >= 400 else len(parts) > 1
    offset = 0
    for part in parts:
        assert part.first[0] == 0
        assert set(part.code).isdisjoint(set(whole.code) - set(part.code))
        own = slice(offset, offset + len(part.order))
        for span in (DAY, 30 * DAY):
            assert (part.since(span) + offset).tolist() == whole.since(span)[own].tolist()
        offset = own.stop
    assert sum(len(set(part.code)) for part in parts) == len(set(whole.code))


def test_of_no_rows_there_is_no_history() -> None:
    nothing = history(table([(0, "a", "t", 1, 0)]).clear(), "card")
    assert len(nothing.order) == len(nothing.since(DAY)) == 0
    assert list(nothing.parts(10)) == []
    assert nothing.total(np.array([])).tolist() == [0]


def test_names_are_numbered_whatever_they_are() -> None:
    names = ["b", "a", "", "b", "ä", "a", " "]
    assert codes(pl.Series(names)).tolist() == [0, 1, 2, 0, 3, 1, 4]
    in_pieces = pl.concat([pl.Series(names[:3]), pl.Series(names[3:])], rechunk=False)
    assert codes(in_pieces).tolist() == [0, 1, 2, 0, 3, 1, 4]
    assert codes(pl.Series(names, dtype=pl.Categorical)).tolist() == [0, 1, 2, 0, 3, 1, 4]


def test_a_century_of_microseconds_is_counted_in_whole_seconds() -> None:
    began = datetime(1970, 1, 1)
    times = [began, began + timedelta(seconds=1.9), began + timedelta(days=36_525)]
    frame = pl.DataFrame({"time": pl.Series(times, dtype=pl.Datetime("us"))})
    assert seconds(frame).tolist() == [0, 1, 36_525 * DAY]
