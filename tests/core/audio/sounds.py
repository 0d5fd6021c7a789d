"""Sounds and recordings for the tests, made here."""

import io
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import av
import numpy as np
import soundfile
from numpy.typing import NDArray

from demos.core.audio.sound import SAMPLE_RATE, DecodedAudio, to_pcm


def tone(seconds: float, rate: int = SAMPLE_RATE, hertz: float = 440.0) -> NDArray[np.float64]:
    """A tone (n,) at 0.3 of full scale."""
    return 0.3 * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate)


def audio_of(samples: NDArray[np.floating]) -> DecodedAudio:
    return DecodedAudio(to_pcm(samples.astype(np.float32)), "a" * 64, "x", "WAV", SAMPLE_RATE, 1)


def file_of(
    samples: NDArray[np.floating], rate: int = SAMPLE_RATE, form: str = "WAV", **options: Any
) -> bytes:
    """Samples (n,) or (n, channels) as a file, written by libsndfile."""
    buffer = io.BytesIO()
    soundfile.write(buffer, samples, rate, format=form, **options)
    return buffer.getvalue()


def muxed(
    form: str,
    codec: str | None,
    seconds: float = 1.0,
    rate: int = 48_000,
    video: str | None = None,
    options: dict[str, str] | None = None,
) -> bytes:
    """A file of FFmpeg's: a tone in `codec`, a gray picture in `video`, or one of them."""
    buffer = io.BytesIO()
    with av.open(buffer, "w", format=form, options=options or {}) as file:
        picture = file.add_stream(video, rate=10) if video else None
        if picture is not None:
            picture.width = picture.height = 32
            picture.pix_fmt = "yuv420p"
        sound = file.add_stream(codec, rate=rate, layout="mono") if codec else None
        if sound is not None:
            for frame in sound_frames(seconds, rate, sound.codec_context):
                file.mux(sound.encode(frame))
            file.mux(sound.encode(None))
        if picture is not None:
            for number in range(round(seconds * 10)):
                shown = av.VideoFrame(32, 32, "yuv420p")
                shown.pts, shown.time_base = number, Fraction(1, 10)
                file.mux(picture.encode(shown))
            file.mux(picture.encode(None))
    return buffer.getvalue()


def sound_frames(seconds: float, rate: int, codec: Any) -> Iterator[av.AudioFrame]:
    kind = codec.format.name
    samples = tone(seconds, rate)[None]
    if kind.startswith("s16"):
        samples = np.rint(samples * 32_767)
    dtype = np.int16 if kind.startswith("s16") else np.float32
    frame = av.AudioFrame.from_ndarray(samples.astype(dtype), format=kind, layout="mono")
    frame.sample_rate, frame.pts = rate, 0
    yield frame


def steps_apart(first: NDArray[np.floating], second: NDArray[np.floating]) -> float:
    """The difference of two sounds, relative to the first."""
    length = min(len(first), len(second))
    rest = first[:length] - second[:length]
    return float(np.sqrt(np.square(rest).mean() / np.square(first[:length]).mean()))
