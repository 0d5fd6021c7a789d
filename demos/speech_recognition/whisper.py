"""Whisper: 30 seconds of sound to text, with the language found and a time for every word."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from demos.core.audio.sound import SAMPLE_RATE
from demos.core.hub_files import read_json, unfit
from demos.core.speech.transcript import Options, Segment, Word
from demos.speech_recognition.doubts import before_loop, is_improbable, is_silence, repeats
from demos.speech_recognition.hearing import Doubt, Heard, TellText
from demos.speech_recognition.hub_catalog import KnownSpeech
from demos.speech_recognition.token_words import timed_words
from demos.speech_recognition.whisper_engine import Draft, Engine
from demos.speech_recognition.whisper_vocabulary import Vocabulary

WINDOW = 30.0
"""Seconds that the encoder takes; a shorter chunk is filled up with silence."""
MOST_TOKENS = 224
"""In a window: half of what the decoder has places for, as in the authors' own code."""


@dataclass(frozen=True, slots=True, eq=False)
class Whisper:
    """A recognizer, whatever library runs the network."""

    engine_of: Engine
    vocabulary: Vocabulary
    features: Any

    @property
    def engine(self) -> str:
        return self.engine_of.name

    @property
    def dtype(self) -> str:
        return self.engine_of.dtype

    @property
    def memory_bytes(self) -> int:
        return self.engine_of.memory_bytes

    @property
    def longest(self) -> float:
        return WINDOW

    def hear(
        self,
        samples: NDArray[np.float32],
        start: float,
        language: str | None,
        options: Options,
        tell: TellText,
    ) -> Heard:
        engine, said = self.engine_of, self.vocabulary
        encoded = engine.encode(self.mel(samples))
        certainty = 1.0
        if language is None:
            shares = engine.languages(encoded)
            language = max(shares, key=lambda code: shares[code])
            certainty = shares[language]
        prompt = said.prompt(language, options, timestamps=not options.word_times)
        draft = engine.write(
            encoded, prompt, MOST_TOKENS, lambda ids: tell(said.decode(said.text_only(ids)).strip())
        )
        if is_silence(draft.no_speech, draft.mean_log_probability):
            return Heard(language=language, certainty=certainty)
        seconds = len(samples) / SAMPLE_RATE
        words: Sequence[Word] = ()
        segments: Sequence[Segment] = ()
        if options.word_times:
            words = self.words(encoded, prompt, draft, start, seconds, language)
        else:
            segments = timed_segments(draft.ids, said, start, seconds)
        texts = [each.text for each in words or segments]
        doubt = Doubt.IMPROBABLE if is_improbable(draft.mean_log_probability) else None
        if repeats(" ".join(texts)):
            doubt = Doubt.REPEATS
            kept = before_loop(texts)
            words, segments = words[:kept], segments[:kept]
        return Heard(tuple(words), tuple(segments), language, certainty, doubt)

    def mel(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """Logarithms of the energies of mel bands (bands, 3000), a hundredth of a second each."""
        found = self.features(samples, sampling_rate=SAMPLE_RATE, return_tensors="np")
        frames: NDArray[np.float32] = found.input_features[0]
        return frames

    def words(
        self,
        encoded: Any,
        prompt: Sequence[int],
        draft: Draft,
        start: float,
        seconds: float,
        language: str,
    ) -> list[Word]:
        """The words of a draft, and when in the chunk's `seconds` each was said."""
        ids = self.vocabulary.text_only(draft.ids)
        if not ids:
            return []
        aligned = self.engine_of.align(encoded, prompt, ids, seconds)
        found = self.vocabulary.words(ids, language)
        return timed_words(found, aligned.times, aligned.log_probabilities, start)


def timed_segments(
    ids: Sequence[int], said: Vocabulary, start: float, seconds: float
) -> list[Segment]:
    """Text between the timestamps written around it, in a chunk that begins at `start`."""
    found: list[Segment] = []
    began, text = 0.0, list[int]()

    def close(end: float) -> None:
        words = said.decode(text).strip()
        if words:
            found.append(Segment(words, start + began, start + max(end, began)))
        text.clear()

    for token in ids:
        moment = said.seconds(token)
        if moment is not None:
            close(min(moment, seconds))
            began = min(moment, seconds)
        elif token < said.end:
            text.append(token)
    close(seconds)
    return found


def feature_extractor(known: KnownSpeech, folder: Path) -> Any:
    """From samples to mel frames, as the model was trained."""
    from transformers import WhisperFeatureExtractor

    settings = read_json(known, folder, "preprocessor_config.json")
    bands = read_json(known, folder, "config.json")["num_mel_bins"]
    loaded: Any = WhisperFeatureExtractor.from_dict(settings)
    if loaded.feature_size != bands or loaded.sampling_rate != SAMPLE_RATE:
        raise unfit(known)
    return loaded
