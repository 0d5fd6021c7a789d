"""Heatmaps: the colors, and how they lie over an image."""

import io

import numpy as np
import pytest
from PIL import Image

from demos.core.explain import heat_colors, oklab_to_srgb, overlay, png, thumbnail

IMAGE = np.full((8, 8, 3), 200, dtype=np.uint8)


def oklab(rgb: np.ndarray) -> np.ndarray:
    """sRGB (N, 3) uint8 to OKLab, by inverting the published matrices."""
    c = rgb / 255
    linear = np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
    lms = np.array(
        [
            [0.4122214708, 0.5363325363, 0.0514459929],
            [0.2119034982, 0.6806995451, 0.1073969566],
            [0.0883024619, 0.2817188376, 0.6299787005],
        ]
    )
    lab = np.array(
        [
            [0.2104542553, 0.7936177850, -0.0040720468],
            [1.9779984951, -2.4285922050, 0.4505937099],
            [0.0259040371, 0.7827717662, -0.8086757660],
        ]
    )
    return np.cbrt(linear @ lms.T) @ lab.T


def test_the_known_primaries() -> None:
    white, red = oklab(np.array([[255, 255, 255], [255, 0, 0]]))
    back = oklab_to_srgb(np.stack([white, red]))
    assert back == pytest.approx(np.array([[1, 1, 1], [1, 0, 0]]), abs=1e-3)
    assert red == pytest.approx([0.628, 0.225, 0.126], abs=1e-3)


def test_equal_steps_of_heat_look_equally_large() -> None:
    colors = oklab(heat_colors())
    coarse = colors[::15]
    lightness = np.diff(coarse[:, 0])
    assert (lightness > 0).all()
    steps = np.linalg.norm(np.diff(coarse, axis=0), axis=1)
    assert steps.max() / steps.min() < 1.6


def test_without_heat_or_opacity_the_image_stays() -> None:
    none, most = np.zeros((8, 8), np.float32), np.ones((8, 8), np.float32)
    assert (overlay(IMAGE, none, 1.0) == IMAGE).all()
    assert (overlay(IMAGE, most, 0.0) == IMAGE).all()


def test_full_heat_at_full_opacity_is_the_top_color() -> None:
    laid = overlay(IMAGE, np.ones((8, 8), np.float32), 1.0)
    assert (laid == heat_colors()[-1]).all()


def test_heat_covers_in_proportion() -> None:
    heat = np.zeros((8, 8), np.float32)
    heat[0, 0], heat[0, 1] = 1.0, 0.5
    change = np.abs(overlay(IMAGE, heat, 0.6).astype(int) - IMAGE).sum(axis=2)
    assert change[0, 0] > 0 and change[0, 1] > 0
    assert change[1:].sum() == 0


def test_a_png_holds_the_very_pixels() -> None:
    pixels = np.random.default_rng(0).integers(0, 255, (5, 7, 3), dtype=np.uint8)
    assert (np.asarray(Image.open(io.BytesIO(png(pixels)))) == pixels).all()


@pytest.mark.parametrize(("shape", "size"), [((400, 800), (100, 50)), ((30, 40), (40, 30))])
def test_a_thumbnail_is_never_larger(shape: tuple[int, int], size: tuple[int, int]) -> None:
    made = Image.open(io.BytesIO(thumbnail(np.zeros((*shape, 3), np.uint8), 100)))
    assert made.size == size
