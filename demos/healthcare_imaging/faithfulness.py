"""Do the marked regions matter? Deletion and insertion scores of the explanations.

    python -m demos.healthcare_imaging.faithfulness --model blood_cells --data FILE.parquet --write

Deletion blurs the regions that a map ranks highest first and follows the probability of the
answer; insertion starts from the blurred image and brings them back (Petsiuk et al. 2018,
arXiv:1806.07421). Each score is the mean probability over all steps: a faithful map has a low
deletion and a high insertion score. Two maps that know nothing of the image set the scale: random
ones of the same coarseness, and one that ranks the center first. Blurring, unlike blacking out,
leaves an image that resembles one (Fong and Vedaldi 2017, arXiv:1704.03296).
"""

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from demos.core.devices import choose_device
from demos.core.metrics_file import record
from demos.core.settings import read_settings
from demos.core.spec import Bundled
from demos.healthcare_imaging import SPEC
from demos.healthcare_imaging.calibration import softmax
from demos.healthcare_imaging.classifier import Classification, Model, explain, load, predict
from demos.healthcare_imaging.engines import averaged
from demos.healthcare_imaging.evaluate import METRICS, SEED, decoded, read_column

IMAGES = 100
STEPS = 20
SHARE = 0.2
"""Of the image, whose removal the plain sentence of the card tells about."""
BLUR = 0.08
"""Standard deviation of the blur, of the side: coarser than anything the classifier reads."""

Map = NDArray[np.float32]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    names = [each.name for each in SPEC.models if isinstance(each.source, Bundled)]
    parser.add_argument("--model", default=names[0], choices=names)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--write", action="store_true", help="store in metrics.json")
    arguments = parser.parse_args()
    model = load(SPEC.model(arguments.model), choose_device(read_settings().device))
    report = measure(model, arguments.data, IMAGES)
    if arguments.write:
        record(METRICS, arguments.model, {"faithfulness": report})
    print(json.dumps(report, allow_nan=False))


def measure(model: Model, path: Path, count: int) -> dict[str, Any]:
    """Scores on up to `count` images drawn evenly over the classes, of those not refused."""
    rng = np.random.default_rng(SEED)
    encoded, labels = read_column(path, "image"), np.array(read_column(path, "label"))
    rows: list[int] = []
    for label in np.unique(labels):
        rows += rng.permutation(np.flatnonzero(labels == label))[
            : count // len(set(labels))
        ].tolist()
    center, grid = center_map(model), model_grid(model)
    maps: dict[str, Callable[[Classification], Map]] = {
        "map": lambda result: explain(model, result, result.scores[0].label).heatmap,
        "random": lambda result: enlarged(rng.random(grid).astype(np.float32), result.seen),
        "center": lambda result: center,
    }
    curves: dict[str, list[NDArray[np.float32]]] = {name: [] for name in maps}
    for image in decoded(encoded[row] for row in rows):
        result = predict(model, image)
        if result.scope <= 1:
            for name, make in maps.items():
                curves[name].append(both_ways(model, result, make(result)))
    stacked = {name: np.stack(each) for name, each in curves.items()}  # (n, 2, STEPS + 1)
    at_share = round(SHARE * STEPS)
    return {
        "n": len(stacked["map"]),
        "seed": SEED,
        "steps": STEPS,
        "deletion": {name: float(each[:, 0].mean()) for name, each in stacked.items()},
        "insertion": {name: float(each[:, 1].mean()) for name, each in stacked.items()},
        "share": SHARE,
        "lost": {
            name: float((each[:, 0, 0] - each[:, 0, at_share]).mean())
            for name, each in stacked.items()
        },
    }


def both_ways(model: Model, result: Classification, heat: Map) -> NDArray[np.float32]:
    """Probability of the answer (2, STEPS + 1) while regions are blurred, and brought back."""
    answer = model.kind.classes.index(result.scores[0].label)
    blurred = blur(result.seen)
    order = np.argsort(-heat, axis=None, kind="stable")
    rank = np.empty(order.size)
    rank[order] = np.arange(order.size) / order.size
    rank = rank.reshape(heat.shape)[:, :, None]
    shares = np.linspace(0, 1, STEPS + 1)
    deleted = [np.where(rank < share, blurred, result.seen) for share in shares]
    inserted = [np.where(rank < share, result.seen, blurred) for share in shares]
    logits = averaged(model.forward, np.stack(deleted + inserted), model.kind)[0]
    return softmax(logits, model.temperature)[:, answer].reshape(2, STEPS + 1)


def blur(seen: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.asarray(Image.fromarray(seen).filter(ImageFilter.GaussianBlur(BLUR * len(seen))))


def model_grid(model: Model) -> tuple[int, int]:
    """Rows and columns of the feature maps that explanations are made of."""
    zeros = np.zeros((1, 3, model.kind.input, model.kind.input), dtype=np.float32)
    height, width = model.forward(zeros)[1].shape[2:]
    return height, width


def enlarged(cells: Map, seen: NDArray[np.uint8]) -> Map:
    """A coarse map at the size of an image, smoothed as explanations are."""
    return np.asarray(Image.fromarray(cells).resize(seen.shape[1::-1], Image.Resampling.BICUBIC))


def center_map(model: Model) -> Map:
    """Highest in the middle, falling off with the distance from it."""
    offset = np.linspace(-1, 1, model.kind.input, dtype=np.float32)
    return -np.hypot(offset[:, None], offset[None])


if __name__ == "__main__":
    main()
