"""A file of messages, by its beginning: how it is written, and which column the messages are in."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from demos.core.errors import EmptyInput, UnsupportedType
from demos.core.language.batch_csv import ONE_COLUMN, lines, records
from demos.core.language.decoding import guess_of_lines
from demos.core.media import plain_name
from demos.core.settings import Settings
from demos.core.tables import Column, Kind
from demos.core.tables.columns import matched, normalized
from demos.core.tables.csv_layout import (
    BOMS,
    CONTROLS,
    MAX_COLUMNS,
    are_values,
    encoding_of,
    no_text,
)
from demos.core.tables.files import (
    HEAD,
    REFUSED,
    SAVE_AS_CSV,
    TEXT_HEAD,
    FileFormat,
    Found,
    Piece,
    Source,
    compression_of,
    pieces,
    size_within,
    zip_or_workbook,
)
from demos.core.tables.layout import DELIMITERS
from demos.core.tables.parquet_layout import parquet_layout

TEXT = Column(
    "text",
    "Message",
    Kind.TEXT,
    True,
    tuple(
        "message body content comment review feedback tweet post sentence utterance description "
        "ticket question query request transcript answer reply email mail nachricht kommentar "
        "texte mensaje title subject summary".split()
    ),
    (
        "The parcel came a week late and nobody answered my calls.",
        "Thank you, the new app is wonderful!",
        "How do I change the address on my account?",
        "I am worried that the payment went out twice.",
        "Please cancel my booking for Friday.",
        "The report says that sales rose in the spring.",
    ),
)
RECORDS = 200
"""Looked at."""
ALIKE = 0.8
"""The least share of records with as many fields as the first for a delimiter to be one."""
SHOWN = 5
CELL_SHOWN = 400
"""Characters."""
NAME_WORDS, NAME_LENGTH = 3, 40
"""What is longer than these is a message and no name of a column."""
MOST_CONTROLS = 0.1
"""Of the first characters, that are no text."""


@dataclass(frozen=True, slots=True)
class MessageFile:
    """How a file of messages is to be read.

    `column` is the one of `names` that likely holds the messages, `rows` are the first ones, their
    cells cut. Of a Parquet file the text fields say nothing; a CSV file has `above` lines over its
    first record, which holds the names if `has_names`. Lines that are no UTF-8 are in the `other`
    encoding, which is `guessed` where most of the file seems to be in it.
    """

    name: str
    size: int
    format: FileFormat
    compression: str
    names: tuple[str, ...]
    column: str
    rows: tuple[tuple[str, ...], ...]
    encoding: str = "utf-8"
    delimiter: str = ONE_COLUMN
    newline: str = "\n"
    above: int = 0
    has_names: bool = True
    other: str = "cp1252"
    guessed: bool = False

    @property
    def described(self) -> str:
        """In a line, for people."""
        packed = f", {self.compression} compressed" if self.compression else ""
        if self.format is FileFormat.PARQUET:
            return f"Parquet{packed}"
        if self.delimiter == ONE_COLUMN:
            return f"one message in each line{packed}"
        return f"CSV with {DELIMITERS[self.delimiter]}s{packed}"


def look_at(source: Source, name: str, settings: Settings) -> MessageFile:
    """Look at the beginning of a CSV, Parquet or text file, plain or compressed.

    Raises `InputError`: it is empty, too large, damaged, or of another kind.
    """
    found = look(source, settings)
    if found.format is FileFormat.PARQUET:
        layout, rows = parquet_layout(source, found, settings)
        cut = tuple(tuple(cell[:CELL_SHOWN] for cell in row) for row in rows[:SHOWN])
        column = likely(layout.names, rows)
        return MessageFile(
            plain_name(name), found.size, found.format, found.compression, layout.names, column, cut
        )
    return csv_file(found, plain_name(name))


def look(source: Source, settings: Settings) -> Found:
    """What kind of file it is, and its first bytes. A text is one whatever markup is in it."""
    size, packing = size_within(source, settings), compression_of(source)
    head, whole = b"", True
    for piece in pieces(source, packing, settings):
        head += piece.data
        if len(head) > HEAD:
            whole = False
            break
    if not head:
        raise EmptyInput("There is nothing in this compressed file.", "Export it anew.")
    if head.startswith(b"PAR1"):
        return Found(FileFormat.PARQUET, packing, head, whole, size)
    for magic, kind, remedy in REFUSED:
        if head.startswith(magic):
            raise UnsupportedType(f"This looks like {kind}.", remedy)
    if head.startswith(b"PK\x03\x04"):
        raise zip_or_workbook(head)
    begin = head[:TEXT_HEAD].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if begin.startswith((b'{"', b"[{", b"<!doctype", b"<html", b"<?xml", b"%pdf-")):
        kind = {b"{": "JSON", b"[": "JSON", b"%": "a PDF"}.get(begin[:1], "a web page or XML")
        raise UnsupportedType(f"This looks like {kind}, not a table.", SAVE_AS_CSV)
    return Found(FileFormat.CSV, packing, head, whole, size)


def csv_file(found: Found, name: str) -> MessageFile:
    """How a text is cut into records, told from its beginning."""
    encoding = encoding_of(found.head)
    guess = guess_of_lines(found.head) if encoding == "cp1252" else ""
    other = guess or "cp1252"
    if encoding in ("utf-8-sig", "cp1252"):
        encoding = "utf-8"  # the reader minds the mark, and what is no UTF-8
    text = head_text(found.head, encoding)
    newline = "\n" if "\n" in text or "\r" not in text else "\r"
    # A line that is no UTF-8 must come to the reader as it is; other encodings may end in mid-sign.
    data = found.head if encoding == "utf-8" else text.encode()
    known = list(islice(lines([Piece(data, 0)], "utf-8", newline, other), RECORDS * 5))
    if not any(line.strip() for line in known):
        raise EmptyInput("There is nothing in this file but blank lines.", "Export it once more.")
    above = 0
    stated = known[0].strip()
    if stated[:4].lower() == "sep=" and stated[4:5] in DELIMITERS:  # a line for Excel
        above, delimiter = 1, stated[4]
    else:
        delimiter = delimiter_of(known, found.whole)
    first = first_records(known[above:], delimiter, found.whole)
    if not first:
        raise EmptyInput("There is nothing in this file.", "Export it with its rows.")
    if len(first[0]) > MAX_COLUMNS:
        raise UnsupportedType(
            f"This file has {len(first[0]):,} columns; the limit is {MAX_COLUMNS:,}.",
            "Export it with fewer columns.",
        )
    file = MessageFile(
        name=name,
        size=found.size,
        format=found.format,
        compression=found.compression,
        names=(),
        column="",
        rows=(),
        encoding=encoding,
        delimiter=delimiter,
        newline=newline,
        above=above,
        other=other,
        guessed=bool(guess),
    )
    return named(file, first, has_names(first[0]))


def head_text(head: bytes, encoding: str) -> str:
    """The beginning as text. Raises `UnsupportedType` if it is none."""
    marks = {mark for mark, _ in BOMS}
    mark = next(
        (each for each in sorted(marks, key=len, reverse=True) if head.startswith(each)), b""
    )
    text = (head if encoding in ("utf-16", "utf-32") else head[len(mark) :]).decode(
        encoding, "replace"
    )
    begin = text[:TEXT_HEAD]
    if sum(map(begin.count, CONTROLS)) > MOST_CONTROLS * len(begin):
        raise no_text()
    return text


def first_records(known: Sequence[str], delimiter: str, whole: bool) -> list[list[str]]:
    """The first ones; of a file that goes on, without one that its beginning may have cut."""
    found = list(islice(records(known, delimiter), RECORDS))
    return found[:-1] if len(found) > 1 and len(found) < RECORDS and not whole else found


def delimiter_of(first: Sequence[str], whole: bool) -> str:
    """The sign that cuts most records into as many fields as the first; if none, one column."""
    best, most = ONE_COLUMN, (0.0, 0)
    for sign in DELIMITERS:
        found = first_records(first, sign, whole)
        width = len(found[0]) if found else 0
        alike = sum(len(each) == width for each in found) / max(len(found), 1)
        if width > 1 and alike >= ALIKE and (alike, width) > most:
            best, most = sign, (alike, width)
    if best is ONE_COLUMN:
        # Names above rows that are cut badly: messages with bare delimiters in the last column.
        heads = next(records(first, ","), [])
        if len(heads) > 1 and has_names(heads) and known_names(heads):
            best = ","
    return best


def has_names(fields: Sequence[str]) -> bool:
    """Whether a record is one of names: known ones, or short and neither figures nor dates."""
    if known_names(fields):
        return True
    if len(fields) == 1:
        return False  # a short message and a name look the same
    short = all(len(each) <= NAME_LENGTH and len(each.split()) <= NAME_WORDS for each in fields)
    return short and any(fields) and not any(are_values(fields))


def known_names(fields: Sequence[str]) -> bool:
    names = {normalized(each) for each in TEXT.names}
    return any(normalized(each) in names for each in fields)


def named(file: MessageFile, first: Sequence[Sequence[str]], has: bool) -> MessageFile:
    """`file` with the names of its columns, which the first record holds or not."""
    width = len(first[0])
    names: list[str] = []
    for place in range(width):
        name = base = (
            " ".join(first[0][place].split())[:80] if has else ""
        ) or f"column {place + 1}"
        number = 1
        while name in names:
            number += 1
            name = f"{base} ({number})"
        names.append(name)
    rows = [row for row in first[has:] if len(row) >= width] or [[""] * width]
    column = likely(names, rows)
    if column == names[-1]:  # a message with bare delimiters is read whole
        rows = [[*row[: width - 1], file.delimiter.join(row[width - 1 :])] for row in rows]
    shown = tuple(tuple(cell[:CELL_SHOWN] for cell in row[:width]) for row in rows[:SHOWN])
    return replace(file, names=tuple(names), column=column, rows=shown, has_names=has)


def with_names(source: Source, file: MessageFile, has: bool, settings: Settings) -> MessageFile:
    """`file` read the other way: its first record are names, or are not. Raises `EmptyInput`."""
    found = text_lines(source, file, settings)
    first = list(islice(records(islice(found, file.above, None), file.delimiter), SHOWN + 1))
    return named(file, first, has)


def text_lines(source: Source, file: MessageFile, settings: Settings) -> Iterator[str]:
    """All lines of a CSV file, one after the other."""
    data = pieces(source, file.compression, settings)
    return lines(data, file.encoding, file.newline, file.other)


def likely(names: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """The column that is called like one of messages, or else that with the longest texts."""
    called = matched(names, (TEXT,)).get(TEXT.name)
    if called is not None:
        return called
    length = [sum(len(row[place]) for row in rows) for place in range(len(names))]
    return names[length.index(max(length))]
