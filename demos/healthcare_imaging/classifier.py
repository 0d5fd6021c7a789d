"""A bundled classifier: what it says of an image, how sure it is, and where the evidence lies."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load as load_safetensors

from demos.core.devices import Device
from demos.core.explain import heatmap_of
from demos.core.media import DecodedImage
from demos.core.results import LabelScore, Outcome, Provenance
from demos.core.spec import Bundled, ModelSpec
from demos.core.weights import read_weights
from demos.healthcare_imaging.calibration import softmax
from demos.healthcare_imaging.engines import Forward, averaged, onnx_forward, torch_forward
from demos.healthcare_imaging.gate import Gate
from demos.healthcare_imaging.modalities import Modality, modality
from demos.healthcare_imaging.preprocessing import preprocess, steps

MEMORY_PER_WEIGHT_BYTE = 4
"""The process grows by this much per byte of weights: they, packed copies, arenas. Measured."""


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """A loaded classifier. `forward` takes normalized images (N, 3, input, input)."""

    kind: Modality
    forward: Forward
    head: NDArray[np.float32]
    temperature: float
    set_threshold: float
    gate: Gate
    weights_sha256: str
    engine: str
    device: str
    memory_bytes: int


@dataclass(frozen=True, slots=True, eq=False)
class Classification:
    """What the classifier says of one image.

    `scores` holds every class, most probable first; the probabilities are calibrated on the
    validation images. `candidates` is one label for an answer; when unsure the 95 % prediction
    set, or the likeliest two where that is empty; and none when refused. `scope` at or below 1
    is in scope. `seen` (input, input, 3) uint8 is what the network was given and `maps`
    (C, h, w) what it made of it.
    """

    outcome: Outcome
    scores: tuple[LabelScore, ...]
    candidates: tuple[str, ...]
    scope: float
    seen: NDArray[np.uint8]
    maps: NDArray[np.float32]
    provenance: Provenance

    def score_of(self, label: str) -> float:
        return next(each.score for each in self.scores if each.label == label)


@dataclass(frozen=True, slots=True, eq=False)
class Explanation:
    """`heatmap` (input, input) in [0, 1]: the regions that raised the score of `label`."""

    label: str
    heatmap: NDArray[np.float32]


def load(spec: ModelSpec, device: Device) -> Model:
    """Load a bundled classifier. Raises `WeightsMismatch` for a file with another hash."""
    assert isinstance(spec.source, Bundled)
    encoded = read_weights(spec.source)
    tensors = load_safetensors(encoded)
    kind = modality(spec.name)
    forward: Forward
    if device.kind == "cpu":
        forward, engine = onnx_forward(tensors), "ONNX Runtime"
    else:
        forward, engine = torch_forward(tensors, kind, device), "PyTorch"
    return Model(
        kind=kind,
        forward=forward,
        head=tensors["backbone.fc.weight"],
        temperature=float(tensors["calibration.temperature"]),
        set_threshold=float(tensors["calibration.set_threshold"]),
        gate=Gate(
            style_center=tensors["gate.style_center"],
            style_whitening=tensors["gate.style_whitening"],
            content_center=tensors["gate.content_center"],
            content_whitening=tensors["gate.content_whitening"],
            scales=tensors["gate.scales"],
        ),
        weights_sha256=spec.source.sha256,
        engine=engine,
        device=str(device),
        memory_bytes=MEMORY_PER_WEIGHT_BYTE * len(encoded),
    )


def warm_up(model: Model) -> None:
    """Run once on nothing: the first run of any engine is its slowest."""
    model.forward(np.zeros((1, 3, model.kind.input, model.kind.input), dtype=np.float32))


def predict(model: Model, image: DecodedImage) -> Classification:
    """Classify one image."""
    return predict_batch(model, [image])[0]


def predict_batch(model: Model, images: Sequence[DecodedImage]) -> list[Classification]:
    """Classify several images in one pass; the time is shared out evenly among them."""
    began = time.perf_counter()
    seen = [preprocess(image.pixels, model.kind) for image in images]
    logits, maps, style = averaged(model.forward, np.stack(seen), model.kind)
    probabilities = softmax(logits, model.temperature)
    scope = model.gate.score(style, maps.mean(axis=(2, 3)))
    seconds = (time.perf_counter() - began) / len(images)
    return [
        postprocess(model, images[i], seen[i], probabilities[i], maps[i], float(scope[i]), seconds)
        for i in range(len(images))
    ]


def postprocess(
    model: Model,
    image: DecodedImage,
    seen: NDArray[np.uint8],
    probabilities: NDArray[np.float32],
    maps: NDArray[np.float32],
    scope: float,
    seconds: float,
) -> Classification:
    """Decide between an answer, unsure and refused."""
    order = np.argsort(-probabilities)
    scores = tuple(LabelScore(model.kind.classes[k], float(probabilities[k])) for k in order)
    typical = prediction_set(scores, model.set_threshold)
    candidates: tuple[str, ...]
    if scope > 1:
        outcome, candidates = Outcome.REFUSED, ()
    elif len(typical) == 1:
        outcome, candidates = Outcome.ANSWER, typical
    else:
        outcome, candidates = Outcome.UNSURE, typical or likeliest_two(scores)
    provenance = Provenance(
        input_sha256=image.sha256,
        model=model.kind.key,
        weights=model.weights_sha256,
        preprocessing=steps(model.kind),
        engine=model.engine,
        device=model.device,
        dtype="float32",
        seconds=seconds,
        thresholds=(("prediction set", model.set_threshold), ("scope", 1.0)),
    )
    return Classification(outcome, scores, candidates, scope, seen, maps, provenance)


def prediction_set(scores: Sequence[LabelScore], threshold: float) -> tuple[str, ...]:
    """The labels at or above the conformal threshold, maybe none."""
    return tuple(each.label for each in scores if each.score >= threshold)


def likeliest_two(scores: Sequence[LabelScore]) -> tuple[str, ...]:
    """What an unsure answer names where the prediction set does not help a reader."""
    return tuple(each.label for each in scores[:2])


def explain(model: Model, result: Classification, label: str) -> Explanation:
    """Where the evidence for `label` lies: a class activation map (Zhou et al. 2016).

    For a network that ends in average pooling and one linear layer this equals Grad-CAM at the
    last stage up to a constant (Selvaraju et al. 2017, arXiv:1610.02391, section 3.1), and needs
    no gradients. Regions that lowered the score are left at zero.
    """
    weights = model.head[model.kind.classes.index(label)]
    evidence = np.tensordot(weights, result.maps, axes=1)  # (h, w)
    return Explanation(label, heatmap_of(evidence, result.seen.shape[1::-1]))
