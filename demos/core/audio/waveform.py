"""The outline of a recording: how far it swings in every column of a picture."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from demos.core.audio.sound import FULL_SCALE, SAMPLE_RATE, DecodedAudio
from demos.core.audio.spectrogram import COLUMNS, part


@dataclass(frozen=True, slots=True, eq=False)
class Envelope:
    """The lowest and the highest sample, in [-1, 1), of every column (columns,).

    `seconds` (columns,) are the middles of the columns in the recording.
    """

    seconds: NDArray[np.float64]
    low: NDArray[np.float32]
    high: NDArray[np.float32]


def envelope(
    audio: DecodedAudio, start: float = 0.0, end: float | None = None, columns: int = COLUMNS
) -> Envelope:
    """What lies between `start` and `end`, in seconds, in at most so many columns."""
    first, count = part(audio, start, end)
    pcm = audio.pcm[first : first + count]
    together = max(-(-count // columns), 1)
    begins = np.arange(0, count, together)
    lengths = np.diff(begins, append=count)
    if not count:
        begins, lengths, pcm = np.zeros(1, np.int64), np.ones(1, np.int64), np.zeros(1, np.int16)
    return Envelope(
        seconds=(first + begins + lengths / 2) / SAMPLE_RATE,
        low=np.minimum.reduceat(pcm, begins).astype(np.float32) / np.float32(FULL_SCALE),
        high=np.maximum.reduceat(pcm, begins).astype(np.float32) / np.float32(FULL_SCALE),
    )
