"""Turn trained weights into the file the dashboard loads.

    python -m demos.healthcare_imaging.calibrate --data DIR --weights WEIGHTS

Adds to the network's tensors the temperature and the prediction-set threshold (fitted on
validation, changed as for training where the modality is known to be harder elsewhere), the gate
(fitted on train, thresholds on validation) and the network as an ONNX graph without weights. Writes
`weights/<modality>.safetensors`, prints the SHA-256 to put in the demo's specification, and stores
in `metrics.json` how well the fits hold on images they did not see.
"""

import argparse
import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from itertools import permutations
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from onnxscript.optimizer import remove_unused_nodes
from safetensors.numpy import load_file, save
from sklearn.metrics import roc_auc_score

from demos.core import onnx_export
from demos.core.devices import CPU
from demos.core.metrics_file import record
from demos.healthcare_imaging.calibration import (
    conformal_threshold,
    expected_calibration_error,
    fit_temperature,
    softmax,
)
from demos.healthcare_imaging.data import read_images
from demos.healthcare_imaging.engines import Outputs, averaged, torch_forward
from demos.healthcare_imaging.evaluate import METRICS
from demos.healthcare_imaging.gate import fit_gate
from demos.healthcare_imaging.modalities import MODALITIES, Modality, modality
from demos.healthcare_imaging.network import Classifier
from demos.healthcare_imaging.preprocessing import preprocess
from demos.healthcare_imaging.train import stress

SEED = 0
COVERAGE = 0.95
COVERAGE_ELSEWHERE = 0.97
"""On changed validation images: how images elsewhere differ is a guess, so with a margin."""
SPLITS = 20
STRESS_DRAWS = 4
"""How often each validation image is changed anew."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", default="blood_cells", choices=[m.key for m in MODALITIES])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--weights", type=Path, required=True, help="what train wrote")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "weights")
    arguments = parser.parse_args()
    kind = modality(arguments.model)
    tensors, report = calibrate(kind, arguments.data, load_file(arguments.weights))
    print(json.dumps(report))
    encoded = save(tensors)
    (arguments.out / f"{kind.key}.safetensors").write_bytes(encoded)
    fits = ("cross_fitted", "changed")
    figures = {name: each for name, each in report.items() if name.startswith(fits)}
    record(METRICS, kind.key, figures, replacing=fits)
    print(hashlib.sha256(encoded).hexdigest())


def calibrate(
    kind: Modality, data: Path, weights: dict[str, NDArray[np.float32]]
) -> tuple[dict[str, NDArray[np.generic]], dict[str, float]]:
    """The tensors of the finished weights file, and figures on validation."""
    forward = torch_forward(weights, kind, CPU)
    train, train_labels = read_images(data / f"{kind.key}-train.parquet", kind)
    held_out, labels = read_images(data / f"{kind.key}-validation.parquet", kind)
    _, content, style = features(forward, train, replace(kind, views=1))
    logits, held_out_content, held_out_style = features(forward, held_out, kind)

    fit_logits, fit_labels, coverage = logits, labels, COVERAGE
    if kind.harder_elsewhere:
        harder = [stress(held_out, labels, kind, seed) for seed in range(STRESS_DRAWS)]
        fit_logits = np.concatenate([in_batches(forward, images) for images in harder])
        fit_labels, coverage = np.tile(labels, STRESS_DRAWS), COVERAGE_ELSEWHERE
    temperature = fit_temperature(fit_logits, fit_labels)
    set_threshold = conformal_threshold(softmax(fit_logits, temperature), fit_labels, coverage)
    probabilities = softmax(logits, temperature)
    held_out_features = held_out_style, held_out_content
    gate = fit_gate(style, content, train_labels, held_out_features, kind.gate_margin)
    report = {
        "validation_accuracy": float((logits.argmax(1) == labels).mean()),
        "temperature": temperature,
        "validation_ece": expected_calibration_error(probabilities, labels),
        "set_threshold": set_threshold,
        **(
            on_changed(softmax(fit_logits, temperature), fit_labels, set_threshold)
            if kind.harder_elsewhere
            else cross_fitted(logits, labels)
        ),
        "validation_refused": float((gate.score(held_out_style, held_out_content) > 1).mean()),
    }
    tensors: dict[str, NDArray[np.generic]] = {
        **weights,
        "calibration.temperature": np.array(temperature, dtype=np.float32),
        "calibration.set_threshold": np.array(set_threshold, dtype=np.float32),
        "gate.style_center": gate.style_center,
        "gate.style_whitening": gate.style_whitening,
        "gate.content_center": gate.content_center,
        "gate.content_whitening": gate.content_whitening,
        "gate.scales": gate.scales,
        "graph": np.frombuffer(export_graph(kind, weights), dtype=np.uint8),
    }
    return tensors, report


def on_changed(
    probabilities: NDArray[np.float32], labels: NDArray[np.int64], threshold: float
) -> dict[str, float]:
    """How the network does on validation images changed as for training, which set the fit."""
    true = probabilities[np.arange(len(labels)), labels]
    return {
        "changed_n": len(labels),
        "changed_accuracy": float((probabilities.argmax(axis=1) == labels).mean()),
        "changed_auc": float(roc_auc_score(labels, probabilities[:, 1])),
        "changed_ece": expected_calibration_error(probabilities, labels),
        "changed_coverage": float((true >= threshold).mean()),
    }


def cross_fitted(logits: NDArray[np.float32], labels: NDArray[np.int64]) -> dict[str, float]:
    """Calibration error and set coverage on images that the fit did not see.

    The means over `SPLITS` random halvings of validation, each half fitted on the other.
    """
    rng = np.random.default_rng(SEED)
    errors, coverages = [], []
    for _ in range(SPLITS):
        shuffled = rng.permutation(len(labels))
        for fit, check in permutations(np.array_split(shuffled, 2)):
            temperature = fit_temperature(logits[fit], labels[fit])
            threshold = conformal_threshold(
                softmax(logits[fit], temperature), labels[fit], COVERAGE
            )
            probabilities = softmax(logits[check], temperature)
            errors.append(expected_calibration_error(probabilities, labels[check]))
            true = probabilities[np.arange(len(check)), labels[check]]
            coverages.append(float((true >= threshold).mean()))
    return {
        "cross_fitted_ece": float(np.mean(errors)),
        "cross_fitted_coverage": float(np.mean(coverages)),
    }


def features(
    forward: Callable[[NDArray[np.float32]], Outputs], images: NDArray[np.uint8], kind: Modality
) -> Outputs:
    """Logits (N, K), pooled features (N, C) and style statistics (N, S) of frames."""
    outputs = []
    for start in range(0, len(images), 256):
        seen = np.stack([preprocess(image, kind) for image in images[start : start + 256]])
        logits, maps, style = averaged(forward, seen, kind)
        outputs.append((logits, maps.mean(axis=(2, 3)), style))
    logits, content, style = (np.concatenate(part) for part in zip(*outputs, strict=True))
    return logits, content, style


def in_batches(
    forward: Callable[[NDArray[np.float32]], Outputs], images: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Logits (N, K) of network input (N, 3, H, W)."""
    parts = np.array_split(images, max(1, len(images) // 128))
    return np.concatenate([forward(part)[0] for part in parts])


def export_graph(kind: Modality, weights: dict[str, NDArray[np.float32]]) -> bytes:
    """The network as ONNX, its initializers left out: they are the tensors of the same names."""
    network = Classifier(len(kind.classes)).eval()
    network.load_state_dict({k: torch.from_numpy(v) for k, v in weights.items()}, strict=False)
    graph = onnx_export.export_graph(
        network,
        (torch.zeros(2, 3, kind.input, kind.input),),
        ["images"],
        ["logits", "maps", "style"],
        weights,
        ({0: torch.export.Dim("batch", min=1, max=4096)},),
    )
    for node in graph.graph.node:
        if node.op_type == "Conv":  # a bias of zeros, computed at run time, which would keep
            del node.input[2:]  # ONNX Runtime from folding the batch norm into the convolution
    remove_unused_nodes(graph)
    return graph.SerializeToString()


if __name__ == "__main__":
    main()
