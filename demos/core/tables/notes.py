"""What was done to a file and assumed of it, in sentences for whoever reads the result."""

from collections.abc import Iterator, Mapping, Sequence

import polars as pl

from demos.core.tables import times
from demos.core.tables.checking import Progress
from demos.core.tables.columns import Column, Kind
from demos.core.tables.files import FileFormat
from demos.core.tables.layout import FileColumn, clock_of, used

SHORTENED = r"^[0-9](?:[.,][0-9]+)?[Ee]\+[0-9]+$"


def notes_on(
    frame: pl.DataFrame, columns: Sequence[Column], so_far: Progress, mapping: Mapping[str, str]
) -> Iterator[str]:
    """What was done and assumed, for whoever reads the result."""
    if not so_far.layout.names_line and so_far.layout.format is FileFormat.CSV:
        yield "The file has no names above its columns; they are matched by hand."
    for column, file in used(so_far.layout, mapping, columns):
        values = frame[column.name]
        clock = clock_of(so_far.layout, mapping, column)
        if clock is not None:
            yield f"{column.title}: the time of day is from the column {clock.name}."
        if column.kind is Kind.TIME:
            yield from time_notes(column, file, values, so_far.zoned, len(frame))
        if column.kind is Kind.NUMBER and file.number is not None and file.number.doubtful:
            sign = "point" if file.number.decimal == "." else "comma"
            yield f"{column.title}: it is assumed that decimals follow a {sign}."
        if column.kind is Kind.TEXT and column.required and values.str.contains(SHORTENED).any():
            yield (
                f"{column.title}: some look shortened by a spreadsheet (4.56E+15); different ones "
                "may have become one."
            )
    for note, count in so_far.notes.items():
        yield f"{note} ({count:,} times)."


def time_notes(
    column: Column, file: FileColumn, values: pl.Series, zoned: int, rows: int
) -> Iterator[str]:
    format = file.time
    counted = format is not None and format.order in times.UNITS
    if "tz=" in file.stored or counted:
        yield f"{column.title}: in UTC."
    elif zoned:
        yield f"{column.title}: converted to UTC from the offsets in the file."
        if zoned < rows:
            yield f"{column.title}: {rows - zoned:,} name no offset and are taken as UTC."
    else:
        yield f"{column.title}: no time zone is named; the file's own clock is kept."
    if format and format.assumed:
        yield (
            f"{column.title}: the {format.order.value.split()[0]} is assumed to come first; all "
            "dates could be read the other way, too."
        )
    if len(values) > 1 and (values.dt.truncate("1d") == values).all():
        yield f"{column.title}: dates only; every row counts as at midnight."
