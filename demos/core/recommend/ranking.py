"""What a recommender answers: a score for every item, which the controls then act on."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from demos.core.results import Outcome, Provenance


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """Scores of every item for one history, as the model left them.

    `history`: items the model knows, oldest first. `scores` (N + 1,) are natural logarithms of the
    probability that an item comes next (they sum to 1 over all items, those of the history
    included); row 0 is -inf. `expected` is the probability that the next item is among the ten
    first that are not in the history. Nothing a reader steers by changes a `Ranking`.
    """

    history: tuple[int, ...]
    scores: NDArray[np.float32]
    outcome: Outcome
    reason: str
    expected: float
    provenance: Provenance
