"""Measure on labeled transactions and print one JSON object.

    python -m demos.fraud_scoring.evaluate --data FILE_OR_DIR
    python -m demos.fraud_scoring.evaluate --data FILE_OR_DIR --protocol handbook

The data are Parquet files with the handbook's columns; those of a folder are taken together. The
first command scores them with the bundled model. `--protocol handbook` trains the same architecture
anew in every fold of the handbook (`handbook.py`), and prints its metrics per fold under `folds`,
averaged under `mean`; under `baseline` those of XGBoost on the book's own features, beside it
logistic regression, XGBoost on our features, and the bundled model, which never saw these data.
`--protocol selection` does the same on the earlier folds on which everything was chosen.
`--simulated` measures the bundled model on test simulations of our own, with no data at all.
`--write` stores the result in the demo's `metrics.json`.
"""

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from demos.core.devices import choose_device
from demos.core.labels.metrics import label_metrics
from demos.core.metrics_file import record
from demos.core.settings import read_settings
from demos.fraud_scoring import SPEC
from demos.fraud_scoring.baselines import GRID, logistic_regression, xgboost
from demos.fraud_scoring.columns import from_handbook
from demos.fraud_scoring.features import features
from demos.fraud_scoring.fit import FOLD, fit, log_odds
from demos.fraud_scoring.handbook import (
    FIRST_TRAINING_DAYS,
    SELECTION_DAYS,
    TOP,
    Fold,
    folds,
    handbook_features,
    metrics,
)
from demos.fraud_scoring.inference import Model, load, scores
from demos.fraud_scoring.train import TEST, transactions

SEED = 0
METRICS = Path(__file__).parent / "metrics.json"
PROTOCOLS = {"handbook": FIRST_TRAINING_DAYS, "selection": SELECTION_DAYS}

Scores = NDArray[np.floating]
Fitter = Callable[[Fold], Scores]
"""Trains on a fold's training rows and gives scores of its tested rows."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--data", type=Path, help="a Parquet file, or a folder of them")
    what.add_argument("--simulated", action="store_true", help="test simulations of our own")
    parser.add_argument("--protocol", choices=PROTOCOLS, default=None)
    parser.add_argument("--write", action="store_true", help="store in metrics.json")
    arguments = parser.parse_args()
    if arguments.simulated and arguments.protocol:
        parser.error("--protocol needs --data")

    model = load(SPEC.models[0], choose_device(read_settings().device))
    if arguments.simulated:
        report = simulated(model)
    else:
        frame = read(arguments.data)
        if arguments.protocol:
            report = prequential(frame, arguments.protocol, model)
        else:
            report = {"split": arguments.data.stem, "seed": SEED} | measured(model, frame)
    if arguments.write:
        figures = report if arguments.simulated else {arguments.protocol or "data": report}
        record(METRICS, SPEC.models[0].name, figures)
    print(json.dumps(report, allow_nan=False))


def read(path: Path) -> pl.DataFrame:
    """Transactions of a file, or of all Parquet files of a folder, each transaction once.

    Raises `SystemExit` where there are none.
    """
    files = sorted(path.glob("*.parquet")) if path.is_dir() else [path]
    if not files:
        raise SystemExit(f"{path}: no Parquet files in this folder")
    frames = [pl.read_parquet(file) for file in files]
    together = pl.concat(frames, how="vertical_relaxed").unique("TRANSACTION_ID", keep="first")
    return from_handbook(together.sort("TRANSACTION_ID"))


def measured(model: Model, frame: pl.DataFrame, truth: pl.Series | None = None) -> dict[str, Any]:
    """The bundled model on labeled transactions: `truth` replaces labels it was not shown."""
    score = scores(model, frame)
    labeled = frame if truth is None else frame.with_columns(fraud=truth)
    found = label_metrics(labeled.with_columns(pl.Series("score", score)))
    if found is None:
        raise SystemExit("There are no labels in these data.")
    at_half = found.at(0.5, TOP)
    report: dict[str, Any] = {"n": found.rows, "frauds": found.frauds}
    for name, each in (
        ("base_rate", found.base_rate),
        ("average_precision", found.average_precision),
        ("roc_auc", found.roc_auc),
        ("precision_of_first_100_cards", at_half.card_precision),
        ("ece", found.calibration_error),
        ("brier", found.brier),
        ("precision_at_half", at_half.precision),
        ("recall_at_half", at_half.recall),
        *((f"recall_at_half_scenario_{each.scenario}", each.recall) for each in at_half.scenarios),
    ):
        report |= {name: each.value, f"{name}_ci95": [each.low, each.high]}
    return report


def simulated(model: Model) -> dict[str, Any]:
    """The bundled model on simulations that neither training nor calibration saw."""
    first, *others = (
        {"simulation_seed": part.seed, "labels": part.labels.value}
        | measured(model, frame, pl.Series(fraud).cast(pl.Int8))
        for part in TEST
        for frame, fraud in [transactions(part)]
    )
    return {"split": "simulated test", "seed": SEED} | first | {"with_fewer_labels": others}


def prequential(frame: pl.DataFrame, protocol: str, model: Model) -> dict[str, Any]:
    """Every fold of a protocol that the data cover: our network beside its baselines.

    Raises `SystemExit` where the data cover none.
    """
    covered = list(folds(frame, PROTOCOLS[protocol]))
    if not covered:
        first, last = frame["time"].min(), frame["time"].max()
        raise SystemExit(f"No fold of the protocol lies within the data, {first!s} to {last!s}.")
    fraud = frame["fraud"].to_numpy() == 1
    ours, book, bundled = features(frame), handbook_features(frame), scores(model, frame)

    def network(fold: Fold) -> Scores:
        return log_odds(fit(ours[fold.train], fraud[fold.train], FOLD, SEED), ours[fold.test])

    def baseline(fitter: Callable[..., Scores], x: Scores) -> Fitter:
        return lambda fold: fitter(x[fold.train], fraud[fold.train], x[fold.test])

    report: dict[str, Any] = {"protocol": protocol, "seed": SEED, "model": "our network, per fold"}
    report |= over(covered, frame, network)
    report["baseline"] = {"model": "XGBoost, the book's features"} | over(
        covered, frame, baseline(xgboost, book)
    )
    report["logistic_regression"] = {"model": "logistic regression, the book's features"} | over(
        covered, frame, baseline(logistic_regression, book)
    )
    report["xgboost_our_features"] = {"model": "XGBoost, our features"} | over(
        covered, frame, baseline(xgboost, ours)
    )
    report["bundled"] = {"model": "bundled, trained on our simulator only"} | over(
        covered, frame, lambda fold: bundled[fold.test]
    )
    if protocol == "selection":
        report["xgboost_grid"] = [
            options
            | over(
                covered,
                frame,
                baseline(lambda x, y, tested: xgboost(x, y, tested, options), book),  # noqa: B023
            )["mean"]
            for options in GRID
        ]
    return report


def over(covered: list[Fold], frame: pl.DataFrame, fitter: Fitter) -> dict[str, Any]:
    """A fitter's metrics in every fold, and their mean."""
    found = []
    for fold in covered:
        began = time.perf_counter()
        score = fitter(fold)
        tested = frame.filter(pl.Series(fold.test))
        found.append(
            {"train_from": fold.start.isoformat(), **metrics(tested, score)}
            | {"train_rows": int(fold.train.sum()), "n": tested.height}
            | {"seconds": round(time.perf_counter() - began, 2)}
        )
    names = ("roc_auc", "average_precision", "card_precision_at_100")
    return {"folds": found, "mean": {k: float(np.mean([f[k] for f in found])) for k in names}}


if __name__ == "__main__":
    main()
