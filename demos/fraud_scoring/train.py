"""Train the bundled network on our own simulator, calibrate it, and write its weights.

    python -m demos.fraud_scoring.train --run runs/fraud_scoring

Nothing is downloaded: the data come from `simulate.py`. Writes `fraud_scoring.safetensors`
(network, graph, calibration, usual values) and `reference.json` (how such data are distributed)
into the run's folder; `--install` copies both into the demo. About ten minutes on two cores.
"""

import argparse
import hashlib
import json
import shutil
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import torch
from numpy.typing import NDArray
from safetensors.numpy import save_file
from sklearn.linear_model import LogisticRegression

from demos.core import drift
from demos.core.onnx_export import export_graph
from demos.fraud_scoring.drift import reference
from demos.fraud_scoring.features import features
from demos.fraud_scoring.fit import BUNDLED, fit, log_odds
from demos.fraud_scoring.inference import CHUNK, REFERENCE, probability
from demos.fraud_scoring.network import MeanLogOdds, Network
from demos.fraud_scoring.simulate import Process, scaled, simulate

SEED = 0
DEMO = Path(__file__).parent
WEIGHTS = "fraud_scoring.safetensors"


class Labels(StrEnum):
    """What a file tells of past frauds."""

    ALL = "all"
    FRAUDS = "frauds only"
    """Confirmed frauds are marked; of the rest it does not say that they are legitimate."""
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Part:
    """One simulation: its size, its seed, and what its file would tell."""

    seed: int
    labels: Labels = Labels.ALL
    days: int = 183
    factor: float = 1.0


TRAINING = (
    Part(101),
    Part(102, Labels.NONE, days=120),
    Part(103, Labels.FRAUDS, days=120),
    # As files come: a month or two, of few or of many cards, of which nothing is known at first.
    *(Part(110 + k, days=31 + 15 * (k % 3), factor=0.25 + 0.25 * (k % 4)) for k in range(8)),
    *(Part(120 + k, Labels.NONE, days=31, factor=0.5) for k in range(2)),
    *(Part(130 + k, Labels.FRAUDS, days=46, factor=0.5) for k in range(2)),
)
VALIDATION = (Part(201), Part(202, Labels.NONE, days=92), Part(203, Labels.FRAUDS, days=92))
TEST = (Part(301), Part(302, Labels.NONE, days=92), Part(303, Labels.FRAUDS, days=92))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--run", type=Path, default=Path("runs/fraud_scoring"))
    parser.add_argument("--install", action="store_true", help="copy the result into the demo")
    arguments = parser.parse_args()
    arguments.run.mkdir(parents=True, exist_ok=True)

    x, fraud = drawn(TRAINING)
    print(json.dumps({"rows": len(x), "frauds": int(fraud.sum())}), flush=True)
    network = fit(x, fraud, BUNDLED, SEED, lambda line: print(line, flush=True))
    slope, intercept = calibrate(network)
    usual = remember(network, slope, intercept, arguments.run / REFERENCE.name)
    write(arguments.run, network, slope, intercept, usual)
    if arguments.install:
        shutil.copy(arguments.run / WEIGHTS, DEMO / "weights" / WEIGHTS)
        shutil.copy(arguments.run / REFERENCE.name, REFERENCE)


def transactions(part: Part) -> tuple[pl.DataFrame, NDArray[np.bool_]]:
    """What a file of `part` holds, and which of its transactions are fraud in truth."""
    process = scaled(Process(days=part.days), part.factor)
    frame = simulate(process, part.seed)
    fraud = frame["fraud"].to_numpy() == 1
    match part.labels:
        case Labels.NONE:
            frame = frame.with_columns(fraud=pl.lit(None, pl.Int8))
        case Labels.FRAUDS:
            frame = frame.with_columns(pl.col("fraud").replace(0, None))
    return frame, fraud


def drawn(parts: tuple[Part, ...]) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Features (n, F) and frauds (n,) of several simulations, one after the other."""
    each = [(features(frame), fraud) for frame, fraud in map(transactions, parts)]
    return np.concatenate([x for x, _ in each]), np.concatenate([fraud for _, fraud in each])


def calibrate(network: Network) -> tuple[float, float]:
    """Slope and intercept of the log-odds (Platt 1999), fitted on the validation simulations."""
    x, fraud = drawn(VALIDATION)
    found = LogisticRegression(C=np.inf).fit(log_odds(network, x)[:, None], fraud)
    return float(found.coef_[0, 0]), float(found.intercept_[0])


def remember(network: Network, slope: float, intercept: float, path: Path) -> NDArray[np.float32]:
    """Write how the first validation simulation, with its scores, is distributed.

    Returns what is usual in it: the medians (F,) of the legitimate transactions.
    """
    frame, fraud = transactions(VALIDATION[0])
    x = features(frame)
    score = probability(log_odds(network, x) * np.float32(slope) + np.float32(intercept))
    remembered = drift.to_json(reference(frame.with_columns(pl.Series("score", score))))
    path.write_text(json.dumps(remembered, indent=1) + "\n")
    usual: NDArray[np.float32] = np.median(x[~fraud], axis=0)
    return usual


def write(
    run: Path, network: Network, slope: float, intercept: float, usual: NDArray[np.float32]
) -> None:
    """The weights file: network, graph, calibration, and what is usual (F,)."""
    state = {name: value.contiguous().numpy() for name, value in network.state_dict().items()}
    graph = export_graph(
        MeanLogOdds(network).eval(),
        (torch.zeros(2, len(usual)),),
        ["features"],
        ["log_odds"],
        {f"network.{name}" for name in state},
        ({0: torch.export.Dim("batch", min=1, max=CHUNK)},),
    )
    tensors: dict[str, NDArray[Any]] = {
        **{f"network.{name}": value for name, value in state.items()},
        "graph": np.frombuffer(graph.SerializeToString(), dtype=np.uint8),
        "calibration.slope": np.array(slope),
        "calibration.intercept": np.array(intercept),
        "baseline": usual.astype(np.float32),
    }
    save_file(tensors, run / WEIGHTS)
    encoded = (run / WEIGHTS).read_bytes()
    print(json.dumps({"sha256": hashlib.sha256(encoded).hexdigest(), "bytes": len(encoded)}))


if __name__ == "__main__":
    main()
