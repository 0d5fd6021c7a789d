"""Mel spectrograms for the eye, after librosa's conventions, with numpy alone.

librosa is not imported: its first import compiles for half a minute. A test compares the two.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from demos.core.audio.sound import SAMPLE_RATE, DecodedAudio

WINDOW = 512
"""Samples of a frame, under a Hann window: 32 ms."""
HOP = 160
"""Samples from one frame to the next: 10 ms."""
BANDS = 80
RANGE = 80.0
"""Decibels below the loudest at which everything else is shown."""
FAINTEST = 1e-10
"""The power that no logarithm is taken below."""
COLUMNS = 1500
"""More than a screen shows side by side."""
FRAMES_AT_ONCE = 4096

# The mel scale of Slaney (1998), Auditory Toolbox, version 2: linear below 1 kHz, logarithmic above
PER_MEL = 200 / 3
"""Hz, below."""
BREAK_HERTZ = 1000.0
BREAK_MEL = BREAK_HERTZ / PER_MEL
STEP = np.log(6.4) / 27
"""Of the natural logarithm, a mel, above."""


@dataclass(frozen=True, slots=True, eq=False)
class MelSpectrogram:
    """`decibels` (bands, columns) relative to the loudest cell, from -`RANGE` to 0.

    `seconds` (columns,) are the middles of the columns in the recording, `hertz` (bands,) those of
    the bands.
    """

    decibels: NDArray[np.float32]
    seconds: NDArray[np.float64]
    hertz: NDArray[np.float64]


def mel_spectrogram(
    audio: DecodedAudio, start: float = 0.0, end: float | None = None, columns: int = COLUMNS
) -> MelSpectrogram:
    """What lies between `start` and `end`, in seconds, in at most so many columns.

    Where there are more frames, a column is the mean power of those that fall into it. Memory is
    that of the result and a few thousand frames.
    """
    first, count = part(audio, start, end)
    frames = count // HOP + 1
    together = -(-frames // columns)
    at_once = max(FRAMES_AT_ONCE // together, 1) * together
    pieces = []
    for frame in range(0, frames, at_once):
        number = min(at_once, frames - frame)
        power = mel_power(audio, first + frame * HOP, number)
        pieces.append(np.add.reduceat(power, np.arange(0, number, together)))
    sums = np.concatenate(pieces)
    members = np.full(len(sums), together)
    members[-1] = frames - together * (len(sums) - 1)
    begins = np.arange(len(sums)) * together
    return MelSpectrogram(
        decibels=decibels((sums / members[:, None]).T),
        seconds=(first + (begins + (members - 1) / 2) * HOP) / SAMPLE_RATE,
        hertz=hertz_of(np.linspace(0, mel_of(SAMPLE_RATE / 2), BANDS + 2))[1:-1],
    )


def part(audio: DecodedAudio, start: float, end: float | None) -> tuple[int, int]:
    """The first sample of a stretch and how many there are, inside the recording."""
    last = len(audio.pcm) if end is None else min(round(end * SAMPLE_RATE), len(audio.pcm))
    first = min(max(round(start * SAMPLE_RATE), 0), last)
    return first, last - first


def mel_power(audio: DecodedAudio, first: int, frames: int) -> NDArray[np.float64]:
    """Power (frames, bands) of frames whose middles are `first`, `first` + `HOP` and so on."""
    begin = first - WINDOW // 2
    length = (frames - 1) * HOP + WINDOW
    sound = audio.samples(max(begin, 0) / SAMPLE_RATE, (begin + length) / SAMPLE_RATE)
    before = max(-begin, 0)
    sound = np.pad(sound, (before, length - before - len(sound)))  # silence around the recording
    windows = np.lib.stride_tricks.sliding_window_view(sound, WINDOW)[::HOP]
    spectrum = np.fft.rfft(windows * hann(), axis=1)
    power: NDArray[np.float64] = (spectrum.real**2 + spectrum.imag**2) @ filters().T
    return power


def decibels(power: NDArray[np.float64]) -> NDArray[np.float32]:
    """Relative to the loudest, at least -`RANGE`; 0 throughout where all is silent."""
    level = 10 * np.log10(np.maximum(power, FAINTEST))
    level -= level.max()
    return np.maximum(level, -RANGE).astype(np.float32)


@cache
def hann() -> NDArray[np.float64]:
    """The periodic one."""
    return np.hanning(WINDOW + 1)[:-1]


@cache
def filters() -> NDArray[np.float64]:
    """Triangles (bands, bins) over the spectrum, each of the area of the others."""
    bins = np.fft.rfftfreq(WINDOW, 1 / SAMPLE_RATE)
    edges = hertz_of(np.linspace(0, mel_of(SAMPLE_RATE / 2), BANDS + 2))
    low, middle, high = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    rising, falling = (bins - low) / (middle - low), (high - bins) / (high - middle)
    return np.maximum(np.minimum(rising, falling), 0) * 2 / (high - low)


def mel_of(hertz: float) -> float:
    if hertz < BREAK_HERTZ:
        return hertz / PER_MEL
    return float(BREAK_MEL + np.log(hertz / BREAK_HERTZ) / STEP)


def hertz_of(mel: NDArray[np.float64]) -> NDArray[np.float64]:
    above = BREAK_HERTZ * np.exp(STEP * (mel - BREAK_MEL))
    return np.where(mel < BREAK_MEL, mel * PER_MEL, above)
