"""The scale of charts in which most probabilities lie close to 0 or to 100 %."""

from demos.core import reasons

REACH = 1e-5
"""Probabilities closer than this to 0 or 1 are drawn at the edge."""


def log_odds(probability: float) -> float:
    """Where a probability is drawn."""
    return reasons.log_odds(min(max(probability, REACH), 1 - REACH))
