"""What a file holds, by its beginning: enough to show, to match its columns, and to read it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from demos.core.media import plain_name
from demos.core.settings import Settings
from demos.core.tables.columns import Column, Kind, matched
from demos.core.tables.csv_layout import csv_layout
from demos.core.tables.files import FileFormat, Source, look
from demos.core.tables.layout import FileColumn, Layout, clock_of
from demos.core.tables.parquet_layout import parquet_layout

ROWS_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Preview:
    """A file as its beginning shows it.

    `mapping` is what names tell: from the name of a `Column` to that of the file's column;
    `suggested` what values tell of the required ones left. `rows` are the first ones as text.
    """

    name: str
    size: int
    layout: Layout
    columns: tuple[Column, ...]
    mapping: Mapping[str, str]
    suggested: Mapping[str, str]
    rows: tuple[tuple[str, ...], ...]

    @property
    def missing(self) -> tuple[Column, ...]:
        """Required columns that no name tells."""
        return missing(self.columns, self.mapping)

    @property
    def extra(self) -> tuple[str, ...]:
        """The file's columns that nothing is read from."""
        return extra(self.layout, self.mapping, self.columns)


def missing(columns: Sequence[Column], mapping: Mapping[str, str]) -> tuple[Column, ...]:
    return tuple(each for each in columns if each.required and each.name not in mapping)


def extra(layout: Layout, mapping: Mapping[str, str], columns: Sequence[Column]) -> tuple[str, ...]:
    """The file's columns that nothing is read from."""
    found = (clock_of(layout, mapping, each) for each in columns if each.name in mapping)
    taken = {*mapping.values(), *(clock.name for clock in found if clock is not None)}
    return tuple(name for name in layout.names if name not in taken)


def preview(source: Source, name: str, columns: Sequence[Column], settings: Settings) -> Preview:
    """Look at the beginning of a CSV or Parquet file, plain or compressed with gzip or Zstandard.

    Raises `InputError`: `EmptyInput` without rows, `TooLarge`, `UnsupportedType` for any other
    kind of file, `Unreadable` for a damaged one.
    """
    found = look(source, settings)
    if found.format is FileFormat.PARQUET:
        layout, rows = parquet_layout(source, found, settings)
    else:
        layout, rows = csv_layout(source, found, columns)
    kinds = {each.name: each for each in layout.columns}
    mapping = {}
    if layout.names_line:
        mapping = matched(
            layout.names,
            columns,
            lambda column, name: column.kind is not Kind.TIME or looks_as(kinds[name], Kind.TIME),
        )
    return Preview(
        name=plain_name(name),
        size=found.size,
        layout=layout,
        columns=tuple(columns),
        mapping=mapping,
        suggested=suggested(layout, mapping, columns),
        rows=tuple(tuple(row) for row in rows[:ROWS_SHOWN]),
    )


def suggested(
    layout: Layout, mapping: Mapping[str, str], columns: Sequence[Column]
) -> dict[str, str]:
    """The file's columns that alone look as a missing one does; never sure, only a start."""
    free = [each for each in layout.columns if each.name not in mapping.values()]
    found = {}
    for column in missing(columns, mapping):
        alike = [each for each in free if looks_as(each, column.kind)]
        if len(alike) == 1:
            found[column.name] = alike[0].name
    return found


def looks_as(file: FileColumn, kind: Kind) -> bool:
    """Whether the values are what only such a column holds: dates, or numbers with decimals."""
    if kind is Kind.TIME:
        return file.time is not None
    if kind is Kind.NUMBER:
        fractional = any(sign in value for value in file.samples for sign in ".,")
        return file.number is not None and file.time is None and fractional
    return False
