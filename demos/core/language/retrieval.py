"""Passages found by what they mean and by the words they have in common with a question.

Meaning: the cosine of two sentence vectors. Words: Okapi BM25 (Robertson and Zaragoza 2009, "The
Probabilistic Relevance Framework"), which finds names and numbers that vectors blur. The two lists
are joined by reciprocal rank (Cormack et al. 2009), which needs no common scale.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from demos.core.language.documents import Document
from demos.core.language.passages import Passage, passages

Vectors = Callable[[Sequence[str]], NDArray[np.float32]]
"""Texts to vectors (n, 384) of length 1. May raise `UserError`."""
Known = MutableMapping[tuple[str, int, int], NDArray[np.float32]]
"""The vectors of passages, by `Passage.key`."""
Tell = Callable[[int, int], None]
"""Called with how many passages have been read, of how many."""

CHUNK = 32
"""Passages between two reports."""
SATURATION, LENGTH = 1.2, 0.75
"""k1 and b of BM25: what a word's repetition adds, what a passage's length takes away."""
RANK = 60
"""k of reciprocal rank fusion: how little the first places stand out."""

TERM = re.compile(r"[^\W_]+")
COMMON = frozenset(
    """a about after all also an and any are as at be been before but by can could did do does
    for from get had has have he her hers him his how i if in into is it its long many may me
    much must my no not of off on once one only or our out shall she should so some than that
    the their theirs them then there these they this those to up us was we were what when where
    which who whom whose why will with would you your""".split()
)
"""Words that say nothing of what a question is about."""


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """The words of passages: which have each, and what it counts for in them."""

    postings: Mapping[str, tuple[NDArray[np.int32], NDArray[np.float32]]]
    passages: int

    def scores(self, query: str) -> NDArray[np.float32]:
        """BM25 of every passage, (n,); 0 where no word of the query is in it."""
        found = np.zeros(self.passages, np.float32)
        for term in set(terms(query)) & self.postings.keys():
            places, weights = self.postings[term]
            found[places] += weights
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Index:
    """Passages to search in, `vectors` (n, 384) and words of them; `left_out` were too many."""

    documents: tuple[Document, ...]
    passages: tuple[Passage, ...]
    vectors: NDArray[np.float32]
    words: Words
    left_out: int


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage, the cosine of its vector and the question's, and its BM25 score."""

    passage: Passage
    cosine: float
    lexical: float


def terms(text: str) -> list[str]:
    """The words that tell texts apart, in lower case and without the s of a plural."""
    return [singular(each) for each in TERM.findall(text.lower()) if each not in COMMON]


def singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and word[-2] not in "siu" else word


def index(
    documents: Sequence[Document],
    vectors: Vectors,
    known: Known,
    tell: Tell = lambda done, total: None,
) -> Index:
    """An index of the documents. Passages whose vectors are in `known` are not read again; those
    read are put there, so that what was interrupted goes on where it was."""
    found, left_out = passages(documents)
    missing = [each for each in found if each.key not in known]
    for start in range(0, len(missing), CHUNK):
        tell(len(found) - len(missing) + start, len(found))
        chunk = missing[start : start + CHUNK]
        rows = vectors([each.text for each in chunk])
        known.update(zip((each.key for each in chunk), rows, strict=True))
    stacked = np.array([known[each.key] for each in found], np.float32)
    return Index(tuple(documents), found, stacked, words_of(found), left_out)


def words_of(found: Sequence[Passage]) -> Words:
    """What BM25 needs, ready to be added up."""
    counts = [Counter(terms(each.text)) for each in found]
    lengths = np.array([each.total() for each in counts], np.float32)
    usual = max(float(lengths.mean()), 1.0) if counts else 1.0
    occurrences: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    for place, each in enumerate(counts):
        for term, count in each.items():
            occurrences[term].append((place, count))
    postings = {}
    for term, pairs in occurrences.items():
        places, often = np.array(pairs, np.int32).T
        rare = np.log1p((len(found) - len(pairs) + 0.5) / (len(pairs) + 0.5))
        damped = often + SATURATION * (1 - LENGTH + LENGTH * lengths[places] / usual)
        weights = rare * often * (SATURATION + 1) / damped
        postings[term] = (places, weights.astype(np.float32))
    return Words(postings, len(found))


def search(index: Index, question: str, vectors: Vectors, most: int) -> tuple[Hit, ...]:
    """The passages that best fit the question, best first."""
    if not index.passages:
        return ()
    cosines = index.vectors @ vectors([question])[0]
    lexical = index.words.scores(question)
    fused = 1 / (RANK + ranks(cosines)) + np.where(lexical > 0, 1 / (RANK + ranks(lexical)), 0)
    best = np.argsort(-fused, kind="stable")[:most]
    return tuple(Hit(index.passages[n], float(cosines[n]), float(lexical[n])) for n in best)


def ranks(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """1 for the highest score, and so on."""
    found = np.empty(len(scores), np.float32)
    found[np.argsort(-scores, kind="stable")] = np.arange(1, len(scores) + 1)
    return found
