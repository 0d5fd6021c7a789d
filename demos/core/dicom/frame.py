"""The first frame of a DICOM file, from bytes as stored to values."""

from dataclasses import dataclass
from typing import Any

import imagecodecs
import numpy as np
from numpy.typing import NDArray

from demos.core.dicom.codestream import JPEG_2000, Stream, jpeg_2000_stream, jpeg_stream
from demos.core.dicom.elements import guarded
from demos.core.dicom.layout import Coding, Layout
from demos.core.image_limits import damaged

JP2_BOX = b"\0\0\0\x0cjP  "
"""The file format around JPEG 2000, which DICOM forbids and some write."""
Values = NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """`values` are (H, W) or, in color, (H, W, 3): integers of `bits` bits, or floating point.

    `is_ybr` says that the colors are brightness and two differences instead of RGB.
    """

    values: NDArray[Any]
    bits: int
    is_ybr: bool


def decoded_frame(layout: Layout, frame: bytes) -> Frame:
    """The first frame's values, without unused bits. Raises `Unreadable`."""
    is_ybr = layout.photometric.startswith("YBR_FULL")
    signed = layout.signed and layout.samples == 1  # colors have no sign
    if layout.coding is Coding.CODESTREAM:
        values, stream = guarded(from_codestream, layout, frame)
        told = is_ybr if stream.is_ybr is None else stream.is_ybr
        bits = stream.bits
        return Frame(conformed(values, signed, bits, bits - 1), bits, told)
    if layout.coding is Coding.RLE:
        values = guarded(from_rle, layout, frame)
    else:
        values = native(layout, frame)
    if not layout.is_float:
        values = conformed(values, signed, layout.bits_stored, layout.high_bit)
    return Frame(values, layout.bits_stored, is_ybr)


def native(layout: Layout, frame: bytes) -> Values:
    """Uncompressed values. The frame is long enough: the header was read so."""
    rows, columns = layout.rows, layout.columns
    if layout.bits_allocated == 1:
        bits = np.unpackbits(np.frombuffer(frame, np.uint8), bitorder="little")
        return bits[: rows * columns].reshape(rows, columns)
    if layout.swapped and layout.bits_allocated == 8:
        frame = np.frombuffer(frame[: len(frame) // 2 * 2], ">u2").astype("<u2").tobytes()
    kind = "f" if layout.is_float else "u"
    count = layout.frame_bytes * 8 // layout.bits_allocated
    values = np.frombuffer(frame, f"{layout.order}{kind}{layout.bits_allocated // 8}", count)
    values = values.astype(values.dtype.newbyteorder("="), copy=False)
    if layout.is_halved:
        return paired(values.reshape(rows, columns // 2, 4))
    return arranged(values, layout, layout.planar)


def paired(values: Values) -> Values:
    """(H, W / 2, 4), two brightnesses and their common colors, to (H, W, 3)."""
    rows, halves, _ = values.shape
    both = np.empty((rows, halves, 2, 3), values.dtype)
    both[..., 0] = values[..., :2]
    both[..., 1:] = values[..., None, 2:]
    return both.reshape(rows, 2 * halves, 3)


def arranged(values: Values, layout: Layout, planar: bool) -> Values:
    shape = layout.rows, layout.columns
    if layout.samples == 1:
        return values.reshape(shape)
    if planar:
        return values.reshape(layout.samples, *shape).transpose(1, 2, 0)
    return values.reshape(*shape, layout.samples)


def from_rle(layout: Layout, frame: bytes) -> Values:
    """Run-length planes (PS3.5, annex G), never unpacked past the size of the frame."""
    dtype = np.dtype(f"<u{layout.bits_allocated // 8}")
    unpacked = imagecodecs.dicomrle_decode(frame, dtype, out=layout.frame_bytes)
    if len(unpacked) != layout.frame_bytes:
        raise damaged("DICOM")
    return arranged(np.frombuffer(unpacked, dtype), layout, planar=True)


def from_codestream(layout: Layout, frame: bytes) -> tuple[Values, Stream]:
    """JPEG, JPEG-LS or JPEG 2000 to values, and what the stream says of itself."""
    if frame.startswith(JP2_BOX):
        frame = frame[frame.index(JPEG_2000) :]
    stream = jpeg_2000_stream(frame) if frame.startswith(JPEG_2000) else jpeg_stream(frame)
    if stream.size != layout.size or stream.samples != layout.samples or not 2 <= stream.bits <= 16:
        raise damaged("DICOM")
    values = stream.decode(frame)
    if values.shape[:2] != (layout.rows, layout.columns) or values.size != layout.values:
        raise damaged("DICOM")
    return values, stream


def conformed(values: Values, signed: bool, bits: int, high_bit: int) -> Values:
    """Only the bits that count, with the sign that the header gives them."""
    size = values.dtype.itemsize
    plain: Values = values.view(f"u{size}")
    if bits == 8 * size:
        return plain.view(f"i{size}") if signed else plain
    plain = plain >> (high_bit + 1 - bits)
    plain &= plain.dtype.type(2**bits - 1)
    if not signed:
        return plain
    # Shifted up and down again, the sign fills the bits above.
    unused = 8 * size - bits
    return (plain << unused).view(f"i{size}") >> unused
