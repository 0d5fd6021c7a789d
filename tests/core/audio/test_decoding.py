"""Every kind of recording, and every kind of trouble with one; all are made here, in memory."""

import hashlib
import io
import struct
import subprocess
import sys
import tracemalloc
import zlib
from fractions import Fraction

import av
import numpy as np
import pytest

from demos.core.audio import decoding, readers
from demos.core.audio.decoding import decode_audio
from demos.core.audio.sound import SAMPLE_RATE, DecodedAudio
from demos.core.errors import EmptyInput, InputError, TooLarge, Unreadable, UnsupportedType
from demos.core.settings import MIB, Settings
from tests.core.audio.sounds import file_of, muxed, steps_apart, tone

SETTINGS = Settings()


def decode(data: bytes, settings: Settings = SETTINGS) -> DecodedAudio:
    return decode_audio(data, "call.wav", settings)


def notes(data: bytes) -> str:
    return " ".join(decode(data).notes)


class TestFormats:
    @pytest.mark.parametrize(
        ("form", "subtype", "rate", "named", "error"),
        [
            ("WAV", "PCM_16", 16_000, "WAV, Signed 16 bit PCM", 1e-3),
            ("WAV", "PCM_24", 44_100, "WAV, Signed 24 bit PCM", 1e-3),
            ("WAV", "PCM_U8", 8_000, "WAV, Unsigned 8 bit PCM", 0.05),
            ("WAV", "FLOAT", 22_050, "WAV, 32 bit float", 1e-3),
            ("WAV", "DOUBLE", 48_000, "WAV, 64 bit float", 1e-3),
            ("WAV", "ULAW", 8_000, "WAV, U-Law", 0.05),
            ("WAV", "ALAW", 8_000, "WAV, A-Law", 0.05),
            ("WAV", "GSM610", 8_000, "WAV, GSM 6.10", 0.3),
            ("AIFF", "PCM_16", 44_100, "AIFF, Signed 16 bit PCM", 1e-3),
            ("FLAC", "PCM_16", 44_100, "FLAC, Signed 16 bit PCM", 1e-3),
            ("OGG", "VORBIS", 44_100, "Ogg, Vorbis", 0.15),
            ("OGG", "OPUS", 48_000, "Ogg, Opus", 0.15),
            ("MP3", "MPEG_LAYER_III", 44_100, "MP3, MPEG Layer III", 0.15),
        ],
    )
    def test_by_libsndfile(
        self, form: str, subtype: str, rate: int, named: str, error: float
    ) -> None:
        audio = decode(file_of(tone(2.0, rate), rate, form, subtype=subtype))
        assert (audio.format, audio.sample_rate, audio.channels) == (named, rate, 1)
        assert audio.seconds == pytest.approx(2.0, abs=0.03)
        middle = slice(SAMPLE_RATE // 2, 3 * SAMPLE_RATE // 2)
        assert steps_apart(tone(2.0)[middle], audio.samples()[middle]) < error

    @pytest.mark.parametrize(
        ("form", "codec", "named"),
        [
            ("webm", "libopus", "WebM, Opus"),
            ("mp4", "aac", "MP4, AAC (Advanced Audio Coding)"),
            ("ipod", "aac", "M4A, AAC (Advanced Audio Coding)"),
            ("adts", "aac", "AAC, AAC (Advanced Audio Coding)"),
            ("mov", "pcm_s16le", "MP4, PCM signed 16-bit little-endian"),
        ],
    )
    def test_by_pyav(self, form: str, codec: str, named: str) -> None:
        audio = decode(muxed(form, codec, 2.0))
        assert (audio.format, audio.sample_rate, audio.channels) == (named, 48_000, 1)
        assert audio.seconds == pytest.approx(2.0, abs=0.05)
        spectrum = np.abs(np.fft.rfft(audio.samples(0.5, 1.5)))
        assert spectrum.argmax() == 440
        assert np.abs(audio.samples(0.5, 1.5)).max() == pytest.approx(0.3, abs=0.05)

    def test_what_a_browser_records_states_no_length(self) -> None:
        fragments = {"movflags": "frag_keyframe+empty_moov"}
        for data in (muxed("mp4", "aac", options=fragments), muxed("webm", "libopus")):
            assert decode(data).seconds == pytest.approx(1.0, abs=0.05)

    def test_names_prove_nothing(self) -> None:
        audio = decode_audio(file_of(tone(1.0), form="FLAC"), "../a/call\u202e.mp3", SETTINGS)
        assert audio.format.startswith("FLAC")
        assert audio.name == "call.mp3"
        assert decode_audio(file_of(tone(1.0)), "", SETTINGS).name == "recording"

    def test_the_result_is_read_only_and_known_by_its_bytes(self) -> None:
        data = file_of(tone(1.0))
        audio = decode(data)
        assert audio.sha256 == hashlib.sha256(data).hexdigest()
        assert audio.notes == ()
        with pytest.raises(ValueError, match="read-only"):
            audio.pcm[0] = 1

    def test_blocks_leave_no_trace(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """With soundfile's own blocks, the end of this one would differ."""
        data = file_of(tone(20 / 3, 48_000), 48_000, "OGG", subtype="OPUS")
        whole = decode(data)
        monkeypatch.setattr(readers, "BLOCK_SAMPLES", 4099)
        assert np.abs(whole.pcm.astype(int) - decode(data).pcm).max() <= 1


class TestWhatIsDone:
    def test_channels_become_their_average(self) -> None:
        left, right = tone(1.0), tone(1.0, hertz=1000.0)
        audio = decode(file_of(np.stack([left, right], axis=1)))
        assert audio.channels == 2
        assert audio.notes == ("2 channels were mixed into one: their average.",)
        assert steps_apart((left + right) / 2, audio.samples()) < 1e-3

    def test_eight_channels_at_192_khz(self) -> None:
        sound = tone(0.5, 192_000)
        audio = decode(file_of(np.stack([sound] * 8, axis=1), 192_000, subtype="PCM_24"))
        assert (audio.sample_rate, audio.channels) == (192_000, 8)
        assert audio.seconds == 0.5
        assert audio.notes == (
            "8 channels were mixed into one: their average.",
            "Resampled from 192 kHz to 16 kHz.",
        )

    def test_channels_that_cancel_each_other_out(self) -> None:
        sound = tone(1.0)
        audio = decode(file_of(np.stack([0.5 * sound, -sound, 0.4 * sound], axis=1)))
        assert steps_apart(-sound, audio.samples()) < 1e-3
        assert "only channel 2 of 3 was used" in " ".join(audio.notes)

    def test_a_low_rate_says_what_is_missing(self) -> None:
        assert notes(file_of(tone(1.0, 8_000), 8_000)) == (
            "Resampled from 8 kHz to 16 kHz: it holds nothing above 4 kHz."
        )

    def test_clipping_is_told_and_loudness_is_not(self) -> None:
        assert "Clipped: " in notes(file_of(np.clip(5 * tone(1.0), -1, 1)))
        assert notes(file_of(tone(1.0) / 0.3)) == ""

    def test_an_offset_is_removed(self) -> None:
        audio = decode(file_of(tone(1.0) + 0.25))
        assert audio.notes == ("A constant offset of 25% of full scale was removed.",)
        assert steps_apart(tone(1.0), audio.samples()) < 1e-3

    def test_numbers_beyond_full_scale_are_scaled(self) -> None:
        audio = decode(file_of(tone(1.0) * 32_768, subtype="FLOAT"))
        assert audio.notes == ("Its values go up to 9,830 and were scaled to 1.",)
        assert np.abs(audio.samples()).max() > 0.99

    def test_one_stray_number_is_cut_off(self) -> None:
        sound = tone(1.0)
        sound[5000] = 1e9
        audio = decode(file_of(sound, subtype="FLOAT"))
        assert np.abs(audio.samples(0.5)).max() == pytest.approx(0.3, abs=0.01)

    def test_what_is_no_number_becomes_zero(self) -> None:
        sound = tone(1.0)
        sound[::100] = np.nan
        sound[50] = np.inf
        assert notes(file_of(sound, subtype="FLOAT")) == (
            "161 samples that are not numbers were set to zero."
        )

    @pytest.mark.parametrize("form", ["WAV", "FLAC", "MP3", "OGG"])
    def test_silence_is_no_error(self, form: str) -> None:
        audio = decode(file_of(np.zeros(48_000), 48_000, form))
        assert np.abs(audio.pcm).max() <= 1
        assert audio.notes == ("Resampled from 48 kHz to 16 kHz.",)


class TestTooLittle:
    def test_empty(self) -> None:
        with pytest.raises(EmptyInput, match="This file is empty"):
            decode(b"")

    def test_no_samples(self) -> None:
        with pytest.raises(EmptyInput, match="This recording has no samples"):
            decode(file_of(np.zeros(0)))

    @pytest.mark.parametrize(("samples", "told"), [(1, "0.062 ms"), (400, "25 ms")])
    def test_too_short(self, samples: int, told: str) -> None:
        with pytest.raises(InputError, match=f"is {told} long; it takes 50 ms or more"):
            decode(file_of(tone(1.0)[:samples]))

    @pytest.mark.parametrize("rate", [16_000, 44_100])
    def test_a_constant(self, rate: int) -> None:
        with pytest.raises(InputError, match=r"a constant -40% of full scale: it has no sound"):
            decode(file_of(np.full(rate, -0.4), rate))

    def test_no_numbers_at_all(self) -> None:
        with pytest.raises(Unreadable, match="100% of the samples of this recording are not num"):
            decode(file_of(np.full(16_000, np.nan), subtype="FLOAT"))

    @pytest.mark.parametrize("form", ["mp4", "webm"])
    def test_a_video_without_sound(self, form: str) -> None:
        data = muxed(form, None, video="mpeg4" if form == "mp4" else "libvpx")
        with pytest.raises(UnsupportedType, match="has no sound track"):
            decode(data)

    def test_a_video_with_sound(self) -> None:
        audio = decode(muxed("webm", "libopus", video="libvpx"))
        assert audio.notes[0] == "The sound track of a video was used."
        assert audio.seconds == pytest.approx(1.0, abs=0.05)


class TestTooMuch:
    def test_bytes(self) -> None:
        with pytest.raises(TooLarge, match=r"This file has 25.1 MiB; the limit is 25"):
            decode(b"RIFF" + bytes(25 * MIB))

    def test_length_is_read_from_the_header(self, monkeypatch: pytest.MonkeyPatch) -> None:
        data = file_of(np.zeros(1860 * SAMPLE_RATE, np.int16), form="FLAC")
        assert len(data) < 100_000
        monkeypatch.setattr(decoding, "Mixdown", None)  # nothing may be decoded
        with pytest.raises(TooLarge, match="This recording is 31 min long; the limit is 30"):
            decode(data)

    def test_length_is_watched_while_decoding(self) -> None:
        data = muxed("webm", "libopus", 3.0)
        settings = Settings(max_audio_seconds=1.0)
        data = data.replace(b"\x44\x89\x88", b"\xec\x44\x88")  # the duration becomes padding
        with pytest.raises(TooLarge, match=r"This recording is more than 0\.01667 min long"):
            decode(data, settings)

    def test_a_rate_that_is_absurd(self) -> None:
        for rate, told in ((1_000, "1,000"), (1_000_000, "1,000,000")):
            with pytest.raises(InputError, match=f"has {told} samples a second; 4,000 to 768,000"):
                decode(file_of(tone(1.0), rate))

    def test_samples_of_all_channels(self) -> None:
        data = bytearray(file_of(np.zeros((192_000, 8), np.int16), 192_000, "FLAC"))
        data[21:26] = data[21:22] + struct.pack(">I", 192_000 * 900)  # states a quarter of an hour
        with pytest.raises(TooLarge, match="its rate, its channels or both are excessive"):
            decode(bytes(data))

    def test_ten_minutes_take_little_memory(self) -> None:
        data = file_of(np.zeros(600 * SAMPLE_RATE, np.int16), form="FLAC")
        tracemalloc.start()
        audio = decode(data)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert audio.seconds == 600
        assert peak < 2.5 * audio.pcm.nbytes  # its buffer grows by moving

    def test_a_picture_that_unpacks_to_gigabytes_is_not_unpacked(self) -> None:
        data = video_bomb(side=7_000)
        assert len(data) < MIB
        program = (
            "import sys, resource, av; from demos.core.audio.decoding import decode_audio; "
            "from demos.core.settings import Settings; data = sys.stdin.buffer.read(); "
            "peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss; before = peak(); "
            "print(decode_audio(data, 'x', Settings()).seconds, peak() - before)"
        )
        done = subprocess.run(
            [sys.executable, "-c", program], input=data, capture_output=True, check=True
        )
        seconds, kilobytes = done.stdout.split()
        assert float(seconds) == pytest.approx(1.0, abs=0.05)
        assert int(kilobytes) < 50_000  # unpacked, the picture alone has 147 MB


class TestOtherFiles:
    @pytest.mark.parametrize(
        ("data", "named"),
        [
            (b"\x89PNG\r\n\x1a\n" + bytes(40), "a PNG image"),
            (b"%PDF-1.7\n", "a PDF document"),
            (b"PK\x03\x04", "a ZIP archive or an Office document"),
            (b"MThd\0\0\0\6", "a MIDI file"),
            (b"hello, hello", "a text file"),
            (b"#EXTM3U\nfile:///etc/passwd\n", "a text file"),
            (b"\x00\x01\x02\xff" * 100, "a file of an unknown kind"),
        ],
    )
    def test_what_it_looks_like_is_named(self, data: bytes, named: str) -> None:
        with pytest.raises(UnsupportedType) as caught:
            decode_audio(data, "call.mp3", SETTINGS)
        assert caught.value.problem == f"This looks like {named}, which is not read here."
        assert "WAV, MP3, M4A, FLAC, Ogg or WebM" in caught.value.remedy

    def test_nothing_installed_reads_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        data = muxed("mp4", "aac")
        monkeypatch.setitem(sys.modules, "av", None)
        monkeypatch.setenv("PATH", "")
        with pytest.raises(UnsupportedType, match="This is a MP4 file, and nothing that reads"):
            decode(data)


def video_bomb(side: int) -> bytes:
    """A QuickTime file of one small PNG with very many pixels, and a second of sound."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        end = struct.pack(">I", zlib.crc32(kind + body))
        return struct.pack(">I", len(body)) + kind + body + end

    packer = zlib.compressobj(9)
    rows = b"".join(packer.compress(bytes(1 + 3 * side)) for _ in range(side)) + packer.flush()
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    png = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    buffer = io.BytesIO()
    with (
        av.open(buffer, "w", format="mov") as file,
        av.open(io.BytesIO(file_of(tone(1.0))), format="wav") as sound,
    ):
        picture = file.add_stream("png", rate=1)
        picture.width = picture.height = side
        picture.pix_fmt = "rgb24"
        track = file.add_stream_from_template(sound.streams.audio[0])
        packet = av.Packet(png)
        packet.stream, packet.pts, packet.dts = picture, 0, 0
        packet.time_base = Fraction(1, 1)
        file.mux(packet)
        for each in sound.demux():
            if each.dts is not None:
                each.stream = track
                file.mux(each)
    return buffer.getvalue()
