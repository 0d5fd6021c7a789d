"""Where a voice is found, and where none is. Speech here is synthetic or nobody's at all."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pyarrow.parquet as pq
import pytest

from demos.core.audio import voice
from demos.core.audio.decoding import decode_audio
from demos.core.audio.noise import KINDS, make
from demos.core.audio.sound import SAMPLE_RATE, DecodedAudio
from demos.core.audio.voice import (
    FRAME,
    GAP,
    MARGIN,
    SILENCE_AFTER,
    SILENCE_BEFORE,
    regions_of,
    settled,
    speech_probability,
    voice_regions,
)
from demos.core.errors import ModelError
from demos.core.settings import Settings
from demos.core.speech.transcript import Region
from tests.core.audio.sounds import audio_of

WORDS = Path(__file__).parents[4] / "shared/data/speech_recognition/digits-train.parquet"


def vowel(seconds: float) -> np.ndarray:
    """What a throat does: pulses at 120 Hz, gliding, through three resonances that move."""
    time = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    pitch = 120 + 25 * np.sin(2 * np.pi * 1.3 * time)
    phase = np.cumsum(pitch) / SAMPLE_RATE
    sound = np.zeros(len(time))
    swing = np.sin(2 * np.pi * 2.5 * time)
    for overtone in range(1, 30):
        hertz = overtone * pitch
        strength = sum(
            weight / (1 + ((hertz - center) / 90) ** 2)
            for weight, center in ((1, 550 + 200 * swing), (0.6, 1500 + 500 * swing), (0.3, 2600))
        )
        sound += strength * np.sin(2 * np.pi * overtone * phase)
    syllables = np.clip(1.5 * np.sin(2 * np.pi * 2.2 * time) ** 2, 0, 1)
    return 0.3 * sound * syllables / np.abs(sound).max()


def smooth(seconds: float, *voiced: tuple[float, float], level: float = 0.9) -> np.ndarray:
    frames = SILENCE_BEFORE + round(seconds * SAMPLE_RATE / FRAME) + SILENCE_AFTER
    found = np.zeros(frames)
    for start, end in voiced:
        first, last = (SILENCE_BEFORE + round(each * SAMPLE_RATE / FRAME) for each in (start, end))
        found[first:last] = level
    return found


class TestRegions:
    def test_they_get_margins_and_stay_inside(self) -> None:
        (one, two) = regions_of(smooth(9.6, (0.0, 1.6), (4.8, 9.6)), 9.6)
        assert (one.start, one.end) == (0.0, pytest.approx(1.6 + MARGIN))
        assert (two.start, two.end) == (pytest.approx(4.8 - MARGIN), 9.6)

    def test_near_ones_are_one(self) -> None:
        apart = 2 * MARGIN + GAP
        for pause, count in ((apart - 0.1, 1), (apart + 0.1, 2)):
            found = regions_of(smooth(9.6, (1.6, 3.2), (3.2 + pause, 6.4)), 9.6)
            assert len(found) == count

    def test_a_weak_one_is_none_and_a_weak_end_belongs_to_a_strong_one(self) -> None:
        assert regions_of(smooth(3.2, (0.96, 1.6), level=0.5), 3.2) == ()
        found = smooth(3.2, (0.96, 1.92), level=0.5)
        found[SILENCE_BEFORE + 35] = 0.7
        (region,) = regions_of(found, 3.2)
        assert region.end - region.start == pytest.approx(0.96 + 2 * MARGIN)

    def test_none(self) -> None:
        assert regions_of(smooth(3.2), 3.2) == ()

    @pytest.mark.parametrize("seed", range(20))
    def test_what_is_settled_stays_whatever_comes(self, seed: int) -> None:
        draw = np.random.default_rng(seed)
        levels = draw.choice([0.0, 0.2, 0.4, 0.8], 60)
        found = np.repeat(levels, draw.integers(1, 40, 60))
        seconds = (len(found) - SILENCE_BEFORE - SILENCE_AFTER) * FRAME / SAMPLE_RATE
        whole, latest = regions_of(found, seconds), 0.0
        for frames in range(1, len(found), 7):
            heard = found[: frames + 1].copy()
            heard[-1] = draw.random()  # a mean that lacks the frame to come
            until, regions = settled(heard, seconds)
            assert regions == whole[: len(regions)]
            assert all(each.start >= until - 0.001 for each in whole[len(regions) :])
            assert until >= latest - 0.001
            latest = until
        assert latest > seconds / 2


def test_a_voice_is_found_where_it_is() -> None:
    silence = np.zeros(2 * SAMPLE_RATE)
    audio = audio_of(np.concatenate([silence, vowel(2.0), silence]))
    (region,) = voice_regions(audio)
    assert region.start == pytest.approx(2.0 - MARGIN, abs=0.2)
    assert region.end == pytest.approx(4.0 + MARGIN, abs=0.3)
    heard = speech_probability(audio)
    assert heard.shape == (-(-len(audio.pcm) // FRAME),)
    assert heard[:50].max() < 0.3
    assert heard[65:120].max() > 0.8


def test_a_quiet_voice_is_found_as_well() -> None:
    sound = np.concatenate([np.zeros(SAMPLE_RATE), 0.01 * vowel(2.0)])
    assert len(voice_regions(audio_of(sound))) == 1


def test_a_short_one_without_anything_around_it() -> None:
    assert len(voice_regions(audio_of(vowel(0.6)[4000:8000]))) == 1


@pytest.mark.parametrize("kind", [each for each in KINDS if each != "music"])
def test_noise_is_no_voice(kind: str) -> None:
    rng = np.random.default_rng(0)
    found = [bool(voice_regions(audio_of(make(kind, 2.0, rng)))) for _ in range(10)]
    assert sum(found) <= 2


def test_music_is_mostly_no_voice() -> None:
    rng = np.random.default_rng(0)
    found = [bool(voice_regions(audio_of(make("music", 2.0, rng)))) for _ in range(20)]
    assert sum(found) <= 8


@pytest.mark.parametrize("samples", [1, 800, 20_000])
def test_silence_of_any_length(samples: int) -> None:
    audio = audio_of(np.zeros(samples))
    assert voice_regions(audio) == ()
    assert speech_probability(audio).max() < 0.3


def test_a_long_recording_in_pieces_is_heard_as_in_one(monkeypatch: pytest.MonkeyPatch) -> None:
    audio = audio_of(np.concatenate([vowel(2.0), np.zeros(20_000), vowel(1.5)]))
    whole = speech_probability(audio)
    monkeypatch.setattr(voice, "FRAMES_AT_ONCE", 7)
    told: list[float] = []
    assert np.allclose(speech_probability(audio, told.append), whole, atol=1e-4)
    assert told == sorted(told)
    assert told[-1] == audio.seconds


def test_regions_are_told_as_soon_as_they_are_settled(monkeypatch: pytest.MonkeyPatch) -> None:
    pause = np.zeros(SAMPLE_RATE)
    audio = audio_of(np.concatenate([vowel(2.0), pause, vowel(1.5), pause, vowel(2.0)]))
    monkeypatch.setattr(voice, "FRAMES_AT_ONCE", 32)
    told: list[tuple[float, tuple[Region, ...]]] = []
    whole = voice_regions(audio, lambda until, found: told.append((until, found)))
    assert all(found == whole[: len(found)] for _, found in told)
    assert {len(found) for _, found in told} >= {0, 1, 2}
    assert [until for until, _ in told] == sorted(until for until, _ in told)


def test_listening_can_be_stopped() -> None:
    def stop(_: float, __: object) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        voice_regions(audio_of(vowel(1.0)), stop)


def test_a_missing_package_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    voice.session.cache_clear()
    source = SimpleNamespace(distribution="no-such-package", file="x", sha256="")
    monkeypatch.setattr(voice, "SOURCE", source)
    with pytest.raises(ModelError, match="no-such-package, which brings this model"):
        voice_regions(audio_of(vowel(1.0)))
    voice.session.cache_clear()


@pytest.mark.skipif(not WORDS.exists(), reason="the shared recordings are not here")
def test_real_words_cut_close_are_found() -> None:
    rows = pq.read_table(WORDS, columns=["audio"]).column("audio").to_pylist()[:60]
    recordings: list[DecodedAudio] = [decode_audio(each, "x", Settings()) for each in rows]
    assert sum(bool(voice_regions(each)) for each in recordings) >= 59
