"""From samples to what the bundled network hears: 64 mel bands, 100 frames a second.

Each stretch of speech is brought to the same level by itself: its loudest band becomes 0, and what
lies more than 80 dB below counts as silence. So a quiet recording is heard as a loud one is.
"""

from functools import cache

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from demos.core.audio.sound import SAMPLE_RATE

BANDS = 64
WINDOW = SAMPLE_RATE * 25 // 1000
HOP = SAMPLE_RATE // 100
FFT = 512
LOWEST, HIGHEST = 40.0, 7_600.0
"""Hz."""
RANGE = 8.0
"""Powers of ten between the loudest band and what counts as silence: 80 dB."""
SILENCE = -1.0
"""The value of silence; the loudest band has 1."""

Floats = NDArray[np.float32]


def mel_of(hz: NDArray[np.float64] | float) -> NDArray[np.float64]:
    """O'Shaughnessy's mel scale, as HTK has it."""
    return np.asarray(2595.0 * np.log10(1.0 + np.asarray(hz) / 700.0))


def hz_of(mel: NDArray[np.float64] | float) -> NDArray[np.float64]:
    return np.asarray(700.0 * (10.0 ** (np.asarray(mel) / 2595.0) - 1.0))


def centers() -> NDArray[np.float64]:
    """The middle of each band in Hz, (BANDS,)."""
    edges = np.linspace(mel_of(LOWEST), mel_of(HIGHEST), BANDS + 2)
    return hz_of(edges[1:-1])


def filters(warp: float = 1.0) -> Floats:
    """Triangles that sum bins of the spectrum into bands, (FFT // 2 + 1, BANDS).

    `warp` stretches the frequencies of the speaker, as a shorter or longer vocal tract does.
    """
    edges = hz_of(np.linspace(mel_of(LOWEST), mel_of(HIGHEST), BANDS + 2)) * warp
    bins = np.arange(FFT // 2 + 1) * SAMPLE_RATE / FFT
    rising = (bins[:, None] - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - bins[:, None]) / (edges[2:] - edges[1:-1])
    return np.maximum(np.minimum(rising, falling), 0.0).astype(np.float32)


@cache
def window() -> Floats:
    return np.hanning(WINDOW + 1)[:-1].astype(np.float32)


@cache
def own_filters() -> Floats:
    return filters()


def log_mel(samples: Floats) -> Floats:
    """Samples (n,) in [-1, 1] to features (1 + n // HOP, BANDS), each from -1 to 1."""
    return leveled(power(samples) @ own_filters())


def power(samples: Floats) -> Floats:
    """The power spectrum over time, (1 + n // HOP, FFT // 2 + 1)."""
    padded = np.pad(samples, WINDOW // 2)
    frames = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[::HOP]
    found = scipy.fft.rfft(frames * window(), FFT)
    whole: Floats = found.real**2 + found.imag**2
    return whole


def leveled(mel: Floats) -> Floats:
    """Power per band (frames, BANDS) on a logarithmic scale from -1 to 1, the loudest at 1."""
    bels = np.log10(np.maximum(mel, 1e-10))
    return np.maximum((bels - bels.max()) * (2 / RANGE) + 1, SILENCE).astype(np.float32)
