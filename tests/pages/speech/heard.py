"""Transcriptions and sounds for tests of the page's speech components."""

import numpy as np

from demos.core.audio.sound import SAMPLE_RATE, DecodedAudio, to_pcm
from demos.core.results import Outcome, Provenance
from demos.core.speech.transcript import (
    Options,
    Region,
    Rejected,
    Segment,
    Transcription,
    Word,
)

PLAIN = Options()


def tone(seconds: float = 2.0, sha256: str = "a" * 64, name: str = "tone.wav") -> DecodedAudio:
    """A tone that swells and fades."""
    time = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    samples = 0.4 * np.sin(2 * np.pi * 440 * time) * np.sin(np.pi * time / seconds)
    return DecodedAudio(to_pcm(samples.astype(np.float32)), sha256, name, "WAV", SAMPLE_RATE, 1)


def segment(*words: Word) -> Segment:
    text = " ".join(word.text for word in words)
    return Segment(text, words[0].start, words[-1].end, words)


def transcription(
    segments: tuple[Segment, ...] = (),
    rejected: tuple[Rejected, ...] = (),
    *,
    outcome: Outcome = Outcome.ANSWER,
    reason: str = "",
    calibrated: bool = True,
    seconds: float = 2.0,
    done: float | None = None,
    language: str | None = None,
    options: Options = PLAIN,
) -> Transcription:
    provenance = Provenance("a" * 64, "ears", "0" * 64, "none", "numpy", "cpu", "float32", 0.1, ())
    regions = tuple(Region(each.start, each.end) for each in (*segments, *rejected))
    return Transcription(
        outcome=outcome,
        reason=reason,
        segments=segments,
        regions=regions,
        rejected=rejected,
        language=language,
        calibrated=calibrated,
        seconds=seconds,
        done=seconds if done is None else done,
        options=options,
        provenance=provenance,
    )
