"""Running the imaging models of `hub_catalog`: load from disk, predict, explain.

They refuse nothing by themselves: what is fed to them gets scores, chest X-ray or not.
"""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from demos.core.devices import Device, turn
from demos.core.explain import heatmap_of
from demos.core.hub import checked
from demos.core.media import DecodedImage
from demos.core.results import LabelScore, Outcome, Provenance
from demos.core.spec import Hub, ModelSpec
from demos.healthcare_imaging.calibration import softmax
from demos.healthcare_imaging.classifier import Explanation
from demos.healthcare_imaging.hub_catalog import HubImaging, Preparation, hub_imaging
from demos.healthcare_imaging.hub_networks import NETWORKS, Parts

MOST_NAMED = 3
"""Findings that the answer names."""
LONGEST = 4
"""In shorter sides. The middle of a longer image is all that is resized: of a strip of 16 pixels by
two million, resized first, there would be billions."""


@dataclass(frozen=True, slots=True, eq=False)
class HubNetwork:
    """A loaded Hub model."""

    known: HubImaging
    parts: Parts
    device: Device
    memory_bytes: int


@dataclass(frozen=True, slots=True, eq=False)
class HubResult:
    """What a Hub model says of one image.

    `scores` holds every output that is shown, the one that says most first: the highest, or with
    several findings the one farthest above its share. They are model scores, not calibrated.
    `candidates` is the class it answers with, or the findings it raises most, maybe none. `seen`
    (crop, crop, 3) uint8 is what the network was given, `features` what its trunk made of it.
    """

    outcome: Outcome
    scores: tuple[LabelScore, ...]
    candidates: tuple[str, ...]
    seen: NDArray[np.uint8]
    features: NDArray[np.float32]
    provenance: Provenance

    def score_of(self, label: str) -> float:
        return next(each.score for each in self.scores if each.label == label)


def load(spec: ModelSpec, device: Device) -> HubNetwork:
    """Load a model that has been downloaded; asks no network.

    Raises `HubUnavailable` if it has not been, `WeightsMismatch` if its files are not the right
    ones.
    """
    assert isinstance(spec.source, Hub)
    known = hub_imaging(spec.name)
    folder = checked(spec.source)
    parts = NETWORKS[known.architecture](known, folder, spec.source.weights)
    module = parts.module.requires_grad_(False).eval()
    with turn(device):
        module.to(str(device))
    held = [*module.parameters(), *module.buffers()]
    return HubNetwork(known, parts, device, sum(each.nbytes for each in held))


def prepare(pixels: NDArray[np.uint8], how: Preparation) -> NDArray[np.uint8]:
    """RGB pixels (H, W, 3) of any size to what the network sees, (crop, crop, 3)."""
    image, filter = Image.fromarray(pixels), Image.Resampling[how.filter]
    if not how.resize:
        return np.asarray(image.resize((how.crop, how.crop), filter))
    short = min(image.size)
    if max(image.size) > LONGEST * short:
        image = central(image, tuple(min(side, LONGEST * short) for side in image.size))
    width, height = (how.resize * side // short for side in image.size)
    return np.asarray(central(image.resize((width, height), filter), (how.crop, how.crop)))


def central(image: Image.Image, size: tuple[int, ...]) -> Image.Image:
    """The middle of an image, of this width and height."""
    left, top = (round((side - kept) / 2) for side, kept in zip(image.size, size, strict=True))
    return image.crop((left, top, left + size[0], top + size[1]))


def predict_batch(model: HubNetwork, images: Sequence[DecodedImage]) -> list[HubResult]:
    """Score several images in one pass; the time is shared out evenly among them."""
    import torch

    began = time.perf_counter()
    how = model.parts.preparation
    mean, std = np.array(how.mean, np.float32), np.array(how.std, np.float32)
    seen = [prepare(image.pixels, how) for image in images]
    batch = (np.stack(seen) / np.float32(255) - mean) / std  # (N, H, W, 3)
    with turn(model.device), torch.inference_mode():
        given = torch.from_numpy(np.ascontiguousarray(batch.transpose(0, 3, 1, 2)))
        inner = model.parts.trunk(given.to(str(model.device)))
        logits = model.parts.head(inner).cpu().numpy()
        features = inner.cpu().numpy()
    scores = 1 / (1 + np.exp(-logits)) if model.known.shares else softmax(logits, 1.0)
    seconds = (time.perf_counter() - began) / len(images)
    return [
        postprocess(model, image, seen[i], scores[i], features[i], seconds)
        for i, image in enumerate(images)
    ]


def postprocess(
    model: HubNetwork,
    image: DecodedImage,
    seen: NDArray[np.uint8],
    scores: NDArray[np.float32],
    features: NDArray[np.float32],
    seconds: float,
) -> HubResult:
    """Untrained outputs are dropped; what is left is ranked by how much it says."""
    known = model.known
    score_of = dict(zip(model.parts.labels, scores.tolist(), strict=True))
    raised = {label: score_of[label] / known.shares.get(label, 1.0) for label in known.shown}
    ranked = sorted(known.shown, key=lambda label: -raised[label])
    outcome, candidates = Outcome.ANSWER, ranked[:1]
    if known.shares:  # without an operating point nothing is present or absent
        outcome, candidates = Outcome.UNSURE, [k for k in ranked[:MOST_NAMED] if raised[k] > 1]
    assert isinstance(known.spec.source, Hub)
    return HubResult(
        outcome=outcome,
        scores=tuple(LabelScore(label, score_of[label]) for label in ranked),
        candidates=tuple(candidates),
        seen=seen,
        features=features,
        provenance=Provenance(
            input_sha256=image.sha256,
            model=known.spec.name,
            weights=known.spec.source.revision,
            preprocessing=f"hub/1: {model.parts.preparation}",
            engine="PyTorch",
            device=str(model.device),
            dtype="float32",
            seconds=seconds,
            thresholds=(),
        ),
    )


def explain(model: HubNetwork, result: HubResult, label: str) -> Explanation:
    """Where the evidence for `label` lies: Grad-CAM (Selvaraju et al. 2017, arXiv:1610.02391).

    At the last feature maps of a convolutional network, or the tokens that enter the last block
    of a transformer. Regions that lowered the score are left at zero.
    """
    import torch

    with turn(model.device), torch.enable_grad():
        inner = torch.from_numpy(result.features)[None].to(str(model.device)).requires_grad_()
        logit = model.parts.head(inner)[0, model.parts.labels.index(label)]
        (slope,) = torch.autograd.grad(logit, inner)
    maps, slopes = as_maps(result.features), as_maps(slope[0].cpu().numpy())
    evidence = np.tensordot(slopes.mean(axis=(1, 2)), maps, axes=1)  # (h, w)
    return Explanation(label, heatmap_of(evidence, result.seen.shape[1::-1]))


def as_maps(features: NDArray[np.float32]) -> NDArray[np.float32]:
    """Features of one image as maps (C, h, w); of tokens, the class token is left out."""
    if features.ndim == 3:
        return features
    side = math.isqrt(len(features) - 1)
    return features[1:].T.reshape(-1, side, side)
