"""Reading what libsndfile does not, with the program ffmpeg: where PyAV is not installed."""

import shutil
import struct
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import numpy as np

from demos.core.audio.readers import (
    BLOCK_SAMPLES,
    DECODERS,
    Block,
    Kind,
    NotInstalled,
    Reading,
    damaged,
    no_sound,
)
from demos.core.settings import GIB

MOST_SECONDS = 120.0
"""The program is stopped after this, whatever it is doing."""
MOST_MEMORY = 2 * GIB
"""Of its addresses: Linux refuses it more."""
AU = struct.Struct(">4s5I")
"""The head of an AU file: magic, where sound begins, its size, encoding, rate, channels."""
AU_FLOAT = 6
SAMPLE = 4
"""Bytes."""


@contextmanager
def by_ffmpeg(data: bytes, kind: Kind) -> Iterator[Reading]:
    """The file's first sound track. It lies on disk meanwhile: MP4 is not read in one go."""
    program = shutil.which("ffmpeg")
    if program is None:
        raise NotInstalled("ffmpeg")
    with tempfile.TemporaryDirectory(prefix="recording-") as folder:
        path = Path(folder) / "recording"
        path.write_bytes(data)
        process = subprocess.Popen(
            command(program, path, kind),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        deadline = threading.Timer(MOST_SECONDS, process.kill)
        try:
            limit_memory(process.pid)
            deadline.start()
            yield opened(process, kind)
        finally:
            deadline.cancel()
            process.kill()
            process.communicate()


def command(program: str, path: Path, kind: Kind) -> list[str]:
    """Its arguments: no network, no other files, no pictures; floats out, of all channels."""
    return [
        *(program, "-v", "error", "-nostdin", "-threads", "1"),
        *("-protocol_whitelist", "file", "-codec_whitelist", DECODERS),
        *("-f", kind.demuxer, "-i", f"file:{path}"),
        *("-map", "0:a:0", "-c:a", "pcm_f32be", "-f", "au", "pipe:1"),
    ]


def limit_memory(process: int) -> None:
    try:
        import resource

        resource.prlimit(process, resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    except (ImportError, AttributeError, OSError):  # Linux only; or it has ended already
        return


def opened(process: "subprocess.Popen[bytes]", kind: Kind) -> Reading:
    pipe, errors = process.stdout, process.stderr
    assert pipe is not None and errors is not None
    head = pipe.read(AU.size)
    if len(head) < AU.size:
        if b"matches no streams" in errors.read():
            raise no_sound(kind)
        raise damaged(kind)
    _, begin, _, encoding, rate, channels = AU.unpack(head)
    if encoding != AU_FLOAT or not rate or not channels:
        raise damaged(kind)
    pipe.read(begin - AU.size)
    return Reading(
        format=kind.label,
        sample_rate=rate,
        channels=channels,
        seconds=None,
        blocks=blocks(process, pipe, (rate, channels), kind),
    )


def blocks(
    process: "subprocess.Popen[bytes]", pipe: IO[bytes], layout: tuple[int, int], kind: Kind
) -> Iterator[Block]:
    rate, channels = layout
    frame = SAMPLE * channels
    while piece := pipe.read(max(BLOCK_SAMPLES // channels, 1) * frame):
        whole = np.frombuffer(piece[: len(piece) // frame * frame], ">f4").astype(np.float32)
        yield whole.reshape(-1, channels), rate
    if process.wait() != 0:
        raise damaged(kind)
