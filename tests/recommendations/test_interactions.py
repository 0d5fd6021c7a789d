"""Histories from the files of the data sets."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from demos.recommendations.interactions import read_held_out, read_histories, without_last


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Rows in no order, one of two users with positions that do not begin at 0."""
    rows = {"user": [7, 3, 7, 3, 7], "position": [2, 9, 0, 4, 1], "item": [30, 5, 10, 6, 20]}
    pl.DataFrame(rows).write_parquet(tmp_path / "some.parquet")
    return tmp_path / "some.parquet"


def test_histories_are_in_the_order_of_positions(file: Path) -> None:
    found = read_histories(file)
    assert {user: items.tolist() for user, items in found.items()} == {3: [6, 5], 7: [10, 20, 30]}
    assert {items.dtype for items in found.values()} == {np.dtype(np.int64)}


def test_the_held_out_item_is_the_last_one(file: Path) -> None:
    assert read_held_out(file) == {3: 5, 7: 30}


def test_without_its_last_item_a_history_is_one_shorter(file: Path) -> None:
    before, last = without_last(read_histories(file))
    assert {user: items.tolist() for user, items in before.items()} == {3: [6], 7: [10, 20]}
    assert last == {3: 5, 7: 30}


def test_without_positions_the_order_is_the_file_s(tmp_path: Path) -> None:
    rows = {"user": [7, 3, 7, 3], "item": [30, 6, 10, 5]}
    pl.DataFrame(rows).write_parquet(tmp_path / "held.parquet")
    found = read_histories(tmp_path / "held.parquet")
    assert {user: items.tolist() for user, items in found.items()} == {3: [6, 5], 7: [30, 10]}


@pytest.mark.parametrize("column", ["user", "item"])
def test_a_file_without_users_or_items_is_refused(column: str, tmp_path: Path) -> None:
    columns = {"user": [1], "position": [0], "item": [2]}
    del columns[column]
    pl.DataFrame(columns).write_parquet(tmp_path / "other.parquet")
    with pytest.raises(pl.exceptions.ColumnNotFoundError, match=column):
        read_histories(tmp_path / "other.parquet")
