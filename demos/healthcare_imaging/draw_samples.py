"""Draw the synthetic samples, prove what they are, and write the gallery.

    python -m demos.healthcare_imaging.draw_samples --data DIR --generator WEIGHTS

Draws a fresh batch per class with the trained generator and measures, before any selection: how
often the classifier names the intended class, and how near the nearest training image is, both by
distance in the classifier's feature space and by pixel correlation over the eight turns and
mirror images. Then keeps, per class, the images most typical of the training data that are
answered as intended. From a second batch, drawn without guidance and so less true to type, it keeps
one that the classifier is unsure of and one that it gets wrong. Adds drawn nonsense and writes all
with `samples.json`. The figures go to `metrics.json`.
"""

import argparse
import hashlib
import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from demos.core.devices import CPU
from demos.core.explain import png
from demos.core.metrics_file import record
from demos.core.results import Outcome
from demos.core.samples import SampleKind
from demos.healthcare_imaging import SPEC
from demos.healthcare_imaging.calibrate import features
from demos.healthcare_imaging.calibration import softmax
from demos.healthcare_imaging.classifier import Classification, Model, load
from demos.healthcare_imaging.data import read_images
from demos.healthcare_imaging.evaluate import METRICS, classify, decoded
from demos.healthcare_imaging.generator import SIDE, Generator, draw, load_generator
from demos.healthcare_imaging.modalities import MODALITIES, Modality, modality
from demos.healthcare_imaging.nonsense import nonsense

Pixels = NDArray[np.uint8]
Drawn = tuple[Pixels, NDArray[np.int64]]
"""Images (N, H, W, 3) and the labels (N,) they were drawn as."""

SEED = 7
PER_CLASS = 50
GUIDANCE = 2.0
UNGUIDED = 1.0
UNGUIDED_PER_CLASS = 16
UNGUIDED_BATCHES = 12
STEPS = 30
KEPT_PER_CLASS = 4
NONSENSE = (("documents", "A page of text"), ("shapes", "A drawing"))
SAMPLES = Path(__file__).parent / "samples"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", default="blood_cells", choices=[m.key for m in MODALITIES])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--generator", type=Path, required=True)
    parser.add_argument("--batch", type=Path, help="where to keep the whole batch, to look at")
    arguments = parser.parse_args()
    kind = modality(arguments.model)
    network = load_generator(arguments.generator.read_bytes(), len(kind.classes))
    images, labels = draw_batch(kind, network, PER_CLASS, GUIDANCE, SEED)
    if arguments.batch:
        np.savez_compressed(arguments.batch, images=images, labels=labels)
    model = load(SPEC.model(kind.key), CPU)
    report = measure(model, arguments.data, images, labels)
    report["weights_sha256"] = hashlib.sha256(arguments.generator.read_bytes()).hexdigest()
    record(METRICS, kind.key, {"generator": report})
    print(json.dumps(report))
    write_gallery(model, (images, labels), difficult(model, network))


def draw_batch(
    kind: Modality, network: Generator, per_class: int, guidance: float, seed: int
) -> Drawn:
    """`per_class` images (N, SIDE, SIDE, 3) of every class, and the labels (N,) they are of."""
    labels = torch.arange(len(kind.classes)).repeat_interleave(per_class)
    drawn = [
        draw(network, part, SIDE, seed=seed + i, steps=STEPS, guidance=guidance)
        for i, part in enumerate(labels.split(25))
    ]
    images = torch.cat(drawn)
    if kind.gray:
        images = images.mean(dim=1, keepdim=True).expand_as(images)
    encoded = (images * 255).round().to(torch.uint8).permute(0, 2, 3, 1)
    return encoded.contiguous().numpy(), labels.numpy()


def measure(model: Model, data: Path, images: Pixels, labels: NDArray[np.int64]) -> dict[str, Any]:
    """How well a drawn batch matches its classes, and how far it is from the training images."""
    kind = model.kind
    train, _ = read_images(data / f"{kind.key}-train.parquet", kind)
    held_out = read_images(data / f"{kind.key}-validation.parquet", kind)[0][: len(images)]
    known = standardized(train)
    logits, content, style = features(model.forward, images, kind)
    probabilities = softmax(logits, model.temperature)
    intended = probabilities.argmax(axis=1) == labels
    scope = model.gate.score(style, content)

    plain = replace(kind, views=1)  # views change no content
    train_content = features(model.forward, train, plain)[1]
    real_content = features(model.forward, held_out, plain)[1]
    return {
        "n": len(images),
        "seed": SEED,
        "guidance": GUIDANCE,
        "steps": STEPS,
        "intended_class": float(intended.mean()),
        "intended_by_class": {
            label: float(intended[labels == k].mean()) for k, label in enumerate(kind.classes)
        },
        "in_scope": float((scope <= 1).mean()),
        "nearest_training_feature_distance": quantiles(nearest(content, train_content)),
        "same_distance_for_validation_images": quantiles(nearest(real_content, train_content)),
        "highest_training_pixel_correlation": quantiles(correlation(images, known)),
        "same_correlation_for_validation_images": quantiles(correlation(held_out, known)),
    }


def nearest(queries: NDArray[np.float32], pool: NDArray[np.float32]) -> NDArray[np.float32]:
    """Euclidean distance (N,) of each query (N, D) to its nearest neighbor in the pool (M, D)."""
    squared = (
        np.square(queries).sum(1)[:, None] - 2 * queries @ pool.T + np.square(pool).sum(1)[None]
    )
    return np.sqrt(np.maximum(squared.min(axis=1), 0))


def correlation(queries: Pixels, known: NDArray[np.float32]) -> NDArray[np.float32]:
    """Highest pixel correlation (N,) of any turn or mirror image of each query with a pool.

    Queries are images (N, H, W, 3), the pool is given as `standardized` makes it.
    """
    best = np.full(len(queries), -1.0, dtype=np.float32)
    for turns in range(4):
        turned = np.rot90(queries, turns, axes=(1, 2))
        for version in (turned, turned[:, :, ::-1]):
            best = np.maximum(best, (standardized(version) @ known.T).max(axis=1))
    return best


def standardized(images: Pixels) -> NDArray[np.float32]:
    """Images (N, H, W, 3) at 24 px as rows (N, 24 * 24 * 3) of zero mean and unit length."""
    small = np.stack(
        [np.asarray(Image.fromarray(np.ascontiguousarray(i)).resize((24, 24))) for i in images]
    )
    rows = small.reshape(len(images), -1).astype(np.float32)
    rows -= rows.mean(axis=1, keepdims=True)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def write_gallery(model: Model, guided: Drawn, unguided: tuple["DrawnImage", "DrawnImage"]) -> None:
    """Choose the samples, write them as PNG files and list them in `samples.json`."""
    kind = model.kind
    listed = []
    for former in SAMPLES.glob(f"{kind.key}-*.png"):
        former.unlink()

    def add(
        key: str, title: str, sort: SampleKind, label: str | None, note: str, data: bytes
    ) -> None:
        file = f"{kind.key}-{key}.png"
        (SAMPLES / file).write_bytes(data)
        entry: dict[str, str | None] = {"key": key, "model": kind.key, "title": title}
        listed.append(entry | {"kind": sort.value, "label": label, "note": note, "file": file})

    images = classified(model, guided)
    for label, title in zip(kind.classes, kind.class_titles, strict=True):
        good = [each for each in images if each.drawn_as == label == each.answer]
        if len(good) < KEPT_PER_CLASS:
            raise RuntimeError(f"{label}: only {len(good)} of the drawn images are answered so")
        for number, each in enumerate(good[:KEPT_PER_CLASS], start=1):
            add(f"{label}-{number}", f"{title} {number}", SampleKind.TYPICAL, label, "", each.file)

    hard, failure = unguided
    note = f"Drawn without guidance, it has features of more than one {kind.noun}."
    add("hard", f"Between two {kind.noun}s", SampleKind.HARD, hard.drawn_as, note, hard.file)
    note = "Drawn without guidance. The model is confident, and does not say what was meant."
    add("failure", "Confidently wrong", SampleKind.FAILURE, failure.drawn_as, note, failure.file)

    for drawing, title in NONSENSE:
        note = "Drawn by this project; no medical image at all."
        data = png(next(nonsense(drawing, 1, SEED)))
        add(drawing, title, SampleKind.OUT_OF_SCOPE, None, note, data)

    index = SAMPLES / "samples.json"
    others = json.loads(index.read_text()) if index.exists() else []
    others = [each for each in others if each["model"] != kind.key]
    index.write_text(json.dumps(others + listed, indent=1) + "\n")


def difficult(model: Model, network: Generator) -> "tuple[DrawnImage, DrawnImage]":
    """An image the classifier is unsure of, and one it is confidently wrong about.

    From batches drawn without guidance, one after the other until there are both.
    """
    unsure: list[DrawnImage] = []
    wrong: list[DrawnImage] = []
    for batch in range(UNGUIDED_BATCHES):
        seed = SEED + 1000 * batch
        drawn = draw_batch(model.kind, network, UNGUIDED_PER_CLASS, UNGUIDED, seed)
        for each in classified(model, drawn):
            if each.result.outcome is Outcome.UNSURE and each.drawn_as in each.result.candidates:
                unsure.append(each)
            if each.answer not in (None, each.drawn_as):
                wrong.append(each)
        if unsure and wrong:
            return unsure[0], max(wrong, key=lambda each: each.result.scores[0].score)
    raise RuntimeError(f"in {UNGUIDED_BATCHES} batches, {len(unsure)} unsure, {len(wrong)} wrong")


@dataclass(frozen=True, slots=True, eq=False)
class DrawnImage:
    """A drawn image as a PNG file, the label it was drawn as and what the classifier says."""

    file: bytes
    drawn_as: str
    result: Classification

    @property
    def answer(self) -> str | None:
        """The label of an answer, None when unsure or refused."""
        return self.result.scores[0].label if self.result.outcome is Outcome.ANSWER else None


def classified(model: Model, drawn: Drawn) -> list[DrawnImage]:
    """Every drawn image with its classification, the most typical of the training data first."""
    files = [png(image) for image in drawn[0]]
    results = classify(model, decoded(files))
    each = [
        DrawnImage(file, model.kind.classes[label], result)
        for file, label, result in zip(files, drawn[1], results, strict=True)
    ]
    return sorted(each, key=lambda image: image.result.scope)


def quantiles(values: NDArray[np.float32]) -> dict[str, float]:
    low, middle, high = np.quantile(values, [0.05, 0.5, 0.95])
    return {
        "min": float(values.min()),
        "p5": float(low),
        "median": float(middle),
        "p95": float(high),
        "max": float(values.max()),
    }


if __name__ == "__main__":
    main()
