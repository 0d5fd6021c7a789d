"""Running the speech models of `hub_catalog`: load from disk, and read recordings of any length.

First it is found where there is a voice: elsewhere nothing is heard, so nothing is made up. Those
stretches are heard chunk by chunk, and the text grows as it is written.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from pathlib import Path

from demos.core.audio.sound import SAMPLE_RATE, DecodedAudio
from demos.core.audio.voice import voice_regions
from demos.core.devices import CPU, Device
from demos.core.errors import UnsupportedType
from demos.core.hub import checked
from demos.core.results import Outcome, Provenance
from demos.core.spec import Hub, ModelSpec
from demos.core.speech.chunks import OVERLAP, Chunk, plan
from demos.core.speech.transcript import Options, Region, Segment, Transcription
from demos.speech_recognition import conversion, ctc_hub, doubts, moonshine
from demos.speech_recognition.ctranslate import ctranslate_whisper
from demos.speech_recognition.heard_text import HeardText
from demos.speech_recognition.hearing import Recognizer
from demos.speech_recognition.hub_catalog import KnownSpeech, hub_speech
from demos.speech_recognition.hub_networks import network
from demos.speech_recognition.languages import LANGUAGES
from demos.speech_recognition.whisper import Whisper, feature_extractor
from demos.speech_recognition.whisper_torch import heads_of, torch_whisper
from demos.speech_recognition.whisper_vocabulary import vocabulary

Tell = Callable[[Transcription], None]
"""Told what has been heard so far; may raise to stop."""


DEFAULT = Options()


def ignore(transcription: Transcription) -> None:
    """For whoever waits for the whole."""


@dataclass(frozen=True, slots=True, eq=False)
class HubSpeech:
    """A loaded Hub model."""

    known: KnownSpeech
    recognizer: Recognizer
    device: Device

    @property
    def memory_bytes(self) -> int:
        return self.recognizer.memory_bytes


def load(spec: ModelSpec, device: Device, quantize: bool = True) -> HubSpeech:
    """Load a model that has been downloaded; asks no network.

    On the CPU, Whisper runs in CTranslate2 where that is installed, unless not to `quantize`.
    Raises `HubUnavailable` if it has not been downloaded, `WeightsMismatch` if its files are not
    the right ones.
    """
    assert isinstance(spec.source, Hub)
    known, folder = hub_speech(spec.name), checked(spec.source)
    if known.family == "whisper":
        recognizer: Recognizer = load_whisper(known, spec.source, folder, device, quantize)
    elif known.family == "moonshine":
        recognizer = moonshine.load(known, folder, device)
    else:
        recognizer = ctc_hub.load(known, folder, device)
    return HubSpeech(known, recognizer, device)


def load_whisper(
    known: KnownSpeech, source: Hub, folder: Path, device: Device, quantize: bool
) -> Whisper:
    said, features = vocabulary(known, folder), feature_extractor(known, folder)

    def make(target: Path) -> None:
        loaded = network(known, folder, device)
        loaded.generation_config.alignment_heads = [list(each) for each in heads_of(loaded)]
        conversion.convert(loaded, said.tokenizer, folder, target)

    engine = None
    if device == CPU and quantize:
        open = partial(ctranslate_whisper, vocabulary=said, compute_type=conversion.INT8)
        engine = conversion.usable(source, open, make)
    engine = engine or torch_whisper(network(known, folder, device), said, device)
    return Whisper(engine, said, features)


def warm_up(model: HubSpeech) -> None:
    """Run every layer once, so that the first recording does not wait for it."""
    import numpy as np

    silence = np.zeros(SAMPLE_RATE, np.float32)
    language = model.known.languages[0]
    model.recognizer.hear(silence, 0.0, language, DEFAULT, lambda text: None)


def predict(
    model: HubSpeech, audio: DecodedAudio, options: Options = DEFAULT, tell: Tell = ignore
) -> Transcription:
    """What is said in a recording.

    `tell` hears of the text as it is written, at each token where the library allows (CTranslate2:
    after the first 16 tokens of a chunk, and at its end), and may raise to stop there. What the
    model cannot do is not done, whatever `options` ask for. Raises `UnsupportedType` for a language
    it does not know.
    """
    reading = Reading(model, audio, options, tell)
    regions = voice_regions(audio, lambda until, found: tell(reading.so_far(0.0)))
    return reading.through(regions)


class Reading:
    """One recording being read by one model."""

    def __init__(self, model: HubSpeech, audio: DecodedAudio, options: Options, tell: Tell) -> None:
        known = model.known
        self.model, self.audio, self.options, self.tell = model, audio, options, tell
        self.began = time.perf_counter()
        self.language = spoken(known, options)
        self.able = replace(
            options,
            translate=options.translate and known.translates,
            word_times=options.word_times and known.word_times,
        )
        self.text = HeardText((), self.able.word_times)

    def through(self, regions: tuple[Region, ...]) -> Transcription:
        """Read all of it, where there is a voice in `regions`."""
        recognizer, audio = self.model.recognizer, self.audio
        self.text = HeardText(regions, self.able.word_times)
        for before, chunk in pairwise([None, *plan(regions, audio.seconds, recognizer.longest)]):
            assert chunk is not None
            heard_to = chunk.start if before is None else max(chunk.start, before.end)
            heard = recognizer.hear(
                audio.samples(chunk.start, chunk.end),
                chunk.start,
                self.language,
                self.able,
                partial(self.writing, chunk, heard_to),
            )
            self.language = heard.language
            self.text = self.text.extended(heard, chunk, before)
            self.tell(self.so_far(chunk.end))
        return self.so_far(audio.seconds)

    def writing(self, chunk: Chunk, done: float, words: str) -> None:
        self.tell(self.so_far(done, Segment(words, chunk.start, chunk.end)))

    def so_far(self, done: float, *being_written: Segment) -> Transcription:
        """The transcript after `done` seconds, and what is written for the next."""
        known, audio, text = self.model.known, self.audio, self.text
        outcome, reason = Outcome.ANSWER, ""
        if text.segments or done >= audio.seconds:
            outcome, reason = text.outcome()
        return Transcription(
            outcome=outcome,
            reason=reason,
            segments=(*text.segments, *being_written),
            regions=text.regions,
            rejected=(),
            language=self.language if len(known.languages) > 1 else None,
            calibrated=False,
            seconds=audio.seconds,
            done=done,
            options=self.options,
            provenance=provenance(self.model, audio, time.perf_counter() - self.began),
        )


def spoken(known: KnownSpeech, options: Options) -> str | None:
    """The language to listen for, None to have it detected."""
    if len(known.languages) == 1:
        return known.languages[0]
    if options.language is not None and options.language not in known.languages:
        name = LANGUAGES.get(options.language, options.language)
        raise UnsupportedType(
            f"{known.spec.title} does not know the language “{name}”.",
            "Choose another language, or have it detected.",
        )
    return options.language


def provenance(model: HubSpeech, audio: DecodedAudio, seconds: float) -> Provenance:
    spec, recognizer = model.known.spec, model.recognizer
    return Provenance(
        input_sha256=audio.sha256,
        model=spec.name,
        weights=spec.source.version,
        preprocessing=f"hub/1: where there is a voice, chunks of at most {recognizer.longest:g} s "
        f"that share {OVERLAP:g} s where there was no pause to cut in",
        engine=recognizer.engine,
        device=str(model.device),
        dtype=recognizer.dtype,
        seconds=seconds,
        thresholds=doubts.THRESHOLDS,
    )
