"""The words that tell a group of texts from the others.

By TF-IDF of whole groups (Grootendorst 2022, "BERTopic", c-TF-IDF), but counting texts that have a
word and not how often they do, so that one text that repeats itself names no group.
"""

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

WORD = re.compile(r"[^\W\d_][^\W\d_'’]{2,}(?:[-'’][^\W\d_]+)*")
LOOKED_AT = 2_000
"""Characters of a text."""
MOST_LETTERS = 30
"""What is longer is no word."""
SAY_LITTLE = frozenset(
    "ask asked came come did does doing dear feel feeling felt getting going good got "
    "hello help just know let like lot lots made make makes need needs new old please really "
    "regards said saw say says sure tell thank thanks thing things think thought time today told "
    "tomorrow try trying use used using want wanted wants way went won year years yes "
    "yesterday".split()
)
"""Words beside the usual stop words that name no topic."""
WORDS = 3
AT_LEAST = 3
"""Texts of a group that have its word; in a group of few, one in ten."""


def words_of_groups(
    texts: Sequence[str], of: NDArray[np.int64], groups: int
) -> list[tuple[str, ...]]:
    """Up to `WORDS` words of each group, the most telling first; `of` (n,) is each text's group."""
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS as STOP

    counts: list[Counter[str]] = [Counter() for _ in range(groups)]
    for text, group in zip(texts, of.tolist(), strict=True):
        counts[group].update(words_of(text) - STOP - SAY_LITTLE)
    everywhere: Counter[str] = sum(counts, Counter())
    mean = sum(everywhere.values()) / max(groups, 1)
    sizes = np.bincount(of, minlength=groups)
    found = []
    for group, mine in enumerate(counts):
        least = min(AT_LEAST, max(1, int(sizes[group]) // 10))
        total = max(sum(mine.values()), 1)
        telling = {
            word: count / total * np.log1p(mean / everywhere[word])
            for word, count in mine.items()
            if count >= least
        }
        found.append(first_different(sorted(telling, key=lambda word: (-telling[word], word))))
    return found


def words_of(text: str) -> set[str]:
    """The different words of a text, in lower case, without those that are two, as "don't" is."""
    found = WORD.findall(text[:LOOKED_AT].casefold().replace("’", "'"))
    words = {word.removesuffix("'s") for word in found if len(word) <= MOST_LETTERS}
    return {word for word in words if "'" not in word}


def first_different(words: Sequence[str]) -> tuple[str, ...]:
    """The first `WORDS` of them that are no other form of one before: "refund" and "refunds"."""
    found: list[str] = []
    for word in words:
        if not any(word.startswith(each[:-1]) or each.startswith(word[:-1]) for each in found):
            found.append(word)
        if len(found) == WORDS:
            break
    return tuple(found)
