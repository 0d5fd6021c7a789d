"""The lines of a CSV file: in UTF-8, with plain line ends, each with its number."""

import codecs
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from demos.core.errors import TooLarge, Unreadable
from demos.core.settings import MIB, Settings
from demos.core.tables.chunk import Misfit
from demos.core.tables.files import SAVE_AS_CSV, Source, pieces
from demos.core.tables.layout import Layout

MAX_LINE = MIB
KEPT_TEXT = 2000
"""Characters of a spoiled line that are kept."""
UTF8 = frozenset({"utf-8", "utf-8-sig", "cp1252"})
"""Encodings in which a line end is one byte that is nothing else."""
CONTROLS = bytes(set(range(32)) - set(b"\t\n\r\f")) + b"\x7f"

CONTROL = "holds control characters, as damaged files do"
OTHER_ENCODING = "Lines that were not UTF-8 were read as Windows-1252"


@dataclass(slots=True)
class Block:
    """Where each line of a block is in the file; what was wrong with others, and what was done."""

    numbers: NDArray[np.uint32]
    misfits: list[Misfit] = field(default_factory=list)
    notes: Counter[str] = field(default_factory=Counter)


def whole_lines(
    source: Source, layout: Layout, settings: Settings
) -> Iterator[tuple[bytes, int, bool]]:
    """Text that ends with a line end, the position in the file, and whether it is the last.

    In UTF-8, or the file's own encoding where only `readable` can tell.
    """
    decoder = None
    if layout.encoding not in UTF8:
        decoder = codecs.getincrementaldecoder(layout.encoding)()
    rest = b""
    started = False
    position = 0
    for piece in pieces(source, layout.compression, settings):
        position = piece.position
        data = piece.data if decoder is None else transcoded(decoder, piece.data, False)
        if not started:
            data = data.removeprefix(codecs.BOM_UTF8)
            started = True
        data = rest + data
        if layout.newline == "\r":
            data = data.replace(b"\r", b"\n")
        end = data.rfind(b"\n") + 1
        rest = data[end:]
        if len(rest) > MAX_LINE:
            raise TooLarge("A line of this file is longer than 1 MiB.", SAVE_AS_CSV)
        if end:
            yield data[:end], position, False
    if decoder is not None:
        rest += transcoded(decoder, b"", True)
    yield (rest + b"\n" if rest else b""), position, True


def transcoded(decoder: codecs.IncrementalDecoder, data: bytes, final: bool) -> bytes:
    try:
        return decoder.decode(data, final).encode("utf-8")
    except UnicodeError as error:
        raise Unreadable(
            "This file is damaged: not all of it is text.", "Export it once more, as UTF-8."
        ) from error


def without_first(text: bytes, lines: int) -> bytes:
    """`text` below its first lines."""
    start = 0
    for _ in range(lines):
        start = text.index(b"\n", start) + 1
    return text[start:]


def readable(text: bytes, layout: Layout, block: Block) -> bytes:
    """`text` in UTF-8 with plain line ends; lines with control characters become misfits."""
    if b"\r" in text:
        text = text.replace(b"\r\n", b"\n").replace(b"\r", b" ")
    if layout.encoding == "cp1252":
        text = text.decode("cp1252", "replace").encode("utf-8")
    else:
        text = mended(text, block)
    if len(text.translate(None, CONTROLS)) != len(text):
        lines = text.split(b"\n")[:-1]
        clean = [len(each.translate(None, CONTROLS)) == len(each) for each in lines]
        for place, fine in enumerate(clean):
            if not fine:
                block.misfits.append(misfit(lines[place], block.numbers[place], CONTROL))
        block.numbers = block.numbers[np.array(clean)]
        text = joined([each for each, fine in zip(lines, clean, strict=True) if fine])
    return text


def mended(text: bytes, block: Block) -> bytes:
    """`text`, with the lines that are no UTF-8 taken for Windows-1252."""
    try:
        text.decode("utf-8")
    except UnicodeDecodeError:
        lines = text.split(b"\n")
        for place, line in enumerate(lines):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError:
                lines[place] = line.decode("cp1252", "replace").encode("utf-8")
                block.notes[OTHER_ENCODING] += 1
        text = b"\n".join(lines)
    return text


def joined(lines: Sequence[bytes]) -> bytes:
    return b"".join(line + b"\n" for line in lines)


def misfit(line: bytes, number: int, problem: str) -> Misfit:
    return Misfit(int(number), problem, [line.decode("utf-8", "replace")[:KEPT_TEXT]])
