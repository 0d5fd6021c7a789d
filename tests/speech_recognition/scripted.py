"""What a network that hears perfectly, or nearly, would say of words."""

import numpy as np
from numpy.typing import NDArray

from demos.speech_recognition.candidates import Confidence
from demos.speech_recognition.lexicon import BLANK, TOKENS, WORDS, tokens

GAP = 6
"""Frames of silence around every word."""
HOLD = 2
"""Frames of every phone; a blank follows."""


def spoken(*pronunciations: str, noise: float = 0.02, gap: int = GAP) -> NDArray[np.float32]:
    """Log-probabilities (T, TOKENS) of words said one after the other."""
    said = [BLANK] * gap
    for each in pronunciations:
        for token in tokens(each):
            said += [*[token] * HOLD, BLANK]
        said += [BLANK] * gap
    shares = np.full((len(said), TOKENS), noise / TOKENS)
    shares[np.arange(len(said)), said] += 1 - noise
    found: NDArray[np.float32] = np.log(shares).astype(np.float32)
    return found


FITS = 12
"""Figures of a fit."""


def linear(
    bias: float, weights: dict[int, float], heard: float = 0.5, sure: float = 0.9
) -> Confidence:
    """A confidence whose odds are `bias` and these weights of a fit's figures, by their places."""
    first = np.zeros((FITS + len(WORDS), 2), np.float32)
    for place, weight in weights.items():
        first[place] = weight, -weight
    return Confidence(
        center=np.zeros(FITS, np.float32),
        scale=np.ones(FITS, np.float32),
        first=first,
        bias=np.zeros(2, np.float32),
        second=np.array([1, -1], np.float32),
        last=bias,
        heard=heard,
        sure=sure,
    )


CONFIDENCE = linear(3.0, {0: 0.3, 4: -2.0, 5: -8.0})
"""Words that are far behind, taken for none, or spelled otherwise are improbable."""
