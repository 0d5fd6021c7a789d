"""The records of a CSV file of messages, whatever is in them: line breaks, NUL, a megabyte.

Kinder than `demos.core.tables`, which reads identifiers and amounts and sets aside what is none: of
a message only the line ends are changed, and no row is lost but blank lines. A file without a
delimiter is one of one column.
"""

import codecs
import re
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import cache

from demos.core.errors import TooLarge
from demos.core.language.decoding import WIDE_SETS
from demos.core.settings import MIB
from demos.core.tables.files import Piece
from demos.core.tables.lines import transcoded
from demos.core.tables.quotes import is_open

MOST_LINE = 16 * MIB
"""Bytes; beyond that it is no line of a table."""
MOST_LINES = 1000
"""Over which one quoted message may reach; then its quotation mark was a stray one."""
LOST = "\ufffd"
"""For a byte that is no character."""
ONE_COLUMN = "\x1f"
"""In place of a delimiter where there is one column: the unit separator, which nobody types."""


def lines(
    pieces: Iterable[Piece], encoding: str, newline: str, other: str = "cp1252"
) -> Iterator[str]:
    """The lines of a file without their ends; a last one that is empty is none.

    A line that is no UTF-8 is read in the `other` encoding, for itself: one of them must not spoil
    the emoji of all the others. Raises `TooLarge` for a line of more than `MOST_LINE`, `Unreadable`
    for a damaged file.
    """
    decoder = None if encoding == "utf-8" else codecs.getincrementaldecoder(encoding)()
    rest, begun = b"", False
    for piece in pieces:
        data = piece.data if decoder is None else transcoded(decoder, piece.data, False)
        if not begun and data:
            data, begun = data.removeprefix(codecs.BOM_UTF8), True
        if newline == "\r":
            data = data.replace(b"\r", b"\n")
        first, *more = data.split(b"\n")
        rest += first
        if len(rest) > MOST_LINE:
            raise TooLarge(
                f"A line of this file has more than {MOST_LINE // MIB} MiB.",
                "Save the table as CSV with one message in each row.",
            )
        if more:
            yield decoded(rest, other)
            yield from (decoded(line, other) for line in more[:-1])
            rest = more[-1]
    if decoder is not None:
        rest += transcoded(decoder, b"", True)
    if rest:
        yield decoded(rest, other)


def decoded(line: bytes, other: str = "cp1252") -> str:
    """A line as UTF-8, though a byte of it be damaged; in the `other` encoding if it is none.

    One of two bytes for a character is tried first: short lines of it may pass for UTF-8.
    """
    line = line.removesuffix(b"\r")
    for encoding in (other, "utf-8") if other in WIDE_SETS else ("utf-8",):
        with suppress(UnicodeDecodeError):
            return line.decode(encoding)
    damaged = line.decode("utf-8", "replace")
    lost = damaged.count(LOST)
    meant = sum(character > "\x7f" for character in damaged) - lost > lost
    return damaged if meant else line.decode(other, "replace")


def records(source: Iterable[str], delimiter: str, width: int = 0) -> Iterator[list[str]]:
    """The fields of each record; blank lines are none.

    A quoted field may have line breaks in it. A quotation mark that never closes, or that makes a
    record of several lines with other than `width` fields (0: any number) or with text right behind
    a field's closing mark, is a character.
    """
    following = iter(source)
    back: deque[str] = deque()
    while True:
        line = back.popleft() if back else next(following, None)
        if line is None:
            return
        if '"' not in line:
            if line and not line.isspace():
                yield line.split(delimiter)
            continue
        taken, closed = until_closed(line, back, following, delimiter)
        fields, neat = fields_of("\n".join(taken), delimiter) if closed else ([], False)
        fits = neat and (not width or len(fields) == width)
        if not closed or (len(taken) > 1 and not fits):
            back.extendleft(reversed(taken[1:]))
            fields = line.split(delimiter)
        yield fields


def until_closed(
    line: str, back: deque[str], following: Iterator[str], delimiter: str
) -> tuple[list[str], bool]:
    """`line` and those after it up to the end of its quoted fields; whether that was found."""
    sign, size = delimiter.encode(), len(line)
    taken, inside = [line], is_open(line.encode(), sign)
    while inside and len(taken) < MOST_LINES and size < MOST_LINE:
        more = back.popleft() if back else next(following, None)
        if more is None:
            break
        taken.append(more)
        size += len(more)
        if '"' in more:
            inside = is_open(b'"' + more.encode(), sign)
    return taken, not inside


def fields_of(record: str, delimiter: str) -> tuple[list[str], bool]:
    """The fields of a record whose quotation marks are closed; a doubled one in them is one.

    And whether nothing stands between a closing mark and the end of its field.
    """
    fields: list[str] = []
    neat, place = True, 0
    field = pattern(delimiter)
    while True:
        found = field.match(record, place)
        assert found is not None  # even nothing is a field
        quoted, behind, bare, end = found.groups()
        fields.append(bare if quoted is None else quoted.replace('""', '"') + behind)
        neat = neat and not (behind or "").strip()
        if not end:
            return fields, neat
        place = found.end()


@cache
def pattern(delimiter: str) -> re.Pattern[str]:
    """A quoted field with what follows it, or a bare one, and the delimiter or the end."""
    other = rf"[^{re.escape(delimiter)}]*"
    return re.compile(
        rf'(?:"([^"]*(?:""[^"]*)*)"({other})|({other}))({re.escape(delimiter)}|\Z)', re.DOTALL
    )
