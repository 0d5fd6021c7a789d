"""Lookup tables of DICOM files: modality, VOI and palette tables (PS3.3, C.7.6.3.1.5 and C.11)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MAX_ENTRIES = 2**16


@dataclass(frozen=True, slots=True, eq=False)
class Lut:
    """`entries` (N,) for the values `first`, `first + 1`, ...; `full` is the highest they can be.

    Values before the first get the first entry, values after the last the last one.
    """

    first: int
    entries: NDArray[np.uint16]
    full: int

    def look_up(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        places = np.clip(np.rint(values) - self.first, 0, len(self.entries) - 1)
        return self.entries[places.astype(np.intp)].astype(np.float64)

    def between(self, low: float, high: float) -> NDArray[np.float64]:
        """All values from `low` to `high` that the table tells apart."""
        last = self.first + len(self.entries) - 1
        first, last = np.clip([low, high], self.first, last)
        return np.arange(first, last + 1)


def lut_from(descriptor: Sequence[int], data: bytes | Sequence[int], order: str, low: bool) -> Lut:
    """A table as the file describes it: number of entries, first value, bits per entry.

    `order` is "<" or ">"; `low` says that the first value may be negative. Raises `ValueError`
    where the description and the data do not fit.
    """
    entries, first, bits = described(descriptor, low)
    if isinstance(data, bytes):
        held = from_bytes(data, entries, order)
    else:
        held = np.asarray(data, np.int64).astype(np.uint16)
    if held.size < entries:
        raise ValueError("fewer entries than described")
    held = held[:entries]
    highest = int(held.max())
    full = 2**bits - 1 if 0 < bits <= 16 and highest < 2**bits else 2**16 - 1
    if isinstance(data, bytes) and len(data) < 2 * entries:
        full = 255
    return Lut(first, held, full)


def described(descriptor: Sequence[int], low: bool) -> tuple[int, int, int]:
    """Number of entries, first value, bits; each 16 bits whose sign other elements decide."""
    entries, first, bits = (int(value) & 0xFFFF for value in descriptor)
    if low and first >= 2**15:
        first -= 2**16
    return entries or MAX_ENTRIES, first, bits


def from_bytes(data: bytes, entries: int, order: str) -> NDArray[np.uint16]:
    """Entries of 8 bits where there are too few bytes for 16, else of 16."""
    words = np.frombuffer(data[: len(data) // 2 * 2], f"{order}u2").astype(np.uint16)
    if len(data) >= 2 * entries:
        return words
    # Two to a word, the lower byte first, in either byte order.
    return words.astype("<u2").view(np.uint8).astype(np.uint16)


def expanded(segments: NDArray[np.uint16], entries: int) -> NDArray[np.uint16]:
    """The `entries` values that palette segments describe (PS3.3, C.7.9.2).

    A segment lists values, runs linearly to one, or repeats earlier segments. Stops at `entries`,
    so that no description, however deep, grows past it. Raises `ValueError` for a damaged one.
    """
    values: list[int] = []
    pending = [(0, len(segments))]  # (position, segments still to take from there)
    while pending and len(values) < entries:
        at, left = pending.pop()
        if left == 0 or at + 2 > len(segments):
            continue
        kind, length = int(segments[at]), int(segments[at + 1])
        at += 2
        if kind == 0:
            following = at + length
            values += segments[at:following].tolist()
        elif kind == 1 and values and at < len(segments):
            following = at + 1
            run = np.linspace(values[-1], int(segments[at]), length + 1)[1:]
            values += np.rint(run).astype(int).tolist()
        elif kind == 2 and values and at + 1 < len(segments):
            following = at + 2
        else:
            raise ValueError("a damaged palette segment")
        pending.append((following, left - 1))
        if kind == 2:
            if len(pending) > 2:
                raise ValueError("a palette segment that repeats repetitions")
            # The place is given in bytes, of 16-bit words here.
            place = (int(segments[at + 1]) << 16 | int(segments[at])) // 2
            pending.append((place, length))
    if len(values) < entries:
        raise ValueError("fewer entries than described")
    return np.asarray(values[:entries], np.uint16)
