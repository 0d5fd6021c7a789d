"""Quotation marks that span lines, rightly or by mistake: told line by line, where that is needed.

A field with line breaks becomes one line, with spaces for the breaks; a quotation mark that is
never closed spoils its own line and no other.
"""

import csv
from collections.abc import Sequence

import numpy as np

from demos.core.tables.chunk import Misfit
from demos.core.tables.lines import Block, joined, misfit

MAX_SPAN = 50
"""Lines that one quoted field may reach over."""

OPEN_QUOTE = "opens a quotation mark and never closes it"
LINE_BREAKS = "Line breaks inside quotation marks were read as spaces"


def settle(
    text: bytes, delimiter: str, width: int, block: Block, last: bool
) -> tuple[bytes, list[tuple[int, bytes]]]:
    """One line per row: quoted line breaks taken out, never-closed quotation marks set aside.

    Returns the text, and the lines at its end whose row may go on in the next block.
    """
    sign = delimiter.encode()
    lines = text.split(b"\n")[:-1]
    rows: list[bytes] = []
    numbers: list[int] = []
    place = 0
    while place < len(lines):
        line, span = lines[place], 1
        if b'"' in line and is_open(line, sign):
            found = closed_after(lines[place : place + MAX_SPAN], sign, width)
            span = found or 0
            if found is None and not last:
                left = block.numbers[place:].tolist()
                carried = list(zip(left, lines[place:], strict=True))
                block.numbers = np.array(numbers, np.uint32)
                return joined(rows), carried
            if not span:
                block.misfits.append(misfit(line, block.numbers[place], OPEN_QUOTE))
                place += 1
                continue
            line = b" ".join(lines[place : place + span])
            block.notes[LINE_BREAKS] += 1
        rows.append(line)
        numbers.append(int(block.numbers[place]))
        place += span
    block.numbers = np.array(numbers, np.uint32)
    return joined(rows), []


def settle_all(text: bytes, delimiter: str, width: int, block: Block) -> bytes:
    """Every line by itself, its fields quoted anew; what cannot be cut is set aside."""
    rows: list[bytes] = []
    numbers: list[int] = []
    for place, line in enumerate(text.split(b"\n")[:-1]):
        fields = fields_of(line, delimiter)
        if len(fields) != width and line:
            problem = wrong_width(len(fields), width)
            block.misfits.append(Misfit(int(block.numbers[place]), problem, fields))
            continue
        quoted = (field.replace('"', '""') for field in fields)
        rows.append(delimiter.join(f'"{field}"' for field in quoted).encode())
        numbers.append(int(block.numbers[place]))
    block.numbers = np.array(numbers, np.uint32)
    return joined(rows)


def is_open(line: bytes, delimiter: bytes) -> bool:
    """Whether `line` ends inside a quoted field."""
    place = 0
    while True:
        if line.startswith(b'"', place):
            place += 1
            while True:
                place = line.find(b'"', place)
                if place < 0:
                    return True
                if line[place + 1 : place + 2] != b'"':
                    break
                place += 2
        place = line.find(delimiter, place)
        if place < 0:
            return False
        place += 1


def closed_after(lines: Sequence[bytes], delimiter: bytes, width: int) -> int | None:
    """How many of the lines, from the first, make one row; 0: none do, `None`: more may.

    A line that is a row by itself is no part of a field: the quotation mark was a stray one.
    """
    line = lines[0]
    for count, more in enumerate(lines[1:], 2):
        paired = more.count(b'"') % 2 == 0
        if paired and more.count(delimiter) == width - 1 and not is_open(more, delimiter):
            return 0
        line += b" " + more
        if b'"' in more and not is_open(line, delimiter):
            return count if len(fields_of(line, delimiter.decode())) == width else 0
    return None if len(lines) < MAX_SPAN else 0


def fields_of(line: bytes, delimiter: str) -> list[str]:
    """The fields of one line; none if one is longer than the csv module takes."""
    try:
        return next(csv.reader([line.decode("utf-8", "replace")], delimiter=delimiter), [])
    except csv.Error:
        return []


def wrong_width(fields: int, width: int) -> str:
    return f"has {fields} {'field' if fields == 1 else 'fields'} instead of {width}"
