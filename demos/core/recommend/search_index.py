"""The words of a catalog's titles, and what else its items are called by."""

import re
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import log

import numpy as np
from numpy.typing import NDArray

from demos.core.recommend.catalog import Catalog
from demos.core.recommend.normal import names_of, normalized, year_of

DETAIL = 0.9
"""How much a word beside the title counts, such as an author's name, and the code."""
COMMONEST = 0.05
"""The weight of a word that all titles have; something is left to find it by."""
LAST_LETTER = "\U0010ffff"
JOINTS = re.compile(r"(?<=\w)[-·*.](?=\w)")


@dataclass(frozen=True, slots=True, eq=False)
class Index:
    """The words of a catalog in order of the alphabet.

    The items of word i, and how much it counts there, are those from `starts[i]` to `starts[i + 1]`
    of `items` and `shares`. `weights` (words,) is 1 for a word of one item, 0 for one of all.
    """

    phrases: tuple[str, ...]
    lengths: NDArray[np.float32]
    words: tuple[str, ...]
    weights: NDArray[np.float32]
    starts: NDArray[np.int64]
    items: NDArray[np.int64]
    shares: NDArray[np.float32]
    names: Mapping[str, tuple[int, ...]]
    codes: Mapping[str, int]


def index_of(catalog: Catalog) -> Index:
    """The index of a catalog, which is built once."""
    return indexed(catalog.titles, catalog.details, catalog.codes)


@lru_cache(maxsize=8)
def indexed(titles: tuple[str, ...], details: tuple[str, ...], codes: tuple[str, ...]) -> Index:
    """Built of the texts alone, so that what is kept keeps no vectors of an unloaded catalog."""
    shares: dict[str, dict[int, float]] = {}
    names: dict[str, list[int]] = {}
    phrases, lengths = [], []
    # An item's own number is a code to machines alone; people who type 300 mean the film.
    told = ["" if code == str(item) else code.strip().casefold() for item, code in enumerate(codes)]
    for item, title in enumerate(titles):
        known_as = names_of(title)
        own = [*known_as[0].split(), *year_word(title)] if known_as else []
        beside = [word for word in words_of(details[item]) if word.isalpha() and len(word) > 1]
        for word in [*beside, told[item]] if told[item] else beside:
            shares.setdefault(word, {})[item] = DETAIL
        for word in [*own, *unhyphened(title)]:
            shares.setdefault(word, {})[item] = 1.0
        for name in known_as:
            names.setdefault(name, []).append(item)
        phrases.append(" ".join(own))
        lengths.append(len(own))
    words = tuple(sorted(shares))
    sizes = [len(shares[word]) for word in words]
    most = log(max(len(titles), 2))
    return Index(
        phrases=tuple(phrases),
        lengths=np.array(lengths, np.float32),
        words=words,
        weights=np.array([max(1 - log(size) / most, COMMONEST) for size in sizes], np.float32),
        starts=np.cumsum([0, *sizes]),
        items=np.array([item for word in words for item in shares[word]], np.int64),
        shares=np.array([share for word in words for share in shares[word].values()], np.float32),
        names={name: tuple(found) for name, found in names.items()},
        codes={code: item for item, code in enumerate(told) if code},
    )


def words_of(text: str) -> list[str]:
    """Its words, the year at its end among them."""
    return [*normalized(text).split(), *year_word(text)]


def year_word(text: str) -> list[str]:
    year = year_of(text)
    return [] if year is None else [str(year)]


def unhyphened(title: str) -> list[str]:
    """What is also written as one word: "walle" of WALL·E, "tlight" of T-light."""
    return [
        joined
        for part in title.split()
        if JOINTS.search(part)
        for joined in normalized(JOINTS.sub("", part)).split()
    ]


def position(index: Index, word: str) -> int | None:
    """The number of a word, if the catalog has it."""
    number = bisect_left(index.words, word)
    return number if number < len(index.words) and index.words[number] == word else None


def begun(index: Index, word: str) -> range:
    """The numbers of the words that begin with `word`."""
    return range(bisect_left(index.words, word), bisect_left(index.words, word + LAST_LETTER))
