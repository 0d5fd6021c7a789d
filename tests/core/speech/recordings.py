"""Sounds for tests, and a model that hears words in them by their pitch."""

import io
import threading
import wave
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from demos.core.audio.sound import SAMPLE_RATE, DecodedAudio, to_pcm
from demos.core.errors import InputError, ModelError
from demos.core.results import Outcome
from demos.core.speech.transcript import Options, Transcription
from tests.core.speech.heard import OPTIONS, RECORD, segment, transcription

PATIENCE = 30.0
ANSWER, UNSURE, BREAKS, STRANGE, HEAVY, LONG = 300, 600, 900, 1200, 1500, 1800
"""Hz, and what becomes of such a tone. What is `LONG` is heard in parts and waits at the gate."""
SILENCE = 0
TEXTS = {ANSWER: "one two three four", UNSURE: "five", LONG: "six seven"}


def wav(pitch: int, seconds: float = 2.0) -> bytes:
    """A tone, or silence, as a WAV file."""
    time = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    samples = 0.5 * np.sin(2 * np.pi * pitch * time)
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes(to_pcm(samples.astype(np.float32)).tobytes())
    return buffer.getvalue()


def zipped(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def pitch_of(audio: DecodedAudio) -> int:
    """To the nearest 300 Hz."""
    strength = np.abs(np.fft.rfft(audio.samples(0, 1.0)))
    if strength.max() < 1:
        return SILENCE
    return 300 * round(strength.argmax() / (300 * min(audio.seconds, 1.0)))


@dataclass
class Ears:
    """A demo's inference module for such sounds."""

    gate: threading.Event = field(default_factory=threading.Event)
    held: threading.Event = field(default_factory=threading.Event)
    calls: list[str] = field(default_factory=list)

    def predict(
        self,
        model: Any,
        audio: DecodedAudio,
        options: Options = OPTIONS,
        tell: Callable[[Transcription], None] = lambda heard: None,
    ) -> Transcription:
        self.calls.append(audio.name)
        pitch = pitch_of(audio)
        if pitch == BREAKS:
            raise ZeroDivisionError("a defect")
        if pitch == STRANGE:
            raise InputError("This model hears speech only.", "Record a voice.")
        if pitch == HEAVY:
            raise ModelError("The device ran out of memory.", "Choose a smaller model.")
        if pitch == SILENCE:
            heard = transcription(outcome=Outcome.REFUSED, reason="No speech detected.")
        elif pitch == UNSURE:
            reason = "Not sure enough of what was said."
            heard = transcription([segment("five")], Outcome.UNSURE, reason)
        else:
            heard = transcription([segment(TEXTS[pitch])])
        record = replace(RECORD, input_sha256=audio.sha256)
        heard = replace(
            heard, seconds=audio.seconds, done=audio.seconds, options=options, provenance=record
        )
        if pitch == LONG:
            tell(replace(heard, done=audio.seconds / 2))
            self.held.set()
            while not self.gate.wait(0.01):
                tell(replace(heard, done=audio.seconds / 2))
        return heard
