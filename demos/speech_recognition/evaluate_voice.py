"""Measure how reliably a voice is found, and how reliably none is where there is none.

    python -m demos.speech_recognition.evaluate_voice --data FILE.parquet [FILE.parquet ...]

The files hold speech in a column `audio`; the noise is made here (`demos.core.audio.noise`), of
every kind, at many levels. Prints one JSON object: shares at the threshold in use
(`demos.core.audio.voice.VOICE`), and which threshold one half of all recordings would choose, with
its figures on the other half. That is the highest one which still finds `LEAST` of every file: a
word that is missed here is lost, while noise that is let through can still be turned away by the
recognizer.
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

from demos.core.audio.decoding import decode_audio
from demos.core.audio.noise import KINDS, make
from demos.core.audio.sound import SAMPLE_RATE, DecodedAudio, to_pcm
from demos.core.audio.voice import VOICE, smoothed
from demos.core.settings import read_settings

SEED = 0
SOUNDS = 40
"""Of every kind."""
SECONDS = (1.0, 5.0)
GAIN = (-30.0, 10.0)
"""Decibels by which a sound is made quieter or louder than it comes."""
THRESHOLDS = tuple(round(0.2 + 0.05 * step, 2) for step in range(15))
LEAST = 0.99
SHORT = 0.3
"""Seconds; words cut so close are counted by themselves as well."""

Figures = dict[str, Any]
Peaks = NDArray[np.floating]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, nargs="+", required=True)
    parser.add_argument("--sounds", type=int, default=SOUNDS, help="of every kind of noise")
    arguments = parser.parse_args()
    print(json.dumps(measured(arguments.data, arguments.sounds), indent=1))


def measured(files: Sequence[Path], sounds: int = SOUNDS) -> Figures:
    """Shares found and shares silent, by file and by kind of noise."""
    speech = {file.stem: peaks(recordings(file)) for file in files}
    noise = {kind: peaks(noises(kind, sounds)) for kind in KINDS}
    chosen = best_threshold(half(speech, 0))
    return {
        "seed": SEED,
        "threshold": VOICE,
        "speech": {name: of_speech(each) for name, each in speech.items()},
        "noise": {
            "n": sum(map(len, noise.values())),
            "silent": share(np.concatenate([each[:, 1] for each in noise.values()]) < VOICE),
            "by_kind": {kind: share(each[:, 1] < VOICE) for kind, each in noise.items()},
        },
        "chosen_on_one_half": chosen,
        "on_the_other_half": {
            "least_found": round(least_found(half(speech, 1), chosen), 4),
            "silent": share(np.concatenate(half(noise, 1)) < chosen),
        },
    }


def of_speech(found: Peaks) -> Figures:
    short = found[:, 0] < SHORT
    return {
        "n": len(found),
        "found": share(found[:, 1] >= VOICE),
        f"n_under_{SHORT}_s": int(short.sum()),
        f"found_under_{SHORT}_s": share(found[short, 1] >= VOICE),
    }


def recordings(file: Path) -> Iterator[DecodedAudio]:
    settings = read_settings()
    for batch in pq.ParquetFile(file).iter_batches(64, columns=["audio"]):
        for data in batch.column("audio").to_pylist():
            yield decode_audio(data, file.name, settings)


def noises(kind: str, count: int) -> Iterator[DecodedAudio]:
    rng = np.random.default_rng([SEED, KINDS.index(kind)])
    for _ in range(count):
        sound = make(kind, rng.uniform(*SECONDS), rng)
        sound *= np.float32(10 ** (rng.uniform(*GAIN) / 20))
        yield DecodedAudio(to_pcm(sound), "", kind, "made", SAMPLE_RATE, 1)


def peaks(recordings: Iterator[DecodedAudio]) -> Peaks:
    """Seconds and highest smoothed probability (n, 2): a voice is found where it reaches."""
    return np.array([(each.seconds, smoothed(each).max()) for each in recordings]).reshape(-1, 2)


def half(sets: dict[str, Peaks], which: int) -> list[Peaks]:
    return [each[which::2, 1] for each in sets.values()]


def best_threshold(speech: list[Peaks]) -> float:
    """The highest that finds `LEAST` of every file; the lowest of all if none does."""
    good = [each for each in THRESHOLDS if least_found(speech, each) >= LEAST]
    return max(good, default=THRESHOLDS[0])


def least_found(speech: list[Peaks], threshold: float) -> float:
    """The share found of the file of which least is found."""
    return min(float(np.mean(each >= threshold)) for each in speech)


def share(hits: NDArray[np.bool_]) -> float | None:
    return round(float(hits.mean()), 4) if len(hits) else None


if __name__ == "__main__":
    main()
