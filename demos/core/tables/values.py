"""The cells of one column: to their kind, or a word on what is wrong with each."""

from collections.abc import Iterator
from datetime import datetime

import polars as pl

from demos.core.tables import numbers, times
from demos.core.tables.columns import Column, Kind
from demos.core.tables.layout import FileColumn
from demos.core.tables.numbers import NumberFormat
from demos.core.tables.parquet_layout import as_text
from demos.core.tables.times import TimeFormat

MAX_TEXT = 256
"""Characters of an identifier or name."""
EARLIEST, LATEST = datetime(1980, 1, 1), datetime(2100, 1, 1)
"""Before and after lie the dates that stand for "unknown": 1900-01-01, 1970-01-01, 9999-12-31."""
MISSING_WORDS = ("na", "n/a", "#n/a", "nan", "null", "none", "nil", "nat", "<na>", "?", "-")
# Spreadsheets write these in the language of their user.
TRUE_WORDS = ("1", "true", "t", "yes", "y", "1.0", "ja", "j", "wahr", "oui", "vrai", "sí", "si")
FALSE_WORDS = ("0", "false", "f", "no", "n", "0.0", "nein", "falsch", "non", "faux", "nee")

TYPES: dict[Kind, pl.DataType] = {
    Kind.TEXT: pl.String(),
    Kind.NUMBER: pl.Float64(),
    Kind.INTEGER: pl.Int64(),
    Kind.TIME: pl.Datetime("us"),
    Kind.FLAG: pl.Int8(),
}

MISSING = "is missing"
Problem = tuple[pl.Series, str]
"""Which rows have it (n,) bool, and what it is: it completes "The amount ..."."""


def converted(
    cells: pl.Series, column: Column, file: FileColumn
) -> tuple[pl.Series, list[Problem]]:
    """The cells as `TYPES` has them, and all that is wrong with some; those are null or to go."""
    values = typed(cells, column, file)
    blank = is_blank(cells, values, column.kind)
    if column.kind is Kind.TEXT:
        values = pl.select(pl.when(~blank).then(values)).to_series()
    found: list[Problem] = []
    if column.required:
        found.append((blank, MISSING))
    found += list(problems(values, blank, column))
    return values.alias(column.name), [(mask, word) for mask, word in found if mask.any()]


def typed(cells: pl.Series, column: Column, file: FileColumn) -> pl.Series:
    """The cells in the type of the column's kind; null what cannot be."""
    kind, dtype = column.kind, cells.dtype
    if kind is Kind.TEXT:
        return text(cells)
    if kind is Kind.TIME and isinstance(dtype, (pl.Datetime, pl.Date)):
        return without_zone(cells)
    if kind is Kind.NUMBER and (dtype.is_numeric() or dtype.is_decimal()):
        return cells.cast(pl.Float64)
    texts = as_text(cells)
    if kind is Kind.TIME:
        return times.parse(texts, file.time or TimeFormat(times.Order.YEAR_FIRST))
    if kind is Kind.NUMBER:
        return numbers.parse(texts, file.number or NumberFormat())
    if kind is Kind.INTEGER:
        return whole(numbers.parse(texts, file.number or NumberFormat()))
    return flags(texts, column)


def text(cells: pl.Series) -> pl.Series:
    """Identifiers and names; a whole number that was stored as 596.0 is 596."""
    if cells.dtype.is_float():
        numbers_ = whole(cells)
        if numbers_.null_count() == cells.null_count() + cells.is_nan().sum():
            return numbers_.cast(pl.String)
    return as_text(cells).str.strip_chars()


def without_zone(cells: pl.Series) -> pl.Series:
    """Times in microseconds; of those with a zone, UTC."""
    if isinstance(cells.dtype, pl.Datetime) and cells.dtype.time_zone:
        cells = cells.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
    return cells.cast(times.MICROSECONDS)


def whole(values: pl.Series) -> pl.Series:
    """Numbers without a fraction as Int64; null the others."""
    exact = values.is_finite() & (values == values.floor()) & (values.abs() < 2**53)
    kept = pl.select(pl.when(exact).then(values).cast(pl.Int64))
    return kept.to_series().alias(values.name)


def flags(texts: pl.Series, column: Column) -> pl.Series:
    """1, 0, or null for a word that is neither."""
    words = texts.str.strip_chars().str.to_lowercase()
    true = words.is_in([*TRUE_WORDS, *(word.lower() for word in column.true_words)])
    false = words.is_in([*FALSE_WORDS, *(word.lower() for word in column.false_words)])
    return pl.select(
        pl.when(true).then(1).when(false).then(0).otherwise(None).cast(pl.Int8)
    ).to_series()


def is_blank(cells: pl.Series, values: pl.Series, kind: Kind) -> pl.Series:
    """Which cells say nothing: empty, or a word for it. What was read as something does not."""
    if kind is Kind.TEXT:
        short = values.str.len_bytes() <= 4
        words = pl.select(pl.when(short).then(values.str.to_lowercase())).to_series()
        return values.is_null() | (values == "") | words.is_in(MISSING_WORDS).fill_null(False)
    blank = values.is_null()
    if values.dtype.is_float():
        blank = blank | values.is_nan().fill_null(False)
    places = blank.arg_true()
    if len(places):
        words = as_text(cells.gather(places)).fill_null("").str.strip_chars().str.to_lowercase()
        blank = blank.scatter(places, (words == "") | words.is_in(MISSING_WORDS))
    return blank


def problems(values: pl.Series, blank: pl.Series, column: Column) -> Iterator[Problem]:
    """What is wrong with cells that are not blank."""
    unread = values.is_null() & ~blank
    match column.kind:
        case Kind.TEXT:
            yield (
                values.str.len_chars().fill_null(0) > MAX_TEXT,
                f"is longer than {MAX_TEXT} characters",
            )
        case Kind.NUMBER:
            yield unread, "is not a number"
            yield ~values.is_finite().fill_null(True) & ~blank, "is not a finite number"
        case Kind.INTEGER:
            yield unread, "is not a whole number"
        case Kind.TIME:
            yield unread, "is not a date and time"
            yield (values < EARLIEST).fill_null(False), f"is before {EARLIEST.year}"
            yield (values >= LATEST).fill_null(False), f"is after {LATEST.year - 1}"
        case Kind.FLAG:
            yield unread, "is neither yes nor no"
    if column.minimum is not None:
        yield (values < column.minimum).fill_null(False), f"is below {column.minimum:,.10g}"
    if column.maximum is not None:
        yield (values > column.maximum).fill_null(False), f"is above {column.maximum:,.10g}"
    if column.allowed:
        wrong = ~values.is_in(column.allowed) & values.is_not_null()
        yield wrong.fill_null(False), f"is none of {', '.join(map(str, column.allowed))}"
