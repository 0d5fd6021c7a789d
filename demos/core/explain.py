"""Heatmaps over images, in colors whose steps look equally large."""

import io
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

LEVELS = 256


@cache
def heat_colors() -> NDArray[np.uint8]:
    """The color scale (256, 3), from dark blue over teal to light yellow.

    Lightness and hue advance in equal steps in OKLab (Ottosson 2020, "A perceptual color space
    for image processing"), so that an edge in the colors is an edge in the values.
    """
    t = np.linspace(0, 1, LEVELS)
    lightness, hue = 0.28 + 0.66 * t, np.radians(275 - 170 * t)
    chroma = 0.115 + 0.03 * t
    lab = np.stack([lightness, chroma * np.cos(hue), chroma * np.sin(hue)], axis=1)
    return np.rint(oklab_to_srgb(lab) * 255).astype(np.uint8)


def oklab_to_srgb(lab: NDArray[np.float64]) -> NDArray[np.float64]:
    """OKLab (N, 3) to sRGB (N, 3) in [0, 1], clipped to the gamut."""
    to_cone_roots = np.array(
        [
            [1, 0.3963377774, 0.2158037573],
            [1, -0.1055613458, -0.0638541728],
            [1, -0.0894841775, -1.2914855480],
        ]
    )
    to_linear = np.array(
        [
            [4.0767416621, -3.3077115913, 0.2309699292],
            [-1.2684380046, 2.6097574011, -0.3413193965],
            [-0.0041960863, -0.7034186147, 1.7076147010],
        ]
    )
    linear = np.clip((lab @ to_cone_roots.T) ** 3 @ to_linear.T, 0, 1)
    return np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)


def heatmap_of(evidence: NDArray[np.float32], size: tuple[int, int]) -> NDArray[np.float32]:
    """Coarse evidence (h, w), of any sign, as a heatmap of `size` (width, height) in [0, 1].

    What speaks against is left at zero, and the strongest of what speaks for is 1.
    """
    favorable = Image.fromarray(np.maximum(evidence, 0))
    heatmap = np.maximum(np.asarray(favorable.resize(size, Image.Resampling.BICUBIC)), 0)
    return heatmap / np.float32(max(heatmap.max(), 1e-6))


def overlay(
    image: NDArray[np.uint8], heatmap: NDArray[np.float32], opacity: float
) -> NDArray[np.uint8]:
    """An image (H, W, 3) with a heatmap (H, W) in [0, 1] laid over it.

    The heat covers the image in proportion to its strength, at most by `opacity`: where there is
    none, the image stays as it is.
    """
    cover = (opacity * heatmap)[:, :, None]
    colors = heat_colors()[np.rint(heatmap * (LEVELS - 1)).astype(np.intp)]
    return np.rint(image * (1 - cover) + colors * cover).astype(np.uint8)


def png(pixels: NDArray[np.uint8]) -> bytes:
    """Pixels (H, W, 3) as a PNG file."""
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()


def thumbnail(pixels: NDArray[np.uint8], side: int) -> bytes:
    """Pixels (H, W, 3) as a PNG file of at most `side` pixels a side; never enlarged."""
    image = Image.fromarray(pixels)
    image.thumbnail((side, side), Image.Resampling.LANCZOS, reducing_gap=2.0)
    return png(np.asarray(image))
