"""Encoded bytes to pixels: the one image decoder, so that every page, test and API sees the same.

Formats are told by content, never by name. Sizes are read from the header and checked before
anything is decoded; a damaged file is refused, never patched up. Whatever is done to the image
on the way (scaling, color conversion, turning) is said in `DecodedImage.notes`.
"""

import hashlib
import io
import struct
import unicodedata
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import (
    BITSPERSAMPLE,
    PHOTOMETRIC_INTERPRETATION,
    PLANAR_CONFIGURATION,
    TILELENGTH,
    TILEWIDTH,
    TiffImageFile,
)
from PIL.WebPImagePlugin import WebPImageFile

from demos.core.errors import EmptyInput, TooLarge, UnsupportedType
from demos.core.image_limits import check_pixels, check_sides, damaged, room_for, up
from demos.core.pixels import from_8_bit, from_16_bit_gray, orientation_of, upright
from demos.core.settings import MIB, Settings
from demos.core.signatures import looks_like

MAX_NAME = 80
Notes = tuple[str, ...]
USE_ONE_OF = "Use a PNG, JPEG, WebP, TIFF or DICOM image."

# The plugin classes are used directly: `Image.open` would try every format it knows, and its
# own size check fires before the size can be named in a sentence.
READERS: dict[str, type[ImageFile]] = {
    "PNG": PngImageFile,
    "JPEG": JpegImageFile,
    "WebP": WebPImageFile,
    "TIFF": TiffImageFile,
}

DIRECT = frozenset({"1", "L", "P", "RGB", "YCbCr", "CMYK", "LA", "La", "PA", "RGBA"})
"""Pillow modes of at most 8 bits a channel whose conversion to RGB is unambiguous."""

UNDEFINED = {"I": "32-bit or signed integers", "F": "floating-point numbers", "LAB": "Lab colors"}
SEPARATE_PLANES = 2


@dataclass(frozen=True, slots=True, eq=False)
class DecodedImage:
    """An image ready for a model, and what it was before.

    `pixels` is (H, W, 3) uint8 sRGB and read-only; `sha256` is of the bytes given; `mode` and
    `size` (width, height) are those stored in the file.

    Of a DICOM file nothing may tell whose it is, so it is known by its pixels alone: `sha256` is
    of `pixels` (a hash of the file could confirm a guess of the name inside it), and `name` is made
    from that hash, since such files are often named after the patient.
    """

    pixels: NDArray[np.uint8]
    sha256: str
    name: str
    format: str
    mode: str
    size: tuple[int, int]
    notes: tuple[str, ...]


def decode_image(data: bytes, name: str, settings: Settings) -> DecodedImage:
    """Decode a PNG, JPEG, WebP, TIFF or DICOM file to RGB, first frame, upright.

    Raises `EmptyInput`, `TooLarge` (bytes or pixels), `UnsupportedType` (another kind of file,
    or pixels without a fixed brightness range), `Unreadable` (damaged or cut short) and
    `InputError` (too small), each with a sentence for the user.
    """
    if not data:
        raise EmptyInput("This file is empty.", "Choose it again, or export it once more.")
    if len(data) > settings.max_image_bytes:
        raise TooLarge(
            f"This file has {up(len(data) / MIB)} MiB; "
            f"the limit is {settings.max_image_bytes / MIB:.4g}.",
            "Export it at a smaller size or with stronger compression.",
        )
    kind = looks_like(data)
    if kind == "DICOM":
        return from_dicom(data, settings)
    if kind not in READERS:
        raise UnsupportedType(f"This looks like {kind}, which is not read here.", USE_ONE_OF)
    if kind == "WebP":  # its decoder allocates the canvas as soon as it is opened
        check_pixels(webp_canvas(data), settings)

    image = opened(data, kind)
    check_pixels(image.size, settings)
    check_tiles(image, settings)
    check_sides(image.size)
    with room_for(image.size):
        mode = image.mode
        pixels, size, notes = rendered(image, kind)
    pixels = np.ascontiguousarray(pixels)
    pixels.flags.writeable = False
    return DecodedImage(
        pixels=pixels,
        sha256=hashlib.sha256(data).hexdigest(),
        name=plain_name(name),
        format=kind,
        mode=mode,
        size=size,
        notes=notes,
    )


def from_dicom(data: bytes, settings: Settings) -> DecodedImage:
    """The first frame of a DICOM file, known by nothing but its pixels."""
    from demos.core import dicom  # takes pydicom and codecs along: as long as decoding ten images

    header = dicom.read_header(data, settings)
    check_sides(header.layout.size)
    with room_for(header.layout.size):
        pixels, notes = dicom.rendered(header, settings)
    pixels = np.ascontiguousarray(pixels)
    pixels.flags.writeable = False
    digest = hashlib.sha256(f"DICOM {pixels.shape}".encode())
    digest.update(pixels.data)
    sha256 = digest.hexdigest()
    return DecodedImage(
        pixels=pixels,
        sha256=sha256,
        name=f"DICOM image {sha256[:8]}",
        format="DICOM",
        mode=header.layout.mode,
        size=header.layout.size,
        notes=notes,
    )


def rendered(image: ImageFile, kind: str) -> tuple[NDArray[np.uint8], tuple[int, int], Notes]:
    """Pixels of an opened file (H, W, 3), upright; its size as stored; what was done to it."""
    notes = frame_notes(image)
    bits = bit_depth(image)
    check_layout(image, kind, bits)
    mode, size = image.mode, image.size
    # Pillow turns a TIFF itself while loading, and then forgets the tag.
    turned_by_pillow = isinstance(image, TiffImageFile)
    orientation = orientation_of(image) if turned_by_pillow else 1
    load(image, kind)
    if mode.startswith("I;16"):
        pixels, more = from_16_bit_gray(image, bits, is_white_zero(image))
    else:
        pixels, more = from_8_bit(image, bits)
    notes += more
    if not turned_by_pillow:
        orientation = orientation_of(image)
        pixels = upright(pixels, orientation)
    elif orientation in (5, 6, 7, 8):
        size = size[1], size[0]
    if orientation != 1:
        notes += ("The camera's orientation tag was applied.",)
    return pixels, size, notes


def webp_canvas(data: bytes) -> tuple[int, int]:
    """Width and height as a WebP header states them (RFC 9649, section 2)."""
    chunk = data[12:16]
    try:
        if chunk == b"VP8X":
            low = struct.unpack_from("<HBHB", data, 24)
            return low[0] + (low[1] << 16) + 1, low[2] + (low[3] << 16) + 1
        if chunk == b"VP8L":
            (bits,) = struct.unpack_from("<I", data, 21)
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        width, height = struct.unpack_from("<HH", data, 26)
    except struct.error as error:
        raise damaged("WebP") from error
    return width & 0x3FFF, height & 0x3FFF


def opened(data: bytes, kind: str) -> ImageFile:
    """The file with its header read and nothing decoded."""
    try:
        return READERS[kind](io.BytesIO(data))
    except MemoryError:
        raise
    except Exception as error:  # Pillow's parsers raise whatever a damaged header trips over
        raise damaged(kind) from error


def load(image: ImageFile, kind: str) -> None:
    try:
        image.load()
    except MemoryError:
        raise
    except Exception as error:  # as above, for damaged pixel data
        raise damaged(kind) from error


def check_tiles(image: ImageFile, settings: Settings) -> None:
    """A tiled TIFF may be small and still ask for one enormous tile to be decoded."""
    if isinstance(image, TiffImageFile):
        width, height = (image.tag_v2.get(tag, 0) for tag in (TILEWIDTH, TILELENGTH))
        if isinstance(width, int) and isinstance(height, int):
            check_pixels((width, height), settings)


def frame_notes(image: ImageFile) -> tuple[str, ...]:
    if not getattr(image, "is_animated", False):
        return ()
    if isinstance(image, TiffImageFile):  # counting the pages would mean reading them all
        return ("Only the first page of this TIFF was used.",)
    return (f"First of {getattr(image, 'n_frames', 1)} frames used.",)


def bit_depth(image: ImageFile) -> int:
    """Bits per channel as stored, read before loading; only those above 8 matter here."""
    if isinstance(image, TiffImageFile):
        return int(image.tag_v2.get(BITSPERSAMPLE, (1,))[0])
    return 16 if any(";16" in str(tile.args) for tile in image.tile) else 8


def has_raw_planes(image: ImageFile) -> bool:
    """Whether Pillow itself unpacks planes: it takes parts of 16-bit rows for 8-bit values."""
    return (
        isinstance(image, TiffImageFile)
        and image.tag_v2.get(PLANAR_CONFIGURATION) == SEPARATE_PLANES
        and image.tile[0].codec_name == "raw"
    )


def is_white_zero(image: ImageFile) -> bool:
    """Whether a TIFF counts from white; Pillow inverts those of 8 bits, but not of 16."""
    return isinstance(image, TiffImageFile) and image.tag_v2.get(PHOTOMETRIC_INTERPRETATION) == 0


def check_layout(image: ImageFile, kind: str, bits: int) -> None:
    """Refuse what has no fixed brightness range, and what Pillow would decode wrongly."""
    stored = None
    if image.mode not in DIRECT and not image.mode.startswith("I;16"):
        stored = UNDEFINED.get(image.mode, image.mode)
    elif bits > 8 and has_raw_planes(image):
        stored = f"{bits}-bit color in separate planes"
    if stored:
        raise UnsupportedType(
            f"This {kind} stores its pixels as {stored}, which is not read here.",
            "Export it with 8 or 16 bits per channel, in gray or RGB.",
        )


def plain_name(name: str) -> str:
    """The last part of a path, without characters that hide, break or reverse text."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    shown = "".join(each for each in last if unicodedata.category(each)[0] != "C").strip()
    return shown[:MAX_NAME] or "image"
