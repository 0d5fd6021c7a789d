"""What is done to an image before a bundled network sees it, in recipes and dashboard alike."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from demos.healthcare_imaging.modalities import Modality


def preprocess(pixels: NDArray[np.uint8], kind: Modality) -> NDArray[np.uint8]:
    """RGB pixels (H, W, 3) of any size to what the network sees, (input, input, 3)."""
    height, width = pixels.shape[:2]
    if not kind.whole:
        side = min(height, width)
        left, top = (width - side) // 2, (height - side) // 2
        pixels = pixels[top : top + side, left : left + side]
    square = Image.fromarray(pixels)
    if square.size != (kind.frame, kind.frame):
        square = square.resize((kind.frame, kind.frame), Image.Resampling.BICUBIC)
    near, far = (kind.frame - kind.crop) // 2, (kind.frame + kind.crop) // 2
    central = (near, near, far, far)
    seen = np.asarray(
        square.resize((kind.input, kind.input), Image.Resampling.BILINEAR, box=central)
    )
    return evened(seen) if kind.even_exposure else seen


def evened(seen: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Gray levels stretched so that 1 % of the pixels are black and 1 % white."""
    low, high = np.quantile(seen[..., 0], (0.01, 0.99))
    stretched = (seen - low) * (255 / max(high - low, 0.05 * 255))
    return np.clip(stretched + 0.5, 0, 255).astype(np.uint8)


def normalize(seen: NDArray[np.uint8], kind: Modality) -> NDArray[np.float32]:
    """Images (N, H, W, 3) uint8 to network input (N, 3, H, W)."""
    mean, std = (np.array(each, np.float32)[:, None, None] for each in (kind.mean, kind.std))
    images = np.ascontiguousarray(seen.transpose(0, 3, 1, 2)).astype(np.float32)
    images *= 1 / (255 * std)
    images -= mean / std
    return images


def steps(kind: Modality) -> str:
    """What is done to an image before and around the network, with a version."""
    parts = [
        "whole image, squeezed square" if kind.whole else "central square",
        f"bicubic to {kind.frame} px",
        f"central {kind.crop} px",
        f"bilinear to {kind.input} px",
    ]
    if kind.even_exposure:
        parts.append("1 % to 99 % of gray levels stretched")
    if kind.views > 1:
        copies = "quarter turns" if kind.rotations else "mirror images"
        parts.append(f"mean over {kind.views} {copies}")
    return f"healthcare_imaging/2: {', '.join(parts)}"
