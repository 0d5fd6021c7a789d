"""The gate: does this image look like the ones the classifier was trained on?

Two Mahalanobis distances (Lee et al. 2018, arXiv:1807.03888), both fitted on training images. The
style distance compares early feature statistics, which tell stains, lamps and subject matter apart;
the content distance compares the pooled features with the nearest class mean. Each is divided by
its own limit and the larger ratio is the score: an image is in scope at or below 1. A limit is the
distance that `IN_SCOPE` of the validation images stay below, times a margin, for images from a
camera or laboratory the data did not have.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SHRINKAGE = 0.02
"""Weight of the diagonal in the covariance estimates; keeps near-constant channels harmless."""

IN_SCOPE = 0.995

Features = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Gate:
    """`*_center` (K, D) and `*_whitening` (D, D); `scales` are the two thresholds."""

    style_center: Features
    style_whitening: Features
    content_center: Features
    content_whitening: Features
    scales: Features

    def score(self, style: Features, content: Features) -> Features:
        """Scores (N,) of style (N, S) and content (N, C) features; in scope at or below 1."""
        distances = np.stack(
            [
                distance(style, self.style_center, self.style_whitening),
                distance(content, self.content_center, self.content_whitening),
            ],
            axis=1,
        )
        return (distances / self.scales).max(axis=1)


def distance(features: Features, centers: Features, whitening: Features) -> Features:
    """Mahalanobis distance (N,) of features (N, D) to the nearest of the centers (K, D)."""
    white = (features[:, None, :] - centers[None]) @ whitening  # (N, K, D)
    return np.sqrt(np.square(white).sum(axis=2)).min(axis=1)


def fit_gate(
    style: Features,
    content: Features,
    labels: NDArray[np.int64],
    held_out: tuple[Features, Features],
    margin: float,
) -> Gate:
    """Fit on training features (N, D) and labels (N,); limits on held-out style and content."""
    style_center = style.mean(axis=0, keepdims=True)
    style_whitening = whiten(style - style_center)
    content_center = np.stack([content[labels == k].mean(axis=0) for k in np.unique(labels)])
    content_whitening = whiten(content - content_center[labels])
    distances = (
        distance(held_out[0], style_center, style_whitening),
        distance(held_out[1], content_center, content_whitening),
    )
    scales = np.array([margin * np.quantile(d, IN_SCOPE) for d in distances], dtype=np.float32)
    return Gate(style_center, style_whitening, content_center, content_whitening, scales)


def whiten(centered: Features) -> Features:
    """A matrix (D, D) that gives centered features (N, D) a unit covariance."""
    covariance = np.cov(centered.astype(np.float64), rowvar=False)
    diagonal = np.diag(np.diag(covariance) + 1e-6)
    shrunk = (1 - SHRINKAGE) * covariance + SHRINKAGE * diagonal
    return np.linalg.cholesky(np.linalg.inv(shrunk)).astype(np.float32)
