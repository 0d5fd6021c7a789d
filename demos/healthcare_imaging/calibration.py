"""From logits to probabilities and prediction sets, fitted on validation images."""

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float32]


def softmax(logits: Scores, temperature: float = 1.0) -> Scores:
    """Probabilities (N, K) of logits (N, K)."""
    scaled = logits / temperature
    exponent = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    return exponent / exponent.sum(axis=1, keepdims=True)


def fit_temperature(logits: Scores, labels: NDArray[np.int64]) -> float:
    """The temperature with the least negative log-likelihood (Guo et al. 2017, 1706.04599)."""
    from scipy.optimize import minimize_scalar  # slow to import, and only recipes fit

    def loss(log_temperature: float) -> float:
        chosen = softmax(logits, float(np.exp(log_temperature)))[np.arange(len(labels)), labels]
        return float(-np.log(chosen + 1e-12).mean())

    return float(np.exp(minimize_scalar(loss, bounds=(-3, 3), method="bounded").x))


def conformal_threshold(probabilities: Scores, labels: NDArray[np.int64], coverage: float) -> float:
    """The probability from which a class belongs to the set: split conformal prediction.

    Sets of all classes at or above it hold the true class with the stated coverage on images
    exchangeable with the validation images (least ambiguous sets, Sadinle et al. 2019,
    arXiv:1609.00451). A set may be empty: then no class is typical enough.
    """
    true = np.sort(probabilities[np.arange(len(labels)), labels])
    rank = int(np.floor((len(true) + 1) * (1 - coverage)))
    return float(true[max(rank - 1, 0)])


def expected_calibration_error(
    probabilities: Scores, labels: NDArray[np.int64], bins: int = 15
) -> float:
    """Mean gap between confidence and accuracy over equal-width confidence bins."""
    confidence = probabilities.max(axis=1)
    correct = probabilities.argmax(axis=1) == labels
    index = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps = [
        abs(correct[index == b].mean() - confidence[index == b].mean()) * (index == b).mean()
        for b in np.unique(index)
    ]
    return float(sum(gaps))
