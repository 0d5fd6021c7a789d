"""From transactions to probabilities of fraud: features, network, calibration."""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from safetensors.numpy import load as load_safetensors

from demos.core import drift
from demos.core.devices import Device, turn
from demos.core.onnx_engine import onnx_graph
from demos.core.reasons import Account
from demos.core.results import Outcome, Provenance
from demos.core.spec import Bundled, ModelSpec
from demos.core.tables import Table
from demos.core.weights import read_weights
from demos.fraud_scoring.columns import transactions
from demos.fraud_scoring.drift import compare
from demos.fraud_scoring.features import FEATURES, features
from demos.fraud_scoring.reasons import account
from demos.fraud_scoring.scored import Scored
from demos.fraud_scoring.transaction import find, surroundings_of_all

CHUNK = 2_048
"""Rows the network sees at once: what they become in it fits the processor's cache."""
LIKELIEST = np.nextafter(np.float32(1), np.float32(0))
REFERENCE = Path(__file__).parent / "reference.json"
"""How the training data were distributed, to tell drift by."""

STEPS = f"{len(FEATURES)} features of transaction, card and terminal; labels known after 7 days"

Report = Callable[[int, int, str], None]
Forward = Callable[[NDArray[np.float32]], NDArray[np.float32]]
"""A network: features (n, F) to the members' mean log-odds (n,)."""


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """A loaded network. `baseline` (F,) is what is usual: medians of legitimate transactions."""

    forward: Forward
    slope: float
    intercept: float
    baseline: NDArray[np.float32]
    reference: Mapping[str, drift.Reference]
    name: str
    weights_sha256: str
    engine: str
    device: str
    memory_bytes: int

    def log_odds(self, x: NDArray[np.float32]) -> NDArray[np.float32]:
        """Calibrated log-odds of fraud (n,) for features (n, F)."""
        parts = [self.forward(x[at : at + CHUNK]) for at in range(0, len(x), CHUNK)]
        return np.concatenate(parts) * np.float32(self.slope) + np.float32(self.intercept)


def load(spec: ModelSpec, device: Device) -> Model:
    """Load the bundled network. Raises `WeightsMismatch` for a file with another hash."""
    assert isinstance(spec.source, Bundled)
    encoded = read_weights(spec.source)
    tensors = load_safetensors(encoded)
    weights = {name: each for name, each in tensors.items() if name.startswith("network.")}
    if device.kind == "cpu":
        forward, engine = onnx_forward(tensors["graph"], weights), "ONNX Runtime"
    else:
        forward, engine = torch_forward(weights, device), "PyTorch"
    return Model(
        forward=forward,
        slope=float(tensors["calibration.slope"]),
        intercept=float(tensors["calibration.intercept"]),
        baseline=tensors["baseline"],
        reference=drift.read_references(json.loads(REFERENCE.read_text())),
        name=spec.name,
        weights_sha256=spec.source.sha256,
        engine=engine,
        device=str(device),
        memory_bytes=spec.memory_bytes,
    )


def onnx_forward(graph: NDArray[np.uint8], weights: dict[str, NDArray[Any]]) -> Forward:
    """The graph stored with the weights, run by ONNX Runtime on the CPU."""
    run = onnx_graph(graph.tobytes(), weights)
    return lambda x: run({"features": x})[0]


def torch_forward(weights: dict[str, NDArray[Any]], device: Device) -> Forward:
    """The network of `network.py` with the same weights, on a GPU."""
    import torch

    from demos.fraud_scoring.network import rebuilt

    with turn(device):
        network = rebuilt({name: torch.from_numpy(each) for name, each in weights.items()})
        network = network.to(str(device))

    @torch.inference_mode()
    def forward(x: NDArray[np.float32]) -> NDArray[np.float32]:
        with turn(device):
            found: NDArray[np.float32] = network(torch.from_numpy(x).to(str(device))).cpu().numpy()
        return found

    return forward


def warm_up(model: Model) -> None:
    """Run once on what is usual: the first run of any engine is its slowest."""
    model.log_odds(model.baseline[None])


def predict(model: Model, table: Table, report: Report = lambda done, total, stage: None) -> Scored:
    """Score every transaction of a table.

    `report(done, total, stage)` is called between steps, in rows; what it raises ends the work.
    """
    began = time.perf_counter()
    frame = transactions(table)
    scored = frame.with_columns(pl.Series("score", scores(model, frame, report)))
    report(frame.height, frame.height, "Comparing with the training data")
    shift = compare(model.reference, scored)
    return Scored(
        transactions=scored,
        outcome=outcome(shift),
        drift=shift,
        labeled=frame["fraud"].null_count() < frame.height,
        provenance=Provenance(
            input_sha256=table.sha256,
            model=model.name,
            weights=model.weights_sha256,
            preprocessing=STEPS,
            engine=model.engine,
            device=model.device,
            dtype="float32",
            seconds=time.perf_counter() - began,
            thresholds=(),
        ),
    )


def scores(
    model: Model, frame: pl.DataFrame, report: Report = lambda done, total, stage: None
) -> NDArray[np.float32]:
    """The probability of fraud (n,) of every transaction, sorted by time and row."""
    total = frame.height
    report(0, total, "Looking up each card's and terminal's past")
    x = features(frame)
    found = np.empty(total, dtype=np.float32)
    for at in range(0, total, CHUNK):
        if at % (16 * CHUNK) == 0:
            report(at, total, "Scoring")
        found[at : at + CHUNK] = probability(model.log_odds(x[at : at + CHUNK]))
    return found


def probability(log_odds: NDArray[np.float32]) -> NDArray[np.float32]:
    """Never rounded to a certainty, as log-odds above 17 would be."""
    return np.minimum((1 / (1 + np.exp(-log_odds))).astype(np.float32), LIKELIEST)


def outcome(shift: drift.Drift) -> Outcome:
    """Refused where the table is no table of card transactions, unsure where it has shifted far."""
    if shift.alien:
        return Outcome.REFUSED
    return Outcome.UNSURE if shift.level is drift.Level.LARGE else Outcome.ANSWER


def explain(model: Model, scored: Scored, row: str, currency: str = "EUR") -> Account:
    """Why the transaction of `row` has its score: exact Shapley values of groups of features.

    Raises `KeyError` where there is no such row.
    """
    return explain_all(model, scored, [int(row)], currency)[0]


def explain_all(
    model: Model, scored: Scored, rows: Sequence[int], currency: str = "EUR"
) -> list[Account]:
    """The same for several transactions, in one pass over the table."""
    cases = [find(scored.transactions, row) for row in rows]
    near = surroundings_of_all(scored.transactions, cases)
    x = features(near)
    at = {row: place for place, row in enumerate(near["row"].to_list())}
    return [
        account(model.log_odds, x[at[case.row]], model.baseline, case, currency) for case in cases
    ]
