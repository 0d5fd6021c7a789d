"""The fewest words without which a text would get another label: a search by leaving words out.

First every word alone, then the most promising sets of two, and so on: a beam, not all sets. What
is found is then made smaller by putting words back as long as the label stays the other one. After
Martens & Provost 2014, "Explaining Data-Driven Document Classifications", MIS Quarterly 38(1).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from demos.core.language.attribution import Attribution, Tell
from demos.core.language.units import Place, quoted, tells, units_of, without

ScoresOf = Callable[[Sequence[str]], NDArray[np.float32]]
"""Takes n texts, gives their scores (n, L); each from its own text alone."""
Words = frozenset[int]


@dataclass(frozen=True, slots=True)
class Sorter:
    """What sorts texts: its labels, the score of one that makes an answer, and the scores of texts,
    in the order of the labels."""

    labels: tuple[str, ...]
    least: float
    scores_of: ScoresOf


MOST_WORDS = 6
"""Left out at once. Without more, a text is hardly the same text."""
MOST_TEXTS = 600
"""Asked of the model in one search; putting words back takes a few more."""
BATCH = 32
"""Texts asked at once."""
FIRST = 128
"""Words that are left out alone, in the order of the attribution if there is one."""
PROMISING = 24
"""Of them, those that sets are made of."""
WIDTH = 4
"""Sets of one size that are carried on."""


@dataclass(frozen=True, slots=True)
class Counterfactual:
    """What leaving out words does to the label: `before` and `after` are places among the labels.

    `removed` are the words without which `altered` gets `after`, none of which can be put back. If
    they are none, no set was found; `tried` is the largest number of words that was left out at
    once. `score` is that of `before` for the whole text, `left` the same for `altered`, `gained`
    that of `after` there. `every` says whether each word of the text was left out alone. `asked`
    counts texts.
    """

    text: str
    removed: tuple[Place, ...]
    altered: str
    before: int
    after: int
    score: float
    left: float
    gained: float
    tried: int
    every: bool
    asked: int

    @property
    def found(self) -> bool:
        return bool(self.removed)

    @property
    def words(self) -> tuple[str, ...]:
        return quoted(self.text, self.removed)


class Search:
    """Texts without some of their words, and how near each is to another label."""

    def __init__(
        self, scores_of: ScoresOf, text: str, words: Sequence[Place], tell: Tell | None
    ) -> None:
        self.scores_of, self.text, self.words, self.tell = scores_of, text, words, tell
        self.known: dict[Words, NDArray[np.float32]] = {}
        self.ask([frozenset()])
        self.label = int(self.known[frozenset()].argmax())

    def ask(self, sets: Iterable[Words]) -> None:
        """Learn the scores without each of the sets."""
        new = [each for each in dict.fromkeys(sets) if each not in self.known]
        for start in range(0, len(new), BATCH):
            batch = new[start : start + BATCH]
            texts = [self.without(each) for each in batch]
            self.known |= dict(zip(batch, self.scores_of(texts), strict=True))
            if self.tell is not None:
                self.tell(min(len(self.known) / MOST_TEXTS, 1.0))

    def without(self, words: Words) -> str:
        return without(self.text, [self.words[each] for each in words])

    def margin(self, words: Words) -> float:
        """By how much another label is ahead; above 0 the label has flipped."""
        scores = self.known[words]
        return float(np.delete(scores, self.label).max() - scores[self.label])

    def best(self, sets: Iterable[Words]) -> list[Words]:
        """Sets that have been asked, the one nearest to another label first."""
        return sorted(sets, key=self.margin, reverse=True)

    def flips(self, words: Words) -> bool:
        return self.margin(words) > 0


def smallest_removal(
    scores_of: ScoresOf,
    text: str,
    attribution: Attribution | None = None,
    most_words: int = MOST_WORDS,
    tell: Tell | None = None,
) -> Counterfactual:
    """The smallest set of words found without which `text` gets another label.

    Words that `attribution` says speak most for the label are tried first, and alone if the text
    has more than `FIRST`. At least one word is left. Raises `ValueError` for fewer than two labels.
    """
    words = [each for each in units_of(text) if tells(text[slice(*each)])]
    order = ranked(words, attribution)[:FIRST]
    search = Search(scores_of, text, words, tell)
    if len(search.known[frozenset()]) < 2:
        raise ValueError("with one label there is no other")
    tried, flipped = 0, None
    for size, sets in enumerate(sizes(search, order, min(most_words, len(words) - 1)), start=1):
        tried, best = size, search.best(sets)[0]
        if search.flips(best):
            flipped = smaller(search, best)
            break
    chosen: Words = frozenset() if flipped is None else flipped
    scores = search.known[chosen]
    return Counterfactual(
        text=text,
        removed=tuple(words[each] for each in sorted(chosen)),
        altered=search.without(chosen),
        before=search.label,
        after=int(scores.argmax()),
        score=float(search.known[frozenset()][search.label]),
        left=float(scores[search.label]),
        gained=float(scores.max()),
        tried=tried,
        every=tried > 0 and len(order) == len(words),
        asked=len(search.known),
    )


def ranked(words: Sequence[Place], attribution: Attribution | None) -> list[int]:
    """Numbers of the words, the one that speaks most for the label first; else as they come."""
    values = {} if attribution is None else {each.place: each.value for each in attribution.shares}
    return sorted(range(len(words)), key=lambda each: -values.get(words[each], 0.0))


def sizes(search: Search, order: Sequence[int], most: int) -> Iterator[list[Words]]:
    """Sets of one word, of two and so on up to `most`, asked before they are given."""
    level = [frozenset([each]) for each in order]
    promising: list[Words] = []
    for size in range(1, most + 1):
        if size > 1:
            beam = search.best(level)[:WIDTH]
            level = list(dict.fromkeys(a | b for a in beam for b in promising if not b <= a))
        level = level[: MOST_TEXTS - len(search.known)]
        if not level:
            return
        search.ask(level)
        promising = promising or search.best(level)[:PROMISING]
        yield level


def smaller(search: Search, words: Words) -> Words:
    """The set without every word that can be put back while the label stays another one."""
    while len(words) > 1:
        sets = [words - {each} for each in sorted(words)]
        search.ask(sets)
        best = search.best(sets)[0]
        if not search.flips(best):
            break
        words = best
    return words
