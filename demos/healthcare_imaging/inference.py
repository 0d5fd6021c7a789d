"""Classify an image, or refuse it; say how sure and where the evidence lies.

On a CPU the network runs in ONNX Runtime, from a graph kept in the weights file, and torch is
never imported. On a GPU the same weights run in torch. Both give logits, feature maps and the
gate's statistics in one pass, so explanations need no second one.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from safetensors.numpy import load as load_safetensors

from demos.core.devices import Device, turn
from demos.core.media import DecodedImage
from demos.core.results import LabelScore, Outcome, Provenance
from demos.core.settings import read_settings
from demos.core.spec import Bundled, ModelSpec
from demos.core.threads import available_cores
from demos.core.weights import read_weights
from demos.healthcare_imaging.calibration import softmax
from demos.healthcare_imaging.gate import Gate
from demos.healthcare_imaging.modalities import Modality, modality

PREPROCESSING = (
    "healthcare_imaging/1: central square, bicubic to {frame} px, "
    "central {crop} px, bilinear to {input} px"
)

MEMORY_PER_WEIGHT_BYTE = 4
"""The process grows by this much per byte of weights: they, packed copies, arenas. Measured."""
ONNX_FLOAT = 1  # onnx.TensorProto.FLOAT, without importing onnx

Tensors = dict[str, NDArray[np.float32]]
Outputs = tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]
"""Logits (N, K), maps (N, C, h, w) and style statistics (N, S)."""


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """A loaded classifier. `forward` takes normalized images (N, 3, input, input)."""

    kind: Modality
    forward: Callable[[NDArray[np.float32]], Outputs]
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
    forward: Callable[[NDArray[np.float32]], Outputs]
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
    logits, maps, style = model.forward(normalize(np.stack(seen), model.kind))
    probabilities = softmax(logits, model.temperature)
    scope = model.gate.score(style, maps.mean(axis=(2, 3)))
    seconds = (time.perf_counter() - began) / len(images)
    return [
        postprocess(model, images[i], seen[i], probabilities[i], maps[i], float(scope[i]), seconds)
        for i in range(len(images))
    ]


def preprocess(pixels: NDArray[np.uint8], kind: Modality) -> NDArray[np.uint8]:
    """RGB pixels (H, W, 3) of any size to what the network sees, (input, input, 3)."""
    height, width = pixels.shape[:2]
    side = min(height, width)
    left, top = (width - side) // 2, (height - side) // 2
    square = Image.fromarray(pixels[top : top + side, left : left + side])
    if side != kind.frame:
        square = square.resize((kind.frame, kind.frame), Image.Resampling.BICUBIC)
    near, far = (kind.frame - kind.crop) // 2, (kind.frame + kind.crop) // 2
    central = (near, near, far, far)
    return np.asarray(
        square.resize((kind.input, kind.input), Image.Resampling.BILINEAR, box=central)
    )


def normalize(seen: NDArray[np.uint8], kind: Modality) -> NDArray[np.float32]:
    """Images (N, H, W, 3) uint8 to network input (N, 3, H, W)."""
    mean, std = (np.array(each, np.float32)[:, None, None] for each in (kind.mean, kind.std))
    images = np.ascontiguousarray(seen.transpose(0, 3, 1, 2)).astype(np.float32)
    images *= 1 / (255 * std)
    images -= mean / std
    return images


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
        preprocessing=PREPROCESSING.format(
            frame=model.kind.frame, crop=model.kind.crop, input=model.kind.input
        ),
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
    evidence = np.maximum(np.tensordot(weights, result.maps, axes=1), 0)  # (h, w)
    resized = Image.fromarray(evidence).resize(result.seen.shape[1::-1], Image.Resampling.BICUBIC)
    heatmap = np.maximum(np.asarray(resized, dtype=np.float32), 0)
    heatmap /= np.float32(max(heatmap.max(), 1e-6))
    return Explanation(label, heatmap)


@dataclass(frozen=True, slots=True, eq=False)
class OnnxNetwork:
    """A session and the weights it reads where they are: they have to live as long as it does."""

    session: Any
    weights: Tensors

    def __call__(self, images: NDArray[np.float32]) -> Outputs:
        logits, maps, style = self.session.run(None, {"images": images})
        return logits, maps, style


def onnx_forward(tensors: Tensors) -> OnnxNetwork:
    """The graph stored with the weights, run by ONNX Runtime on the CPU."""
    import onnxruntime as ort

    options = ort.SessionOptions()
    options.intra_op_num_threads = read_settings().threads or available_cores()
    # Spinning between runs would take the cores from the other sessions of this process.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    weights = {name: each for name, each in tensors.items() if name.startswith("backbone.")}
    values = [
        ort.OrtValue.ortvalue_from_numpy_with_onnx_type(each, ONNX_FLOAT)
        for each in weights.values()
    ]
    options.add_external_initializers(list(weights), values)
    session = ort.InferenceSession(
        tensors["graph"].tobytes(), options, providers=["CPUExecutionProvider"]
    )
    return OnnxNetwork(session, weights)


def torch_forward(
    tensors: Tensors, kind: Modality, device: Device
) -> Callable[[NDArray[np.float32]], Outputs]:
    """The network of `network.py` with the same weights, on a GPU."""
    import torch

    from demos.healthcare_imaging.network import Classifier

    network = Classifier(len(kind.classes))
    state = {k: torch.from_numpy(v) for k, v in tensors.items() if k.startswith("backbone.")}
    missing, unexpected = network.load_state_dict(state, strict=False)
    wrong = [name for name in missing if not name.endswith("num_batches_tracked")] + unexpected
    if wrong:
        raise ValueError(f"weights do not fit the network: {wrong}")
    # Thresholds were fitted in full precision; cuDNN would round inputs to TensorFloat-32.
    torch.backends.cudnn.allow_tf32 = False
    with turn(device):
        network = network.to(str(device)).to(memory_format=torch.channels_last).eval()

    @torch.inference_mode()
    def forward(images: NDArray[np.float32]) -> Outputs:
        with turn(device):
            batch = torch.from_numpy(images).to(str(device), memory_format=torch.channels_last)
            logits, maps, style = (output.cpu().numpy() for output in network(batch))
        return logits, maps, style

    return forward
