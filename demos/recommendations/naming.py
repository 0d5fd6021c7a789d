"""Names for clusters of items: the authors, words or genres that mark each against the rest."""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from demos.recommendations.items import Items, written

NAMELESS = {"Anonymous", "Unknown", "Various"}
YEAR = re.compile(r"\((\d{3})\d\)$")
DECADE = re.compile(r"\d{3}0s?")
WORD = re.compile(r"[a-z][a-z'-]{2,}")
PASSED_OVER = {
    *("and", "for", "from", "the", "with", "set", "pack", "piece", "design", "style", "assorted"),
    *("small", "medium", "large", "mini", "jumbo", "giant", "tall", "round", "square", "oval"),
    *("colour", "coloured", "multicolour", "pink", "blue", "red", "white", "green", "black"),
    *("silver", "gold", "ivory", "cream", "purple", "yellow", "orange", "brown", "grey", "clear"),
    *("natural", "turquoise", "turq", "cerise", "amethyst", "lilac", "fuschia"),
    *("new", "single", "double", "your", "you", "are", "not", "finish", "shape", "drawer"),
}
"""Words that say how a product is packed, how large it is or in which color, not what it is."""


def cluster_names(items: Items, labels: NDArray[np.intp], counts: NDArray[np.int32]) -> list[str]:
    """A name for each cluster of items, no two alike.

    `labels` (N,): the cluster of items 1 to N; `counts` (N + 1,): how often each was taken. The
    well-known items say more in a name.
    """
    most = 2 if any(items.kinds) or any(items.makers) else 3  # plain words say less than a name
    return names(terms_of(items)[1:], labels, np.sqrt(counts[1:]), most)


def terms_of(items: Items) -> list[list[str]]:
    """What may name each item (N + 1): genres and decade, else the author, else words of its title.

    Adjacent words also count as one term ("cake cases").
    """
    if any(items.kinds):
        decades = map(YEAR.search, items.titles)
        return [
            [*kinds, *([f"{found[1]}0s"] if found else [])]
            for kinds, found in zip(items.kinds, decades, strict=True)
        ]
    if any(items.makers):
        return [[maker] if maker not in NAMELESS | {""} else [] for maker in items.makers]
    words = [
        [None if each in PASSED_OVER else written(each) for each in WORD.findall(title.lower())]
        for title in items.titles
    ]
    return [
        [each for each in row if each]
        + [f"{one} {two}" for one, two in pairwise(row) if one and two]
        for row in words
    ]


def names(
    terms: Sequence[Sequence[str]],
    labels: NDArray[np.intp],
    weights: NDArray[np.float64],
    most: int,
) -> list[str]:
    """A name of at most `most` terms for each cluster, no two alike.

    `labels` and `weights` (N,): the cluster of each item and how much it counts. A term marks a
    cluster by its part of the Kullback-Leibler divergence of the cluster's terms from all terms.
    """
    spelled = spellings(terms)
    found = [sorted({singular(term) for term in row}) for row in terms]
    vocabulary = {term: n for n, term in enumerate(dict.fromkeys(t for row in found for t in row))}
    table = np.zeros((int(labels.max()) + 1, len(vocabulary)))
    for row, label, weight in zip(found, labels, weights, strict=True):
        for term in row:
            table[label, vocabulary[term]] += weight
    marks = distinction(table)

    known = list(vocabulary)
    chosen: list[list[str]] = [[] for _ in marks]
    for cluster in np.argsort(-marks.max(axis=1)):
        best = [known[n] for n in np.argsort(-marks[cluster]) if marks[cluster, n] > 0]
        first = {row[0] for row in chosen if row}
        for term in [term for term in best if term not in first]:
            if len(chosen[cluster]) < most and not overlaps(term, chosen[cluster]):
                chosen[cluster].append(term)
    return unlike([", ".join(spelled[term] for term in row) or "mixed" for row in chosen])


def distinction(table: NDArray[np.float64]) -> NDArray[np.float64]:
    """p log(p / q) of weights (clusters, terms): p a term's share of its cluster, q of all."""
    p = table / np.maximum(table.sum(axis=1, keepdims=True), 1e-12)
    q = table.sum(axis=0) / max(float(table.sum()), 1e-12)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(p > 0, p * np.log(p / q), 0.0)


def spellings(terms: Sequence[Sequence[str]]) -> dict[str, str]:
    """How each term, singular and plural taken together, is written most often."""
    tally: dict[str, Counter[str]] = {}
    for row in terms:
        for term in row:
            tally.setdefault(singular(term), Counter())[term] += 1
    return {term: counted.most_common(1)[0][0] for term, counted in tally.items()}


def singular(term: str) -> str:
    """A word in small letters without its plural; anything else as it is."""
    if not term.islower() or term.endswith("ss") or len(term) < 5:
        return term
    return re.sub(r"ies$", "y", term) if term.endswith("ies") else re.sub(r"s$", "", term)


def overlaps(term: str, others: Sequence[str]) -> bool:
    """Whether a term repeats a word of the others ("cake cases", "cake"), or is another decade."""
    mine, theirs = (
        {"decade" if DECADE.fullmatch(word) else singular(word) for each in row for word in each}
        for row in ([term.split()], [other.split() for other in others])
    )
    return bool(mine & theirs)


def unlike(texts: Sequence[str]) -> list[str]:
    """The texts with a capital, each after its first use with a number."""
    seen: Counter[str] = Counter()
    result = []
    for text in (each[:1].upper() + each[1:] for each in texts):
        seen[text] += 1
        result.append(text if seen[text] == 1 else f"{text} ({seen[text]})")
    return result
