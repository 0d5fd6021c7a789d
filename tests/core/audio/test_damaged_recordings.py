"""Recordings that are cut short, changed at random, or lie: what is left of them, and no crash."""

import shutil
from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest

from demos.core.audio.decoding import decode_audio
from demos.core.audio.ffmpeg_program import by_ffmpeg
from demos.core.audio.mixdown import Mixdown
from demos.core.audio.readers import Kind, by_libsndfile, by_pyav
from demos.core.audio.sound import DecodedAudio
from demos.core.errors import Unreadable, UserError
from demos.core.settings import Settings
from tests.core.audio.sounds import file_of, muxed, steps_apart, tone

SETTINGS = Settings()
NOISE = np.random.default_rng(0).normal(0, 0.1, 32_000)

MAKERS: dict[str, Callable[[], bytes]] = {
    "wav": lambda: file_of(NOISE),
    "aiff": lambda: file_of(NOISE, form="AIFF"),
    "flac": lambda: file_of(NOISE, form="FLAC"),
    "vorbis": lambda: file_of(NOISE, form="OGG"),
    "opus": lambda: file_of(NOISE, form="OGG", subtype="OPUS"),
    "mp3": lambda: file_of(NOISE, form="MP3"),
    "webm": lambda: muxed("webm", "libopus", 2.0),
    "mp4": lambda: muxed("mp4", "aac", 2.0, options={"moov_size": "3000"}),
    "video": lambda: muxed("webm", "libopus", 2.0, video="libvpx"),
}


def decode(data: bytes) -> DecodedAudio:
    return decode_audio(data, "x", SETTINGS)


@pytest.mark.parametrize("form", ["wav", "aiff", "flac", "opus", "mp3", "webm", "mp4"])
def test_a_recording_that_breaks_off_is_used_as_far_as_it_goes(form: str) -> None:
    data = MAKERS[form]()
    audio = decode(data[: len(data) * 6 // 10])
    assert 0.5 < audio.seconds < 1.6
    (told,) = [each for each in audio.notes if "breaks off" in each]
    assert told.startswith(f"The recording breaks off after {audio.seconds:.1f} s")
    assert told.endswith("the file is cut short or damaged.")
    assert not any("breaks off" in each for each in decode(data).notes)


def test_an_mp4_without_its_index_says_so() -> None:
    data = muxed("mp4", "aac", 2.0)
    with pytest.raises(Unreadable, match="lacks its index, which is written last"):
        decode(data[: len(data) * 6 // 10])


@pytest.mark.parametrize("form", list(MAKERS))
def test_nothing_but_a_head(form: str) -> None:
    with pytest.raises(UserError):
        decode(MAKERS[form]()[:60])


def test_a_wav_written_to_a_pipe_is_whole() -> None:
    data = MAKERS["wav"]()
    for size in (b"\xff\xff\xff\xff", bytes(4)):
        audio = decode(data[:4] + size + data[8:40] + b"\xff\xff\xff\xff" + data[44:])
        assert (audio.seconds, audio.notes) == (2.0, ())


@pytest.mark.parametrize("form", list(MAKERS))
def test_damage_never_shows_as_anything_but_a_sentence(form: str) -> None:
    """Some 200 files, each damaged in another way."""
    intact, fates = MAKERS[form](), Counter[str]()
    for seed in range(24):
        rng = np.random.default_rng(seed)
        data = bytearray(intact)
        if seed % 3 == 0:
            for place in rng.integers(0, len(data), 20):
                data[place] = rng.integers(256)
        elif seed % 3 == 1:
            for place in rng.integers(0, min(len(data), 120), 4):
                data[place] = rng.choice([0, 127, 128, 255])
        else:
            start, end = rng.integers(0, len(data), 2)
            data = data[:start] + data[end:]
        try:
            audio = decode(bytes(data))
            assert audio.seconds >= 0.05
            assert audio.pcm.dtype == np.int16
            fates["used"] += 1
        except UserError as problem:
            assert problem.problem.endswith(".")
            fates["refused"] += 1
    assert fates["used"] > 0


@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="needs the program ffmpeg")
class TestFfmpeg:
    KIND = Kind("MP4", "mov", libsndfile=False)

    def test_it_reads_what_pyav_reads(self) -> None:
        data = muxed("mp4", "aac", 2.0)
        sounds = []
        for reader in (by_pyav, by_ffmpeg):
            with reader(data, self.KIND) as reading:
                assert (reading.sample_rate, reading.channels) == (48_000, 1)
                mixdown = Mixdown()
                for block, rate in reading.blocks:
                    mixdown.add(block, rate)
            sounds.append(mixdown.pcm().astype(float))
        assert steps_apart(*sounds) < 0.01

    def test_it_stands_in_where_pyav_is_missing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        data = muxed("webm", "libopus")
        monkeypatch.setitem(__import__("sys").modules, "av", None)
        audio = decode(data)
        assert (audio.format, audio.sample_rate) == ("WebM", 48_000)
        assert audio.seconds == pytest.approx(1.0, abs=0.05)

    def test_damage_and_lack_of_sound(self) -> None:
        with pytest.raises(UserError, match="damaged"), by_ffmpeg(bytes(2000), self.KIND):
            pass
        silent = muxed("mp4", None, video="mpeg4")
        with pytest.raises(UserError, match="has no sound track"), by_ffmpeg(silent, self.KIND):
            pass

    def test_one_that_is_left_early_ends(self) -> None:
        with by_ffmpeg(muxed("mp4", "aac", 30.0), self.KIND) as reading:
            next(reading.blocks)


def test_a_rate_that_changes_on_the_way() -> None:
    mixdown = Mixdown()
    mixdown.add(tone(1.0, 8_000).astype(np.float32)[:, None], 8_000)
    mixdown.add(np.tile(tone(1.0, 48_000).astype(np.float32)[:, None], 2), 48_000)
    mixdown.add(tone(1.0).astype(np.float32)[:, None], 16_000)
    assert len(mixdown.pcm()) == pytest.approx(48_000, abs=3)


def test_libsndfile_gives_up_where_another_goes_on() -> None:
    data = MAKERS["flac"]()
    data = data[: len(data) // 2]
    lengths = []
    for reader in (by_libsndfile, by_pyav):
        with reader(data, Kind("FLAC", "flac")) as reading:
            count = 0
            try:
                for block, _ in reading.blocks:
                    count += len(block)
            except Unreadable:
                pass
            lengths.append(count)
    assert lengths[1] > lengths[0]
    assert len(decode(data).pcm) == lengths[1]
