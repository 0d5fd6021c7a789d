"""The files of a batch, as they were handed in and as they come out of archives."""

import unicodedata
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from demos.core import archive
from demos.core.errors import InputError, TooLarge
from demos.core.settings import Settings

MAX_NAME = 160
MAX_FILES = 1000
"""Rows of one batch; each keeps about 10 kB."""
ZIP_SIGNATURES = (b"PK\x03\x04", b"PK\x05\x06")
OFFICE = slice(30, 49), b"[Content_Types].xml"
"""What an Office document, which is a ZIP archive too, begins with."""


@dataclass(frozen=True, slots=True)
class Given:
    """A file that was handed in; it may turn out to be a ZIP with many."""

    name: str
    read: Callable[[], bytes]


@dataclass(frozen=True, slots=True)
class Incoming:
    """A file to classify: its bytes, or why there are none."""

    name: str
    data: bytes | None
    problem: InputError | None = None


def is_zip(data: bytes) -> bool:
    """Whether to look inside for files."""
    where, office = OFFICE
    return data.startswith(ZIP_SIGNATURES) and data[where] != office


def count_files(given: Iterable[Given], settings: Settings) -> int:
    """How many rows `expanded` will make. Raises `TooLarge` beyond `MAX_FILES`."""
    return check_count(len(listed(tuple(given), settings)))


def check_count(total: int) -> int:
    """`total`, the rows of a table. Raises `TooLarge` beyond `MAX_FILES`."""
    if total > MAX_FILES:
        raise TooLarge(
            f"These are {total:,} files; a table holds up to {MAX_FILES:,}.",
            "Hand them in in several parts.",
        )
    return total


def listed(given: Sequence[Given], settings: Settings) -> list[str]:
    """What `expanded` will call the files, in its order; nothing is unpacked."""
    found = []
    for each in given:
        data = each.read()
        folder = f"{each.name}/" if len(given) > 1 else ""
        try:
            inside = archive.names(data, settings) if is_zip(data) else None
        except InputError:
            inside = None  # a row that says so
        found += [each.name] if inside is None else [folder + name for name in inside]
    return found


def expanded(
    given: deque[Given], settings: Settings, limit: int | None = None
) -> Iterator[Incoming]:
    """Every file handed in, and in place of a ZIP those in it; `given` is empty afterwards.

    Bytes are read when a file is reached, and are nobody's any more when the next one is; `limit`
    is as in `archive.members`.

    A ZIP that cannot be used as a whole is one file with its problem.
    """
    several = len(given) > 1
    while given:
        each = given.popleft()
        data = each.read()
        if not is_zip(data):
            yield Incoming(each.name, data)
            continue
        folder = f"{each.name}/" if several else ""
        try:
            for member in archive.members(data, settings, limit):
                yield Incoming(folder + member.name, member.data, member.problem)
        except InputError as problem:
            yield Incoming(each.name, data, problem)


def shown_name(name: str) -> str:
    """A path as given, without characters that hide, break or reverse text; its end if long."""
    shown = "".join(c for c in name.replace("\\", "/") if unicodedata.category(c)[0] != "C")
    shown = shown.strip().strip("/")
    return (shown if len(shown) <= MAX_NAME else f"…{shown[1 - MAX_NAME :]}") or "file"
