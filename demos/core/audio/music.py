"""Music by chance: a tempo, a key, chords, a bass, a tune and drums, each time others.

It has rhythm, pitch and overtones as a voice has them, and no voice: the hardest of the sounds in
`demos.core.audio.noise` to tell from speech.
"""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from demos.core.audio.sound import SAMPLE_RATE

TABLE = 2048
"""Samples of one period of an instrument."""
MODES = np.array(
    [
        [0, 2, 4, 5, 7, 9, 11],  # major
        [0, 2, 3, 5, 7, 8, 10],  # minor
        [0, 2, 3, 5, 7, 9, 10],  # Dorian
        [0, 2, 4, 5, 7, 9, 10],  # Mixolydian
    ]
)
"""Semitones above the key note."""
PROGRESSIONS = ((0, 4, 5, 3), (0, 5, 3, 4), (0, 3, 4, 0), (5, 3, 0, 4), (0, 3), (0, 6, 5, 4), (0,))
"""Degrees of the scale on which the chords of successive bars stand."""

Samples = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Instrument:
    """One period of its sound (`TABLE`,), and how a note begins and dies away, in seconds."""

    period: NDArray[np.float64]
    attack: float
    decay: float
    vibrato: float

    def note(self, hertz: float, length: int) -> Samples:
        """A note (length,) that is silent at both ends."""
        time = np.arange(length) / SAMPLE_RATE
        phase = hertz * time
        if self.vibrato:
            phase += hertz * self.vibrato / 35 * np.sin(2 * np.pi * 5.5 * time)
        sound = self.period[(phase * TABLE).astype(np.int64) % TABLE]
        rising = np.minimum(time / self.attack, 1)
        ending = np.minimum(time[::-1] / 0.02, 1)
        return sound * rising * ending * np.exp(-time / self.decay)


def instrument(rng: Generator, lasting: bool = False) -> Instrument:
    """Any: plucked or blown, dull or bright, with all overtones or only the odd ones."""
    overtones = np.arange(1, int(rng.integers(2, 20)))
    strengths = rng.uniform(0.3, 1, len(overtones)) / overtones ** rng.uniform(0.8, 2.5)
    if rng.random() < 0.3:
        strengths[1::2] = 0
    turns = np.arange(TABLE) / TABLE
    period = (strengths[:, None] * np.sin(2 * np.pi * overtones[:, None] * turns)).sum(0)
    if lasting or rng.random() < 0.4:
        attack, decay = rng.uniform(0.02, 0.3), 10.0
    else:
        attack, decay = rng.uniform(0.002, 0.02), rng.uniform(0.1, 1.0)
    vibrato = rng.uniform(0, 0.015) if rng.random() < 0.4 else 0.0
    return Instrument(period / np.abs(period).max(), attack, decay, vibrato)


def hertz(semitone: float) -> float:
    """The pitch so many semitones above the A of 55 Hz, in equal temperament."""
    return float(55.0 * 2 ** (semitone / 12))


def music(count: int, rng: Generator) -> NDArray[np.floating]:
    """Chords, bass, tune and drums, (count,); some pieces have only some of them."""
    beat = int(SAMPLE_RATE * 60 / rng.uniform(60, 180))
    per_bar = int(rng.choice([3, 4, 4, 4]))
    begun = int(rng.integers(0, beat * per_bar))  # heard from somewhere in the middle of a bar
    length = count + begun
    score = np.zeros(length + 8 * beat)
    scale = MODES[rng.integers(len(MODES))] + rng.integers(12)
    bars = np.arange(0, length, beat * per_bar)
    roots = np.resize(PROGRESSIONS[rng.integers(len(PROGRESSIONS))], len(bars))

    parts = rng.random(4) < (0.7, 0.7, 0.7, 0.75)
    if not parts.any():
        parts[:] = True
    if parts[0]:
        accompany(score, bars, roots, scale, (beat, per_bar), rng)
    if parts[1]:
        bass(score, bars, roots, scale, (beat, per_bar), rng)
    if parts[2]:
        tune(score, length, roots, scale, (beat, per_bar), rng)
    if parts[3]:
        drums(score, length, beat, per_bar, rng)
    return score[begun:length]


def chords(count: int, rng: Generator) -> NDArray[np.floating]:
    """Held chords of an organ, strings or a synthesizer, without rhythm, (count,)."""
    score = np.zeros(count + 8 * SAMPLE_RATE)
    beat = int(rng.uniform(0.5, 3.0) * SAMPLE_RATE)
    scale = MODES[rng.integers(len(MODES))] + rng.integers(12)
    bars = np.arange(0, count, beat)
    player = instrument(rng, lasting=True)
    octave = int(rng.integers(1, 4))
    for start, root in zip(bars, rng.integers(0, 7, len(bars)), strict=True):
        add_chord(score, int(start), beat, int(root), scale, octave, player)
    return score[:count]


def pitch(scale: NDArray[np.int64], degree: int, octave: int) -> float:
    return hertz(scale[degree % 7] + 12 * (octave + degree // 7))


def add(score: Samples, start: int, sound: Samples, strength: float = 1.0) -> None:
    end = min(start + len(sound), len(score))
    score[start:end] += strength * sound[: end - start]


def add_chord(
    score: Samples,
    start: int,
    length: int,
    root: int,
    scale: NDArray[np.int64],
    octave: int,
    player: Instrument,
) -> None:
    for step in (0, 2, 4):
        add(score, start, player.note(pitch(scale, root + step, octave), length), 0.4)


def accompany(
    score: Samples,
    bars: NDArray[np.int64],
    roots: NDArray[np.int64],
    scale: NDArray[np.int64],
    meter: tuple[int, int],
    rng: Generator,
) -> None:
    """A chord a bar, or repeated in a rhythm that stays."""
    beat, per_bar = meter
    player, octave = instrument(rng), int(rng.integers(1, 4))
    strokes = int(rng.choice([1, 2, per_bar, 2 * per_bar]))
    length = beat * per_bar // strokes
    played = rng.random(strokes) < 0.8
    played[0] = True
    for start, root in zip(bars, roots, strict=True):
        for stroke in np.flatnonzero(played):
            add_chord(score, int(start + stroke * length), length, root, scale, octave, player)


def bass(
    score: Samples,
    bars: NDArray[np.int64],
    roots: NDArray[np.int64],
    scale: NDArray[np.int64],
    meter: tuple[int, int],
    rng: Generator,
) -> None:
    """The root of the chord, with the fifth in between."""
    beat, per_bar = meter
    player = instrument(rng)
    steps = rng.choice([0, 0, 4, 7], per_bar)
    for start, root in zip(bars, roots, strict=True):
        for turn in range(per_bar):
            sound = player.note(pitch(scale, root + steps[turn], 0), beat)
            add(score, int(start + turn * beat), sound, 0.8)


def tune(
    score: Samples,
    length: int,
    roots: NDArray[np.int64],
    scale: NDArray[np.int64],
    meter: tuple[int, int],
    rng: Generator,
) -> None:
    """Notes that wander up and down the scale, long and short."""
    beat, per_bar = meter
    player, octave = instrument(rng), int(rng.integers(2, 4))
    start, degree = 0, 0
    while start < length:
        span = int(beat * rng.choice([0.25, 0.5, 0.5, 1.0, 1.0, 2.0]))
        if rng.random() < 0.85:
            bar = min(start // (beat * per_bar), len(roots) - 1)
            degree = int(np.clip(degree + rng.integers(-2, 3), -3, 9))
            add(score, start, player.note(pitch(scale, roots[bar] + degree, octave), span), 0.7)
        start += span


def drums(score: Samples, length: int, beat: int, per_bar: int, rng: Generator) -> None:
    """Bass drum, snare and hi-hat in a pattern of eighths that repeats every bar."""
    steps, step = 2 * per_bar, beat // 2
    time = np.arange(SAMPLE_RATE // 4) / SAMPLE_RATE
    falling = np.cumsum(rng.uniform(45, 70) + rng.uniform(60, 150) * np.exp(-time * 40))
    hiss = rng.standard_normal(len(time))
    kit = (
        np.sin(2 * np.pi * falling / SAMPLE_RATE) * np.exp(-time * rng.uniform(12, 25)),
        (0.6 * hiss + 0.5 * np.sin(2 * np.pi * rng.uniform(150, 250) * time))
        * np.exp(-time * rng.uniform(18, 40)),
        np.diff(hiss, prepend=0.0) * np.exp(-time * rng.uniform(50, 150)) * 0.4,
    )
    kick, snare, hat = rng.random((3, steps)) < [[0.25], [0.15], [0.7]]
    kick[0] = True
    snare[2::4] = True
    for start in range(0, length, steps * step):
        for sound, pattern in zip(kit, (kick, snare, hat), strict=True):
            for turn in np.flatnonzero(pattern):
                add(score, int(start + turn * step), sound)
