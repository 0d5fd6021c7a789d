"""Draw the samples that the demo ships, all from our own simulator.

    python -m demos.fraud_scoring.draw_samples

Writes Parquet files and `samples.json` into `samples/`; the same bytes every time.
"""

import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from demos.core.samples import SampleKind
from demos.fraud_scoring.features import LABEL_DELAY
from demos.fraud_scoring.simulate import Process, scaled, simulate, to_handbook

FOLDER = Path(__file__).parent / "samples"
MODEL = "card_history"
MONTH = Process(days=31, start=date(2026, 5, 1))
BANK, SMALL_BANK = scaled(MONTH, 0.4), scaled(MONTH, 0.2)
"""Two thousand customers, and one thousand."""


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    listed = []
    for key, title, kind, note, frame in drawn():
        path = FOLDER / f"{key}.parquet"
        frame.write_parquet(path, compression="zstd", compression_level=19, statistics=False)
        print(f"{path.name}: {frame.height:,} rows, {path.stat().st_size:,} bytes")
        listed.append(
            {"key": key, "model": MODEL, "title": title, "kind": kind.value, "label": None}
            | {"note": note, "file": path.name}
        )
    (FOLDER / "samples.json").write_text(json.dumps(listed, indent=1) + "\n")


def drawn() -> tuple[tuple[str, str, SampleKind, str, pl.DataFrame], ...]:
    """Key, title, kind, note and table of every sample."""
    return (
        (
            "month",
            "A month at a bank",
            SampleKind.TYPICAL,
            "Two thousand customers in May. Which purchases were fraud is filled in up to a week "
            "before the end, as it would be.",
            labeled_in_time(simulate(BANK, 401)),
        ),
        (
            "unlabeled",
            "A month in which nothing is known",
            SampleKind.HARD,
            "Nobody has said which purchases were fraud, so that tampered terminals cannot be "
            "told: the model is left with amounts and habits.",
            to_handbook(simulate(SMALL_BANK, 402)).drop("TX_FRAUD", "TX_FRAUD_SCENARIO"),
        ),
        (
            "tampered",
            "Forty tampered terminals in the first week",
            SampleKind.FAILURE,
            "Every purchase there is fraud, at ordinary amounts, and none is confirmed yet: the "
            "model sees next to nothing. What it missed is in the file.",
            to_handbook(
                simulate(replace(SMALL_BANK, days=7, terminals_a_day=40 / 7, cards_a_day=0), 403)
            ),
        ),
        (
            "sensors",
            "Readings of 40 thermometers",
            SampleKind.OUT_OF_SCOPE,
            "The columns are named as they should be; what is in them are no card transactions.",
            readings(404),
        ),
    )


def labeled_in_time(transactions: pl.DataFrame) -> pl.DataFrame:
    """With what can be known on the last evening: no label of the last seven days."""
    end: Any = transactions["time"].max()
    known = pl.col("TX_DATETIME") <= end - timedelta(seconds=LABEL_DELAY)
    return to_handbook(transactions).with_columns(
        pl.when(known).then(pl.col(name)).alias(name) for name in ("TX_FRAUD", "TX_FRAUD_SCENARIO")
    )


def readings(seed: int) -> pl.DataFrame:
    """A temperature every quarter of an hour, for a month, dressed up as a table of payments."""
    rng = np.random.default_rng(seed)
    steps, sensors = 31 * 96, 40
    start = datetime(2026, 5, 1)
    hour = np.arange(steps) / 4 % 24
    daily = 20 + 2 * np.sin((hour - 9) * 2 * np.pi / 24)
    value = daily[:, None] + rng.normal(0, 0.3, (steps, sensors)) + rng.normal(0, 1, sensors)
    step, sensor = (each.ravel() for each in np.mgrid[:steps, :sensors])
    return pl.DataFrame(
        {
            "TRANSACTION_ID": np.arange(steps * sensors),
            "TX_DATETIME": np.datetime64(start, "us") + step * np.timedelta64(15 * 60, "s"),
            "CUSTOMER_ID": [f"sensor-{k:02}" for k in sensor],
            "TERMINAL_ID": [f"room-{k // 4:02}" for k in sensor],
            "TX_AMOUNT": value.ravel().round(2),
        }
    )


if __name__ == "__main__":
    main()
