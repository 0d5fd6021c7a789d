"""Histories of the tiny catalog without a file."""

from collections.abc import Sequence

import polars as pl

from demos.core.recommend.catalog import Catalog
from demos.core.recommend.histories import Histories, histories_of


def histories_from(
    catalog: Catalog, taken: Sequence[Sequence[int]], users: Sequence[str] = ()
) -> Histories:
    """Customers "u0", "u1" ... who took these items, by number; who took none, an unknown one."""
    names = users or [f"u{place}" for place in range(len(taken))]
    rows = [
        (name, catalog.codes[item] if item else "Nothing Known")
        for name, items in zip(names, taken, strict=True)
        for item in (items or [0])
    ]
    # a customer whose rows are known keeps the file from being one of another catalog
    frame = pl.DataFrame(rows, schema=["user", "item"], orient="row").with_columns(
        row=pl.int_range(2, len(rows) + 2, dtype=pl.UInt32),
        time=pl.lit(None, pl.Datetime("us")),
        position=pl.lit(None, pl.Int64),
    )
    return histories_of(frame, catalog)
