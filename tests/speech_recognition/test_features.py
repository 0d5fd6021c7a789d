import numpy as np
import pytest

from demos.core.audio.sound import SAMPLE_RATE
from demos.speech_recognition import features
from demos.speech_recognition.features import BANDS, HOP, centers, filters, log_mel


def tone(hz: float, seconds: float = 0.5, loud: float = 0.3) -> features.Floats:
    time = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    return (loud * np.sin(2 * np.pi * hz * time)).astype(np.float32)


def test_a_second_has_a_hundred_frames() -> None:
    assert log_mel(tone(440, 1.0)).shape == (101, BANDS)
    assert log_mel(np.zeros(0, np.float32)).shape == (1, BANDS)
    assert log_mel(np.zeros(1, np.float32)).dtype == np.float32


@pytest.mark.parametrize("hz", [150.0, 440.0, 1000.0, 3000.0, 6500.0])
def test_a_tone_is_in_the_band_of_its_frequency(hz: float) -> None:
    loudest = int(log_mel(tone(hz)).mean(axis=0).argmax())
    assert abs(loudest - int(np.abs(centers() - hz).argmin())) <= 1


def test_the_level_of_a_recording_does_not_matter() -> None:
    rng = np.random.default_rng(0)
    sound = rng.standard_normal(SAMPLE_RATE).astype(np.float32) * np.float32(0.2)
    np.testing.assert_allclose(log_mel(sound), log_mel(sound * np.float32(0.01)), atol=1e-4)


def test_values_lie_between_silence_and_the_loudest() -> None:
    found = log_mel(np.concatenate([np.zeros(8000, np.float32), tone(440)]))
    assert found.max() == pytest.approx(1)
    assert found.min() == features.SILENCE
    assert log_mel(np.zeros(8000, np.float32)).max() == pytest.approx(1)  # nothing is louder


def test_filters_cover_the_band_without_a_gap() -> None:
    hz = np.arange(features.FFT // 2 + 1) * SAMPLE_RATE / features.FFT
    inside = (hz > 150) & (hz < 7000)
    assert (filters().sum(axis=1)[inside] > 0.3).all()
    assert (filters()[hz > 7700] == 0).all()


def test_a_warp_moves_a_band_as_a_shorter_throat_does() -> None:
    spectrum = features.power(tone(1200))
    plain, warped = (int((spectrum @ filters(w)).mean(axis=0).argmax()) for w in (1.0, 1.2))
    assert centers()[warped] == pytest.approx(centers()[plain] / 1.2, rel=0.1)


def test_frames_are_where_they_say() -> None:
    sound = np.zeros(SAMPLE_RATE, np.float32)
    sound[SAMPLE_RATE // 2 :] = tone(900, 0.5)
    found = log_mel(sound)
    begins = int((found.max(axis=1) > 0.5).argmax())
    assert abs(begins * HOP / SAMPLE_RATE - 0.5) < 0.02
