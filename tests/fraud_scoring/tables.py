"""Hand-made tables of transactions."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import polars as pl

BEGAN = datetime(2026, 1, 1)

Purchase = tuple[float, str, str, float, int | None]
"""Days since `BEGAN`, card, terminal, amount, fraud."""


def table(purchases: Iterable[Purchase], scores: Iterable[float] | None = None) -> pl.DataFrame:
    """A table in the order of time; row numbers count from 2, as in a CSV file."""
    rows = list(purchases)
    made: dict[str, Any] = {
        "row": pl.Series(range(2, len(rows) + 2), dtype=pl.UInt32),
        "id": [str(number) for number in range(2, len(rows) + 2)],
        "time": pl.Series(
            [BEGAN + timedelta(days=day) for day, *_ in rows], dtype=pl.Datetime("us")
        ),
        "card": [card for _, card, *_ in rows],
        "terminal": [terminal for _, _, terminal, *_ in rows],
        "amount": [float(amount) for *_, amount, _ in rows],
        "fraud": pl.Series([fraud for *_, fraud in rows], dtype=pl.Int8),
    }
    if scores is not None:
        made["score"] = pl.Series(list(scores), dtype=pl.Float32)
    return pl.DataFrame(made).sort("time", "row")


def busy_month(n: int = 4000, cards: int = 40, terminals: int = 25, seed: int = 0) -> pl.DataFrame:
    """Random purchases over 60 days, a tenth of them fraud, a third of those unusually large."""
    rng = np.random.default_rng(seed)
    card, terminal = rng.integers(cards, size=n), rng.integers(terminals, size=n)
    fraud = rng.random(n) < 0.1
    amount = rng.gamma(4, 10, n) * np.where(fraud & (rng.random(n) < 0.3), 6, 1)
    times = np.sort(rng.integers(0, 60 * 86_400, n)) / 86_400
    return table(
        (float(t), f"c{c}", f"t{m}", float(a), int(f))
        for t, c, m, a, f in zip(times, card, terminal, amount, fraud, strict=True)
    ).with_columns(score=pl.lit(0.01, pl.Float32))
