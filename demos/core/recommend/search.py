"""Finding an item by what somebody types: half a title, a title misspelt, an author or a code.

Titles are compared as `normal.normalized` leaves them. The words of all titles are looked up first
(there are far fewer than titles), and a title scores what its words score, so that one search
takes a few milliseconds among ten thousand titles.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import OSA

from demos.core.recommend.catalog import Catalog
from demos.core.recommend.normal import normalized, year_of
from demos.core.recommend.search_index import Index, begun, index_of, position, words_of

LONGEST = 200
"""Characters that are read of what is typed."""
MOST_WORDS = 12

BEGUN, OTHERWISE, MISSPELT = 0.95, 0.95, 0.95
"""Of 1 for a word as it stands: for its beginning, written otherwise, for all letters alike."""
ALIKE = 0.66
"""Of the letters; one wrong in three, two in six."""
SHORTEST_MISSPELT = 3
SPLIT_BELOW = 0.85

LEAST, LEAST_OF_BEST = 0.55, 0.75
"""What is less like the text, or less than this share of the best, is no match."""
BEGINS, PHRASE, FILLED, POPULAR = 0.06, 0.04, 0.05, 0.08
"""Added for the order alone: the title begins with the text, holds it, is all of it; is popular."""
CONSIDERED = 100

NUMBERS = (
    *(("1", "i", "one"), ("2", "ii", "two"), ("3", "iii", "three"), ("4", "iv", "four")),
    *(("5", "v", "five"), ("6", "vi", "six"), ("7", "vii", "seven"), ("8", "viii", "eight")),
    *(("9", "ix", "nine"), ("10", "x", "ten"), ("11", "xi", "eleven"), ("12", "xii", "twelve")),
)
SAME = {each: tuple(other for other in row if other != each) for row in NUMBERS for each in row}


@dataclass(frozen=True, slots=True)
class Match:
    """An item found. `score`: how much of the text it has, 0 to 1; `exact`: its title or code."""

    item: int
    score: float
    exact: bool


def find(catalog: Catalog, text: str, limit: int = 8) -> list[Match]:
    """The items that `text` may mean, best first and among equals the popular first.

    The last word may be unfinished. Nothing is found of a text without letters and digits.
    """
    index, text = index_of(catalog), text[:LONGEST]
    exact = exact_matches(catalog, text)
    asked = words_of(text)[:MOST_WORDS]
    if not asked:
        return [Match(item, 1.0, True) for item in exact[:limit]]
    scores = scored(index, asked)
    popularity = np.log1p(catalog.counts) / max(float(np.log1p(catalog.counts.max())), 1e-9)
    order = scores + POPULAR * popularity
    order[0] = -np.inf
    phrase = " ".join(asked)
    for item in np.argsort(-order, kind="stable")[:CONSIDERED]:
        length = float(index.lengths[item])
        order[item] += added(index.phrases[item], length, phrase, len(asked))
    scores[exact], order[exact] = 1.0, 2.0 + popularity[exact]
    least = max(LEAST, LEAST_OF_BEST * float(scores.max()))
    found = np.argsort(-order, kind="stable")[:limit]
    return [
        Match(int(item), min(float(scores[item]), 1.0), int(item) in exact)
        for item in found
        if scores[item] >= least
    ]


def exact_matches(catalog: Catalog, text: str) -> list[int]:
    """The items with this title or code, the popular first; of the year that `text` ends with."""
    index = index_of(catalog)
    year = year_of(text)
    items = [
        item
        for item in index.names.get(normalized(text), ())
        if year is None or year_of(catalog.titles[item]) in (None, year)
    ]
    items.sort(key=lambda item: -int(catalog.counts[item]))
    coded = index.codes.get(text.strip().casefold())
    return items if coded is None or coded in items else [*items, coded]


def scored(index: Index, asked: Sequence[str]) -> NDArray[np.float32]:
    """How much of the words asked for each item (N + 1,) has, the rarer the word the more."""
    near = {word: misspelt(word, index.words) for word in asked}
    asked = [part for word in asked for part in split(index, word, near[word])]
    total = np.zeros(len(index.phrases), np.float32)
    whole = 0.0
    for place, word in enumerate(asked):
        known = position(index, word)
        weight = 1.0 if known is None else float(index.weights[known])
        best = np.zeros_like(total)
        found = alike(index, word, near.get(word, {}), place == len(asked) - 1)
        for each in (*SAME.get(word, ()), *joined(asked, place)):
            number = position(index, each)
            if number is not None:
                found[number] = max(found.get(number, 0.0), OTHERWISE)
        for number, likeness in found.items():
            here = slice(index.starts[number], index.starts[number + 1])
            held = index.items[here]
            best[held] = np.maximum(best[held], likeness * index.shares[here])
        total += weight * best
        whole += weight
    return total / max(whole, 1e-9)


def joined(asked: Sequence[str], place: int) -> list[str]:
    """The word at `place` written as one with the word before, the one after, or as initials."""
    found = ["".join(asked[start : start + 2]) for start in (place - 1, place) if start >= 0]
    first = last = place
    while first > 0 and len(asked[first - 1]) == 1:
        first -= 1
    while last + 1 < len(asked) and len(asked[last + 1]) == 1:
        last += 1
    return [*found, "".join(asked[first : last + 1])] if len(asked[place]) == 1 else found


def alike(index: Index, word: str, near: Mapping[int, float], last: bool) -> dict[int, float]:
    """The words, by number, that `word` may stand for, and how likely from 0 to 1.

    `near` are those that it may be a misspelling of; the `last` word may be unfinished too.
    """
    found = {number: MISSPELT * likeness for number, likeness in near.items()}
    beginnings = begun(index, word)
    if last and not beginnings and len(word) > SHORTEST_MISSPELT:
        cut = [each[: len(word)] for each in index.words]
        for number, likeness in misspelt(word, cut).items():
            found[number] = max(found.get(number, 0.0), BEGUN * MISSPELT * likeness)
    for number in beginnings:
        found[number] = max(found.get(number, 0.0), BEGUN)
    known = position(index, word)
    return found if known is None else found | {known: 1.0}


def misspelt(word: str, words: Sequence[str]) -> dict[int, float]:
    """Which of `words`, by number, are like `word`, and how much. A number is like no other."""
    if len(word) < SHORTEST_MISSPELT or word[0].isdigit():
        return {}
    near = process.extract(
        word, words, scorer=OSA.normalized_similarity, score_cutoff=ALIKE, limit=None
    )
    return {number: likeness for _, likeness, number in near}


def split(index: Index, word: str, near: Mapping[int, float]) -> list[str]:
    """Two words that somebody has written as one, or `word` where it may be one of the catalog."""
    if len(word) < 2 * SHORTEST_MISSPELT or begun(index, word):
        return [word]
    if max(near.values(), default=0.0) >= SPLIT_BELOW:
        return [word]
    for cut in range(SHORTEST_MISSPELT, len(word) - SHORTEST_MISSPELT + 1):
        if position(index, word[:cut]) is not None and position(index, word[cut:]) is not None:
            return [word[:cut], word[cut:]]
    return [word]


def added(phrase: str, length: float, asked: str, words: int) -> float:
    """For the order alone: what a title gains by having the text nearly as it was typed."""
    filled = FILLED * min(words / max(length, 1.0), 1.0)
    if OSA.normalized_similarity(phrase[: len(asked)], asked) >= SPLIT_BELOW:
        return BEGINS + filled
    return PHRASE + filled if f" {asked}" in phrase else 0.0
