"""Measure a speech model on a file of recordings and print one JSON object.

    python -m demos.speech_recognition.evaluate --model commands --data FILE.parquet
    ... --sounds 300

`FILE.parquet` has the columns `audio` (bytes of any audio file) and `text` (what is said; empty
where nothing is). Recordings go through the same decoder, voice detection and model as the
dashboard's. `exact` is the share of recordings of which every word is right, `rejected` the share
in which no word was heard; where the vocabulary of the model is closed, recordings with another
word in them count in `out_of_vocabulary` alone. `--sounds N` adds N generated sounds without a
voice. `--write --split NAME` stores the figures in `metrics.json`.
"""

import argparse
import json
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq

from demos.core.audio.decoding import decode_audio
from demos.core.audio.noise import KINDS, make
from demos.core.audio.sound import SAMPLE_RATE, DecodedAudio, to_pcm
from demos.core.devices import choose_device
from demos.core.intervals import Estimate
from demos.core.metrics_file import record
from demos.core.settings import read_settings
from demos.core.speech.error_rate import Kind, compare, together
from demos.core.speech.transcript import Transcription
from demos.speech_recognition import SPEC
from demos.speech_recognition.inference import Loaded, load, predict
from demos.speech_recognition.lexicon import WORDS

SEED = 0
METRICS = Path(__file__).parent / "metrics.json"
CLOSED = {"commands": frozenset(WORDS)}
"""The words of models that know no others."""
BINS = 10
QUIETEST, LOUDEST = -30.0, 10.0
"""Decibels that a generated sound is changed by."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A recording with its text and what the model made of it."""

    text: str
    result: Transcription


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--model", default=SPEC.models[0].name, choices=[each.name for each in SPEC.models]
    )
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--sounds", type=int, default=0, help="generated sounds without a voice")
    parser.add_argument("--split", default=None, help="name of the split, for metrics.json")
    parser.add_argument("--write", action="store_true", help="store in metrics.json")
    arguments = parser.parse_args()

    model = load(SPEC.model(arguments.model), choose_device(read_settings().device))
    split = arguments.split or arguments.data.stem
    report = {"model": arguments.model, "split": split}
    report |= evaluate(model, arguments.data, CLOSED.get(arguments.model))
    if arguments.sounds:
        report["without_voice"] = without_voice(model, arguments.sounds)
    if arguments.write:
        record(METRICS, arguments.model, {split: report})
    print(json.dumps(report, allow_nan=False))


def evaluate(model: Loaded, file: Path, vocabulary: frozenset[str] | None) -> dict[str, Any]:
    """All figures on one file of recordings."""
    began, audio_seconds = time.perf_counter(), 0.0
    heard: list[Heard] = []
    for text, audio in recordings(file):
        heard.append(Heard(text, predict(model, audio)))
        audio_seconds += audio.seconds
    seconds = time.perf_counter() - began

    inside = [each for each in heard if within(each.text, vocabulary)]
    outside = [each.result for each in heard if not within(each.text, vocabulary)]
    rates = [compare(each.text, each.result.text) for each in inside]
    pooled = together(rates)
    words = per_word(inside)
    return {
        "n": len(inside),
        "seed": SEED,
        "wer": pooled.wer.value,
        "wer_ci95": interval(pooled.wer),
        "cer": pooled.cer.value,
        "exact": pooled.exact.value,
        "exact_ci95": interval(pooled.exact),
        "macro_recall": float(np.mean([each["recall"] for each in words.values()]))
        if words
        else None,
        "rejected": share([not each.result.words for each in heard]),
        "per_word": words,
        "out_of_vocabulary": {
            "n": len(outside),
            "rejected": share([not each.words for each in outside]),
        },
        "reliability": reliability(inside),
        "audio_seconds": audio_seconds,
        "seconds_per_audio_second": seconds / audio_seconds if audio_seconds else None,
        "engine": heard[0].result.provenance.engine if heard else None,
        "weights": heard[0].result.provenance.weights if heard else None,
    }


def recordings(file: Path) -> Iterator[tuple[str, DecodedAudio]]:
    """Texts and recordings, through the dashboard's own decoder, one at a time."""
    settings = read_settings()
    for batch in pq.ParquetFile(file).iter_batches(64, columns=["audio", "text"]):
        for number, row in enumerate(batch.to_pylist()):
            yield row["text"] or "", decode_audio(row["audio"], f"recording {number}", settings)


def within(text: str, vocabulary: frozenset[str] | None) -> bool:
    said = text.split()
    return bool(said) and (vocabulary is None or vocabulary.issuperset(said))


def per_word(heard: Sequence[Heard]) -> dict[str, dict[str, Any]]:
    """How often each word was said, heard where it was said, and heard at all."""
    said: dict[str, int] = defaultdict(int)
    right: dict[str, int] = defaultdict(int)
    given: dict[str, int] = defaultdict(int)
    for each in heard:
        for step in compare(each.text, each.result.text).alignment:
            said[step.reference_word] += 1
            given[step.hypothesis_word] += 1
            right[step.reference_word] += step.kind is Kind.HIT
    return {
        word: {
            "n": said[word],
            "recall": right[word] / said[word],
            "precision": right[word] / given[word] if given[word] else None,
        }
        for word in sorted(said)
        if word
    }


def reliability(heard: Sequence[Heard]) -> dict[str, Any] | None:
    """How often words of a score are right, by score; None where a model gives no scores."""
    scored = [
        (word.score, step.kind is Kind.HIT)
        for each in heard
        for word, step in zip(each.result.words, given_words(each), strict=False)
        if word.score is not None
    ]
    if not scored:
        return None
    scores, hits = (np.array(each, dtype=float) for each in zip(*scored, strict=True))
    places = np.minimum((scores * BINS).astype(int), BINS - 1)
    bins = [
        {
            "from": k / BINS,
            "n": int((places == k).sum()),
            "score": float(scores[places == k].mean()),
            "right": float(hits[places == k].mean()),
        }
        for k in range(BINS)
        if (places == k).any()
    ]
    error = sum(each["n"] * abs(each["score"] - each["right"]) for each in bins) / len(scores)
    return {"n": len(scores), "ece": error, "bins": bins}


def given_words(heard: Heard) -> list[Any]:
    alignment = compare(heard.text, heard.result.text).alignment
    return [step for step in alignment if step.hypothesis_word]


def without_voice(model: Loaded, sounds: int) -> dict[str, Any]:
    """Sounds of every kind, of 1 to 5 s, loud and soft: in how many no word was heard."""
    rng = np.random.default_rng(SEED)
    rejected: dict[str, list[bool]] = defaultdict(list)
    for number in range(sounds):
        kind = KINDS[number % len(KINDS)]
        sound = make(kind, rng.uniform(1, 5), rng)
        gain = np.float32(10 ** (rng.uniform(QUIETEST, LOUDEST) / 20))
        audio = DecodedAudio(to_pcm(sound * gain), "", "", "", SAMPLE_RATE, 1)
        rejected[kind].append(not predict(model, audio).words)
    every = [hit for hits in rejected.values() for hit in hits]
    return {
        "n": sounds,
        "rejected": share(every),
        "by_kind": {kind: share(hits) for kind, hits in rejected.items()},
    }


def share(hits: Sequence[bool]) -> float | None:
    return float(np.mean(hits)) if hits else None


def interval(estimate: Estimate) -> list[float]:
    return [estimate.low, estimate.high]


if __name__ == "__main__":
    main()
