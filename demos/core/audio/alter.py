"""A recording made worse on purpose: noise, another speed, a telephone line."""

import hashlib
from dataclasses import dataclass, replace

import numpy as np
import soxr
from numpy.typing import NDArray

from demos.core.audio.sound import FULL_SCALE, SAMPLE_RATE, DecodedAudio, to_pcm

SEED = 0
LOUD = 0.01
"""Of the power of the loudest frame: what is above counts as speech where its level is measured."""
FRAME = 320
"""Samples over which a level is measured: 20 ms."""
PEAK = 0.99

WINDOW = 640
"""Samples of the pieces that are put together at another speed: 40 ms."""
SEARCH = 160
"""Samples by which a piece may be moved to fit the one before: 10 ms."""

TELEPHONE_RATE = 8_000
BAND = (300.0, 3_400.0)
"""Hz, the band of an ordinary telephone line (ITU-T G.712)."""
TAPS = 255
BIAS, LARGEST = 132, 32_635
"""Of 16-bit samples, as ITU-T G.711 has them for 14 bits."""

Samples = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Change:
    """What is done to a recording, in this order: its speed, noise, the telephone line.

    `speed` of 2 takes half the time, at the same pitch. `noise` is white; by so many decibels the
    speech is louder than it, None for no noise.
    """

    noise: float | None = None
    speed: float = 1.0
    telephone: bool = False


UNCHANGED = Change()


def alter(audio: DecodedAudio, change: Change) -> DecodedAudio:
    """The recording after a change: the same for the same, and itself for none.

    Its `sha256` is of its samples, `notes` are what was done to the original and here.
    """
    if change == UNCHANGED:
        return audio
    samples, notes = audio.samples(), list(audio.notes)
    if change.speed != 1.0:
        samples = at_speed(samples, change.speed)
        notes.append(f"Speed was changed to {change.speed:g} times, the pitch kept.")
    if change.noise is not None:
        samples = with_noise(samples, change.noise)
        notes.append(f"White noise was added, {change.noise:g} dB below the speech.")
    if change.telephone:
        samples = through_telephone(samples)
        notes.append("A telephone line was imitated: 300 to 3,400 Hz, mu-law.")
    pcm = to_pcm(samples)
    digest = hashlib.sha256(pcm.tobytes()).hexdigest()
    return replace(audio, pcm=pcm, sha256=digest, notes=tuple(notes))


def with_noise(samples: Samples, decibels: float) -> Samples:
    """White noise below the level of the speech (n,); quieter as a whole where it would clip.

    A silent recording has no level, and stays as it is.
    """
    noise = np.random.default_rng(SEED).standard_normal(len(samples), np.float32)
    noisy: Samples = samples + noise * np.float32(level(samples) * 10 ** (-decibels / 20))
    peak = max(float(np.abs(noisy).max(initial=0.0)), PEAK)
    return noisy * np.float32(PEAK / peak)


def level(samples: Samples) -> float:
    """Root mean square of the frames that are loud: pauses do not count."""
    frames = np.resize(samples, (max(len(samples) // FRAME, 1), FRAME))
    power = np.square(frames).mean(axis=1)
    return float(np.sqrt(power[power >= LOUD * power.max()].mean()))


def at_speed(samples: Samples, speed: float) -> Samples:
    """The same sound (n,) in n / `speed` samples, at the same pitch.

    WSOLA (Verhelst and Roelands 1993): overlapping pieces are laid out anew, each taken from where,
    near its place, it continues the one before best.
    """
    half = WINDOW // 2
    wanted = max(round(len(samples) / speed), 1)
    pieces = -(-wanted // half) + 1
    padded = np.pad(samples, (half + SEARCH, WINDOW + half + SEARCH))
    window = np.hanning(WINDOW + 1)[:-1].astype(np.float32)
    laid = np.zeros((pieces + 1) * half, np.float32)
    follows = padded[SEARCH : SEARCH + WINDOW]
    for piece in range(pieces):
        around = min(round(piece * half * speed), len(samples))
        room = padded[around : around + WINDOW + 2 * SEARCH]
        start = around + best_shift(room, follows)
        laid[piece * half : piece * half + WINDOW] += window * padded[start : start + WINDOW]
        follows = padded[start + half : start + half + WINDOW]
        follows = np.pad(follows, (0, WINDOW - len(follows)))
    return laid[half : half + wanted]


def best_shift(room: Samples, wanted: Samples) -> int:
    """Where in `room` lies what is most like `wanted`; the middle where nothing is like it."""
    likeness = np.correlate(room, wanted, "valid")
    energy = np.cumsum(np.square(room, dtype=np.float64), dtype=np.float64)
    energy = np.concatenate([[0.0], energy])
    powers = energy[len(wanted) :] - energy[: -len(wanted)]
    score = likeness / np.sqrt(np.maximum(powers, 1e-9))
    best = int(score.argmax())
    return best if score[best] > 0 else SEARCH


def through_telephone(samples: Samples) -> Samples:
    """The sound (n,) after a line: its band, 8,000 samples a second, 8 bits each."""
    narrow = soxr.resample(samples, SAMPLE_RATE, TELEPHONE_RATE)
    delay = TAPS // 2
    filtered = np.convolve(narrow, band_filter())[delay : delay + len(narrow)]
    decoded = mu_law(to_pcm(filtered)) / np.float32(FULL_SCALE)
    wide: Samples = soxr.resample(decoded, TELEPHONE_RATE, SAMPLE_RATE)[: len(samples)]
    return np.pad(wide, (0, len(samples) - len(wide)))


def band_filter() -> Samples:
    """Coefficients (`TAPS`,) of a windowed sinc that lets `BAND` through at `TELEPHONE_RATE`."""
    low, high = (2 * each / TELEPHONE_RATE for each in BAND)
    place = np.arange(TAPS) - TAPS // 2
    ideal = high * np.sinc(high * place) - low * np.sinc(low * place)
    return (ideal * np.hamming(TAPS)).astype(np.float32)


def mu_law(pcm: NDArray[np.int16]) -> NDArray[np.int16]:
    """Samples (n,) as they come back from 8 bits of mu-law (ITU-T G.711, section 3)."""
    size = np.minimum(np.abs(pcm.astype(np.int32)), LARGEST) + BIAS
    segment = np.log2(size).astype(np.int32) - 7
    step = size >> (segment + 3) & 15
    decoded = (((step << 3) + BIAS) << segment) - BIAS
    return (np.sign(pcm) * decoded).astype(np.int16)
