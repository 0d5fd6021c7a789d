"""Single values out of a DICOM data set, which may be missing, many, or nonsense."""

import io
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.filereader import read_sequence_item

from demos.core.errors import TooLarge, UserError
from demos.core.image_limits import damaged

MAX_READS = 300_000
"""Pieces a file may be read in, about two for each element; a thousand frames need no more."""


class Pieces(io.BytesIO):
    """Bytes that are read in a limited number of pieces.

    A file of 20 MB can hold millions of empty items, each of which pydicom makes an object of.
    """

    left = MAX_READS

    def read(self, size: int | None = -1, /) -> bytes:
        self.left -= 1
        if self.left < 0:
            raise TooLarge(
                "This DICOM file has too many parts.", "Export a single frame of it as an image."
            )
        return super().read(size)


def guarded(step: Callable[..., Any], *given: Any) -> Any:
    """What `step` returns; whatever else a damaged file makes it raise becomes our own error.

    Raised outside of the handler: the text of the first error may quote the file, so it is not
    even kept as the cause.
    """
    try:
        return step(*given)
    except (UserError, MemoryError):
        raise
    except Exception:  # a damaged header trips over anything
        pass
    raise damaged("DICOM")


def several(value: Any) -> list[Any]:
    """The values of an element that may hold none, one or more."""
    if value is None or isinstance(value, str | bytes | int | float):
        return [] if value is None else [value]
    return list(value)


def whole(dataset: Dataset, name: str, default: int | None = None) -> int:
    """A whole number. Raises `ValueError` where there is neither one nor a default."""
    value = several(dataset.get(name))
    if value and isinstance(value[0], bytes):  # pydicom could not tell its sign
        return int.from_bytes(value[0][:2], "little")
    if value and value[0] != "":
        return int(value[0])
    if default is None:
        raise ValueError(name)
    return default


def word(dataset: Dataset, name: str) -> str:
    """The first value of a text element, or ""."""
    value = several(dataset.get(name))
    return str(value[0]).strip() if value else ""


def number(value: Any) -> float | None:
    """A finite number of ordinary size, or None."""
    try:
        read = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return read if abs(read) < 1e9 else None  # false for "not a number" as well


def numbers(value: Any, order: str) -> list[int]:
    """The whole numbers of an element, also where pydicom left it in bytes."""
    if isinstance(value, bytes):
        return np.frombuffer(value, f"{order}u2").astype(int).tolist()
    return [int(each) for each in several(value)]


def first_item(dataset: Dataset, name: str) -> Dataset | None:
    """The first item of a sequence; the others, one for each frame, are not even read."""
    if name not in dataset:
        return None
    raw: Any = dataset.get_item(name)
    if isinstance(raw, RawDataElement) and isinstance(raw.value, bytes):
        encoding = "ascii"  # no text is read
        item = Pieces(raw.value)
        return read_sequence_item(item, raw.is_implicit_VR, raw.is_little_endian, encoding)
    held = dataset[name].value
    return held[0] if held else None


def found(places: Sequence[Dataset], name: str) -> float | None:
    """The first usable number called `name`, wherever it is."""
    values = (number(value) for each in places for value in several(each.get(name))[:1])
    return next((value for value in values if value is not None), None)
