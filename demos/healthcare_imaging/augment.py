"""Random changes that leave an image's class as it is: the training images of every epoch.

What is drawn, and how far, is the `jitter` of the modality's round. Geometry stands for position,
patient and field of view; gains, gamma and tone curves for stain, exposure and display; noise,
softness and shade for the scanner; blanked rectangles keep the network from leaning on one corner
or marker.
"""

import torch
from torch.nn import functional as F

from demos.healthcare_imaging.modalities import Jitter, Modality

TONE_STEPS = 8
SHADE_CELLS = 4


def augment(
    images: torch.Tensor, labels: torch.Tensor, kind: Modality, jitter: Jitter, size: int
) -> torch.Tensor:
    """uint8 (B, 3, frame, frame) of the classes `labels` (B,) to network input (B, 3, size, size).

    Everything is drawn per image from torch's global generator.
    """
    x = moved(images.float() / 255, labels, jitter, kind.crop / kind.frame, size)
    if jitter.tone:
        x = toned(x, jitter.tone)
    if jitter.shade:
        cells = uniform(x, -jitter.shade, jitter.shade, 1, SHADE_CELLS, SHADE_CELLS)
        x = x + F.interpolate(cells, size=(size, size), mode="bicubic")
    soft = uniform(x, 0, 1) < jitter.soft
    if soft.any():
        small = F.interpolate(x[soft], scale_factor=0.55, mode="bilinear", antialias=True)
        x[soft] = F.interpolate(small, size=(size, size), mode="bilinear")
    stain = uniform(x, -jitter.stain, jitter.stain, 3, 1, 1)
    gain = torch.exp(stain + uniform(x, -jitter.gain, jitter.gain, 1, 1, 1))
    gamma = torch.exp(uniform(x, -jitter.gamma, jitter.gamma, 1, 1, 1))
    x = (x.clamp(1e-3, 1) ** gamma * gain).clamp(0, 1)
    grain = torch.randn_like(x[:, :1] if kind.gray else x)
    x = x + grain * uniform(x, 0, jitter.noise, 1, 1, 1)
    if kind.even_exposure:
        x = evened(x)
    if jitter.erase:
        x = erased(x, jitter.erase)
    return normalize(x, kind)


def moved(
    images: torch.Tensor, labels: torch.Tensor, jitter: Jitter, share: float, size: int
) -> torch.Tensor:
    """Turned, mirrored, zoomed, squeezed and shifted: (B, 3, H, W) to (B, 3, size, size).

    Without jitter the central `share` of the width and height is seen.
    """
    count = len(images)
    angle = uniform(images, -jitter.turn, jitter.turn)
    flip = torch.where(uniform(images, 0, 1) < 0.5 * jitter.mirror, -1.0, 1.0)
    zoom = torch.exp(uniform(images, *jitter.zoom)) * share
    aspect = uniform(images, -jitter.aspect, jitter.aspect)
    if jitter.class_aspect:
        aspect = aspect + torch.tensor(jitter.class_aspect, device=images.device)[labels]
    wide, high = zoom * torch.exp(aspect / 2), zoom * torch.exp(-aspect / 2)
    shift = uniform(images, -jitter.shift, jitter.shift, 2)
    cos, sin = torch.cos(angle), torch.sin(angle)
    affine = torch.stack(
        [
            torch.stack([cos * wide * flip, -sin * high, shift[:, 0]], dim=1),
            torch.stack([sin * wide * flip, cos * high, shift[:, 1]], dim=1),
        ],
        dim=1,
    )  # (B, 2, 3)
    grid = F.affine_grid(affine, [count, 3, size, size], align_corners=False)
    return F.grid_sample(images, grid, padding_mode="reflection", align_corners=False)


def toned(images: torch.Tensor, strength: float) -> torch.Tensor:
    """Through a random rising curve per image: piecewise linear, from 0 to 1."""
    slopes = torch.exp(uniform(images, -strength, strength, TONE_STEPS))
    heights = F.pad(slopes.cumsum(1) / slopes.sum(1, keepdim=True), (1, 0))  # (B, steps + 1)
    place = images.flatten(1) * TONE_STEPS
    left = place.long().clamp(0, TONE_STEPS - 1)
    low, high = heights.gather(1, left), heights.gather(1, left + 1)
    return (low + (high - low) * (place - left)).view_as(images)


def evened(images: torch.Tensor) -> torch.Tensor:
    """Stretched per image so that 1 % of the pixels are at 0 and 1 % at 1, as `preprocess` does."""
    bounds = torch.quantile(
        images[:, :1].flatten(1), torch.tensor([0.01, 0.99], device=images.device), dim=1
    )
    low, high = bounds[:, :, None, None, None]
    return ((images - low) / (high - low).clamp_min(0.05)).clamp(0, 1)


def erased(images: torch.Tensor, probability: float) -> torch.Tensor:
    """With a rectangle of random place, size and gray in some of them (Zhong et al. 2017)."""
    size = images.shape[-1]
    grid = torch.arange(size, device=images.device) / size
    inside = []
    for _ in range(2):
        half, center = uniform(images, 0.08, 0.25, 1), uniform(images, 0, 1, 1)
        inside.append((grid - center).abs() < half)
    chosen = uniform(images, 0, 1, 1, 1) < probability
    hole = (inside[0][:, :, None] & inside[1][:, None, :] & chosen)[:, None]
    return torch.where(hole, uniform(images, 0, 1, 1, 1, 1), images)


def uniform(like: torch.Tensor, low: float, high: float, *shape: int) -> torch.Tensor:
    """(B, *shape) evenly drawn numbers for a batch."""
    return torch.rand(len(like), *shape, device=like.device) * (high - low) + low


def normalize(images: torch.Tensor, kind: Modality) -> torch.Tensor:
    """Pixels in [0, 1], (B, 3, H, W), to what the network was trained on."""
    mean = torch.tensor(kind.mean, device=images.device)[:, None, None]
    std = torch.tensor(kind.std, device=images.device)[:, None, None]
    return ((images - mean) / std).contiguous(memory_format=torch.channels_last)
