"""Encoded recordings as blocks of samples: by libsndfile, by PyAV, or by the program ffmpeg.

Each reader is a context manager that opens a file by its kind and gives a `Reading`. It raises
`Unreadable` (damaged, or of a variant it does not know), `UnsupportedType` (no sound in it) and
`NotInstalled`. The kind is told beforehand, so that nothing is guessed from the content: a
playlist, for one, would have FFmpeg open files and addresses that it names.
"""

import io
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import soundfile
from numpy.typing import NDArray

from demos.core.errors import Unreadable, UnsupportedType

if TYPE_CHECKING:
    from av import AudioFrame
    from av.audio.stream import AudioStream
    from av.container import InputContainer

BLOCK_SAMPLES = 1 << 18
"""Of all channels together, read at once: 1 MiB of them."""
GROUP = 1 << 15
"""Samples of every channel that are handed on together where a format has only short frames."""
MOST_FRAMES = 1 << 48
"""A header that states more than this states nothing: so do streams of unknown length."""
MOST_DAMAGED = 1000
"""Packets that may be skipped before a file is given up."""
DECODERS = (
    "aac,aac_latm,alac,flac,mp3float,mp3,mp2float,mp2,mp1float,mp1,opus,libopus,vorbis,libvorbis,"
    "ac3,eac3,amrnb,amrwb,wmav1,wmav2,wmapro,wmalossless,wmavoice,gsm,gsm_ms,speex,libspeex,"
    "adpcm_ms,adpcm_ima_wav,adpcm_ima_qt,adpcm_g722,g722,adpcm_g726,g726,"
    "pcm_u8,pcm_s8,pcm_s16le,pcm_s16be,pcm_s24le,pcm_s24be,pcm_s32le,pcm_s32be,pcm_f32le,"
    "pcm_f32be,pcm_f64le,pcm_f64be,pcm_mulaw,pcm_alaw"
)
"""All that FFmpeg may use: none for pictures, one of which could unpack to gigabytes."""
SCALES = {"u8": 128.0, "s16": 32_768.0, "s32": 2_147_483_648.0, "flt": 1.0, "dbl": 1.0}
"""What stands for full scale in FFmpeg's formats of samples."""

Block = tuple[NDArray[np.float32], int]
"""Samples (n, channels), and how many there are a second."""


class NotInstalled(Exception):
    """This installation lacks what the reader needs."""


@dataclass(frozen=True, slots=True, eq=False)
class Kind:
    """A kind of file: its name in sentences, and FFmpeg's name for how it is taken apart."""

    label: str
    demuxer: str
    libsndfile: bool = True


@dataclass(slots=True, eq=False)
class Reading:
    """A file that has been opened.

    `seconds` is how long it says it is, None where it says nothing; `blocks` may end in
    `Unreadable`; `damaged` counts packets that were skipped so far.
    """

    format: str
    sample_rate: int
    channels: int
    seconds: float | None
    blocks: Iterator[Block]
    has_video: bool = False
    damaged: int = 0


Reader = Callable[[bytes, Kind], AbstractContextManager[Reading]]


def damaged(kind: Kind) -> Unreadable:
    return Unreadable(
        f"This {kind.label} file is damaged, incomplete or of an unusual variant.",
        "Export it again, as WAV for example, or download it once more.",
    )


def no_sound(kind: Kind) -> UnsupportedType:
    return UnsupportedType(
        f"This {kind.label} file has no sound track.", "Choose a recording, or a video with sound."
    )


class Forward(soundfile.SoundFile):  # type: ignore[misc]
    """A file that is read from beginning to end.

    soundfile seeks after every block, to where it already is; near the end of an Opus stream, the
    decoder does not come back to quite the same place.
    """

    def seekable(self) -> bool:
        return False


def is_without_index(data: bytes, kind: Kind) -> bool:
    return kind.demuxer == "mov" and b"moov" not in data


def no_index(kind: Kind) -> Unreadable:
    return Unreadable(
        f"This {kind.label} file lacks its index, which is written last: it was cut short.",
        "Copy or upload it again; if it was recorded like this, nothing here can play it.",
    )


@contextmanager
def by_libsndfile(data: bytes, kind: Kind) -> Iterator[Reading]:
    """WAV, AIFF, CAF, FLAC, MP3 and Ogg: the quickest way."""
    try:
        file = Forward(io.BytesIO(data))
    except (soundfile.LibsndfileError, OSError, ValueError) as error:
        raise damaged(kind) from error
    with file:
        known = 0 < file.frames < MOST_FRAMES and file.samplerate > 0
        yield Reading(
            format=f"{kind.label}, {file.subtype_info}",
            sample_rate=file.samplerate,
            channels=file.channels,
            seconds=file.frames / file.samplerate if known else None,
            blocks=libsndfile_blocks(file, kind),
        )


def libsndfile_blocks(file: Forward, kind: Kind) -> Iterator[Block]:
    room = np.empty((max(BLOCK_SAMPLES // file.channels, 1), file.channels), np.float32)
    try:
        while count := file.buffer_read_into(room, dtype="float32"):
            yield room[:count], file.samplerate
    except (soundfile.LibsndfileError, OSError) as error:
        raise damaged(kind) from error


@contextmanager
def by_pyav(data: bytes, kind: Kind) -> Iterator[Reading]:
    """Whatever FFmpeg's libraries read, which PyAV brings along."""
    try:
        import av
    except ImportError as error:
        raise NotInstalled("av") from error

    try:
        container = av.open(
            io.BytesIO(data),
            mode="r",
            format=kind.demuxer,
            container_options={"codec_whitelist": DECODERS},
            metadata_errors="ignore",
        )
    except (av.FFmpegError, OSError, ValueError) as error:
        raise (no_index(kind) if is_without_index(data, kind) else damaged(kind)) from error
    with container:
        if not container.streams.audio:
            raise no_sound(kind)
        stream = container.streams.audio[0]
        codec = stream.codec_context
        if codec is None or not stream.sample_rate or not stream.channels:
            raise damaged(kind)
        reading = Reading(
            format=f"{kind.label}, {codec.codec.long_name}",
            sample_rate=stream.sample_rate,
            channels=stream.channels,
            seconds=stated_seconds(container, stream),
            blocks=iter(()),
            has_video=any(each.type == "video" for each in container.streams),
        )
        reading.blocks = grouped(pyav_blocks(container, stream, reading, kind))
        yield reading


def stated_seconds(container: "InputContainer", stream: "AudioStream") -> float | None:
    """How long the sound is by its header; a video's own length says nothing of its sound."""
    if stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base)
    if container.duration and len(container.streams) == 1:
        return float(container.duration / 1_000_000)
    return None


def pyav_blocks(
    container: "InputContainer", stream: "AudioStream", reading: Reading, kind: Kind
) -> Iterator[Block]:
    """Frames in the order of the file; a damaged packet is skipped, and counted."""
    import av

    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets, None)
        except (av.FFmpegError, OSError, ValueError) as error:
            raise damaged(kind) from error
        if packet is None:
            return
        try:
            frames = packet.decode()
        except (av.FFmpegError, ValueError) as error:
            reading.damaged += 1
            if reading.damaged > MOST_DAMAGED:
                raise damaged(kind) from error
            continue
        for frame in frames:
            yield samples_of(frame), frame.sample_rate


def grouped(blocks: Iterator[Block]) -> Iterator[Block]:
    """The same with short blocks put together, which would each cost as much as a long one."""
    waiting: list[NDArray[np.float32]] = []
    layout = (0, 0)
    try:
        for block, rate in blocks:
            if waiting and (rate, block.shape[1]) != layout:
                yield np.concatenate(waiting), layout[0]
                waiting = []
            layout = rate, block.shape[1]
            waiting.append(block)
            if sum(map(len, waiting)) >= GROUP:
                yield np.concatenate(waiting), rate
                waiting = []
    except Unreadable:
        if waiting:
            yield np.concatenate(waiting), layout[0]
        raise
    if waiting:
        yield np.concatenate(waiting), layout[0]


def samples_of(frame: "AudioFrame") -> NDArray[np.float32]:
    """Samples (n, channels) in [-1, 1] of a frame in any of FFmpeg's formats."""
    found = frame.to_ndarray()
    name = frame.format.name.removesuffix("p")
    channels = len(frame.layout.channels)
    block = found.T if frame.format.is_planar else found.reshape(-1, channels)
    scaled = block.astype(np.float32) / np.float32(SCALES[name])
    return scaled - np.float32(1.0) if name == "u8" else scaled
