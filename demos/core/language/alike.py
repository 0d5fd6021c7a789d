"""Labeled examples near a text in meaning, to see its label beside theirs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from demos.core.language.retrieval import Vectors

NEAREST = 5


@dataclass(frozen=True, slots=True)
class Example:
    """A text, its label, and the cosine of its vector to that of the text asked about."""

    text: str
    label: str
    cosine: float


def alike(
    text: str, examples: Mapping[str, Sequence[str]], vectors: Vectors, most: int = NEAREST
) -> tuple[Example, ...]:
    """The nearest of the `examples`, texts by label, the best first."""
    labels = [label for label, texts in examples.items() for _ in texts]
    texts = [each for of_label in examples.values() for each in of_label]
    own, *others = vectors([text, *texts])
    cosines = np.stack(others) @ own
    best = np.argsort(-cosines, kind="stable")[:most]
    return tuple(Example(texts[n], labels[n], float(cosines[n])) for n in best)
