"""A recording made worse, by as much as was asked for; and files for the browser."""

import io
import wave

import numpy as np
import pytest
import soundfile

from demos.core.audio.alter import UNCHANGED, Change, alter, at_speed, level, mu_law
from demos.core.audio.decoding import decode_audio
from demos.core.audio.encode import to_compressed, to_wav
from demos.core.audio.noise import make
from demos.core.audio.sound import SAMPLE_RATE
from demos.core.settings import Settings
from tests.core.audio.sounds import audio_of, file_of, steps_apart, tone


def decibels(ratio: float) -> float:
    return float(20 * np.log10(ratio))


class TestAlter:
    def test_no_change_is_the_recording_itself(self) -> None:
        audio = audio_of(tone(1.0))
        assert alter(audio, UNCHANGED) is audio
        assert alter(audio, Change(None, 1.0, False)) is audio

    def test_the_same_change_gives_the_same_and_says_so(self) -> None:
        audio = audio_of(make("music", 1.0, np.random.default_rng(0)))
        change = Change(noise=10, speed=1.25, telephone=True)
        first, second, other = alter(audio, change), alter(audio, change), alter(audio, Change(5))
        assert first.sha256 == second.sha256
        assert len({audio.sha256, first.sha256, other.sha256}) == 3
        assert first.notes == (
            "Speed was changed to 1.25 times, the pitch kept.",
            "White noise was added, 10 dB below the speech.",
            "A telephone line was imitated: 300 to 3,400 Hz, mu-law.",
        )
        assert first.pcm.flags.writeable is False


class TestNoise:
    @pytest.mark.parametrize("wanted", [30, 10, 0])
    def test_it_is_so_far_below_the_speech(self, wanted: float) -> None:
        audio = audio_of(0.3 * tone(2.0))
        noise = alter(audio, Change(noise=wanted)).samples() - audio.samples()
        assert decibels(audio.samples().std() / noise.std()) == pytest.approx(wanted, abs=0.1)

    def test_pauses_do_not_count(self) -> None:
        sound = tone(2.0).astype(np.float32)
        sparse = np.concatenate([sound, np.zeros(10 * SAMPLE_RATE, np.float32)])
        assert level(sparse) == pytest.approx(level(sound))

    def test_it_never_clips(self) -> None:
        loud = alter(audio_of(3 * tone(2.0)), Change(noise=-5)).samples()
        assert np.abs(loud).max() == pytest.approx(0.99, abs=1e-3)

    def test_silence_stays_silent(self) -> None:
        assert not alter(audio_of(np.zeros(8000)), Change(noise=0)).pcm.any()


class TestSpeed:
    @pytest.mark.parametrize("speed", [0.5, 0.8, 1.25, 2.0])
    def test_it_takes_less_time_at_the_same_pitch(self, speed: float) -> None:
        altered = alter(audio_of(tone(2.0)), Change(speed=speed))
        assert altered.seconds == pytest.approx(2.0 / speed, abs=1e-3)
        middle = altered.samples(0.2, 0.7)
        spectrum = np.abs(np.fft.rfft(middle * np.hanning(len(middle))))
        assert spectrum.argmax() * 2 == pytest.approx(440, abs=2)
        assert middle.std() == pytest.approx(tone(1.0).std(), rel=0.05)

    @pytest.mark.parametrize("speed", [0.5, 1.6])
    def test_things_happen_when_they_should(self, speed: float) -> None:
        sound = np.concatenate([np.zeros(SAMPLE_RATE), tone(0.5), np.zeros(SAMPLE_RATE)])
        loud = np.flatnonzero(np.abs(at_speed(sound.astype(np.float32), speed)) > 0.1)
        assert loud[0] / SAMPLE_RATE == pytest.approx(1.0 / speed, abs=0.03)
        assert loud[-1] / SAMPLE_RATE == pytest.approx(1.5 / speed, abs=0.03)

    def test_at_normal_speed_nothing_changes(self) -> None:
        sound = make("music", 1.0, np.random.default_rng(0))
        assert steps_apart(sound, at_speed(sound, 1.0)) < 1e-3

    @pytest.mark.parametrize("samples", [1, 300, 900])
    def test_hardly_anything(self, samples: int) -> None:
        for speed in (0.5, 2.0):
            sound = at_speed(np.ones(samples, np.float32), speed)
            assert len(sound) == max(round(samples / speed), 1)


class TestTelephone:
    @pytest.mark.parametrize(
        ("hertz", "low", "high"),
        [(60, -200, -30), (500, -1, 1), (1000, -1, 1), (3000, -1, 1), (4500, -200, -30)],
    )
    def test_only_its_band_gets_through(self, hertz: float, low: float, high: float) -> None:
        audio = audio_of(tone(1.0, hertz=hertz))
        altered = alter(audio, Change(telephone=True))
        assert len(altered.pcm) == len(audio.pcm)
        inside = slice(2000, -2000)
        change = decibels(altered.samples()[inside].std() / audio.samples()[inside].std() + 1e-9)
        assert low < change < high

    def test_it_does_not_move_the_sound(self) -> None:
        audio = audio_of(tone(1.0, hertz=1000.0))
        altered = alter(audio, Change(telephone=True))
        assert steps_apart(audio.samples(0.2, 0.8), altered.samples(0.2, 0.8)) < 0.05

    def test_mu_law_is_that_of_the_standard(self) -> None:
        """libsndfile has it too."""
        every = np.arange(-32_768, 32_768).astype(np.int16)
        file = file_of(every, 8_000, subtype="ULAW")
        expected, _ = soundfile.read(io.BytesIO(file), dtype="int16")
        assert np.array_equal(mu_law(every), expected)
        assert len(np.unique(expected)) == 255


class TestEncode:
    def test_wav(self) -> None:
        audio = audio_of(tone(1.0))
        with wave.open(io.BytesIO(to_wav(audio.pcm))) as file:
            assert (file.getnchannels(), file.getframerate(), file.getsampwidth()) == (1, 16_000, 2)
            assert file.readframes(-1) == audio.pcm.tobytes()

    def test_compressed_is_smaller_and_keeps_time(self) -> None:
        sound = make("music", 12.0, np.random.default_rng(0))
        audio = audio_of(sound)
        data, kind = to_compressed(audio)
        assert kind == "audio/mpeg"
        assert len(data) < audio.pcm.nbytes / 5
        decoded = decode_audio(data, "x", Settings())
        assert decoded.seconds == pytest.approx(audio.seconds, abs=0.05)
        likeness = np.correlate(decoded.samples(4, 6), audio.samples(4.5, 5.5), "valid")
        assert likeness.argmax() / SAMPLE_RATE == pytest.approx(0.5, abs=0.005)

    def test_its_rate_is_constant(self) -> None:
        quiet = audio_of(np.concatenate([np.zeros(5 * SAMPLE_RATE), tone(5.0)]))
        assert len(to_compressed(quiet)[0]) == pytest.approx(10 * 48_000 / 8, rel=0.02)
