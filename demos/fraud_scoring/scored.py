"""A scored table."""

from dataclasses import dataclass

import polars as pl

from demos.core.drift import Drift
from demos.core.results import Outcome, Provenance


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """What the model says of a table of transactions.

    `transactions` are sorted by (time, row) and have the column `score` (Float32): the calibrated
    probability of fraud. `labeled`: whether any label is known. `drift` compares the table with the
    training data; `outcome` is an answer, unsure where that has shifted far, and refused where it
    is no table of card transactions: then the scores mean nothing.
    """

    transactions: pl.DataFrame
    outcome: Outcome
    drift: Drift
    labeled: bool
    provenance: Provenance
