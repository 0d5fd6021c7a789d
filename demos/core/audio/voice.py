"""Where in a recording there is a voice, by Silero VAD: a small recurrent network.

Silero Team (2021 to 2025), https://github.com/snakers4/silero-vad, MIT license. Its weights come
with the package faster-whisper, which is not imported for it: ONNX Runtime runs them alone. A
network of this kind tells voices from noise by their sound, whatever the language; it says nothing
of what is said.
"""

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from demos.core.audio.sound import FULL_SCALE, SAMPLE_RATE, DecodedAudio
from demos.core.packaged import checked
from demos.core.spec import Packaged
from demos.core.speech.transcript import Region

SOURCE = Packaged(
    "faster-whisper",
    "faster_whisper/assets/silero_vad_v6.onnx",
    sha256="4cbf549b8326f60f80f2536d9eefeb450a9abe83365a098031c89719f1be17d2",
)
FRAME = 512
"""Samples that get one probability: 32 ms."""
BEFORE = 64
"""Samples of the frame before that the network sees again."""
STATE = (1, 1, 128)
FRAMES_AT_ONCE = 1024
"""33 s of sound, so that memory does not grow with the recording."""
SILENCE_BEFORE = 16
SILENCE_AFTER = 10
"""Frames of silence around every recording: the network needs half a second to settle."""
LOUDNESS = 0.03
"""Root mean square that a quieter recording is brought up to: whispers and far microphones."""
MOST_GAIN = 30.0
"""Which lifts the last bit of a converter not to what could be heard."""

SMOOTHED = 3
"""Frames whose mean counts, so that a click is no voice."""
VOICE = 0.55
"""The mean probability that a region has to reach somewhere. The highest that still finds 99 % of
single words, in half of the recordings that `demos.speech_recognition.evaluate_voice` measures."""
STILL_VOICE = 0.3
"""A region reaches to where the mean falls below."""
GAP = 0.3
"""Seconds between regions with their margins; what is nearer is one region."""
MARGIN = 0.2
"""Seconds added to both ends: the hiss that many words begin and end with is hardly a voice."""

Tell = Callable[[float], None]
"""Told how many seconds have been heard; may raise to stop."""
TellRegions = Callable[[float, tuple[Region, ...]], None]
"""Told up to which second it is settled where there is a voice, and the regions until then; may
raise to stop."""


def ignore(_: float) -> None:
    pass


def ignore_regions(_: float, __: tuple[Region, ...]) -> None:
    pass


def voice_regions(audio: DecodedAudio, tell: TellRegions = ignore_regions) -> tuple[Region, ...]:
    """The parts of a recording in which somebody speaks, in order and apart; none in silence."""
    heard = np.empty(0, np.float32)
    for heard, _ in listening(audio.pcm):
        tell(*settled(means(heard), audio.seconds))
    return regions_of(means(heard), audio.seconds)


def speech_probability(audio: DecodedAudio, tell: Tell = ignore) -> NDArray[np.float32]:
    """How likely each frame of 32 ms holds a voice, (frames,); the last frame may be cut."""
    frames = -(-len(audio.pcm) // FRAME)
    return listened(audio.pcm, tell)[SILENCE_BEFORE : SILENCE_BEFORE + frames]


def smoothed(audio: DecodedAudio, tell: Tell = ignore) -> NDArray[np.floating]:
    """Means of `SMOOTHED` probabilities (frames,), of the recording and the silences around it."""
    return means(listened(audio.pcm, tell))


def means(heard: NDArray[np.float32]) -> NDArray[np.floating]:
    return np.convolve(heard, np.full(SMOOTHED, 1 / SMOOTHED), "same")


def settled(smooth: NDArray[np.floating], seconds: float) -> tuple[float, tuple[Region, ...]]:
    """The second from which on frames to come may still make or extend a region; those before it.

    `smooth` are the means (frames,) so far, of which the last still lacks the frames after it.
    """
    quiet = np.flatnonzero(smooth[: len(smooth) - SMOOTHED // 2] < STILL_VOICE)
    frames = int(quiet[-1]) + 1 if len(quiet) else 0
    until = max((frames - SILENCE_BEFORE) * FRAME / SAMPLE_RATE - MARGIN, 0.0)
    found = regions_of(smooth[:frames], seconds)
    if found and until - found[-1].end < GAP:
        return found[-1].start, found[:-1]
    return until, found


def regions_of(smooth: NDArray[np.floating], seconds: float) -> tuple[Region, ...]:
    """Regions for the smoothed probabilities (frames,) of a recording with its silences."""
    voiced = np.concatenate([[False], smooth >= STILL_VOICE, [False]])
    edges = np.flatnonzero(np.diff(voiced.astype(np.int8))).reshape(-1, 2)
    found: list[Region] = []
    for first, last in edges:
        if smooth[first:last].max() < VOICE:
            continue
        start = max((int(first) - SILENCE_BEFORE) * FRAME / SAMPLE_RATE - MARGIN, 0.0)
        end = min((int(last) - SILENCE_BEFORE) * FRAME / SAMPLE_RATE + MARGIN, seconds)
        if found and start - found[-1].end < GAP:
            start = found.pop().start
        if end > start:
            found.append(Region(round(start, 3), round(end, 3)))
    return tuple(found)


def listened(pcm: NDArray[np.int16], tell: Tell) -> NDArray[np.float32]:
    """Probabilities for every frame of a recording (n,) int16 with silence around it."""
    for part in listening(pcm):
        heard, seconds = part
        tell(seconds)
    return heard


def listening(pcm: NDArray[np.int16]) -> Iterator[tuple[NDArray[np.float32], float]]:
    """The same part by part: all probabilities so far, and of how many seconds they are."""
    run = session().run
    loudness = gain(pcm)
    frames = SILENCE_BEFORE + -(-len(pcm) // FRAME) + SILENCE_AFTER
    heard = np.empty(frames, np.float32)
    state = np.zeros(STATE, np.float32), np.zeros(STATE, np.float32)
    before = np.zeros(BEFORE, np.float32)
    for first in range(0, frames, FRAMES_AT_ONCE):
        last = min(first + FRAMES_AT_ONCE, frames)
        sound = np.zeros((last - first) * FRAME, np.float32)
        begin = (first - SILENCE_BEFORE) * FRAME
        part = pcm[max(begin, 0) : max(begin + len(sound), 0)]
        offset = max(-begin, 0)
        sound[offset : offset + len(part)] = part * np.float32(loudness)
        sound = np.concatenate([before, sound])
        windows = np.lib.stride_tricks.sliding_window_view(sound, BEFORE + FRAME)[::FRAME]
        inputs = {"input": np.ascontiguousarray(windows), "h": state[0], "c": state[1]}
        heard[first:last], *state = run(None, inputs)
        before = sound[-BEFORE:]
        yield heard[:last], min(max(begin + len(sound) - BEFORE, 0), len(pcm)) / SAMPLE_RATE


def gain(pcm: NDArray[np.int16]) -> float:
    """What to multiply samples (n,) int16 with: to [-1, 1], and louder where they are quiet."""
    power, peak = 0.0, 1
    for start in range(0, len(pcm), SAMPLE_RATE):
        part = pcm[start : start + SAMPLE_RATE].astype(np.int32)
        power += float(np.square(part).sum())
        peak = max(peak, int(np.abs(part).max()))
    loudness = max(np.sqrt(power / max(len(pcm), 1)), 1.0)
    lift = min(LOUDNESS * FULL_SCALE / loudness, FULL_SCALE / peak, MOST_GAIN)
    return float(max(lift, 1.0) / FULL_SCALE)


@lru_cache(maxsize=1)
def session() -> Any:
    """The network, loaded once; any number of threads may run it.

    Raises `ModelError` where the package that brings it is missing or another.
    """
    import onnxruntime as ort

    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return ort.InferenceSession(checked(SOURCE), options, providers=["CPUExecutionProvider"])
