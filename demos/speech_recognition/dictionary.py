"""How English words are said, and when they are said in a recording. For recipes.

From the CMU Pronouncing Dictionary that comes with `pocketsphinx`, and its aligner.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from demos.speech_recognition.lexicon import PHONES, PRONUNCIATIONS

FRAMES = 100
"""A second, of the aligner."""
SHORTEST, LONGEST = 2, 9
"""Phones of a word that is used."""


@dataclass(frozen=True, slots=True)
class SpokenWord:
    """Times in seconds."""

    text: str
    phones: str
    start: float
    end: float


@cache
def entries() -> dict[str, str]:
    """Every entry of the dictionary; second ways to say a word are `word(2)`."""
    import pocketsphinx

    file = Path(pocketsphinx.get_model_path()) / "en-us" / "cmudict-en-us.dict"
    lines = file.read_text(encoding="utf-8").splitlines()
    return dict(line.split(" ", 1) for line in lines if " " in line)


def phones_of(word: str) -> str:
    """The usual way to say a word, ours for our words. Raises `KeyError` for an unknown one."""
    return PRONUNCIATIONS[word][0] if word in PRONUNCIATIONS else entries()[word]


def words(excluded: Collection[str]) -> Iterator[str]:
    """Plain words said in none of the ways `excluded`."""
    for word, phones in entries().items():
        if word.isalpha() and SHORTEST <= len(phones.split()) <= LONGEST:
            ways = [phones, *(entries().get(f"{word}({n})", phones) for n in (2, 3))]
            if not set(ways) & set(excluded):
                yield word


def near(candidates: Iterable[str], ways: Collection[str]) -> Iterator[str]:
    """Those of `candidates` that are one phone away from one of `ways`."""
    neighbors = {each for way in ways for each in one_phone_away(tuple(way.split()))}
    for word in candidates:
        if tuple(entries()[word].split()) in neighbors:
            yield word


def one_phone_away(phones: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for place in range(len(phones) + 1):
        before, after = phones[:place], phones[place:]
        yield from ((*before, each, *after) for each in PHONES)
        if after:
            yield (*before, *after[1:])
            yield from ((*before, each, *after[1:]) for each in PHONES)


def aligned(pcm: NDArray[np.int16], text: str) -> list[SpokenWord]:
    """When each word of `text` is said; empty where a word is unknown or nothing fits."""
    import pocketsphinx

    said = text.lower().split()
    if not all(word in entries() for word in said):
        return []
    decoder = pocketsphinx.Decoder(loglevel="FATAL", bestpath=False, samprate=16000)
    decoder.set_align_text(" ".join(said))
    decoder.start_utt()
    decoder.process_raw(pcm.tobytes(), full_utt=True)
    decoder.end_utt()
    return [
        SpokenWord(
            each.word.split("(")[0],
            entries()[each.word],
            each.start_frame / FRAMES,
            (each.end_frame + 1) / FRAMES,
        )
        for each in decoder.seg() or ()
        if each.word in entries()
    ]
