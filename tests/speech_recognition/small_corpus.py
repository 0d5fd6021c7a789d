"""A few clips of every source, of tones in place of speech: each phone its own."""

import numpy as np
from numpy.typing import NDArray

from demos.core.audio.sound import SAMPLE_RATE, to_pcm
from demos.speech_recognition.corpus import Clip
from demos.speech_recognition.lexicon import DIGITS, PRONUNCIATIONS, WORDS, tokens

PHONE_SECONDS = 0.07


def sung(phones: str) -> NDArray[np.int16]:
    """A tone for each phone, some higher than others."""
    time = np.arange(round(PHONE_SECONDS * SAMPLE_RATE)) / SAMPLE_RATE
    parts = [np.sin(2 * np.pi * (200 + 90 * token) * time) for token in tokens(phones)]
    return to_pcm((0.3 * np.concatenate(parts)).astype(np.float32))


def clip(text: str, phones: str, source: str, split: str = "train", speaker: str = "a") -> Clip:
    return Clip(sung(phones.replace("|", " ")), text, phones, source, split, speaker)


def word(text: str, source: str, split: str = "train", speaker: str = "a") -> Clip:
    return clip(text, PRONUNCIATIONS[text][0], source, split, speaker)


def string(texts: tuple[str, ...], source: str, split: str = "train") -> Clip:
    phones = " | ".join(PRONUNCIATIONS[each][0] for each in texts)
    return clip(" ".join(texts), phones, source, split)


def small_corpus() -> list[Clip]:
    clips: list[Clip] = []
    for split in ("train", "validation"):
        clips += [word(each, "commands", split) for each in WORDS]
        clips += [word(each, "digits", split, who) for each in DIGITS for who in "ab"]
        clips += [word(each, "synthetic words", split) for each in WORDS]
        clips += [clip(*each, "synthetic unknown", split) for each in UNKNOWN]
        clips += [string(("one", "two", "six"), "strings", split)]
        clips += [clip("to", "T UW", "sentences", split), clip("a cap", LONG, "sentences", split)]
    clips.append(string(("four", "nine"), "synthetic strings"))
    return clips


UNKNOWN = (("cap", "K AE P"), ("load", "L OW D"), ("moon", "M UW N"), ("jazz", "JH AE Z"))
LONG = " | ".join(["AH", *["K AE P"] * 5])
