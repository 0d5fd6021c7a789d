"""Histories of users, read from the data sets' Parquet files (`user, position, item`)."""

from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

Items = NDArray[np.int64]
"""Items of one user, oldest first."""


def read_histories(path: Path) -> dict[int, Items]:
    """Every user's items, oldest first: by `position`, or in the file's order if it has none.

    Raises polars' errors for a file without `user` or `item`.
    """
    rows = pl.read_parquet(path)
    by = ["user", "position"] if "position" in rows.columns else ["user"]
    by_user = rows.sort(by, maintain_order=True).group_by("user", maintain_order=True).agg("item")
    return {
        user: items.to_numpy().astype(np.int64)
        for user, items in zip(by_user["user"].to_list(), by_user["item"], strict=True)
    }


def read_held_out(path: Path) -> dict[int, int]:
    """The item each user took next: the file's last one where it has several for a user."""
    return {user: int(items[-1]) for user, items in read_histories(path).items()}


def without_last(histories: dict[int, Items]) -> tuple[dict[int, Items], dict[int, int]]:
    """The validation split: what each user took last, and the histories before it."""
    before = {user: items[:-1] for user, items in histories.items()}
    return before, {user: int(items[-1]) for user, items in histories.items()}
