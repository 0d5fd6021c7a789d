"""The clips that the recognizer is trained and validated on, read, made and kept in one file.

    python -m demos.speech_recognition.corpus --data DIR --run runs/speech

Recorded: Speech Commands by its own split, spoken digits (takes 5 to 7 of every speaker and digit
are for validation), digit strings (six of 26 speakers for validation) and pieces of read sentences
(two speakers to train on, the others to validate on). Synthesized (`synthesize.py`): words with few
recordings, words that are none of ours, digit strings. For the latter, voices and words of
validation are none of training. Needs `espeak-ng` and, for pronunciations and for cutting sentences
into words, `pocketsphinx`.
"""

import argparse
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import soundfile
import soxr
from numpy.typing import NDArray

from demos.core.audio.sound import SAMPLE_RATE, to_pcm
from demos.core.threads import available_cores
from demos.speech_recognition import dictionary
from demos.speech_recognition.lexicon import DIGITS, PRONUNCIATIONS, WORDS
from demos.speech_recognition.synthesize import VARIANTS, Voice, any_voice, say_all

SEED = 0
RICH = ("bed", "cat", "happy", "down", "eight", "five", "go", "left", "one", "right", "up", "zero")
"""The words with about 500 recordings each; the others have some 15."""
THIN_CLIPS, RICH_CLIPS = 220, 60
"""Synthesized clips a word."""
UNKNOWN_CLIPS, NEAR_CLIPS = 4500, 3000
"""Of words that are none of ours: any, and those that are one phone away from one of ours."""
STRING_CLIPS, PAIR_CLIPS = 2600, 600
UNKNOWN_VALIDATION = 600
HELD_VARIANTS = VARIANTS[::9]
"""Voices for validation only."""
SENTENCE_SPEAKERS = ("26", "27")
"""To train on."""
DIGIT_TAKES = (5, 6, 7)
STRING_SPEAKERS = ("0001", "0053", "0103", "1092", "1435", "9645")
"""For validation."""


@dataclass(frozen=True, slots=True, eq=False)
class Clip:
    """A recording and what is said in it: words, each as its phones; `split` and `source` say
    where it is from."""

    pcm: NDArray[np.int16]
    text: str
    phones: str
    source: str
    split: str
    speaker: str


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--run", type=Path, required=True)
    arguments = parser.parse_args()
    arguments.run.mkdir(parents=True, exist_ok=True)
    clips = [*recorded(arguments.data), *synthesized()]
    save(clips, arguments.run / "corpus.npz")
    counts: dict[str, int] = {}
    for each in clips:
        name = f"{each.split} {each.source}"
        counts[name] = counts.get(name, 0) + 1
    print(json.dumps(counts, indent=1))


def rows(file: Path) -> Iterator[dict[str, Any]]:
    """Rows of a Parquet file with `pcm` added."""
    for batch in pq.ParquetFile(file).iter_batches(64):
        for row in batch.to_pylist():
            samples, rate = soundfile.read(io.BytesIO(row.pop("audio")), dtype="float32")
            yield row | {"pcm": to_pcm(soxr.resample(samples, rate, SAMPLE_RATE))}


def recorded(folder: Path) -> Iterator[Clip]:
    for split in ("train", "validation"):
        for row in rows(folder / f"commands-{split}.parquet"):
            yield spoken(row, "commands", split)
    for row in rows(folder / "digits-train.parquet"):
        yield spoken(row, "digits", split_of("digits", row))
    for row in rows(folder / "digit_strings-train.parquet"):
        yield spoken(row, "strings", split_of("strings", row))
    for row in rows(folder / "sentences-sample.parquet"):
        yield from pieces(row, split_of("sentences", row))


def split_of(source: str, row: dict[str, Any]) -> str:
    return "validation" if is_held(source, row) else "train"


def is_held(source: str, row: dict[str, Any]) -> bool:
    """Whether a row of a file without a split of its own is for validation."""
    match source:
        case "digits":
            return int(row["id"].rsplit("_", 1)[1]) in DIGIT_TAKES
        case "strings":
            return row["speaker"] in STRING_SPEAKERS
        case _:
            return row["speaker"] not in SENTENCE_SPEAKERS


def spoken(row: dict[str, Any], source: str, split: str) -> Clip:
    phones = " | ".join(PRONUNCIATIONS[word][0] for word in row["text"].split())
    return Clip(row["pcm"], row["text"], phones, source, split, row["speaker"])


def pieces(row: dict[str, Any], split: str) -> Iterator[Clip]:
    """Single words and runs of words of a read sentence, cut where it is aligned."""
    words = dictionary.aligned(row["pcm"], row["text"])
    random = Random(row["id"])
    at = 0
    while at < len(words):
        take = words[at : at + random.choice((1, 1, 2, 3, 5, 8))]
        at += len(take)
        begin, end = round(take[0].start * SAMPLE_RATE), round(take[-1].end * SAMPLE_RATE)
        text, phones = " ".join(w.text for w in take), " | ".join(w.phones for w in take)
        if 0.15 * SAMPLE_RATE < end - begin < 3.8 * SAMPLE_RATE:
            yield Clip(row["pcm"][begin:end], text, phones, "sentences", split, row["speaker"])


def synthesized() -> Iterator[Clip]:
    random = Random(SEED)
    known = {each for ways in PRONUNCIATIONS.values() for each in ways}
    unknown = sorted(dictionary.words(known))
    random.shuffle(unknown)
    unknown = [word for word in unknown if random.random() < 0.5 or len(word) < 8]
    held, free = unknown[:UNKNOWN_VALIDATION], unknown[UNKNOWN_VALIDATION:]
    near = sorted(dictionary.near(free, known))
    texts: dict[str, Sequence[str]] = {
        "words": [w for w in WORDS for _ in range(RICH_CLIPS if w in RICH else THIN_CLIPS)],
        "unknown": [*free[:UNKNOWN_CLIPS], *(random.choice(near) for _ in range(NEAR_CLIPS))],
        "strings": [strung(random, DIGITS, (2, 5)) for _ in range(STRING_CLIPS)]
        + [strung(random, WORDS, (2, 3)) for _ in range(PAIR_CLIPS)],
    }
    for source, said in texts.items():
        voices = [voice(random, held=False) for _ in said]
        yield from made(said, voices, f"synthetic {source}", "train")
    for source, said in (("words", WORDS * 4), ("unknown", held)):
        voices = [voice(random, held=True) for _ in said]
        yield from made(said, voices, f"synthetic {source}", "validation")


def strung(random: Random, words: Sequence[str], lengths: tuple[int, int]) -> str:
    return " ".join(random.choice(words) for _ in range(random.randint(*lengths)))


def voice(random: Random, held: bool) -> Voice:
    while True:
        drawn = any_voice(random)
        if (drawn.variant in HELD_VARIANTS) == held:
            return drawn


def made(said: Sequence[str], voices: Sequence[Voice], source: str, split: str) -> Iterator[Clip]:
    sounds = say_all(said, voices, available_cores())
    for text, each, pcm in zip(said, voices, sounds, strict=True):
        if 0.1 * SAMPLE_RATE < len(pcm) < 5 * SAMPLE_RATE:
            phones = " | ".join(dictionary.phones_of(word) for word in text.split())
            yield Clip(pcm, text, phones, source, split, f"{each.accent}+{each.variant}")


def save(clips: Iterable[Clip], file: Path) -> None:
    listed = list(clips)
    texts: dict[str, Any] = {
        name: np.array([getattr(each, name) for each in listed])
        for name in ("text", "phones", "source", "split", "speaker")
    }
    ends = np.cumsum([len(each.pcm) for each in listed])
    arrays: dict[str, Any] = {"pcm": np.concatenate([each.pcm for each in listed]), "ends": ends}
    np.savez(file, **arrays, **texts)


def read(file: Path) -> list[Clip]:
    with np.load(file) as kept:
        pcm = np.split(kept["pcm"], kept["ends"][:-1])
        names = ("text", "phones", "source", "split", "speaker")
        columns = [kept[name].tolist() for name in names]
    return [Clip(*each) for each in zip(pcm, *columns, strict=True)]


if __name__ == "__main__":
    main()
