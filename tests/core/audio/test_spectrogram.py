"""What is drawn of a recording: its mel spectrogram and its outline."""

import tracemalloc

import numpy as np
import pytest

from demos.core.audio import spectrogram
from demos.core.audio.noise import make
from demos.core.audio.sound import FULL_SCALE, SAMPLE_RATE, DecodedAudio
from demos.core.audio.spectrogram import BANDS, COLUMNS, HOP, RANGE, WINDOW, mel_spectrogram
from demos.core.audio.waveform import envelope
from tests.core.audio.sounds import audio_of, tone


def music(seconds: float) -> DecodedAudio:
    return audio_of(make("music", seconds, np.random.default_rng(5)))


class TestSpectrogram:
    def test_it_is_librosas(self) -> None:
        librosa = pytest.importorskip("librosa")
        audio = music(2.0)
        options = {"sr": SAMPLE_RATE, "n_fft": WINDOW, "hop_length": HOP, "n_mels": BANDS}
        power = librosa.feature.melspectrogram(y=audio.samples(), **options)
        expected = librosa.power_to_db(power, ref=np.max)
        found = mel_spectrogram(audio)
        assert found.decibels.shape == expected.shape
        assert np.abs(found.decibels - expected).max() < 1e-3
        centers = librosa.mel_frequencies(BANDS + 2, fmin=0, fmax=SAMPLE_RATE / 2)[1:-1]
        assert np.allclose(found.hertz, centers)
        assert np.allclose(
            found.seconds, librosa.times_like(expected, sr=SAMPLE_RATE, hop_length=HOP)
        )

    def test_a_tone_is_in_its_band(self) -> None:
        found = mel_spectrogram(audio_of(tone(1.0, hertz=2000.0)))
        band = found.decibels[:, 10:-10].mean(axis=1).argmax()
        assert found.hertz[band] == pytest.approx(2000, abs=60)
        assert (found.decibels.max(), found.decibels.min()) == (0, -RANGE)

    def test_a_part_is_what_it_is_in_the_whole(self) -> None:
        audio = music(3.0)
        whole, some = mel_spectrogram(audio), mel_spectrogram(audio, 1.0, 2.0)
        assert some.seconds[[0, -1]].tolist() == [1.0, 2.0]
        inside = whole.decibels[:, 100:201]
        shown = inside - inside.max() > -RANGE + 25
        assert np.abs(some.decibels - (inside - inside.max()))[shown].max() < 1e-3

    @pytest.mark.parametrize("columns", [500, 70, 5])
    def test_columns_are_means_of_power(
        self, columns: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        audio = music(2.0)
        frames = 201
        monkeypatch.setattr(spectrogram, "FRAMES_AT_ONCE", 64)
        found = mel_spectrogram(audio, columns=columns)
        together = -(-frames // columns)
        power = spectrogram.mel_power(audio, 0, frames)
        pieces = [power[each : each + together] for each in range(0, frames, together)]
        expected = spectrogram.decibels(np.array([each.mean(axis=0) for each in pieces]).T)
        assert np.abs(found.decibels - expected).max() < 1e-4
        times = np.arange(frames) * HOP / SAMPLE_RATE
        middles = [times[each : each + together].mean() for each in range(0, frames, together)]
        assert np.allclose(found.seconds, middles)

    def test_a_long_recording_has_few_columns_and_takes_little_memory(self) -> None:
        audio = DecodedAudio(np.tile(music(10.0).pcm, 60), "", "", "", SAMPLE_RATE, 1)
        tracemalloc.start()
        found = mel_spectrogram(audio)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert COLUMNS / 2 < found.decibels.shape[1] <= COLUMNS
        assert found.seconds[-1] <= audio.seconds
        assert peak < 80e6

    @pytest.mark.parametrize("samples", [0, 1, 100, 161])
    def test_hardly_anything(self, samples: int) -> None:
        audio = audio_of(np.full(samples, 0.1))
        found = mel_spectrogram(audio)
        assert found.decibels.shape == (BANDS, samples // HOP + 1)
        assert np.isfinite(found.decibels).all()

    def test_silence_and_stretches_outside(self) -> None:
        assert (mel_spectrogram(audio_of(np.zeros(1000))).decibels == 0).all()
        audio = music(1.0)
        assert mel_spectrogram(audio, 5.0, 9.0).decibels.shape == (BANDS, 1)
        assert mel_spectrogram(audio, -3.0, 0.5).seconds[0] == 0


class TestEnvelope:
    def test_every_column_spans_its_samples(self) -> None:
        audio = music(1.0)
        found = envelope(audio, columns=100)
        parts = audio.pcm.reshape(100, -1) / FULL_SCALE
        assert np.allclose(found.low, parts.min(axis=1))
        assert np.allclose(found.high, parts.max(axis=1))
        assert found.seconds[[0, -1]].tolist() == [0.005, 0.995]
        assert (found.low.dtype, found.high.dtype) == (np.float32, np.float32)

    def test_a_part(self) -> None:
        audio = music(3.0)
        found = envelope(audio, 1.0, 2.0)
        assert len(found.low) <= COLUMNS
        assert 1.0 < found.seconds[0] < 1.001
        assert 1.999 < found.seconds[-1] < 2.0
        assert found.high.max() == audio.samples(1.0, 2.0).max()

    @pytest.mark.parametrize("samples", [1, 7, 1499, 1500, 1501, 4000])
    def test_any_number_of_samples(self, samples: int) -> None:
        found = envelope(audio_of(tone(1.0)[:samples]))
        assert len(found.seconds) == len(found.low) == len(found.high) <= COLUMNS
        assert (found.low <= found.high).all()

    def test_nothing(self) -> None:
        found = envelope(audio_of(np.zeros(0)))
        assert (found.low.tolist(), found.high.tolist()) == ([0], [0])
