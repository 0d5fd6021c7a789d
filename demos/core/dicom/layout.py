"""How the values of a frame are stored, and whether that is within the limits."""

import math
from dataclasses import dataclass
from enum import StrEnum

from pydicom.dataset import Dataset

from demos.core.dicom.elements import whole, word
from demos.core.errors import UnsupportedType
from demos.core.image_limits import check_pixels, damaged
from demos.core.settings import Settings

GRAY = frozenset({"MONOCHROME1", "MONOCHROME2"})
COLOR = frozenset({"RGB", "YBR_FULL", "YBR_FULL_422", "YBR_ICT", "YBR_RCT"})
PALETTE = "PALETTE COLOR"


class Coding(StrEnum):
    """How the first frame lies in the file."""

    NATIVE = "native"
    RLE = "RLE"
    CODESTREAM = "JPEG, JPEG-LS or JPEG 2000"


@dataclass(frozen=True, slots=True)
class Layout:
    """How the values of a frame are stored.

    `is_float` is for floating-point values; `order` is "<" or ">"; `swapped` says that the bytes of
    8-bit values lie in words of the other order; `planar` that colors come one after the other.
    """

    rows: int
    columns: int
    samples: int
    photometric: str
    planar: bool
    is_float: bool
    bits_allocated: int
    bits_stored: int
    high_bit: int
    signed: bool
    order: str
    swapped: bool
    coding: Coding

    @property
    def size(self) -> tuple[int, int]:
        """Width and height."""
        return self.columns, self.rows

    @property
    def mode(self) -> str:
        """In words, from a fixed list and a number: "MONOCHROME2 12-bit"."""
        return f"{self.photometric} {self.bits_stored}-bit{' float' if self.is_float else ''}"

    @property
    def is_halved(self) -> bool:
        """Whether two pixels share their color values, uncompressed (YBR_FULL_422)."""
        return self.coding is Coding.NATIVE and self.photometric == "YBR_FULL_422"

    @property
    def values(self) -> int:
        """How many a frame has, once decoded."""
        return self.rows * self.columns * self.samples

    @property
    def frame_bytes(self) -> int:
        """Bytes of one uncompressed frame."""
        samples = 2 if self.is_halved else self.samples
        return math.ceil(self.rows * self.columns * samples * self.bits_allocated / 8)


def layout_of(dataset: Dataset, coding: Coding, order: str) -> Layout:
    """How values are stored; a missing required element is a damaged file."""
    allocated = whole(dataset, "BitsAllocated")
    is_float = "PixelData" not in dataset
    stored = allocated if is_float else whole(dataset, "BitsStored", allocated)
    return Layout(
        rows=whole(dataset, "Rows"),
        columns=whole(dataset, "Columns"),
        samples=whole(dataset, "SamplesPerPixel", 1),
        photometric=word(dataset, "PhotometricInterpretation"),
        planar=whole(dataset, "PlanarConfiguration", 0) == 1,
        is_float=is_float,
        bits_allocated=allocated,
        bits_stored=stored,
        high_bit=whole(dataset, "HighBit", stored - 1),
        signed=whole(dataset, "PixelRepresentation", 0) == 1,
        order=order,
        swapped=order == ">" and not is_float and dataset["PixelData"].VR == "OW",
        coding=coding,
    )


def check_layout(layout: Layout, settings: Settings) -> None:
    """Refuse, before any pixel is touched, what is too large, contradictory or unknown."""
    if not layout.photometric or min(layout.size) < 1:
        raise damaged("DICOM")
    if not 0 < layout.bits_stored <= layout.high_bit + 1 <= layout.bits_allocated:
        raise damaged("DICOM")
    check_pixels(layout.size, settings)
    is_color = layout.photometric in COLOR
    if not is_color and layout.photometric not in GRAY | {PALETTE}:
        raise UnsupportedType(
            "This DICOM file stores its colors in a way that is not read here.",
            "Export it in gray (MONOCHROME2) or RGB.",
        )
    if layout.samples != (3 if is_color else 1):
        raise damaged("DICOM")
    readable = (32, 64) if layout.is_float else ((8, 16) if is_color else (1, 8, 16, 32))
    if layout.bits_allocated not in readable or (layout.is_float and is_color):
        raise UnsupportedType(
            f"This DICOM file stores its values in {layout.bits_allocated} bits, "
            "which is not read here.",
            "Export it with 8 or 16 bits per value.",
        )
    if layout.is_halved and (layout.columns % 2 or layout.bits_allocated != 8):
        raise damaged("DICOM")
