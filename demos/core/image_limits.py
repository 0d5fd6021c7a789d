"""What every image has to keep to, whatever its format, and the words for one that does not."""

import math
import threading
from contextlib import AbstractContextManager, nullcontext

from demos.core.errors import InputError, TooLarge, Unreadable
from demos.core.settings import Settings

MIN_SIDE = 16
"""Pixels; a smaller image holds too little to classify."""
LARGE_PIXELS = 4_000_000
LARGE_AT_ONCE = threading.BoundedSemaphore(2)
"""A large image takes up to 15 bytes a pixel while it is decoded: two at a time, in any session."""


def damaged(kind: str) -> Unreadable:
    return Unreadable(
        f"This {kind} file is damaged, incomplete or of an unusual variant.",
        "Download or export it again.",
    )


def check_pixels(size: tuple[int, int], settings: Settings) -> None:
    pixels = size[0] * size[1]
    if pixels > settings.max_image_pixels:
        raise TooLarge(
            f"This image has {up(pixels / 1e6)} megapixels ({size[0]} x {size[1]} px); "
            f"the limit is {settings.max_image_pixels / 1e6:.4g}.",
            "Export it at a smaller size.",
        )


def check_sides(size: tuple[int, int]) -> None:
    if min(size) < MIN_SIDE:
        raise InputError(
            f"This image is {size[0]} x {size[1]} px; each side needs at least {MIN_SIDE}.",
            "Use the original instead of a thumbnail.",
        )


def room_for(size: tuple[int, int]) -> AbstractContextManager[object]:
    """A place among the large images being decoded, for one that is large."""
    return LARGE_AT_ONCE if math.prod(size) > LARGE_PIXELS else nullcontext()


def up(value: float) -> str:
    """Rounded up to one decimal, so that a figure over a limit never reads as the limit."""
    return f"{math.ceil(value * 10) / 10:,g}"
