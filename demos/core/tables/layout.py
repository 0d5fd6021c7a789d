"""How a file writes its table, as found by looking at its beginning; and that in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from demos.core.tables import time_format, times
from demos.core.tables.columns import Column, Kind
from demos.core.tables.files import FileFormat
from demos.core.tables.numbers import NumberFormat
from demos.core.tables.times import Order, TimeFormat

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar"}
ENCODINGS = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8 with a byte order mark",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "utf-32": "UTF-32",
    "cp1252": "Windows-1252",
}


@dataclass(frozen=True, slots=True)
class FileColumn:
    """One column of a file: some of its values as text, and what they are if all were so.

    `stored` is its type in a Parquet file, "" in CSV, where all is text.
    """

    name: str
    samples: tuple[str, ...]
    number: NumberFormat | None = None
    time: TimeFormat | None = None
    stored: str = ""


@dataclass(frozen=True, slots=True)
class Layout:
    """How a file is to be read. The text fields say nothing of a Parquet file.

    `first_line` is that of the first row, counted from 1; `names_line` that of the names, 0 where
    the file has none.
    """

    format: FileFormat
    compression: str
    columns: tuple[FileColumn, ...]
    encoding: str = "utf-8"
    delimiter: str = ","
    newline: str = "\n"
    names_line: int = 1
    first_line: int = 2

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> FileColumn:
        """The file's column of that name. Raises `KeyError` for an unknown one."""
        return {column.name: column for column in self.columns}[name]

    def replaced(self, column: FileColumn) -> "Layout":
        """With `column` in place of the one of its name."""
        columns = (column if each.name == column.name else each for each in self.columns)
        return replace(self, columns=tuple(columns))


def with_order(layout: Layout, name: str, order: Order) -> Layout:
    """With the dates of column `name` read in that order, which is no assumption any more."""
    column = layout.column(name)
    return layout.replaced(replace(column, time=time_format.in_order(column.samples, order)))


def with_decimal(layout: Layout, name: str, decimal: str) -> Layout:
    """With that decimal sign in column `name`, which is no assumption any more."""
    number = NumberFormat(decimal, assumed=False)
    return layout.replaced(replace(layout.column(name), number=number))


def doubts(
    layout: Layout, mapping: Mapping[str, str], columns: Sequence[Column]
) -> dict[str, Kind]:
    """Columns whose values can be read in two ways, and what they hold: by their names in the file.

    What was assumed of them is to be said, and left to the user.
    """
    found = {}
    for column, file in used(layout, mapping, columns):
        if column.kind is Kind.TIME and file.time and file.time.assumed:
            found[file.name] = Kind.TIME
        if column.kind is Kind.NUMBER and file.number and file.number.doubtful:
            found[file.name] = Kind.NUMBER
    return found


def clock_of(layout: Layout, mapping: Mapping[str, str], column: Column) -> FileColumn | None:
    """The column with the time of day, where that of the dates has none and it is the only one."""
    if column.kind is not Kind.TIME or layout.format is not FileFormat.CSV:
        return None
    dates = layout.column(mapping[column.name])
    if dates.time is None or dates.time.order in times.UNITS:
        return None
    taken = set(mapping.values())
    clocks = [
        each
        for each in layout.columns
        if each.name not in taken and time_format.are_clocks(each.samples)
    ]
    return clocks[0] if len(clocks) == 1 and time_format.without_clock(dates.samples) else None


def with_clock(dates: FileColumn) -> FileColumn:
    """The dates as they are read with a time of day behind each."""
    if dates.time is None or dates.time.pattern is None:
        return dates
    return replace(dates, time=replace(dates.time, pattern=f"{dates.time.pattern} %H:%M:%S"))


def used(
    layout: Layout, mapping: Mapping[str, str], columns: Sequence[Column]
) -> list[tuple[Column, FileColumn]]:
    """The columns that are read, each with that of the file."""
    return [
        (column, layout.column(mapping[column.name]))
        for column in columns
        if column.name in mapping
    ]


def described(layout: Layout, mapping: Mapping[str, str], columns: Sequence[Column]) -> str:
    """One line for the user: "CSV with semicolons · UTF-8 · decimal comma · dates day first"."""
    parts = [layout.format.value]
    if layout.format is FileFormat.CSV:
        parts[0] += f" with {DELIMITERS[layout.delimiter]}s"
        parts.append(ENCODINGS[layout.encoding])
    if layout.compression:
        parts.insert(1, f"{layout.compression} compressed")
    for column, file in used(layout, mapping, columns):
        if file.stored and not file.stored.endswith("string"):
            continue
        if column.kind is Kind.NUMBER and file.number and file.number.decimal == ",":
            parts.append("decimal comma")
        if column.kind is Kind.TIME and file.time:
            parts.append(time_in_words(file.time))
        if clock_of(layout, mapping, column) is not None:
            parts.append("time of day from a column of its own")
    return " · ".join(dict.fromkeys(parts))


def time_in_words(time: TimeFormat) -> str:
    if time.order in times.UNITS:
        return f"{time.order.value} (UTC)"
    said = f"dates {time.order.value}" + (" (assumed)" if time.assumed else "")
    return said + (", with offsets, converted to UTC" if time.zoned else "")
