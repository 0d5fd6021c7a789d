"""A recording as everything here takes it: one channel of 16 kHz."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE = 16_000
"""Samples a second. Speech models are trained at this rate."""
FULL_SCALE = 32_768.0
"""What the largest 16-bit sample stands for."""


@dataclass(frozen=True, slots=True, eq=False)
class DecodedAudio:
    """A recording, and what it was before.

    `pcm` (n,) int16 is mono at `SAMPLE_RATE` and read-only; `sha256` is of the bytes given;
    `sample_rate` and `channels` are those stored in the file; `notes` say what was done to it.
    """

    pcm: NDArray[np.int16]
    sha256: str
    name: str
    format: str
    sample_rate: int
    channels: int
    notes: tuple[str, ...] = ()

    @property
    def seconds(self) -> float:
        return len(self.pcm) / SAMPLE_RATE

    def samples(self, start: float = 0.0, end: float | None = None) -> NDArray[np.float32]:
        """Samples in [-1, 1) from `start` to `end` seconds, (n,) float32: a copy of that part."""
        first = max(round(start * SAMPLE_RATE), 0)
        last = len(self.pcm) if end is None else round(end * SAMPLE_RATE)
        return self.pcm[first:last].astype(np.float32) / np.float32(FULL_SCALE)


def to_pcm(samples: NDArray[np.float32]) -> NDArray[np.int16]:
    """Samples (n,) in [-1, 1] as 16-bit integers, read-only; what is louder is cut off."""
    scaled = np.rint(samples * np.float32(FULL_SCALE))
    pcm = np.clip(scaled, -FULL_SCALE, FULL_SCALE - 1).astype(np.int16)
    pcm.flags.writeable = False
    return pcm
