"""Measure next-item recommendation on held-out items and print one JSON object.

    python -m demos.recommendations.evaluate --catalog movies --interactions FILE --heldout FILE
    python -m demos.recommendations.evaluate --benchmark ml-1m --interactions FILE --heldout FILE

Both files are Parquet with `user, position, item`; a history is all that a user has in the first,
the target what the user has in the second. Every item of the catalog is ranked, none is sampled,
and items already in the history are left out. Under `model` are the figures of what the dashboard
recommends; under `methods` those of its parts alone; under `baselines` those of popularity, item
transitions, EASE and the best of `implicit`, fitted to the same interactions in the same run.

Without `--heldout`, each user's last interaction is the target and is left out of the histories:
the validation that everything was chosen on. For that, `--run` names the folder in which
`train.py` left the networks that have not seen it. `--write` stores the figures in the demo's
`metrics.json`. The benchmark reads the ensemble that `train --benchmark` left in `--run`.
"""

import argparse
import json
import sys
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from demos.core.devices import choose_device
from demos.core.intervals import wilson
from demos.core.metrics_file import record
from demos.core.settings import read_settings
from demos.recommendations import SPEC
from demos.recommendations.baselines import baselines
from demos.recommendations.blend import METHODS
from demos.recommendations.calibration import calibration
from demos.recommendations.inference import Model, load, loaded
from demos.recommendations.interactions import (
    Items,
    read_held_out,
    read_histories,
    without_last,
)
from demos.recommendations.ranking_metrics import measure
from demos.recommendations.recipes import BENCHMARKS, CATALOGS
from demos.recommendations.train import SEED, ensemble

METRICS = Path(__file__).parent / "metrics.json"
VALIDATION = "last-item validation"
"""Each user's last item of the training file, by networks trained without it."""

Figures = dict[str, Any]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    wanted = parser.add_mutually_exclusive_group(required=True)
    wanted.add_argument("--catalog", choices=CATALOGS)
    wanted.add_argument("--benchmark", choices=BENCHMARKS)
    parser.add_argument("--interactions", type=Path, required=True)
    parser.add_argument("--heldout", type=Path)
    parser.add_argument("--run", type=Path, default=Path("runs/recommendations"))
    parser.add_argument("--write", action="store_true", help="store the result in metrics.json")
    arguments = parser.parse_args()

    histories = read_histories(arguments.interactions)
    if arguments.heldout:
        held_out, split = read_held_out(arguments.heldout), arguments.heldout.name
    else:
        histories, held_out = without_last(histories)
        split = VALIDATION
    name = arguments.catalog or arguments.benchmark
    kind = name if arguments.heldout else f"{name}-validation"
    if arguments.catalog:
        model = bundled(name) if arguments.heldout else read(arguments.run, name)
        found = of_catalog(model, histories, held_out)
    else:
        found = of_benchmark(arguments.run / f"{kind}.safetensors", name, histories, held_out)
    found = {"split": split, "seed": SEED, "n": found["model"]["users"]} | found
    print(json.dumps(found, indent=1))
    if arguments.write:
        record(METRICS, name, (headlines(found) if arguments.catalog else {}) | found)


def headlines(found: Figures) -> Figures:
    """What the home page and the model card show, named as other demos name theirs."""
    model, n = found["model"], found["n"]
    hits = wilson(round(n * model["recall@10"]), n)
    return {
        "recall_at_10": model["recall@10"],
        "recall_at_10_ci95": [hits.low, hits.high],
        "catalog_coverage": model["coverage"],
        "ndcg_at_10": model["ndcg@10"],
        "novelty_bits": model["novelty"],
        "popularity_bias": model["popularity_bias"],
        "ece": found["calibration"]["ece"],
    }


def bundled(name: str) -> Model:
    """The shipped model of a catalog, on this machine's device."""
    return load(SPEC.model(name), choose_device(read_settings().device))


def read(run: Path, name: str) -> Model:
    """The model that `train.py` left without every user's last item."""
    encoded = (run / f"{name}-validation.safetensors").read_bytes()
    return loaded(encoded, SPEC.model(name), "", choose_device(read_settings().device))


def split_up(
    histories: dict[int, Items], held_out: dict[int, int], items: int
) -> tuple[list[list[int]], list[int]]:
    """Histories and targets of the users who have both. Raises `SystemExit` where none has.

    An item that the catalog does not have cannot be ranked: in a history it is left out, as a
    target it ends the run.
    """
    users = [user for user in histories if user in held_out]
    if not users:
        raise SystemExit("No user of the one file is in the other.")
    targets = [held_out[user] for user in users]
    if not all(0 < item <= items for item in targets):
        raise SystemExit(f"A held-out item is not among the catalog's {items}.")
    known = [[item for item in histories[user].tolist() if 0 < item <= items] for user in users]
    return known, targets


def of_catalog(model: Model, histories: dict[int, Items], held_out: dict[int, int]) -> Figures:
    """The tables of one catalog."""
    given, targets = split_up(histories, held_out, model.catalog.size)
    found: Figures = {"model": {}, "methods": {}, "baselines": {}}
    for method in METHODS:
        tell(f"{model.name}: {method}")
        scores = partial(model.scores, method=method)
        found["methods"][method] = measure(scores, given, targets, model.catalog.counts)
    found["model"] = found["methods"].pop(METHODS[0])
    found["blend_weights"] = model.weights.as_dict()
    found["calibration"] = calibration(model.scores, given, targets)
    found["baselines"] = compared(histories, model.catalog.size, given, targets)
    return found


def of_benchmark(
    file: Path, name: str, histories: dict[int, Items], held_out: dict[int, int]
) -> Figures:
    """The field's standard table, for the ensemble in `file`."""
    scores, items = ensemble(file, BENCHMARKS[name])
    given, targets = split_up(histories, held_out, items)
    counts = counted(histories, items)
    tell(f"{name}: {file.name}")
    return {
        "model": measure(scores, given, targets, counts),
        "baselines": compared(histories, items, given, targets),
    }


def compared(
    histories: dict[int, Items], items: int, given: list[list[int]], targets: list[int]
) -> Figures:
    """The baselines, fitted to the whole histories and asked for the same users."""
    counts = counted(histories, items)
    found = {}
    for name, scores in baselines([each.tolist() for each in histories.values()], items).items():
        tell(name)
        found[name] = measure(scores, given, targets, counts)
    return found


def counted(histories: dict[int, Items], items: int) -> NDArray[np.int64]:
    """How often each item (items + 1,) was taken."""
    return np.bincount(np.concatenate(list(histories.values())), minlength=items + 1)


def tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
