"""Labeled examples near a text in meaning, to see its label beside theirs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

NEAREST = 5


@dataclass(frozen=True, slots=True)
class Example:
    """A text, its label, and the cosine of its vector to that of the text asked about."""

    text: str
    label: str
    cosine: float


def alike(
    own: Floats, examples: Mapping[str, Sequence[str]], others: Floats, most: int = NEAREST
) -> tuple[Example, ...]:
    """The nearest of the `examples`, texts by label, to the vector `own` (width,), the best first;
    `others` (n, width) are the vectors of all of them in their order."""
    labels = [label for label, texts in examples.items() for _ in texts]
    texts = [each for of_label in examples.values() for each in of_label]
    cosines = others @ own
    best = np.argsort(-cosines, kind="stable")[:most]
    return tuple(Example(texts[n], labels[n], float(cosines[n])) for n in best)
