"""The speech demo's part: recordings made of the bundled samples, as long as they are wanted."""

from itertools import cycle

import numpy as np
from numpy.typing import NDArray

from demos import catalog
from demos.core.audio.decoding import decode_audio
from demos.core.audio.sound import SAMPLE_RATE, DecodedAudio
from demos.core.samples import Sample, samples
from demos.core.settings import read_settings
from demos.speech_recognition.lexicon import DIGITS

DEMO = catalog.demo("speech_recognition")
SPEC = DEMO.models[0]
COMMAND = "say-go"
"""The sample that is about a second long."""
PAUSE = 0.5
"""Seconds between two samples."""


def command() -> DecodedAudio:
    """A word said alone, as the voice assistant hears one."""
    (found,) = (each for each in samples(DEMO.slug, SPEC.name) if each.key == COMMAND)
    return decoded(found)


def digits(seconds: float) -> tuple[DecodedAudio, str]:
    """A recording of so many seconds, and what is said in it.

    All samples of nothing but digits, with pauses, over and over; silence where none fits the end.
    """
    said = [each for each in samples(DEMO.slug, SPEC.name) if is_digits(each)]
    pcm = np.zeros(round(seconds * SAMPLE_RATE), np.int16)
    labels: list[str] = []
    at = round(PAUSE * SAMPLE_RATE)
    for sound, label in cycle([(decoded(each).pcm, each.label or "") for each in said]):
        if at + len(sound) > len(pcm):
            break
        pcm[at : at + len(sound)] = sound
        at += len(sound) + round(PAUSE * SAMPLE_RATE)
        labels.append(label)
    return recording(pcm), " ".join(labels)


def is_digits(sample: Sample) -> bool:
    words = (sample.label or "").split()
    return bool(words) and all(each in DIGITS for each in words)


def decoded(sample: Sample) -> DecodedAudio:
    return decode_audio(sample.read(), sample.path.name, read_settings())


def recording(pcm: NDArray[np.int16]) -> DecodedAudio:
    pcm.flags.writeable = False
    return DecodedAudio(pcm, "0" * 64, "digits", "none", SAMPLE_RATE, 1)
