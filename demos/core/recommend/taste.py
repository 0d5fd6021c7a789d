"""From words to the items whose titles mean most nearly that: a described taste, an unknown title.

Only titles are compared, with genres or authors where a catalog has them: what happens in a book
or how a film looks is not known. All similarities are cosines of sentence embeddings.
"""

from collections.abc import Sequence
from statistics import fmean

import numpy as np
from numpy.typing import NDArray

from demos.core.errors import EmptyInput, InputError, TooLarge
from demos.core.recommend.catalog import Catalog
from demos.core.recommend.neighbors import Neighbor
from demos.core.recommend.steering import marginal

LONGEST = 500
"""Characters of a description."""
CLEAR, LEAST, TOLD_BY = 0.5, 0.39, 5
"""A description says nothing that titles could answer if the nearest has no similarity of `CLEAR`,
nor the nearest five `LEAST` on average. Set on the three bundled catalogs: all of 60 short
descriptions of tastes pass, of 75 texts that describe none (keys pressed at random, "surprise me",
a question about a password) one does."""
NEAR_ENOUGH = 0.65
"""Of the similarity of the nearest; what is less near is left out, so that fewer may be found."""
POOL = 40
DIVERSITY = 0.2

Sentence = NDArray[np.float32]
"""A sentence embedding (E,), of length 1."""


def checked_description(text: str) -> str:
    """A description with single spaces.

    Raises `EmptyInput` if there is no word in it, `TooLarge` over `LONGEST` characters.
    """
    text = " ".join(text.split())
    if not any(each.isalpha() for each in text):
        raise EmptyInput(
            "There is no word in this description.",
            "Say in a sentence what somebody likes, or choose an example.",
        )
    if len(text) > LONGEST:
        raise TooLarge(
            f"This description has {len(text):,} characters; at most {LONGEST} are read.",
            "One or two sentences say a taste best: shorten it.",
        )
    return text


def described(catalog: Catalog, sentence: Sentence, limit: int = 5) -> tuple[Neighbor, ...]:
    """The items nearest to a described taste but not too alike, the nearest first.

    Chosen by maximal marginal relevance (Carbonell and Goldstein 1998) among the `POOL` nearest.
    Raises `InputError` where even the nearest are hardly near.
    """
    pool = nearest_titles(catalog, sentence, POOL)
    if not comes_near([each.similarity for each in pool]):
        raise InputError(
            f"No title among these {catalog.size:,} {catalog.many} comes near that description.",
            f"Name a kind of {catalog.one}, a subject, or a title that somebody likes, in English.",
        )
    near = [each for each in pool if each.similarity >= NEAR_ENOUGH * pool[0].similarity]
    relevance = np.array([each.similarity for each in near], np.float32)
    vectors = catalog.text[[each.item for each in near]]
    chosen = marginal(relevance, vectors, np.zeros_like(relevance), DIVERSITY, limit)
    return tuple(sorted((near[place] for place in chosen), key=lambda each: -each.similarity))


def comes_near(similarities: Sequence[float]) -> bool:
    """Whether a description means anything to a catalog: its similarities, the largest first."""
    if not similarities:
        return False
    return similarities[0] >= CLEAR or fmean(similarities[:TOLD_BY]) >= LEAST


def nearest_titles(catalog: Catalog, sentence: Sentence, limit: int = 3) -> tuple[Neighbor, ...]:
    """The items nearest to a sentence, such as a title the catalog does not have."""
    if not len(catalog.text) > 1:
        return ()
    cosines = catalog.text[1:] @ projected(catalog, sentence)
    nearest = np.argsort(-cosines, kind="stable")[:limit]
    return tuple(Neighbor(int(n) + 1, min(float(cosines[n]), 1.0)) for n in nearest)


def projected(catalog: Catalog, sentence: Sentence) -> Sentence:
    """A sentence where the catalog's `text` is (T,), of length 1 at most.

    What the projection drops is in no title; left as short as it then is, a sentence that is mostly
    about other things is near to nothing.
    """
    return sentence if catalog.projection is None else sentence @ catalog.projection
