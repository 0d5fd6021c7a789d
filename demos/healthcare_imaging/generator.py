"""The image generator: a class-conditional flow, small enough to train on a laptop.

A U-Net (Ronneberger et al. 2015, arXiv:1505.04597) learns the straight path from noise to an
image (flow matching, Lipman et al. 2022, arXiv:2210.02747; rectified flow, Liu et al. 2022,
arXiv:2209.03003). It works on 4 x 4 pixel patches and predicts the clean image rather than the
velocity, which lies on a far simpler manifold (Li and He 2025, arXiv:2511.13720). Classes steer
the sampling by classifier-free guidance (Ho and Salimans 2022, arXiv:2207.12598).
"""

import math
from collections.abc import Callable

import torch
from safetensors.torch import load
from torch import nn
from torch.nn import functional as F

SIDE = 96
"""Pixels of a drawn image, whatever the modality: shape and texture show, letters do not."""
PATCH = 4
CHANNELS = (80, 160, 240)
EMBEDDING = 256
NEAREST_DATA = 0.05
"""Least distance to the data end at which a velocity is formed; keeps the loss bounded."""


class Block(nn.Module):
    """Two 3 x 3 convolutions, scaled and shifted by the embedding of time and class."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.norm1 = nn.GroupNorm(8, inputs)
        self.conv1 = nn.Conv2d(inputs, outputs, 3, padding=1)
        self.modulation = nn.Linear(EMBEDDING, 2 * outputs)
        self.norm2 = nn.GroupNorm(8, outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1)
        self.skip = nn.Conv2d(inputs, outputs, 1) if inputs != outputs else nn.Identity()
        nn.init.zeros_(self.conv2.weight)

    def forward(self, x: torch.Tensor, embedding: torch.Tensor) -> torch.Tensor:
        scale, shift = self.modulation(embedding)[:, :, None, None].chunk(2, dim=1)
        y = self.conv1(F.silu(self.norm1(x)))
        y = self.norm2(y) * (1 + scale) + shift
        return self.skip(x) + self.conv2(F.silu(y))


class Attention(nn.Module):
    """Self-attention over all positions, for the coarsest level."""

    def __init__(self, channels: int, heads: int = 4) -> None:
        super().__init__()
        self.heads = heads
        self.norm = nn.GroupNorm(8, channels)
        self.qkv = nn.Conv2d(channels, 3 * channels, 1)
        self.out = nn.Conv2d(channels, channels, 1)
        nn.init.zeros_(self.out.weight)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        b, c, h, w = x.shape
        qkv = self.qkv(self.norm(x)).reshape(b, 3, self.heads, c // self.heads, h * w)
        q, k, v = qkv.transpose(-1, -2).unbind(dim=1)  # (B, heads, HW, C / heads)
        y = F.scaled_dot_product_attention(q, k, v)
        return x + self.out(y.transpose(-1, -2).reshape(b, c, h, w))


class Generator(nn.Module):
    """Predicts the clean image from a noisy one, its time and its class.

    `classes` counts the real classes; index `classes` stands for "no class" (guidance).
    """

    def __init__(self, classes: int, image_channels: int = 3) -> None:
        super().__init__()
        fine, middle, coarse = CHANNELS
        self.classes = classes
        self.image_channels = image_channels
        self.label = nn.Embedding(classes + 1, EMBEDDING)
        self.time = nn.Sequential(
            nn.Linear(128, EMBEDDING), nn.SiLU(), nn.Linear(EMBEDDING, EMBEDDING)
        )
        self.patchify = nn.Conv2d(image_channels, fine, PATCH, stride=PATCH)
        self.down_fine = nn.ModuleList([Block(fine, fine), Block(fine, fine)])
        self.to_middle = nn.Conv2d(fine, middle, 3, stride=2, padding=1)
        self.down_middle = nn.ModuleList([Block(middle, middle), Block(middle, middle)])
        self.to_coarse = nn.Conv2d(middle, coarse, 3, stride=2, padding=1)
        self.bottom = nn.ModuleList([Block(coarse, coarse) for _ in range(4)])
        self.attend = nn.ModuleList([Attention(coarse) for _ in range(2)])
        self.from_coarse = nn.Conv2d(coarse, middle, 1)
        self.up_middle = nn.ModuleList([Block(2 * middle, middle), Block(middle, middle)])
        self.from_middle = nn.Conv2d(middle, fine, 1)
        self.up_fine = nn.ModuleList([Block(2 * fine, fine), Block(fine, fine)])
        self.norm = nn.GroupNorm(8, fine)
        self.out = nn.Conv2d(fine, image_channels * PATCH * PATCH, 3, padding=1)

    def forward(self, x: torch.Tensor, time: torch.Tensor, label: torch.Tensor) -> torch.Tensor:
        """Noisy images (B, C, H, W), times (B,) in [0, 1] and labels (B,) to clean images."""
        embedding = F.silu(self.time(fourier(time)) + self.label(label))
        x = self.patchify(x)  # (B, fine, H/4, W/4)
        for block in self.down_fine:
            x = block(x, embedding)
        fine = x
        x = self.to_middle(x)
        for block in self.down_middle:
            x = block(x, embedding)
        middle = x
        x = self.to_coarse(x)
        for index, block in enumerate(self.bottom):
            x = block(x, embedding)
            if index < len(self.attend):
                x = self.attend[index](x)
        x = F.interpolate(self.from_coarse(x), scale_factor=2)
        x = torch.cat([x, middle], dim=1)
        for block in self.up_middle:
            x = block(x, embedding)
        x = F.interpolate(self.from_middle(x), scale_factor=2)
        x = torch.cat([x, fine], dim=1)
        for block in self.up_fine:
            x = block(x, embedding)
        return F.pixel_shuffle(self.out(F.silu(self.norm(x))), PATCH)


def fourier(time: torch.Tensor, width: int = 128) -> torch.Tensor:
    """Sines and cosines of times (B,) at geometric frequencies: (B, width)."""
    frequencies = torch.exp(torch.linspace(0, math.log(1000), width // 2, device=time.device))
    angles = time[:, None] * frequencies
    return torch.cat([angles.sin(), angles.cos()], dim=1)


def velocity(clean: torch.Tensor, noisy: torch.Tensor, time: torch.Tensor) -> torch.Tensor:
    """The straight-path velocity that a predicted clean image implies at `time` (B,)."""
    remaining = (1 - time).clamp(min=NEAREST_DATA)
    return (clean - noisy) / remaining[:, None, None, None]


def load_generator(encoded: bytes, classes: int) -> Generator:
    """The generator with the weights of a safetensors file, in single precision on the CPU."""
    network = Generator(classes)
    network.load_state_dict({name: each.float() for name, each in load(encoded).items()})
    return network.eval()


@torch.inference_mode()
def draw(
    network: Generator,
    labels: torch.Tensor,
    size: int,
    *,
    seed: int,
    steps: int = 30,
    guidance: float = 2.0,
    on_step: Callable[[int, torch.Tensor], None] | None = None,
) -> torch.Tensor:
    """Draw one image per label (N,): (N, C, size, size) in [0, 1].

    Heun's method over `steps` steps; `guidance` 1 is the plain class-conditional flow, more
    sharpens the class at the price of variety. `on_step(step, images)` sees the current guess
    of the clean images. The noise is drawn on the CPU, so a seed means the same on any device.
    """
    device = labels.device
    source = torch.Generator().manual_seed(seed)
    x = torch.randn(len(labels), network.image_channels, size, size, generator=source).to(device)
    unconditional = torch.full_like(labels, network.classes)
    # Steps shrink toward the data end, where detail is decided.
    times = 1 - (1 - torch.linspace(0, 1, steps + 1)) ** 1.5

    def guess(x: torch.Tensor, t: float) -> torch.Tensor:
        time = torch.full((len(labels),), t, device=device)
        if guidance == 1:
            return network(x, time, labels)
        both = network(
            torch.cat([x, x]), torch.cat([time, time]), torch.cat([labels, unconditional])
        )
        conditional, plain = both.chunk(2)
        return plain + guidance * (conditional - plain)

    for step in range(steps):
        now, then = float(times[step]), float(times[step + 1])
        at_now = torch.full((len(labels),), now, device=device)
        clean = guess(x, now)
        if on_step:
            on_step(step, ((clean + 1) / 2).clamp(0, 1))
        first = velocity(clean, x, at_now)
        ahead = x + (then - now) * first
        if step < steps - 1:
            second = velocity(guess(ahead, then), ahead, torch.full_like(at_now, then))
            x = x + (then - now) * (first + second) / 2
        else:
            x = clean
    return ((x + 1) / 2).clamp(0, 1)
