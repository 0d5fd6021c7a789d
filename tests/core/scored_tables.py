"""Small scored tables for the tests of triage."""

from datetime import datetime, timedelta

import numpy as np
import polars as pl

START = datetime(2025, 3, 3)


def scored(*rows: tuple[int, str, float, float, int | None], scenario: int = 0) -> pl.DataFrame:
    """One transaction per (day from 0, card, amount, score, label), an hour apart."""
    return pl.DataFrame(
        {
            "row": range(2, len(rows) + 2),
            "id": [str(i) for i in range(len(rows))],
            "time": [
                START + timedelta(days=day, hours=1, minutes=i) for i, (day, *_) in enumerate(rows)
            ],
            "card": [card for _, card, *_ in rows],
            "terminal": [f"t{i}" for i in range(len(rows))],
            "amount": [amount for _, _, amount, *_ in rows],
            "fraud": [label for *_, label in rows],
            "scenario": [scenario if label else 0 for *_, label in rows],
            "score": [score for *_, score, _ in rows],
        },
        schema_overrides={
            "row": pl.UInt32,
            "time": pl.Datetime("us"),
            "amount": pl.Float64,
            "fraud": pl.Int8,
            "scenario": pl.Int8,
            "score": pl.Float32,
        },
    )


def drawn(n: int = 20_000, cards: int = 800, days: int = 10, seed: int = 0) -> pl.DataFrame:
    """Calibrated scores: every label is drawn with its score as the probability."""
    rng = np.random.default_rng(seed)
    score = (1 / (1 + np.exp(-rng.normal(-4.5, 2, n)))).astype(np.float32)
    fraud = (rng.random(n) < score).astype(np.int8)
    micros = np.sort(rng.integers(0, days * 86_400_000_000, n))
    return pl.DataFrame(
        {
            "row": np.arange(2, n + 2, dtype=np.uint32),
            "id": np.arange(n).astype(str),
            "time": pl.Series(micros).cast(pl.Duration("us")) + START,
            "card": rng.integers(0, cards, n).astype(str),
            "terminal": rng.integers(0, 50, n).astype(str),
            "amount": rng.gamma(2, 30, n).round(2),
            "fraud": fraud,
            "scenario": np.where(fraud, rng.integers(1, 4, n), 0).astype(np.int8),
            "score": score,
        }
    )
