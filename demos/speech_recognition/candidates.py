"""Stretches of speech and the words that fit them best, each with how well it does.

`decoder` cuts what the network hears into words and unknown speech. Here every stretch is held
against all words; how the best of them fits becomes, by `Confidence`, the probability that it was
said.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from demos.speech_recognition.decoder import (
    UNKNOWN,
    Floats,
    Prices,
    Segment,
    free_score,
    scores_of,
    segments,
    widened,
)
from demos.speech_recognition.lexicon import BLANK, PRONUNCIATIONS, WORDS, tokens

STILL_LOUD = 0.4
"""Of the way from the quietest to the loudest moment around a word: there it goes on."""
AROUND = 15
"""Frames of silence that count as part of a word, at most."""
CLOSE = 25
"""Frames between words that are said in one breath, at most."""
MOSTLY = 0.7
"""Of the time spoken in one breath: at least so much must be words of ours."""
PER_PHONE = 1
"""The place in a fit of how far behind a word is, for each phone."""
FARTHEST = -100.0
"""Nats behind any sounds: worse is as bad."""
MOST = 6.0
"""Spreads from the mean: farther is as far."""
LEAD = 20.0
"""By how many nats a word may lead the next best and have it count."""


@dataclass(frozen=True, slots=True, eq=False)
class Confidence:
    """From how a word fits to the probability that it was said: a small network of one layer.

    It is given a fit, with mean `center` and spread `scale` taken off (F,), and which word it is;
    `first` (F + 35, H), `bias` (H,), `second` (H,) and `last` are its weights. A word is `heard`
    from one probability on, and `sure` from a higher one.
    """

    center: Floats
    scale: Floats
    first: Floats
    bias: Floats
    second: Floats
    last: float
    heard: float
    sure: float

    def probability(self, each: "Candidate") -> float:
        given = np.zeros(len(self.first), np.float32)
        given[: len(self.center)] = np.clip((each.fit - self.center) / self.scale, -MOST, MOST)
        given[len(self.center) + each.word] = 1.0
        odds = float(np.maximum(given @ self.first + self.bias, 0) @ self.second) + self.last
        return float(1 / (1 + np.exp(-np.clip(odds, -30, 30))))


def confidence_of(tensors: Mapping[str, NDArray[Any]]) -> Confidence:
    """As a weights file holds it."""
    last, heard, sure = (float(each) for each in tensors["confidence.limits"])
    return Confidence(
        center=tensors["confidence.center"],
        scale=tensors["confidence.scale"],
        first=tensors["confidence.first"],
        bias=tensors["confidence.bias"],
        second=tensors["confidence.second"],
        last=last,
        heard=heard,
        sure=sure,
    )


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A stretch of speech in frames, the word that fits it best, and how: see `fit_of`.

    `reach` is the stretch with the silence around it.
    """

    word: int
    start: int
    end: int
    reach: tuple[int, int]
    fit: NDArray[np.float64]


def judged(found: Floats, prices: Prices) -> list[Candidate]:
    """Every stretch of speech with the word that fits it best, for log-probabilities (T, TOKENS).

    The last figure of its fit is that of the words close by: in running speech that is none of our
    words, one of them that fits is most likely chance.
    """
    parts = segments(found, prices)
    alone = [
        candidate(found[start:end], each, (start, end))
        for each, (start, end) in zip(parts, widened(parts, len(found), AROUND), strict=True)
    ]
    return [
        replace(each, fit=np.append(each.fit, company(alone, place)))
        for place, each in enumerate(alone)
    ]


def company(candidates: Sequence[Candidate], place: int) -> float:
    """How badly, for each phone, the worse of its close neighbors fits; 0 without any."""
    own = candidates[place]
    near = [0.0]
    if place and own.start - candidates[place - 1].end <= CLOSE:
        near.append(candidates[place - 1].fit[PER_PHONE])
    if place + 1 < len(candidates) and candidates[place + 1].start - own.end <= CLOSE:
        near.append(candidates[place + 1].fit[PER_PHONE])
    return float(min(near))


def sounding(features: Floats, word: Candidate) -> Candidate:
    """The word from when to when it sounds: CTC's first and last phone, and on while it stays loud.

    CTC says where a phone is recognized, in a frame or two, not how long it lasts.
    """
    start, end = word.reach
    shares = features[: 2 * (len(features) // 2)].reshape(-1, 2, features.shape[1])
    loudness = shares.mean(axis=(1, 2))[start:end]
    if not len(loudness):
        return word
    quiet, loud = loudness.min(), loudness.max()
    sounds = loudness > quiet + (loud - quiet) * STILL_LOUD
    first, last = word.start - start, min(word.end - start, len(sounds))
    while first > 0 and sounds[first - 1]:
        first -= 1
    while last < len(sounds) and sounds[last]:
        last += 1
    return replace(word, start=start + first, end=start + last)


def candidate(found: Floats, segment: Segment, reach: tuple[int, int]) -> Candidate:
    scores = scores_of(found)
    word = int(scores.argmax())
    return Candidate(word, segment.start, segment.end, reach, fit_of(found, scores, word, segment))


def fit_of(found: Floats, scores: Floats, word: int, segment: Segment) -> NDArray[np.float64]:
    """How a word fits log-probabilities (T, TOKENS) and their `scores` (35,).

    How far it is behind what any sounds would get, in all and for each phone; how far it leads the
    next best word; how long it is; whether, among the words around it, it was taken for none; how
    far the likeliest phones are from its own, and how many more they are; how clearly its phones
    are heard, the worst of them and on average; and how much is spoken, and how long, for each
    phone.
    """
    heard = likeliest(found)
    ways = [tokens(way) for way in PRONUNCIATIONS[WORDS[word]]]
    apart, way = min((distance(heard, way), way) for way in ways)
    phones, second = len(way), float(np.sort(scores)[-2])
    behind = max(float(scores[word]) - free_score(found), FARTHEST)
    clear = found[:, list(way)].max(axis=0)
    return np.array(
        [
            behind,
            behind / phones,
            min(float(scores[word]) - second, LEAD),
            np.log((segment.end - segment.start) / phones),
            float(segment.word == UNKNOWN),
            apart / phones,
            (len(heard) - phones) / phones,
            clear.min(),
            clear.mean(),
            float((1 - np.exp(found[:, BLANK])).sum()) / phones,
            np.log(len(found) / phones),
        ]
    )


def likeliest(found: Floats) -> list[int]:
    """The likeliest token of every frame, without repetitions and blanks."""
    best = found.argmax(axis=1)
    new = best[np.flatnonzero(np.diff(best, prepend=-1))]
    return [int(token) for token in new if token != BLANK]


def distance(one: Sequence[int], other: Sequence[int]) -> int:
    """The fewest insertions, deletions and substitutions that turn one into the other."""
    from rapidfuzz.distance import Levenshtein

    return int(Levenshtein.distance(one, other))


def accepted(found: Sequence[Candidate], confidence: Confidence) -> list[bool]:
    """Which words count as heard: those probable enough, where they make up most of what is said in
    one breath. In a sentence of other words, the few that fit are chance."""
    enough = [confidence.probability(each) >= confidence.heard for each in found]
    counts = [False] * len(found)
    for breath in breaths(found):
        length = sum(found[n].end - found[n].start for n in breath)
        known = sum(found[n].end - found[n].start for n in breath if enough[n])
        for n in breath:
            counts[n] = enough[n] and known >= MOSTLY * length
    return counts


def breaths(found: Sequence[Candidate]) -> list[list[int]]:
    """The places of candidates, those together that follow each other closely."""
    groups: list[list[int]] = []
    for n, each in enumerate(found):
        if groups and each.start - found[n - 1].end <= CLOSE:
            groups[-1].append(n)
        else:
            groups.append([n])
    return groups
