"""Values of a DICOM frame to 8-bit RGB, as the file means them to be seen (PS3.4, annex N).

Gray goes through the modality transformation, then the first VOI table or window, or else the full
range of the values; then it is inverted where the file says so.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from demos.core.dicom.file import Header
from demos.core.dicom.frame import Frame
from demos.core.dicom.layout import GRAY
from demos.core.dicom.lut import Lut
from demos.core.dicom.shown import Curve, Shown, Window
from demos.core.pixels import scaling_note, to_srgb
from demos.core.settings import Settings

ROWS_AT_ONCE = 256
HUGE = 1e30
"""Floating-point values beyond this are taken for "no value"."""
NOTICEABLE = 1.01
MOST_STRETCHED = 8.0
"""Pixels longer than this are taken for a mistake in the file."""

Shades = Callable[[NDArray[np.float64]], NDArray[np.float64]]
Notes = tuple[str, ...]


def drawn(frame: Frame, header: Header, settings: Settings) -> tuple[NDArray[np.uint8], Notes]:
    """(H, W, 3) with square pixels, and what was done, one sentence each."""
    layout, shown = header.layout, header.shown
    notes: Notes = ()
    if header.frames > 1:
        notes += (f"First of {header.frames:,} frames used.",)
    if layout.samples > 1:
        pixels, more = color(frame)
    elif shown.palette:
        pixels, more = palette(frame.values, shown), ("Its palette was applied.",)
    else:
        pixels, more = gray(frame.values, shown)
    notes += more
    if shown.profile and layout.photometric not in GRAY:
        image, more = to_srgb(Image.fromarray(pixels), shown.profile)
        pixels, notes = np.asarray(image), notes + more
    pixels, more = squared(pixels, shown.spacing, settings)
    notes += more
    if shown.burned_in:
        notes += ("The file says that text is burned into its picture; it may name a person.",)
    return pixels, notes


def gray(values: NDArray[Any], shown: Shown) -> tuple[NDArray[np.uint8], Notes]:
    """Gray values (H, W) to (H, W, 3)."""
    physical = modality(shown)
    shades, note = voi(values, physical, shown)
    notes: Notes = (note,)
    if shown.inverse:
        notes += ("Inverted, as the file asks: its low values stand for white.",)

    def bright(stored: NDArray[Any]) -> NDArray[np.uint8]:
        empty = is_padding(stored, shown)
        share = shades(physical(np.where(empty, 0, stored).astype(np.float64)))
        if shown.inverse:
            share = 1 - share
        share[empty] = 0
        return np.rint(255 * share).astype(np.uint8)

    return np.repeat(by_value(values, bright)[:, :, None], 3, axis=2), notes


def by_value(
    values: NDArray[Any], bright: Callable[[NDArray[Any]], NDArray[np.uint8]]
) -> NDArray[np.uint8]:
    """`bright` of each value: once for each possible one of 8 or 16 bits, else row by row."""
    if values.dtype.kind != "f" and values.dtype.itemsize <= 2:
        counted = np.dtype(f"u{values.dtype.itemsize}")
        every = np.arange(2 ** (8 * counted.itemsize)).astype(counted)
        return bright(every.view(values.dtype))[values.view(counted)]
    result = np.empty(values.shape, np.uint8)
    for top in range(0, len(values), ROWS_AT_ONCE):
        rows = slice(top, top + ROWS_AT_ONCE)
        result[rows] = bright(values[rows])
    return result


def modality(shown: Shown) -> Shades:
    """Stored values to physical ones, such as Hounsfield units."""
    if shown.modality_lut is not None:
        return shown.modality_lut.look_up
    return lambda values: values * shown.slope + shown.intercept


def voi(values: NDArray[Any], physical: Shades, shown: Shown) -> tuple[Shades, str]:
    """Physical values to brightness from 0 to 1, and which way that was chosen."""
    lut, window = shown.voi_lut, shown.window
    if lut is not None:
        return lambda x: lut.look_up(x) / lut.full, "The file's own brightness table was applied."
    if window is not None:
        curve = "" if window.curve is not Curve.SIGMOID else ", sigmoid"
        about = f"Window center {window.center:g}, width {window.width:g}{curve} applied."
        return lambda x: windowed(x, window), about
    ends = np.asarray(range_of(values, shown), np.float64)
    if shown.modality_lut is not None:  # which need not rise from end to end
        ends = shown.modality_lut.between(*ends)
    low, high = float(physical(ends).min()), float(physical(ends).max())
    about = f"The file names no usable window: its full range, {low:g} to {high:g}, was used."
    return lambda x: np.clip((x - low) / ((high - low) or 1), 0, 1), about


def windowed(values: NDArray[np.float64], window: Window) -> NDArray[np.float64]:
    """Brightness from 0 to 1 (PS3.3, C.11.2.1.2 and C.11.2.1.3)."""
    center, width = window.center, window.width
    if window.curve is Curve.SIGMOID:
        return 1 / (1 + np.exp(np.clip(-4 * (values - center) / width, -700, 700)))
    if window.curve is Curve.LINEAR:
        center, width = center - 0.5, width - 1
    if width == 0:
        return (values > center).astype(np.float64)
    return np.clip((values - center) / width + 0.5, 0, 1)


def is_padding(values: NDArray[Any], shown: Shown) -> NDArray[np.bool_]:
    """Where there is no pixel: drawn black, and no part of the range."""
    if values.dtype.kind == "f":
        return ~(np.abs(values) < HUGE)
    if shown.padding is None:
        return np.zeros(values.shape, np.bool_)
    return (values >= shown.padding[0]) & (values <= shown.padding[1])


def range_of(values: NDArray[Any], shown: Shown) -> tuple[float, float]:
    """Lowest and highest stored value."""
    inside = values[~is_padding(values, shown)]
    return (inside.min(), inside.max()) if inside.size else (0, 0)


def palette(values: NDArray[Any], shown: Shown) -> NDArray[np.uint8]:
    """Places in a palette (H, W) to (H, W, 3)."""

    def hue(lut: Lut) -> NDArray[np.uint8]:
        return by_value(
            values,
            lambda stored: np.rint(lut.look_up(stored.astype(np.float64)) * 255 / lut.full).astype(
                np.uint8
            ),
        )

    return np.stack([hue(lut) for lut in shown.palette], axis=2)


def color(frame: Frame) -> tuple[NDArray[np.uint8], Notes]:
    """Colors (H, W, 3) of any depth, RGB or YBR, to 8-bit RGB."""
    notes = (scaling_note(frame.bits),) if frame.bits != 8 else ()
    if frame.bits == 8 and not frame.is_ybr:
        return frame.values.astype(np.uint8, copy=False), notes
    result = np.empty(frame.values.shape, np.uint8)
    for top in range(0, len(result), ROWS_AT_ONCE):
        rows = slice(top, top + ROWS_AT_ONCE)
        scaled = frame.values[rows].astype(np.float32) * (255 / (2**frame.bits - 1))
        if frame.is_ybr:
            scaled = rgb_from_ybr(scaled)
        result[rows] = np.rint(np.clip(scaled, 0, 255))
    return result, notes


def rgb_from_ybr(ybr: NDArray[np.float32]) -> NDArray[np.float32]:
    """Full-range YBR, 0 to 255, to RGB (PS3.3, C.7.6.3.1.2)."""
    brightness = ybr[..., 0]
    blue, red = ybr[..., 1] - 128, ybr[..., 2] - 128
    return np.stack(
        [
            brightness + 1.402 * red,
            brightness - 0.344136 * blue - 0.714136 * red,
            brightness + 1.772 * blue,
        ],
        axis=-1,
    )


def squared(
    pixels: NDArray[np.uint8], spacing: tuple[float, float] | None, settings: Settings
) -> tuple[NDArray[np.uint8], Notes]:
    """The picture with pixels as high as wide, made larger where that stays within the limit."""
    if spacing is None:
        return pixels, ()
    longer = max(spacing) / min(spacing)
    if longer < NOTICEABLE:
        return pixels, ()
    if longer > MOST_STRETCHED:
        return pixels, ("Its pixels are said to be far from square, which was ignored.",)
    height, width = pixels.shape[:2]
    stretch_rows = spacing[0] > spacing[1]
    if height * width * longer <= settings.max_image_pixels:
        size = (width, round(height * longer)) if stretch_rows else (round(width * longer), height)
    else:
        size = (round(width / longer), height) if stretch_rows else (width, round(height / longer))
    made = np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.BILINEAR))
    return made, ("Its pixels are not square; the picture was stretched so that they are.",)
