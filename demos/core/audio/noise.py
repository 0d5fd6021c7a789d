"""Sounds without a voice, made rather than recorded: to test what must stay silent, and train it.

    make("music", 5.0, np.random.default_rng(1))     # (80000,) float32 at 16 kHz

Every call draws another sound of its kind: other pitches, rhythms, colors. Loudness is the same
for all but silence (`LEVEL`), so that a caller mixes them at the ratio it wants.
"""

from collections.abc import Callable
from types import MappingProxyType

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from demos.core.audio.music import chords, music
from demos.core.audio.sound import SAMPLE_RATE

LEVEL = 0.1
"""Root mean square of every kind but silence, unless its peaks would be cut off."""
PEAK = 0.95
EXPONENTS = MappingProxyType({"white": 0.0, "pink": 1.0, "brown": 2.0})
"""Power falls with the frequency to this power: flat, 3 and 6 dB an octave."""
LOWEST = 20.0
"""Hz; colored noise has nothing below, where it would only be an offset."""

Samples = NDArray[np.float32]


def make(kind: str, seconds: float, rng: Generator) -> Samples:
    """A sound of one of `KINDS`, (n,) float32 in [-1, 1] at `SAMPLE_RATE`."""
    count = max(round(seconds * SAMPLE_RATE), 1)
    return leveled(MAKERS[kind](count, rng))


def leveled(samples: NDArray[np.floating]) -> Samples:
    """The sound brought to `LEVEL`; what is all zero stays so."""
    loudness = float(np.sqrt(np.mean(np.square(samples))))
    if loudness < 1e-4:  # silence: a bit of the converter, or nothing at all
        return samples.astype(np.float32)
    gain = min(LEVEL / loudness, PEAK / float(np.abs(samples).max()))
    return (samples * gain).astype(np.float32)


def colored(count: int, exponent: float, rng: Generator) -> NDArray[np.float32]:
    """Noise (count,) whose power falls as frequency ** -`exponent`, of any loudness."""
    size = 1 << (count - 1).bit_length() if count > 1 else 2  # a fast length
    white = rng.standard_normal(size, dtype=np.float32)
    if not exponent:
        return white[:count]
    spectrum = np.fft.rfft(white)
    hertz = np.fft.rfftfreq(size, 1 / SAMPLE_RATE)
    spectrum *= np.maximum(hertz, LOWEST) ** (-exponent / 2)
    spectrum[hertz < LOWEST] = 0
    noise = np.fft.irfft(spectrum, size)[:count].astype(np.float32)
    return noise / max(float(noise.std()), 1e-9)


def banded(count: int, low: float, high: float, rng: Generator) -> NDArray[np.float32]:
    """Noise between two frequencies in Hz, with soft edges."""
    size = 1 << (count - 1).bit_length() if count > 1 else 2
    spectrum = np.fft.rfft(rng.standard_normal(size, dtype=np.float32))
    hertz = np.fft.rfftfreq(size, 1 / SAMPLE_RATE)
    spectrum /= 1 + (low / np.maximum(hertz, 1)) ** 4 + (hertz / high) ** 4
    noise = np.fft.irfft(spectrum, size)[:count].astype(np.float32)
    return noise / max(float(noise.std()), 1e-9)


def drifting(count: int, per_second: float, rng: Generator) -> NDArray[np.float64]:
    """A smooth random curve (count,) between 0 and 1 with so many bends a second."""
    knots = max(int(count / SAMPLE_RATE * per_second) + 2, 2)
    return np.interp(np.linspace(0, knots - 1, count), np.arange(knots), rng.random(knots))


def plain(exponent: float) -> Callable[[int, Generator], NDArray[np.floating]]:
    """A maker of steady noise of one color, give or take a little."""
    return lambda count, rng: colored(count, exponent + rng.uniform(-0.15, 0.15), rng)


def silence(count: int, rng: Generator) -> NDArray[np.floating]:
    """Nothing, or the last bit of a converter flickering."""
    if rng.random() < 0.5:
        return np.zeros(count, np.float32)
    return rng.integers(-1, 2, count).astype(np.float32) / np.float32(32_768)


def hum(count: int, rng: Generator) -> NDArray[np.floating]:
    """Mains hum and its overtones, with a little hiss."""
    time = np.arange(count) / SAMPLE_RATE
    base = rng.choice([50.0, 60.0]) * rng.uniform(0.998, 1.002)
    sound = np.zeros(count)
    for overtone in range(1, int(rng.integers(3, 12))):
        strength = rng.random() / overtone ** rng.uniform(0.3, 1.5)
        sound += strength * np.sin(2 * np.pi * (base * overtone * time + rng.random()))
    return sound + rng.uniform(0, 0.05) * colored(count, 1.0, rng)


def tones(count: int, rng: Generator) -> NDArray[np.floating]:
    """Beeps of one or two pitches at a time, as phones, alarms and machines give them."""
    sound = np.zeros(count)
    length = int(rng.uniform(0.05, 1.0) * SAMPLE_RATE)
    pause = int(rng.uniform(0.0, 0.6) * SAMPLE_RATE)
    pitches = rng.uniform(200, 3500, (int(rng.integers(1, 6)), int(rng.integers(1, 3))))
    time = np.arange(length) / SAMPLE_RATE
    fade = np.minimum(1, np.minimum(time, time[::-1]) * rng.uniform(50, 500))
    for turn, start in enumerate(range(int(rng.integers(0, pause + 1)), count, length + pause)):
        pair = pitches[turn % len(pitches)]
        beep = fade * np.sin(2 * np.pi * pair[:, None] * time).sum(0)
        sound[start : start + length] += beep[: count - start]
    return sound + rng.uniform(0, 0.02) * colored(count, 1.0, rng)


def siren(count: int, rng: Generator) -> NDArray[np.floating]:
    """A pitch that wails, yelps or alternates between two notes."""
    time = np.arange(count) / SAMPLE_RATE
    low = rng.uniform(300, 900)
    high = low * rng.uniform(1.2, 2.5)
    turns = rng.uniform(0.15, 5) * time + rng.random()
    shape = rng.integers(3)
    if shape == 0:  # wail
        swing = 0.5 + 0.5 * np.sin(2 * np.pi * turns)
    elif shape == 1:  # yelp
        swing = turns % 1
    else:  # two notes
        swing = (turns % 1 > 0.5).astype(float)
    phase = 2 * np.pi * np.cumsum(low + (high - low) * swing) / SAMPLE_RATE
    sound = np.sin(phase) + rng.uniform(0, 0.5) * np.sin(2 * phase)
    sound += rng.uniform(0, 0.4) * np.sin(3 * phase)
    return sound + rng.uniform(0, 0.1) * colored(count, 1.0, rng)


def struck(
    count: int, starts: NDArray[np.int64], low: float, high: float, rng: Generator
) -> NDArray[np.float64]:
    """Short sounds at `starts` that ring between two frequencies and die away."""
    sound = np.zeros(count + SAMPLE_RATE // 2)
    for start in starts:
        length = int(rng.uniform(0.002, 0.12) * SAMPLE_RATE) + 2
        time = np.arange(length) / SAMPLE_RATE
        ring = np.sin(2 * np.pi * (rng.uniform(low, high) * time + rng.random()))
        burst = ring + rng.uniform(0, 1) * rng.standard_normal(length)
        fall = np.exp(-time * 6 * SAMPLE_RATE / length)
        sound[start : start + length] += rng.uniform(0.2, 1) * burst * fall
    return sound[:count]


def clicks(count: int, rng: Generator) -> NDArray[np.floating]:
    """Knocks, keys, switches: now and then, or regularly like a clock."""
    rate = rng.uniform(0.5, 12)
    number = max(int(count / SAMPLE_RATE * rate), 1)
    if rng.random() < 0.3:
        starts = np.arange(number) * int(SAMPLE_RATE / rate)
        starts = starts[starts < count]
    else:
        starts = rng.integers(0, count, number)
    low = rng.uniform(100, 2500)
    sound = struck(count, starts, low, low * rng.uniform(1.1, 3), rng)
    return sound + rng.uniform(0, 0.01) * colored(count, 1.0, rng)


def wind(count: int, rng: Generator) -> NDArray[np.floating]:
    """Gusts: deep noise, and a band of it that swells."""
    deep = colored(count, rng.uniform(1.2, 2.2), rng) * (0.2 + drifting(count, 1.0, rng))
    low = rng.uniform(100, 600)
    hiss = banded(count, low, low * rng.uniform(2, 6), rng) * drifting(count, 1.5, rng)
    return deep + rng.uniform(0.2, 1) * hiss


def rain(count: int, rng: Generator) -> NDArray[np.floating]:
    """Drops so dense that they are a rustle, or frying, or applause far off."""
    drops = (rng.random(count) < rng.uniform(0.002, 0.05)) * rng.standard_normal(count)
    spectrum = np.fft.rfft(drops, 1 << max(count - 1, 1).bit_length())
    hertz = np.linspace(0, SAMPLE_RATE / 2, len(spectrum))
    center = rng.uniform(800, 4000)
    spectrum *= np.exp(-np.square(np.log2(np.maximum(hertz, 1) / center)) / rng.uniform(0.5, 3))
    return np.fft.irfft(spectrum)[:count] * (0.6 + drifting(count, 2.0, rng))


def engine(count: int, rng: Generator) -> NDArray[np.floating]:
    """A motor, fan or saw: pulses whose rate wanders, through a resonant body."""
    speed = rng.uniform(15, 120) * (1 + rng.uniform(0, 0.6) * drifting(count, 0.7, rng))
    phase = 2 * np.pi * np.cumsum(speed) / SAMPLE_RATE
    sound = np.zeros(count)
    for overtone in range(1, int(rng.integers(6, 24))):
        sound += rng.random() / overtone**0.7 * np.sin(overtone * phase + 6.3 * rng.random())
    return sound + rng.uniform(0.05, 0.8) * colored(count, 1.0, rng)


def birds(count: int, rng: Generator) -> NDArray[np.floating]:
    """Chirps, high and quickly bent, over a faint rustle."""
    sound = np.zeros(count + SAMPLE_RATE)
    for _ in range(max(int(count / SAMPLE_RATE * rng.uniform(1, 6)), 1)):
        length = int(rng.uniform(0.04, 0.3) * SAMPLE_RATE)
        time = np.linspace(0, 1, length)
        pitch = rng.uniform(1800, 5500) * (1 + rng.uniform(-0.3, 0.3) * time)
        pitch *= 1 + rng.uniform(0, 0.15) * np.sin(2 * np.pi * rng.uniform(2, 12) * time)
        chirp = np.sin(2 * np.pi * np.cumsum(pitch) / SAMPLE_RATE) * np.sin(np.pi * time)
        start = int(rng.integers(0, count))
        sound[start : start + length] += rng.uniform(0.2, 1) * chirp
    return sound[:count] + rng.uniform(0, 0.05) * colored(count, 1.0, rng)


MAKERS: MappingProxyType[str, Callable[[int, Generator], NDArray[np.floating]]] = MappingProxyType(
    {
        **{kind: plain(exponent) for kind, exponent in EXPONENTS.items()},
        "silence": silence,
        "hum": hum,
        "tones": tones,
        "siren": siren,
        "clicks": clicks,
        "wind": wind,
        "rain": rain,
        "engine": engine,
        "birds": birds,
        "chords": chords,
        "music": music,
    }
)
KINDS = tuple(MAKERS)
