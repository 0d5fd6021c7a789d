"""What is in a Parquet file, told by its footer and first rows."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from demos.core.errors import EmptyInput, InputError, TooLarge, UnsupportedType
from demos.core.settings import Settings
from demos.core.tables.csv_layout import MAX_COLUMNS, file_column
from demos.core.tables.files import (
    FileFormat,
    Found,
    Source,
    pieces,
    raw_stream,
    unreadable_parquet,
)
from demos.core.tables.layout import FileColumn, Layout

ROWS = 1000
CALENDAR = (-719_162, 2_932_896)
"""The first day of year 1 and the last of 9999, counted from 1970."""
TICKS = {"ms": 10**3, "us": 10**6, "ns": 10**9}
"""Of a unit of time, in a second."""
LONGEST = 1000
"""Characters of a text that are read at all: more than any column allows."""


@contextmanager
def parquet_errors() -> Iterator[None]:
    """Whatever a damaged file trips over becomes `Unreadable`."""
    try:
        yield
    except (InputError, MemoryError):
        raise
    except (
        pa.ArrowException,
        pl.exceptions.PolarsError,
        pl.exceptions.PanicException,
        OSError,
        ValueError,
        TypeError,
    ) as error:
        raise unreadable_parquet(error) from error


def opened_parquet(source: Source, compression: str, settings: Settings) -> pq.ParquetFile:
    """The file, its limits checked, its text columns to be read as dictionaries.

    As such a long text that is repeated in every row is in memory once. Raises `InputError`.
    """
    if compression:
        source = b"".join(piece.data for piece in pieces(source, compression, settings))
    with parquet_errors():
        file = pq.ParquetFile(raw_stream(source))
        names = file.schema_arrow.names
        texts = [
            each.name for each in file.schema_arrow if is_text(each.type) and "." not in each.name
        ]
        if texts:
            file = pq.ParquetFile(raw_stream(source), read_dictionary=texts)
        rows = file.metadata.num_rows
    if len(names) > MAX_COLUMNS:
        raise UnsupportedType(
            f"This file has {len(names):,} columns; the limit is {MAX_COLUMNS:,}.",
            "Save it with fewer columns.",
        )
    if rows > settings.max_table_rows:
        raise TooLarge(
            f"This file has {rows:,} rows; the limit is {settings.max_table_rows:,}.",
            "Split it by date.",
        )
    if not rows:
        raise EmptyInput("This Parquet file has no rows.", "Export it with its rows.")
    return file


def is_text(type: pa.DataType) -> bool:
    return bool(pa.types.is_string(type) or pa.types.is_large_string(type) or is_bytes(type))


def is_bytes(type: pa.DataType) -> bool:
    return bool(pa.types.is_binary(type) or pa.types.is_large_binary(type))


def usable(type: pa.DataType) -> bool:
    """Whether a column of that type can be read: no lists, structs and the like."""
    return is_text(type) or bool(
        pa.types.is_integer(type)
        or pa.types.is_floating(type)
        or pa.types.is_decimal(type)
        or pa.types.is_boolean(type)
        or pa.types.is_timestamp(type)
        or pa.types.is_date(type)
        or pa.types.is_dictionary(type)
    )


def parquet_layout(
    source: Source, found: Found, settings: Settings
) -> tuple[Layout, list[list[str]]]:
    """How a Parquet file is to be read, and its first rows as text. Raises `InputError`."""
    file = opened_parquet(source, found.compression, settings)
    with parquet_errors():
        schema = file.schema_arrow
        names = [
            each.name for each in schema if usable(each.type) and schema.names.count(each.name) == 1
        ]
        if not names:
            raise UnsupportedType("No column of this file can be read.", "Save the table as CSV.")
        batch = next(file.iter_batches(ROWS, columns=names), None)
        if batch is None:
            raise EmptyInput("This Parquet file has no rows.", "Export it with its rows.")
        frame = texts_of(batch)
    columns = tuple(
        parquet_column(frame[name], str(schema.field(name).type)) for name in frame.columns
    )
    layout = Layout(FileFormat.PARQUET, found.compression, columns, first_line=1)
    return layout, [list(row) for row in frame.rows()]


def frame_of(batch: pa.RecordBatch) -> pl.DataFrame:
    """The rows of a batch; texts longer than `LONGEST` are cut, before any is in memory twice."""
    arrays = [bounded(each) if pa.types.is_dictionary(each.type) else each for each in batch]
    frame = pl.DataFrame(pl.from_arrow(pa.table(arrays, names=batch.schema.names)))
    return frame.select(within_calendar(each) for each in frame.iter_columns())


def within_calendar(series: pl.Series) -> pl.Series:
    """Dates and times before year 1 as its first day, after 9999 as its last: polars has no other.

    Both are as wrong as what they stand for.
    """
    dtype = series.dtype
    if not isinstance(dtype, pl.Date | pl.Datetime):
        return series
    days = 1 if isinstance(dtype, pl.Date) else 86_400 * TICKS[dtype.time_unit]
    first, last = (max(min(each * days, 2**63 - 1), -(2**63)) for each in CALENDAR)
    return series.to_physical().clip(first, last).cast(dtype)


def bounded(column: pa.DictionaryArray) -> pa.Array:
    """A dictionary-encoded column as plain values; of a text, the first `LONGEST` characters.

    What is no UTF-8 in it has the replacement character instead.
    """
    values = column.dictionary
    if is_text(values.type):
        texts = values.cast(pa.large_binary()).to_pylist()
        values = pa.array(
            [None if text is None else text.decode("utf-8", "replace")[:LONGEST] for text in texts],
            pa.large_string(),
        )
    return values.take(column.indices)


def texts_of(batch: pa.RecordBatch) -> pl.DataFrame:
    """The rows as text, "" for what is missing."""
    frame = frame_of(batch)
    return frame.select(as_text(frame[name]).fill_null("") for name in frame.columns)


def as_text(series: pl.Series) -> pl.Series:
    """Values as somebody would type them."""
    if isinstance(series.dtype, pl.Datetime):
        return series.dt.to_string("iso")
    return series.cast(pl.String, strict=False)


def parquet_column(texts: pl.Series, stored: str) -> FileColumn:
    values: Sequence[str] = texts.to_list()
    found = file_column(texts.name, values)
    return FileColumn(found.name, found.samples, found.number, found.time, stored)
