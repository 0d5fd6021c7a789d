"""What is seen of a sentence besides its vector: where it stands, how long it is, how it begins."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

CUES = (
    *("we propose", "we present", "we introduce", "we show", "we demonstrate", "we develop"),
    *("we study", "we investigate", "we find", "we provide", "we argue", "we describe"),
    *("we explore", "we analyze", "in this paper", "in this work", "this paper", "this work"),
    *("our ", "novel", "new ", "however", "results", "experiments", "state-of-the-art"),
    *("outperform", "method", "approach", "framework", "e.g.", "for example", "recently"),
    *("propose", "to this end"),
)
"""Words that tell what an author holds for the point, or for an aside (Edmundson 1969)."""
PLACES, MANY = 10, 20
"""Sentences from the beginning or the end, and in the text, beyond which no more are counted."""
LONG = 4.0
"""About the logarithm of the words of a long sentence."""
FEATURES = 10 + len(CUES)
CENTER = 7
"""The column of how near a sentence is to the middle of its text."""


def features(sentences: Sequence[str], vectors: Floats) -> Floats:
    """(n, FEATURES) of all sentences of one text, from their vectors (n, 384) of length 1."""
    many = len(sentences)
    if not many:
        return np.zeros((0, FEATURES), np.float32)
    at = np.arange(many)
    lengths = np.array([len(each.split()) for each in sentences], np.float64)
    center = vectors.mean(axis=0)
    others = (vectors @ vectors.sum(axis=0) - 1) / max(many - 1, 1)
    lowered = [each.lower() for each in sentences]
    columns = [
        at == 0,
        at / many,
        np.minimum(at, PLACES) / PLACES,
        np.minimum(many - at, PLACES) / PLACES,
        np.full(many, min(many, MANY) / MANY),
        np.log1p(lengths) / LONG,
        lengths / max(lengths.mean(), 1.0) / 3,
        vectors @ center / max(float(np.linalg.norm(center)), 1e-9),
        others,
        *(np.array([cue in each for each in lowered]) for cue in CUES),
        np.array([each.startswith("we ") for each in lowered]),
    ]
    return np.stack(columns, axis=1).astype(np.float32)
