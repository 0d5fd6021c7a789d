"""Sounds without a voice: what they are like, and that they differ."""

import numpy as np
import pytest

from demos.core.audio.noise import KINDS, LEVEL, PEAK, make
from demos.core.audio.sound import SAMPLE_RATE


def power_between(samples: np.ndarray, low: float, high: float) -> float:
    spectrum = np.abs(np.fft.rfft(samples)) ** 2
    hertz = np.fft.rfftfreq(len(samples), 1 / SAMPLE_RATE)
    return float(spectrum[(hertz >= low) & (hertz < high)].sum())


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seconds", [0.0, 0.01, 0.3, 2.0])
def test_any_kind_of_any_length(kind: str, seconds: float) -> None:
    sound = make(kind, seconds, np.random.default_rng(3))
    assert sound.shape == (max(round(seconds * SAMPLE_RATE), 1),)
    assert sound.dtype == np.float32
    assert np.isfinite(sound).all()
    assert np.abs(sound).max() <= PEAK + 1e-6


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_seed_gives_the_same_and_another_one_another(kind: str) -> None:
    first, same, other = (make(kind, 1.0, np.random.default_rng(seed)) for seed in (1, 1, 4))
    assert np.array_equal(first, same)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize(
    "kind", [each for each in KINDS if each not in ("silence", "clicks", "rain")]
)
def test_they_are_equally_loud(kind: str) -> None:
    rng = np.random.default_rng(0)
    loudness = [float(np.sqrt(np.square(make(kind, 2.0, rng)).mean())) for _ in range(8)]
    assert np.median(loudness) == pytest.approx(LEVEL, rel=0.01)


def test_silence_is_silent() -> None:
    rng = np.random.default_rng(0)
    assert max(float(np.abs(make("silence", 1.0, rng)).max()) for _ in range(8)) < 1e-4


@pytest.mark.parametrize(("kind", "decibels"), [("white", 0), ("pink", 3), ("brown", 6)])
def test_colors_fall_as_they_should(kind: str, decibels: float) -> None:
    """Per octave, where power is compared per Hz."""
    rng = np.random.default_rng(0)
    falls = []
    for _ in range(6):
        sound = make(kind, 8.0, rng)
        low, high = power_between(sound, 200, 400) / 200, power_between(sound, 3200, 6400) / 3200
        falls.append(10 * np.log10(low / high) / 4)
    assert np.mean(falls) == pytest.approx(decibels, abs=0.5)


def test_hum_is_deep_and_birds_are_high() -> None:
    rng = np.random.default_rng(0)
    for kind, low, high in (("hum", 40, 800), ("birds", 1000, 8000)):
        sound = make(kind, 3.0, rng)
        assert power_between(sound, low, high) > 0.9 * power_between(sound, 0, 8001)


def test_music_has_rhythm() -> None:
    """Its loudness rises and falls far more than that of steady noise."""
    rng = np.random.default_rng(0)

    def swing(kind: str) -> float:
        frames = make(kind, 5.0, rng).reshape(-1, 400)
        loudness = np.sqrt(np.square(frames).mean(axis=1))
        return float(loudness.std() / loudness.mean())

    assert np.median([swing("music") for _ in range(10)]) > 4 * swing("white")
