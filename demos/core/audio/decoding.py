"""Encoded bytes to one channel of 16 kHz: the one audio decoder, for every page, test and engine.

Formats are told by content, never by name. The length is read from the header and checked before
anything is decoded, and again while decoding, since headers err and many have none. A recording
that breaks off is used as far as it goes, and `DecodedAudio.notes` say so: calls often end so.
"""

import hashlib
import struct
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from demos.core.audio.ffmpeg_program import by_ffmpeg
from demos.core.audio.mixdown import AVERAGE, Mixdown, Plan
from demos.core.audio.readers import (
    Kind,
    NotInstalled,
    Reader,
    Reading,
    by_libsndfile,
    by_pyav,
    damaged,
)
from demos.core.audio.sound import SAMPLE_RATE, DecodedAudio
from demos.core.errors import EmptyInput, InputError, TooLarge, Unreadable, UnsupportedType
from demos.core.image_limits import up
from demos.core.media import plain_name
from demos.core.settings import MIB, Settings
from demos.core.signatures import looks_like

KINDS = MappingProxyType(
    {
        "a WAV recording": Kind("WAV", "wav"),
        "an AIFF recording": Kind("AIFF", "aiff"),
        "a CAF recording": Kind("CAF", "caf"),
        "a FLAC recording": Kind("FLAC", "flac"),
        "an MP3 recording": Kind("MP3", "mp3"),
        "an Ogg recording": Kind("Ogg", "ogg"),
        "an AAC recording": Kind("AAC", "aac", libsndfile=False),
        "an AMR recording": Kind("AMR", "amr", libsndfile=False),
        "an M4A recording": Kind("M4A", "mov", libsndfile=False),
        "a video or audio file": Kind("MP4", "mov", libsndfile=False),
        "a WebM or Matroska file": Kind("WebM", "matroska", libsndfile=False),
        "a Windows Media file": Kind("Windows Media", "asf", libsndfile=False),
        "an AVI video": Kind("AVI", "avi", libsndfile=False),
    }
)
"""What is read, by what `looks_like` calls it."""
IMAGES = frozenset({"PNG", "JPEG", "WebP", "TIFF", "DICOM"})
USE_ONE_OF = "Use a WAV, MP3, M4A, FLAC, Ogg or WebM recording."
SHORTEST = 0.05
"""Seconds; less holds no sound of speech."""
GRACE = 1.0
"""Seconds beyond the limit that are let pass: encoders fill up the last frame."""
RATES = (4_000, 768_000)
"""Samples a second. Speech needs 4 kHz at least; no converter gives more than the other."""
MOST_SAMPLES = 1_000_000_000
"""Of all channels, some eight seconds of work: five times half an hour in stereo at 48 kHz."""
SHORTFALL = 0.02
"""The share of the stated length that may be missing without a note."""
STREAMED = frozenset({0, 0x7FFF_FFFF, 0xFFFF_FFFF})
"""Sizes that the header of a WAV or AIFF file states where its writer could not know it."""
BYTE_ORDER = MappingProxyType({b"RIFF": "<", b"RIFX": ">", b"FORM": ">"})
END_OF_STREAM = 4
OGG_HEAD = 27
"""Bytes of an Ogg page before the lengths of its pieces, whose number comes last."""


@dataclass(frozen=True, slots=True, eq=False)
class Heard:
    """What one reader made of a file. `whole` is False where the file breaks off."""

    pcm: NDArray[np.int16]
    reading: Reading
    notes: tuple[str, ...]
    whole: bool


def decode_audio(data: bytes, name: str, settings: Settings) -> DecodedAudio:
    """Decode a recording, or the sound track of a video.

    Raises `EmptyInput`, `TooLarge` (bytes or seconds), `UnsupportedType` (another kind of file, no
    sound track), `Unreadable` (damaged) and `InputError` (too short, or a constant), each with a
    sentence for the user. Silence is no error.
    """
    if not data:
        raise EmptyInput("This file is empty.", "Choose it again, or record once more.")
    if len(data) > settings.max_audio_bytes:
        raise TooLarge(
            f"This file has {up(len(data) / MIB)} MiB; "
            f"the limit is {settings.max_audio_bytes / MIB:.4g}.",
            "Export it as MP3 or M4A, or cut it into parts.",
        )
    looks = looks_like(data)
    kind = KINDS.get(looks)
    if kind is None:
        looks = f"a {looks} image" if looks in IMAGES else looks
        raise UnsupportedType(f"This looks like {looks}, which is not read here.", USE_ONE_OF)

    heard = best_of(data, kind, settings)
    check_length(heard, kind)
    return DecodedAudio(
        pcm=heard.pcm,
        sha256=hashlib.sha256(data).hexdigest(),
        name=plain_name(name or "recording"),
        format=heard.reading.format,
        sample_rate=heard.reading.sample_rate,
        channels=heard.reading.channels,
        notes=(*heard.notes, *(() if heard.whole else (broke_off(heard),))),
    )


def best_of(data: bytes, kind: Kind, settings: Settings) -> Heard:
    """What the first reader makes of it that gets to the end, else what goes furthest.

    Raises as `decode_audio` does.
    """
    readers = (by_libsndfile, by_pyav, by_ffmpeg) if kind.libsndfile else (by_pyav, by_ffmpeg)
    best, failure = None, None
    for reader in readers:
        try:
            heard = heard_by(reader, data, kind, settings)
        except NotInstalled:
            continue
        except Unreadable as error:
            failure = error.bare()
        else:
            best = heard if best is None or len(heard.pcm) > len(best.pcm) else best
        if reader is by_pyav or (best and best.whole):  # ffmpeg would give what PyAV gives
            break
    if best is not None:
        return best
    if failure is not None:
        raise failure
    raise UnsupportedType(
        f"This is a {kind.label} file, and nothing that reads it is installed on this server.",
        "Convert it to WAV or FLAC; or have the Python package “av” installed.",
    )


def heard_by(
    reader: Reader, data: bytes, kind: Kind, settings: Settings, plan: Plan = AVERAGE
) -> Heard:
    """One reader's pass over the file, and another one where the first shows that it must be."""
    with reader(data, kind) as reading:
        check_rate(reading.sample_rate)
        if reading.seconds is not None:
            check_seconds(reading.seconds, "", settings)
            check_samples(round(reading.seconds * reading.sample_rate) * reading.channels)
        mixdown, whole = Mixdown(plan), True
        try:
            for block, rate in reading.blocks:
                check_rate(rate)
                mixdown.add(block, rate)
                check_seconds(mixdown.seconds, "more than ", settings)
                check_samples(mixdown.samples)
        except Unreadable:
            if not mixdown.frames:
                raise
            whole = False
    if better := mixdown.better_plan():
        return heard_by(reader, data, kind, settings, better)
    pcm = mixdown.pcm()
    notes = mixdown.notes(reading.sample_rate, reading.channels)
    if reading.has_video:
        notes = ("The sound track of a video was used.", *notes)
    if reading.damaged:
        notes += (f"Damaged pieces were left out: {reading.damaged}.",)
    short = reading.seconds is not None and mixdown.seconds < reading.seconds * (1 - SHORTFALL)
    return Heard(pcm, reading, notes, whole and not short and not is_cut(data, kind))


def is_cut(data: bytes, kind: Kind) -> bool:
    """Whether a WAV or AIFF file is smaller than it says, or an Ogg stream lacks its last page."""
    if order := BYTE_ORDER.get(data[:4]):
        (size,) = struct.unpack_from(f"{order}I", data, 4)
        return size not in STREAMED and len(data) < size * (1 - SHORTFALL)
    return kind.demuxer == "ogg" and not is_last_page(data[data.rfind(b"OggS") :])


def is_last_page(page: bytes) -> bool:
    """Whether an Ogg page is whole and says that it is the last (RFC 3533, section 6)."""
    if len(page) <= OGG_HEAD or not page[5] & END_OF_STREAM:
        return False
    lengths = page[OGG_HEAD : OGG_HEAD + page[OGG_HEAD - 1]]
    return len(lengths) == page[OGG_HEAD - 1] and len(page) >= OGG_HEAD + len(lengths) + sum(
        lengths
    )


def broke_off(heard: Heard) -> str:
    after = f"breaks off after {clock(len(heard.pcm) / SAMPLE_RATE)}"
    stated = heard.reading.seconds
    if stated is None or len(heard.pcm) >= stated * (1 - SHORTFALL) * SAMPLE_RATE:
        return f"The recording {after}, without a proper end: the file is cut short or damaged."
    return f"The recording {after} of {clock(stated)}: the file is cut short or damaged."


def check_length(heard: Heard, kind: Kind) -> None:
    seconds = len(heard.pcm) / SAMPLE_RATE
    if seconds >= SHORTEST:
        return
    if not heard.whole:
        raise damaged(kind)
    if not len(heard.pcm):
        raise EmptyInput("This recording has no samples.", "Record again, or choose another file.")
    raise InputError(
        f"This recording is {seconds * 1000:.2g} ms long; it takes {SHORTEST * 1000:g} ms or more.",
        "Record again, and speak while it records.",
    )


def check_seconds(seconds: float, more: str, settings: Settings) -> None:
    limit = settings.max_audio_seconds
    if seconds > limit + GRACE:
        shown = f"{limit / 60:.4g}" if more else up(seconds / 60)
        raise TooLarge(
            f"This recording is {more}{shown} min long; the limit is {limit / 60:.4g}.",
            "Cut it into shorter parts.",
        )


def check_samples(samples: int) -> None:
    if samples > MOST_SAMPLES:
        raise TooLarge(
            "This recording has too many samples: its rate, its channels or both are excessive.",
            "Export it in mono or stereo at 48 kHz or less.",
        )


def check_rate(rate: int) -> None:
    low, high = RATES
    if not low <= rate <= high:
        raise InputError(
            f"This recording has {rate:,} samples a second; {low:,} to {high:,} are read.",
            "Export it at 16 kHz.",
        )


def clock(seconds: float) -> str:
    """A length of time as one says it."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    return f"{int(seconds // 60)} min {int(seconds % 60)} s"
