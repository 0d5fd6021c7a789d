"""Images no medical classifier should answer on, for measuring the gate."""

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter, ImageFont

Pixels = NDArray[np.uint8]

WORDS = (
    "invoice patient quarterly report total amount due ward shift plan budget approved meeting "
    "minutes agenda signature date reference number please return before the end of month"
).split()


def photos(rng: np.random.Generator) -> Pixels:
    """A random crop of one of scikit-learn's two sample photographs."""
    from sklearn.datasets import load_sample_images

    image = load_sample_images().images[rng.integers(2)]
    side = int(rng.integers(64, 420))
    top = int(rng.integers(0, image.shape[0] - side))
    left = int(rng.integers(0, image.shape[1] - side))
    return np.asarray(image[top : top + side, left : left + side])


def documents(rng: np.random.Generator) -> Pixels:
    """A page of text, on paper that is not quite white."""
    paper = tuple(int(v) for v in rng.integers(225, 256, 3))
    ink = tuple(int(v) for v in rng.integers(0, 90, 3))
    page = Image.new("RGB", (420, 420), paper)
    pen = ImageDraw.Draw(page)
    size = int(rng.integers(11, 40))
    font = ImageFont.load_default(size)
    for y in range(12, 420, size + 6):
        pen.text((int(rng.integers(6, 50)), y), " ".join(rng.choice(WORDS, 9)), ink, font)
    return np.asarray(page)


def noise(rng: np.random.Generator) -> Pixels:
    """Noise at a random grain, gray or in color."""
    side = int(rng.integers(8, 200))
    values = rng.integers(0, 256, (side, side, 3 if rng.random() < 0.7 else 1))
    values = np.broadcast_to(values, (side, side, 3)).astype(np.uint8)
    return np.asarray(Image.fromarray(np.ascontiguousarray(values)).resize((200, 200)))


def blanks(rng: np.random.Generator) -> Pixels:
    """One color, or a smooth gradient between two."""
    first, second = rng.integers(0, 256, (2, 3))
    if rng.random() < 0.4:
        second = first
    ramp = np.linspace(0, 1, 200)[None, :, None]
    return np.broadcast_to(first + ramp * (second - first), (200, 200, 3)).astype(np.uint8)


def shapes(rng: np.random.Generator) -> Pixels:
    """Flat colored figures: charts, logos, icons; some blurred."""
    image = Image.new("RGB", (200, 200), tuple(int(v) for v in rng.integers(0, 256, 3)))
    pen = ImageDraw.Draw(image)
    for _ in range(int(rng.integers(2, 12))):
        x, y, w, h = (int(v) for v in rng.integers(0, 160, 4))
        color = tuple(int(v) for v in rng.integers(0, 256, 3))
        figure = pen.ellipse if rng.random() < 0.5 else pen.rectangle
        figure((x, y, x + w // 2 + 4, y + h // 2 + 4), fill=color)
    if rng.random() < 0.3:
        image = image.filter(ImageFilter.GaussianBlur(float(rng.uniform(1, 6))))
    return np.asarray(image)


KINDS: dict[str, Callable[[np.random.Generator], Pixels]] = {
    "photos": photos,
    "documents": documents,
    "noise": noise,
    "blanks": blanks,
    "shapes": shapes,
}


def nonsense(kind: str, count: int, seed: int) -> Iterator[Pixels]:
    """`count` images (H, W, 3) uint8 of one of `KINDS`."""
    rng = np.random.default_rng(seed)
    for _ in range(count):
        yield KINDS[kind](rng)
