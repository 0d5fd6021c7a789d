"""What a compressed frame says of itself, read before its codec allocates anything."""

import io
import struct
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import imagecodecs
import numpy as np
from numpy.typing import NDArray

from demos.core.image_limits import damaged

JPEG, JPEG_2000 = b"\xff\xd8", b"\xff\x4f\xff\x51"
JPEG_LS = 0xF7
FRAMES = frozenset({*range(0xC0, 0xD0), JPEG_LS}) - {0xC4, 0xC8, 0xCC}
"""JPEG markers that begin a frame and state its size."""
LOSSLESS = frozenset({0xC3, 0xC7, 0xCB, 0xCF, JPEG_LS})
"""Those after which colors are what the DICOM header says."""
APP0, APP14 = 0xE0, 0xEE
RGB_NAMES = (b"RGB", b"rgb")
SCAN = 0xDA
JPEG_LS_SECONDS = 20.0
"""How long decoding may take; 40 megapixels take three."""
JPEG_LS_PROGRAM = """\
import io, sys
import imagecodecs, numpy
made = io.BytesIO()
numpy.save(made, imagecodecs.jpegls_decode(sys.stdin.buffer.read()))
sys.stdout.buffer.write(made.getvalue())
"""
CODING, COMPONENT_CODING, TILE_PART, TILE_DATA = 0x52, 0x53, 0x90, 0x93
MAX_PARTS = 2**17
"""JPEG 2000 tiles, precincts and code blocks of one sample; each takes its decoder memory before
there is any data: a kilobyte of a file can ask for gigabytes."""
TILE_COST = 32
"""How many parts one tile counts for."""


@dataclass(frozen=True, slots=True)
class Stream:
    """`is_ybr` is None where the DICOM header alone knows; `decode` runs the codec."""

    size: tuple[int, int]
    samples: int
    bits: int
    is_ybr: bool | None
    decode: Callable[[bytes], NDArray[Any]]


def jpeg_stream(stream: bytes) -> Stream:
    """JPEG of any process, or JPEG-LS. Raises `Unreadable`, or what `struct` raises."""
    if not stream.startswith(JPEG):
        raise damaged("DICOM")
    is_ybr = None
    for marker, at, _ in segments(stream, 2):
        if marker == APP0 and stream.startswith(b"JFIF", at):
            is_ybr = True
        elif marker == APP14 and stream.startswith(b"Adobe", at):
            is_ybr = stream[at + 11] == 1
        elif marker in FRAMES:
            bits, height, width, samples = struct.unpack_from(">BHHB", stream, at)
            if marker in LOSSLESS:
                is_ybr = None
            elif stream[at + 6 : at + 15 : 3] in RGB_NAMES:
                is_ybr = False
            decode = decode_jpeg_ls
            if marker != JPEG_LS:
                # The same name for both keeps the codec from converting colors.
                name = "rgb" if samples == 3 else None
                decode = partial(imagecodecs.jpeg8_decode, colorspace=name, outcolorspace=name)
            return Stream((width, height), samples, bits, is_ybr, decode)
        elif marker == SCAN:
            break
    raise damaged("DICOM")


def decode_jpeg_ls(stream: bytes) -> NDArray[Any]:
    """JPEG-LS, in a process of its own that can be ended: CharLS 2.4 may loop for minutes, or for
    good, over a few damaged bytes. Raises what `subprocess` raises.
    """
    done = subprocess.run(
        [sys.executable, "-I", "-c", JPEG_LS_PROGRAM],
        input=stream,
        capture_output=True,
        timeout=JPEG_LS_SECONDS,
        check=True,
    )
    values: NDArray[Any] = np.load(io.BytesIO(done.stdout), allow_pickle=False)
    return values.transpose(1, 2, 0) if values.ndim == 3 and values.shape[2] != 3 else values


def segments(stream: bytes, at: int) -> Iterator[tuple[int, int, int]]:
    """Markers from `at` on, each with the place and the end of what follows its length."""
    while stream[at] == 0xFF:
        if stream[at + 1] == 0xFF:  # markers may be padded
            at += 1
            continue
        (length,) = struct.unpack_from(">H", stream, at + 2)
        yield stream[at + 1], at + 4, at + 2 + length
        at += 2 + length


def jpeg_2000_stream(stream: bytes) -> Stream:
    """JPEG 2000, high-throughput or not. Raises `Unreadable`, or what `struct` raises."""
    x1, y1, x0, y0, tile_width, tile_height = struct.unpack_from(">6I", stream, 8)
    (samples,) = struct.unpack_from(">H", stream, 40)
    kinds = {stream[at : at + 3] for at in range(42, 42 + 3 * min(samples, 3), 3)}
    depth, *steps = kinds.pop()
    if kinds or steps != [1, 1]:  # samples that differ, or are subsampled
        raise damaged("DICOM")
    tile_width, tile_height = min(tile_width, x1), min(tile_height, y1)
    tiles = -(-x1 // tile_width) * -(-y1 // tile_height)
    parts = TILE_COST * tiles
    is_ybr = None
    for marker, at, end, in_tile in coding_styles(stream):
        transformed = 0
        if marker == CODING:
            transformed = stream[at + 4]
            style, coding = stream[at], stream[at + 5 : end]
        else:  # the component's number comes first
            style, coding = stream[at + 1], stream[at + 2 : end]
        if transformed:  # the codec undoes its own transformation
            is_ybr = False
        parts += (1 if in_tile else tiles) * parts_of(coding, style, tile_width, tile_height)
    if parts > MAX_PARTS:
        raise damaged("DICOM")
    bits = (depth & 0x7F) + 1
    return Stream((x1 - x0, y1 - y0), samples, bits, is_ybr, imagecodecs.jpeg2k_decode)


def coding_styles(stream: bytes) -> Iterator[tuple[int, int, int, bool]]:
    """Markers that set precincts and code blocks, as `segments` gives them; true within a tile."""
    start = len(stream)
    for marker, at, end in segments(stream, 2):
        if marker == TILE_PART:
            start = at - 4
            break
        if marker in {CODING, COMPONENT_CODING}:
            yield marker, at, end, False
    while stream[start + 1 : start + 2] == bytes([TILE_PART]):
        (length,) = struct.unpack_from(">I", stream, start + 6)
        for marker, at, end in segments(stream, start):
            if marker == TILE_DATA:
                break
            if marker in {CODING, COMPONENT_CODING}:
                yield marker, at, end, True
        start += length or len(stream)  # a part without a length reaches to the end


def parts_of(coding: bytes, style: int, width: int, height: int) -> int:
    """Precincts or code blocks, whichever are smaller, of one sample of a tile (T.800, A.6.1)."""
    levels = coding[0]
    block = coding[1] + 2, coding[2] + 2
    count = 0
    for level in range(levels + 1):
        across, down = block
        if style & 1:
            size = coding[5 + level]
            across, down = min(across, size & 15), min(down, size >> 4)
        reduced = levels - level
        count += ((width >> reduced) // 2**across + 1) * ((height >> reduced) // 2**down + 1)
    return count
