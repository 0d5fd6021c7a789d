"""Measure a bundled classifier on a file of labeled images and print one JSON object.

    python -m demos.healthcare_imaging.evaluate --model blood_cells --data FILE.parquet
    ... --out-of-scope chest_xray-validation.parquet lung_histology-validation.parquet

`FILE.parquet` has the columns `image` (encoded bytes) and `label`. Images go through the same
decoder, preprocessing, network and gate as the dashboard's; `accuracy` and all scores cover every
image, refused or not. `--out-of-scope` adds the share refused of other files' images and of drawn
nonsense. `--write --split NAME` stores the result in the demo's `metrics.json`.
"""

import argparse
import json
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray
from scipy.stats import binomtest
from sklearn.metrics import balanced_accuracy_score, confusion_matrix, roc_auc_score

from demos.core.devices import choose_device
from demos.core.explain import png
from demos.core.media import DecodedImage, decode_image
from demos.core.metrics_file import record
from demos.core.operating_curve import operating_curve
from demos.core.settings import read_settings
from demos.core.spec import Bundled
from demos.healthcare_imaging import SPEC
from demos.healthcare_imaging.calibration import expected_calibration_error
from demos.healthcare_imaging.classifier import Classification, Model, load, predict_batch
from demos.healthcare_imaging.nonsense import KINDS, nonsense

SEED = 0
BATCH = 32
RELIABILITY_EDGES = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 1.0)
MODELS = [each.name for each in SPEC.models if isinstance(each.source, Bundled)]
METRICS = Path(__file__).parent / "metrics.json"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", default=MODELS[0], choices=MODELS)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out-of-scope", type=Path, nargs="*", default=None)
    parser.add_argument("--split", default=None, help="name of the split, for metrics.json")
    parser.add_argument("--write", action="store_true", help="store in metrics.json")
    arguments = parser.parse_args()

    settings = read_settings()
    model = load(SPEC.model(arguments.model), choose_device(settings.device))
    report = {"model": arguments.model, "split": arguments.split or arguments.data.stem}
    report |= evaluate(model, arguments.data, report["split"])
    if arguments.out_of_scope is not None:
        report["out_of_scope"] = {
            path.stem: refused(model, decoded(read_column(path, "image")))
            for path in arguments.out_of_scope
        } | {
            kind: refused(model, decoded(png(p) for p in nonsense(kind, 300, SEED)))
            for kind in KINDS
        }
    if arguments.write:
        record(METRICS, arguments.model, report)
    print(json.dumps(report, allow_nan=False))


def evaluate(model: Model, path: Path, split: str) -> dict[str, Any]:
    """All figures on one file of labeled images, called `split` in the report."""
    classes = list(model.kind.classes)
    labels = np.array([classes.index(label) for label in read_column(path, "label")])
    began = time.perf_counter()
    results = classify(model, decoded(read_column(path, "image")))
    seconds = time.perf_counter() - began

    probabilities = np.array([[r.score_of(label) for label in classes] for r in results])
    answers = probabilities.argmax(axis=1)
    correct = answers == labels
    sets = probabilities >= model.set_threshold
    covered = sets[np.arange(len(labels)), labels]
    outcomes = np.array([r.outcome.value for r in results])
    answered = outcomes == "answer"
    confusion = confusion_matrix(labels, answers, labels=range(len(classes)))
    report: dict[str, Any] = {
        "n": len(labels),
        "seed": SEED,
        "accuracy": float(correct.mean()),
        "accuracy_ci95": interval(correct),
        "balanced_accuracy": float(balanced_accuracy_score(labels, answers)),
        "macro_auc": macro_auc(probabilities, labels),
        "ece": expected_calibration_error(probabilities, labels),
        "coverage_95": float(covered.mean()),
        "coverage_95_ci95": interval(covered),
        "mean_set_size": float(sets.sum(axis=1).mean()),
        "empty_sets": float((sets.sum(axis=1) == 0).mean()),
        "refused": float((outcomes == "refused").mean()),
        "answered": float(answered.mean()),
        "accuracy_answered": float(correct[answered].mean()) if answered.any() else None,
        "seconds_per_image": seconds / len(labels),
        "reliability": reliability(probabilities.max(axis=1), correct),
        "labels": classes,
        "confusion": confusion.tolist(),
        "per_class": {
            label: {
                "n": int(confusion[k].sum()),
                "recall": ratio(confusion[k, k], confusion[k].sum()),
                "precision": ratio(confusion[k, k], confusion[:, k].sum()),
            }
            for k, label in enumerate(classes)
        },
        "weights_sha256": model.weights_sha256,
        "engine": model.engine,
    }
    if model.kind.positive is not None and len(set(labels)) > 1:
        k = classes.index(model.kind.positive)
        report["auc"] = report["macro_auc"]
        report["sensitivity"] = ratio(confusion[k, k], confusion[k].sum())
        report["specificity"] = ratio(confusion[1 - k, 1 - k], confusion[1 - k].sum())
        report["curve"] = operating_curve(
            probabilities[:, k],
            labels == k,
            model.kind.prior,
            positive=model.kind.positive,
            split=split,
        )
    return report


def macro_auc(probabilities: NDArray[np.float32], labels: NDArray[np.int64]) -> float | None:
    """Mean area under the ROC curve, each class present against the rest; None for one class."""
    present = np.unique(labels)
    if len(present) == 1:
        return None
    return float(np.mean([roc_auc_score(labels == k, probabilities[:, k]) for k in present]))


def reliability(
    confidence: NDArray[np.float32], correct: NDArray[np.bool_]
) -> list[dict[str, Any]]:
    """How many images fell between two confidences, and how many of them were right."""
    bins = []
    for low, high in pairwise(RELIABILITY_EDGES):
        inside = (confidence >= low) & ((confidence < high) | (high == 1))
        right = int(correct[inside].sum())
        bins.append({"from": low, "to": high, "n": int(inside.sum()), "right": right})
    return bins


def ratio(part: int, whole: int) -> float | None:
    return float(part / whole) if whole else None


def interval(hits: NDArray[np.bool_]) -> list[float]:
    """Wilson's 95 % interval for a share."""
    bounds = binomtest(int(hits.sum()), len(hits)).proportion_ci(0.95, method="wilson")
    return [float(bounds.low), float(bounds.high)]


def refused(model: Model, images: Iterable[DecodedImage]) -> dict[str, float]:
    """How many of these out-of-scope images the gate turns away."""
    results = classify(model, images)
    share = float(np.mean([r.outcome == "refused" for r in results]))
    return {"n": len(results), "refused": share}


def classify(model: Model, images: Iterable[DecodedImage]) -> list[Classification]:
    """Classify an iterable of decoded images in batches."""
    results: list[Classification] = []
    stream = iter(images)
    while batch := list(islice(stream, BATCH)):
        results += map(lighter, predict_batch(model, batch))
    return results


def lighter(result: Classification) -> Classification:
    """Without its pixels and maps, a quarter of a megabyte that no figure needs."""
    return replace(result, seen=result.seen[:0], maps=result.maps[:0].copy())


def decoded(encoded: Iterable[bytes]) -> Iterator[DecodedImage]:
    """Encoded images through the dashboard's own decoder, one at a time."""
    settings = read_settings()
    return (decode_image(data, f"image {i}", settings) for i, data in enumerate(encoded))


def read_column(path: Path, name: str) -> list[Any]:
    column: list[Any] = pq.read_table(path, columns=[name])[name].to_pylist()
    return column


if __name__ == "__main__":
    main()
