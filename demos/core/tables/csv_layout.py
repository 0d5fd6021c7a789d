"""How a CSV file is written, told from its beginning: encoding, delimiter, names, values."""

import codecs
import csv
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from demos.core.errors import EmptyInput, UnsupportedType
from demos.core.tables import numbers, time_format, times
from demos.core.tables.columns import Column, matched, normalized
from demos.core.tables.files import SAVE_AS_CSV, FileFormat, Found, Source, opened
from demos.core.tables.layout import DELIMITERS, FileColumn, Layout
from demos.core.tables.numbers import NumberFormat
from demos.core.tables.times import Order, TimeFormat

RECORDS = 1000
"""Looked at for the layout."""
FEW = 30
"""Values that tell whether a column is worth a closer look."""
MAX_COLUMNS = 500
MAX_PREAMBLE = 20
"""Lines above the names: titles, dates of the export."""
TAIL = 64 * 1024
BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
CONTROLS = frozenset(map(chr, range(32))) - set("\t\n\r\f")


@dataclass(frozen=True, slots=True)
class Record:
    """The fields of one row and the line it begins at."""

    line: int
    fields: list[str]


def csv_layout(
    source: Source, found: Found, columns: Sequence[Column]
) -> tuple[Layout, list[list[str]]]:
    """How a CSV file is to be read, and its first rows.

    `columns` are those hoped for: a delimiter that makes their names appear is the right one.
    Raises `InputError` for what is no text, or has no columns.
    """
    encoding = encoding_of(found.head)
    text = decoded(found, encoding)
    newline = "\n" if "\n" in text or "\r" not in text else "\r"
    text = normal_newlines(text, newline)
    if not found.whole:
        text = text[: text.rfind("\n") + 1]
        if not text:
            raise UnsupportedType(
                "This file has no line ends at its beginning, so it is no table.", SAVE_AS_CSV
            )
    if not text.strip("\n\ufeff \t"):
        raise EmptyInput("There is nothing in this file but blank lines.", "Export it once more.")
    delimiter, records = delimited(text, columns)
    width = usual_width(records)
    start = first_of(records, width, columns)
    records = records[start:]
    if width > MAX_COLUMNS:
        raise UnsupportedType(
            f"This file has {width:,} columns; the limit is {MAX_COLUMNS:,}.",
            "Export it with fewer columns.",
        )
    names, has_names = names_of(records, width, columns)
    rows = [each for each in records[has_names:] if any(each.fields)]
    if not rows:
        what = "the names of columns" if has_names else "blank lines"
        raise EmptyInput(f"There is nothing in this file but {what}.", "Export it with its rows.")
    whole_rows = [each.fields for each in rows if len(each.fields) == len(names)]
    last_rows = [] if found.whole or found.compression else tail(source, encoding, delimiter)
    last_rows = [fields for fields in last_rows if len(fields) == len(names)]
    layout = Layout(
        format=FileFormat.CSV,
        compression=found.compression,
        columns=tuple(
            file_column(name, [fields[place] for fields in whole_rows + last_rows])
            for place, name in enumerate(names)
        ),
        encoding=encoding,
        delimiter=delimiter,
        newline=newline,
        names_line=records[0].line if has_names else 0,
        first_line=records[1].line if has_names and len(records) > 1 else records[0].line,
    )
    return layout, whole_rows


def encoding_of(head: bytes) -> str:
    """The encoding of a text. Raises `UnsupportedType` for what is no text at all."""
    for mark, encoding in BOMS:
        if head.startswith(mark):
            return encoding
    for encoding, zeros in (("utf-16-le", head[1:400:2]), ("utf-16-be", head[0:400:2])):
        if len(zeros) > 2 and zeros.count(0) > 0.6 * len(zeros):
            return encoding
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def decoded(found: Found, encoding: str) -> str:
    """The beginning as text, without its byte order mark."""
    try:
        text = codecs.getincrementaldecoder(encoding)(
            "replace" if encoding == "cp1252" else "strict"
        ).decode(found.head)
    except UnicodeDecodeError as error:
        raise no_text() from error
    controls = sum(map(text[:4096].count, CONTROLS)) + text[:4096].count("\ufffd")
    if controls > 0.02 * len(text[:4096]):
        raise no_text()
    return text.removeprefix("\ufeff")


def no_text() -> UnsupportedType:
    return UnsupportedType("This looks like binary data, not a table.", SAVE_AS_CSV)


def normal_newlines(text: str, newline: str) -> str:
    """With "\\n" at the end of each line and no other line end inside one."""
    if newline == "\r":
        return text.replace("\r", "\n")
    return text.replace("\r\n", "\n").replace("\r", " ")


def delimited(text: str, columns: Sequence[Column]) -> tuple[str, list[Record]]:
    """The delimiter and the first records.

    The one that makes most of the hoped-for names appear, then the one that cuts most lines
    into the same, large number of fields.
    """
    lines = text.split("\n")
    stated = lines[0].strip()
    if stated[:4].lower() == "sep=" and stated[4:5] in DELIMITERS:  # a line for Excel
        rest = "\n".join(["", *lines[1:]])
        return stated[4], records_of(rest, stated[4])
    best: tuple[tuple[float, float], str, list[Record]] | None = None
    for delimiter in DELIMITERS:
        records = records_of(text, delimiter)
        width = usual_width(records)
        same = sum(len(each.fields) == width for each in records) / max(len(records), 1)
        names = max(
            (len(matched(each.fields, columns)) for each in records[:MAX_PREAMBLE]), default=0
        )
        score = (float(names), same * (width - 1))
        if best is None or score > best[0]:
            best = (score, delimiter, records)
    assert best is not None
    (known, _), delimiter, records = best
    width = usual_width(records)
    alike = sum(len(each.fields) == width for each in records)
    if width < 2 or (not known and 2 * alike <= len(records)):
        raise UnsupportedType(
            "This looks like a text without columns: no comma, semicolon, tab or vertical bar "
            "cuts its lines into the same number of fields.",
            SAVE_AS_CSV,
        )
    return delimiter, records


def records_of(text: str, delimiter: str, limit: int = RECORDS) -> list[Record]:
    """The first records of a text; blank lines are none."""
    reader = csv.reader(io.StringIO(text, newline="\n"), delimiter=delimiter)
    records = []
    line = 1
    try:
        for fields in reader:
            if fields:
                records.append(Record(line, fields))
            line = reader.line_num + 1
            if len(records) == limit:
                break
    except csv.Error:  # a field of more than 128 KiB: a stray quotation mark, usually
        pass
    return records


def usual_width(records: Sequence[Record]) -> int:
    """The number of fields that most records have; the larger one of two."""
    counts = Counter(len(each.fields) for each in records)
    return max(counts, key=lambda width: (counts[width], width), default=0)


def first_of(records: Sequence[Record], width: int, columns: Sequence[Column]) -> int:
    """Where the table begins, below any titles: at the most known names, else the usual width.

    Names may be one fewer than fields, where a delimiter ends each row.
    """
    above = records[:MAX_PREAMBLE]
    known = [
        len(matched(each.fields, columns)) if len(each.fields) in (width, width - 1) else 0
        for each in above
    ]
    if max(known) > 1:
        return known.index(max(known))
    return next((place for place, each in enumerate(above) if len(each.fields) == width), 0)


def names_of(
    records: Sequence[Record], width: int, columns: Sequence[Column]
) -> tuple[list[str], bool]:
    """The names of a file's columns, all different, and whether they are its own."""
    first, rest = records[0].fields, records[1:51]
    known = {normalized(name) for column in columns for name in column.names}
    values = are_values(first)
    has_names = any(
        normalized(field) in known
        for field, is_value in zip(first, values, strict=True)
        if not is_value
    )
    has_names = has_names or (any(first) and not any(values))
    fields = first if has_names else [""] * len(first)
    if has_names and len(fields) == width - 1 and all(not each.fields[-1] for each in rest[:1]):
        fields = [*fields, ""]
    names: list[str] = []
    for place, field in enumerate(fields, 1):
        name = base = " ".join(field.split())[:80] or f"column {place}"
        number = 1
        while name in names:
            number += 1
            name = f"{base} ({number})"
        names.append(name)
    return names, has_names


def are_values(fields: Sequence[str]) -> list[bool]:
    """Which fields can only be values, never names of columns: numbers and dates."""
    texts = pl.Series(fields, dtype=pl.String)
    dates = times.parse(texts, TimeFormat(Order.DAY_FIRST)).is_not_null()
    found = dates & texts.str.contains(times.DATE_LIKE)
    for decimal in (".", ","):
        found |= numbers.parse(texts, NumberFormat(decimal)).is_not_null()
    return found.to_list()


def file_column(name: str, values: Sequence[str]) -> FileColumn:
    """A column by its name and some of its values."""
    filled = [value for value in values if value.strip()]
    few = filled[:FEW] + filled[-FEW:]
    return FileColumn(
        name,
        tuple(filled),
        numbers.sniffed(filled) if numbers.sniffed(few) else None,
        time_format.sniffed(filled) if time_format.sniffed(few) else None,
    )


def tail(source: Source, encoding: str, delimiter: str) -> list[list[str]]:
    """The last rows of a file, which may tell what the first leave open."""
    if encoding not in {"utf-8", "utf-8-sig", "cp1252"}:
        return []
    with opened(source) as file:
        file.seek(-TAIL, io.SEEK_END)
        data = file.read()
    text = data.decode(encoding, "replace").replace("\r\n", "\n").replace("\r", "\n")
    records = records_of(text[text.find("\n") + 1 :], delimiter, TAIL)
    return [each.fields for each in records]
