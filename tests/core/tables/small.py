"""A small table's columns, and short ways to read one."""

import io
from collections.abc import Mapping

import polars as pl

from demos.core.settings import Settings
from demos.core.tables import Column, Kind, Preview, Table, preview, read

COLUMNS = (
    Column("time", "Time", Kind.TIME, True, ("date", "when"), ("2025-05-01 08:15:00",)),
    Column("card", "Card", Kind.TEXT, True, ("customer", "account"), ("C-1",)),
    Column("amount", "Amount", Kind.NUMBER, True, ("value",), ("24.90",), minimum=0, maximum=1e9),
    Column("id", "Number", Kind.TEXT, False, ("reference",), ("1",), unique=True),
    Column(
        "fraud",
        "Fraud",
        Kind.FLAG,
        False,
        ("label",),
        ("0",),
        true_words=("bad",),
        false_words=("good",),
    ),
    Column("kind", "Kind", Kind.INTEGER, False, (), ("2",), allowed=(0, 1, 2)),
)
HEAD = "time,card,amount,id,fraud,kind\n"
SETTINGS = Settings()


def seen(data: bytes | str, settings: Settings = SETTINGS) -> Preview:
    return preview(as_bytes(data), "file.csv", COLUMNS, settings)


def table(
    data: bytes | str, settings: Settings = SETTINGS, mapping: Mapping[str, str] | None = None
) -> Table:
    """Read as the page would if nothing were changed by hand."""
    found = seen(data, settings)
    chosen = found.mapping if mapping is None else mapping
    return read(as_bytes(data), "file.csv", COLUMNS, found.layout, chosen, settings)


def as_bytes(data: bytes | str) -> bytes:
    return data.encode() if isinstance(data, str) else data


def parquet(frame: pl.DataFrame, **options: object) -> bytes:
    buffer = io.BytesIO()
    frame.write_parquet(buffer, **options)  # type: ignore[arg-type]
    return buffer.getvalue()


def reasons(found: Table) -> list[tuple[int, str]]:
    return [(row.line, row.reason) for row in sorted(found.quarantine.rows, key=lambda r: r.line)]
