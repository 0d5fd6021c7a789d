"""Recordings as files that a browser plays."""

import io
import wave

import numpy as np
import soundfile
from numpy.typing import NDArray

from demos.core.audio.sound import SAMPLE_RATE, DecodedAudio

KBITS = (8, 160)
"""Kilobits a second that layer III allows at 16 kHz."""
WANTED_KBITS = 48
BLOCK = 1 << 16
"""Samples."""


def to_wav(pcm: NDArray[np.int16]) -> bytes:
    """Samples (n,) at `SAMPLE_RATE` as a 16-bit WAV file."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes(pcm.astype("<i2", copy=False).tobytes())
    return buffer.getvalue()


def to_compressed(audio: DecodedAudio) -> tuple[bytes, str]:
    """A fifth of the size, and its MIME type: an MP3, which every browser plays.

    Its bit rate is constant, so that a browser finds a moment by counting bytes; in one of variable
    rate it would be off by seconds after half an hour.
    """
    low, high = KBITS
    buffer = io.BytesIO()
    with soundfile.SoundFile(
        buffer,
        "w",
        samplerate=SAMPLE_RATE,
        channels=1,
        format="MP3",
        subtype="MPEG_LAYER_III",
        bitrate_mode="CONSTANT",
        compression_level=(high - WANTED_KBITS) / (high - low),
    ) as file:
        for start in range(0, len(audio.pcm), BLOCK):
            file.write(audio.pcm[start : start + BLOCK])
    return buffer.getvalue(), "audio/mpeg"
