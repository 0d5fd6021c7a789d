"""The files of a ZIP archive, one at a time, each read or refused with a sentence.

Nothing is unpacked to disk and no path of the archive is ever opened: a name is only shown, and
made harmless first. The sizes that the archive's directory states must keep to the limits, and are
not believed either: every file is read in pieces that are counted.
"""

import io
import stat
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import IO

from demos.core.errors import EmptyInput, InputError, TooLarge, Unreadable, UnsupportedType
from demos.core.image_limits import up
from demos.core.media import plain_name
from demos.core.settings import MIB, Settings
from demos.core.signatures import HEAD, looks_like

CHUNK = 256 * 1024
MAX_DIRECTORY = 4 * MIB
"""Bytes of an archive's directory; each entry takes about a hundred."""
SMALL = MIB
"""Bytes; a file that stays below may be compressed ever so well."""
MAX_NAME = 120
METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
ENCRYPTED = 0x1 | 0x40
LOCAL_HEADER = 30
"""Bytes before a file's name and data, at least."""
CLUTTER = frozenset({"__macosx", "thumbs.db", "desktop.ini"})
SEND_IT_ALONE = "Take it out of the archive and upload it by itself."


@dataclass(frozen=True, slots=True)
class Member:
    """A file of an archive: its `data`, or the `problem` with it.

    `name` is its path inside, fit to be shown, and no other member has it.
    """

    name: str
    data: bytes | None = field(default=None, repr=False)
    problem: InputError | None = None


def members(
    file: bytes | IO[bytes], settings: Settings, limit: int | None = None
) -> Iterator[Member]:
    """The files of a ZIP archive in its own order; folders and clutter are passed over.

    `file` may be its bytes or a file to seek in. Only one member is in memory at a time, of
    `limit` bytes at most: by default those of an image. Raises `InputError` at once, not on
    iteration, for what concerns the archive as a whole: no ZIP file, damaged, empty, too large or
    with too many files.
    """
    archive, entries = opened_whole(file, settings)
    return each_member(archive, entries, limit or settings.max_image_bytes, settings)


def names(file: bytes | IO[bytes], settings: Settings) -> list[str]:
    """What `members` will call the files, and raises; none of them is read."""
    _, entries = opened_whole(file, settings)
    return shown_names([entry.orig_filename for entry in entries])


def opened_whole(
    file: bytes | IO[bytes], settings: Settings
) -> tuple[zipfile.ZipFile, list[zipfile.ZipInfo]]:
    """The archive and its files, without clutter. Raises `InputError`."""
    archive = opened(io.BytesIO(file) if isinstance(file, bytes) else file, settings)
    entries = [each for each in archive.infolist() if not is_clutter(each)]
    check_whole(entries, settings)
    return archive, entries


def opened(source: IO[bytes], settings: Settings) -> zipfile.ZipFile:
    size = source.seek(0, io.SEEK_END)
    if size > settings.max_archive_bytes:
        raise TooLarge(
            f"This archive has {up(size / MIB)} MiB; "
            f"the limit is {settings.max_archive_bytes / MIB:.4g}.",
            "Split it into several.",
        )
    source.seek(0)
    head = source.read(HEAD)
    if not head.startswith(b"PK"):
        raise UnsupportedType(
            f"This looks like {looks_like(head)}, not a ZIP archive.",
            "Pack the files as ZIP, or upload them one by one.",
        )
    try:
        return zipfile.ZipFile(ShortReads(source))
    except (InputError, MemoryError):
        raise
    except Exception as error:  # whatever a damaged directory trips over
        raise Unreadable(
            "This ZIP archive is damaged or incomplete.", "Pack or download it again."
        ) from error


class ShortReads(io.BufferedIOBase):
    """A file that refuses to read much at once.

    `zipfile` reads the directory, of whatever size it claims, in one piece and makes an object of
    each entry: millions of them before they can be counted.
    """

    def __init__(self, source: IO[bytes]) -> None:
        self.source = source

    def read(self, size: int | None = -1, /) -> bytes:
        whole = size is None or size < 0
        data = self.source.read(MAX_DIRECTORY + 1 if whole else min(size or 0, MAX_DIRECTORY + 1))
        if len(data) > MAX_DIRECTORY:
            raise too_many_files()
        return data

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        return self.source.seek(offset, whence)

    def tell(self) -> int:
        return self.source.tell()

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True


def too_many_files() -> TooLarge:
    return TooLarge("This archive holds too many files.", "Split it into several.")


def is_clutter(entry: zipfile.ZipInfo) -> bool:
    """Whether it is a folder, or something a file system left behind."""
    name = entry.orig_filename
    parts = name.split("/")
    if name.endswith("/") or any(part.lower() in CLUTTER for part in parts):
        return True
    return any(part.startswith(".") and part not in (".", "..") for part in parts)


def check_whole(entries: Sequence[zipfile.ZipInfo], settings: Settings) -> None:
    if not entries:
        raise EmptyInput("This archive holds no files.", "Choose another one.")
    if len(entries) > settings.max_archive_files:
        raise TooLarge(
            f"This archive holds {len(entries):,} files; the limit is "
            f"{settings.max_archive_files:,}.",
            "Split it into several.",
        )
    total = sum(entry.file_size for entry in entries)
    if total > settings.max_archive_expanded_bytes:
        raise TooLarge(
            f"This archive unpacks to {up(total / MIB)} MiB; "
            f"the limit is {settings.max_archive_expanded_bytes / MIB:.6g}.",
            "Split it into several.",
        )


def each_member(
    archive: zipfile.ZipFile, entries: Sequence[zipfile.ZipInfo], limit: int, settings: Settings
) -> Iterator[Member]:
    """Read one file after the other; a bad one never stops those after it."""
    shown = shown_names([entry.orig_filename for entry in entries])
    shared = overlapping(entries, archive.start_dir)
    for entry, name in zip(entries, shown, strict=True):
        try:
            check_entry(entry, limit)
            if entry.header_offset in shared:
                raise Unreadable(
                    "This file shares its bytes with another one of the archive.",
                    "Pack the files again.",
                )
            data = read_entry(archive, entry, limit, settings.max_archive_ratio)
            check_nested(data)
        except InputError as problem:
            yield Member(name, problem=problem)
        else:
            yield Member(name, data)
            del data  # before the next one is read


def check_entry(entry: zipfile.ZipInfo, limit: int) -> None:
    """What the directory alone gives away. Raises `InputError`."""
    if is_path_trick(entry):
        raise UnsupportedType(
            "This entry of the archive points outside of it, or to another file.",
            "Pack the files again, without links and absolute paths.",
        )
    if entry.flag_bits & ENCRYPTED:
        raise UnsupportedType(
            "This file is encrypted.", "Pack the files again, without a password."
        )
    if entry.compress_type not in METHODS:
        raise UnsupportedType(
            "This file is compressed in a way that is not read here.",
            "Pack the files again as an ordinary ZIP (deflate).",
        )
    if entry.file_size > limit:
        raise too_large(limit)


def is_path_trick(entry: zipfile.ZipInfo) -> bool:
    name = entry.orig_filename
    if "\\" in name or "\0" in name or name.startswith("/") or name[1:2] == ":":
        return True
    kind = stat.S_IFMT(entry.external_attr >> 16)
    return ".." in name.split("/") or kind not in (0, stat.S_IFREG)


def read_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, limit: int, ratio: int) -> bytes:
    """The file's bytes, unpacked in pieces that are counted. Raises `InputError`."""
    grown = max(SMALL, ratio * entry.compress_size)
    held = bytearray()
    try:
        with archive.open(entry) as file:
            while piece := file.read(CHUNK):
                held += piece
                if len(held) > grown:
                    raise TooLarge(
                        f"This file unpacks to more than {ratio} times its size, as only an "
                        "empty picture, a silent recording or a trap does.",
                        SEND_IT_ALONE,
                    )
                if len(held) > limit:
                    raise too_large(limit)
    except (InputError, MemoryError):
        raise
    except Exception as error:  # whatever damaged data trip over, the wrong checksum among it
        raise Unreadable(
            "This file is damaged inside the archive.", "Pack or download it again."
        ) from error
    return bytes(held)


def too_large(limit: int) -> TooLarge:
    return TooLarge(
        f"This file unpacks to more than {limit / MIB:.4g} MiB, the limit.",
        "Export it at a smaller size or with stronger compression.",
    )


def check_nested(data: bytes) -> None:
    kind = looks_like(data)
    if "archive" in kind:
        raise UnsupportedType(
            f"This looks like {kind} inside the archive, which is not opened.",
            "Unpack it, and pack all files into one archive.",
        )


def overlapping(entries: Sequence[zipfile.ZipInfo], end: int) -> frozenset[int]:
    """Where those entries begin whose bytes another one, or the directory at `end`, also claims."""
    shared = set()
    reached, holder = 0, -1
    for entry in sorted(entries, key=lambda each: each.header_offset):
        start = entry.header_offset
        if start < reached:
            shared |= {start, holder}
        stop = start + LOCAL_HEADER + entry.compress_size
        if stop > end:
            shared.add(start)
        if stop > reached:
            reached, holder = stop, start
    return frozenset(shared)


def shown_names(paths: Sequence[str]) -> list[str]:
    """Paths without tricks and unprintable characters, short, and no two alike."""
    taken: set[str] = set()
    names = []
    for path in paths:
        parts = path.replace("\\", "/").split("/")
        shown = "/".join(plain_name(part) for part in parts if part.strip("."))[-MAX_NAME:]
        shown = shown.strip("/") or "file"
        name, number = shown, 1
        while name in taken:
            number += 1
            whole = PurePosixPath(shown)
            name = str(whole.with_name(f"{whole.stem} ({number}){whole.suffix}"))
        taken.add(name)
        names.append(name)
    return names
