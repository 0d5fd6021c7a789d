"""What kind of file was handed in, and its bytes unpacked piece by piece.

Told by content; a name proves nothing. What is no table is refused with the way to make it one.
"""

import io
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import IO

import pyarrow as pa

from demos.core.errors import EmptyInput, InputError, TooLarge, Unreadable, UnsupportedType
from demos.core.settings import MIB, Settings
from demos.core.signatures import looks_like

Source = bytes | Path
"""A file: what it holds, or where it lies."""

PIECE = 4 * MIB
HEAD = MIB
"""Bytes looked at to tell what a file is and how it is written."""
TEXT_HEAD = 4096

SAVE_AS_CSV = "Save or export the table as CSV, and upload that."

REFUSED: tuple[tuple[bytes, str, str], ...] = (
    (b"PARE", "an encrypted Parquet file", "Save it without encryption."),
    (b"ARROW1", "an Arrow or Feather file", "Save the table as Parquet or CSV."),
    (b"FEA1", "a Feather file", "Save the table as Parquet or CSV."),
    (b"ORC", "an ORC file", "Save the table as Parquet or CSV."),
    (b"Obj\x01", "an Avro file", "Save the table as Parquet or CSV."),
    (b"SQLite format 3", "a SQLite database", "Export the table as CSV."),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook or another Office file", SAVE_AS_CSV),
    (b"\x89HDF", "an HDF5 file", "Save the table as Parquet or CSV."),
    (b"\x80\x04", "a Python pickle, which is never opened", "Save the table as Parquet or CSV."),
    (b"\x80\x05", "a Python pickle, which is never opened", "Save the table as Parquet or CSV."),
    (b"{\\rtf", "a text document (RTF)", SAVE_AS_CSV),
)

COMPRESSED = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd"}


class FileFormat(StrEnum):
    CSV = "CSV"
    PARQUET = "Parquet"


@dataclass(frozen=True, slots=True)
class Found:
    """A table by its looks: its format, how it is packed, and the beginning of its bytes unpacked.

    `whole` where `head` is all of it.
    """

    format: FileFormat
    compression: str
    head: bytes
    whole: bool
    size: int


def size_of(source: Source) -> int:
    return len(source) if isinstance(source, bytes) else source.stat().st_size


def size_within(source: Source, settings: Settings, split: str = "split it") -> int:
    """Bytes of a file. Raises `InputError` for an empty or too large one; `split` is what to do."""
    size = size_of(source)
    if not size:
        raise EmptyInput("This file is empty.", "Choose it again, or export it once more.")
    if size > settings.max_table_bytes:
        raise TooLarge(
            f"This file has {-(-size // MIB):,} MiB; "
            f"the limit is {settings.max_table_bytes / MIB:.4g}.",
            f"Compress it (gzip), save it as Parquet, or {split}.",
        )
    return size


def compression_of(source: Source) -> str:
    """By its first bytes; empty for none."""
    with opened(source) as file:
        first = file.read(TEXT_HEAD)
    return next((name for magic, name in COMPRESSED.items() if first.startswith(magic)), "")


def look(source: Source, settings: Settings) -> Found:
    """Tell what `source` is. Raises `InputError` for whatever is no table, with the way out."""
    size = size_within(source, settings, "split it by date")
    compression = compression_of(source)
    head = b""
    for piece in pieces(source, compression, settings):
        head += piece.data
        if len(head) > HEAD:
            break
    if not head:
        raise EmptyInput(
            "There is nothing in this compressed file.", "Compress it again, or export it anew."
        )
    format = FileFormat.PARQUET if head.startswith(b"PAR1") else FileFormat.CSV
    if format is FileFormat.CSV:
        refuse_others(head, compression)
    return Found(format, compression, head[:HEAD], len(head) <= HEAD, size)


def refuse_others(head: bytes, compression: str) -> None:
    """Raises `UnsupportedType` for what is surely no text with columns."""
    inside = " inside the compression" if compression else ""
    for magic, kind, remedy in REFUSED:
        if head.startswith(magic):
            raise UnsupportedType(f"This looks like {kind}{inside}.", remedy)
    if head.startswith(b"PK"):
        raise zip_or_workbook(head)
    begin = head[:TEXT_HEAD].lstrip(b"\xef\xbb\xbf \t\r\n")
    if begin[:1] in (b"{", b"["):
        raise UnsupportedType("This looks like JSON, which is not read here.", SAVE_AS_CSV)
    if begin[:1] == b"<":
        kind = "a web page" if b"<html" in begin.lower() or b"<!doc" in begin.lower() else "XML"
        raise UnsupportedType(
            f"This looks like {kind}, not a table.",
            "Download the table itself; some systems name a web page .xls." if kind != "XML"
            else SAVE_AS_CSV,
        )  # fmt: skip
    kind = looks_like(head)
    if kind not in {"a text file", "a file of an unknown kind", "a web page"}:
        if kind in {"PNG", "JPEG", "TIFF", "WebP", "DICOM"}:
            kind = f"a {kind} image"
        raise UnsupportedType(f"This looks like {kind}{inside}, not a table.", SAVE_AS_CSV)


def zip_or_workbook(head: bytes) -> UnsupportedType:
    if b"xl/" in head or b"[Content_Types].xml" in head:
        return UnsupportedType(
            "This looks like an Excel workbook, which is not read here.",
            "In Excel, choose Save As and CSV UTF-8, and upload that.",
        )
    return UnsupportedType(
        "This looks like a ZIP archive, which is not opened for tables.",
        "Unpack it and upload the file inside, or compress that with gzip.",
    )


def opened(source: Source) -> IO[bytes]:
    return io.BytesIO(source) if isinstance(source, bytes) else source.open("rb")


@dataclass(frozen=True, slots=True)
class Piece:
    """Some bytes of a file, unpacked, and how far into the packed file they reach."""

    data: bytes
    position: int


def pieces(source: Source, compression: str, settings: Settings) -> Iterator[Piece]:
    """The bytes of a file, unpacked, one piece after the other.

    Raises `Unreadable` where the compressed data are damaged or end early, and `TooLarge` where
    they unpack to more than the limit.
    """
    total = 0
    with closing(raw_stream(source)) as raw:
        stream = pa.CompressedInputStream(raw, compression) if compression else raw
        while data := read_piece(stream, compression, total):
            total += len(data)
            if compression and total > settings.max_table_expanded_bytes:
                raise TooLarge(
                    f"This file unpacks to more than "
                    f"{settings.max_table_expanded_bytes / MIB:,.6g} MiB, the limit.",
                    "Split it by date, or save it as Parquet with fewer columns.",
                )
            yield Piece(data, raw.tell())


def raw_stream(source: Source) -> pa.NativeFile:
    return pa.BufferReader(source) if isinstance(source, bytes) else pa.OSFile(str(source))


def read_piece(stream: pa.NativeFile, compression: str, done: int) -> bytes:
    try:
        return bytes(stream.read(PIECE))
    except (OSError, pa.ArrowException) as error:
        after = f" after {done / MIB:.3g} MiB" if done else ""
        cut = " is cut off" if "runcated" in str(error) else " is damaged"
        raise Unreadable(
            f"The {compression} compression of this file{cut}{after}.",
            "Compress or download it again.",
        ) from error


def unreadable_parquet(error: Exception) -> InputError:
    """What to say where a Parquet file cannot be read. Encrypted ones say so in their error."""
    if "crypt" in str(error).lower():
        return UnsupportedType("This Parquet file is encrypted.", "Save it without encryption.")
    return Unreadable(
        "This Parquet file is damaged or incomplete.", "Save or download it again, or try CSV."
    )
