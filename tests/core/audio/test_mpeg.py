"""Telling recordings by their first bytes, those without a signature too."""

import numpy as np
import pytest

from demos.core.signatures import looks_like
from tests.core.audio.sounds import file_of, muxed, tone

MP3, AAC = "an MP3 recording", "an AAC recording"


def tag(size: int) -> bytes:
    """An ID3v2 tag with so many bytes after its header."""
    sizes = bytes((size >> shift) & 0x7F for shift in (21, 14, 7, 0))
    return b"ID3\4\0\0" + sizes + bytes(size)


@pytest.mark.parametrize("rate", [8_000, 11_025, 16_000, 22_050, 44_100, 48_000])
@pytest.mark.parametrize("mode", ["CONSTANT", "VARIABLE"])
def test_mp3_of_any_rate(rate: int, mode: str) -> None:
    data = file_of(tone(1.0, rate), rate, "MP3", bitrate_mode=mode)
    assert looks_like(data) == MP3
    assert looks_like(tag(300) + data) == MP3


def test_what_lies_behind_a_tag() -> None:
    assert looks_like(tag(200) + muxed("adts", "aac")) == AAC
    assert looks_like(tag(200) + file_of(tone(0.1), form="FLAC")) == "a FLAC recording"
    assert looks_like(tag(20_000)[:500]) == MP3
    assert looks_like(b"ID3") != AAC


@pytest.mark.parametrize(
    ("data", "named"),
    [
        (file_of(tone(0.1)), "a WAV recording"),
        (file_of(tone(0.1), endian="BIG"), "a WAV recording"),
        (file_of(tone(0.1), form="RF64"), "a WAV recording"),
        (file_of(tone(0.1), form="AIFF"), "an AIFF recording"),
        (file_of(tone(0.1), form="CAF"), "a CAF recording"),
        (file_of(tone(0.1), form="OGG"), "an Ogg recording"),
        (b"#!AMR-WB\n", "an AMR recording"),
        (b"\0\0\0\x20ftypM4A \0\0\0\0", "an M4A recording"),
        (b"\0\0\0\x20ftypisom\0\0\0\0", "a video or audio file"),
        (b"\x1a\x45\xdf\xa3" + bytes(40), "a WebM or Matroska file"),
        (b"RIFF\0\0\0\0AVI LIST", "an AVI video"),
        (b"RIFF\0\0\0\0ACONanih", "an audio or video file"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "WebP"),
    ],
)
def test_containers(data: bytes, named: str) -> None:
    assert looks_like(data) == named


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xfe" + "a text in two bytes a letter".encode("utf-16-le"),
        b"\xff\xfb\x90\x64" + bytes(2000),  # a frame, and nothing where the next should be
        b"\xff\xf1\x50\x80\x2e\x7f\xfc" + bytes(2000),
        b"\xff\xfb\xff\xff" + bytes(2000),
        b"\xff",
    ],
)
def test_what_only_begins_like_a_stream(data: bytes) -> None:
    assert looks_like(data) == "a file of an unknown kind"


def test_chance_hardly_makes_a_stream() -> None:
    rng = np.random.default_rng(0)
    files = [b"\xff" + bytes([0xE0 | each % 32]) + rng.bytes(3000) for each in range(500)]
    assert sum(looks_like(each) in (MP3, AAC) for each in files) <= 1
