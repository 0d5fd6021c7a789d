"""What the bundled engines that go by meaning share: the sentence encoder, and the sentence scorer.

One model for the store: similarity, search, sorting into any labels and summaries hold one encoder
between them, and the scorer beside it is a thousandth of its size.
"""

import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from demos.core import sentence_encoder
from demos.core.devices import Device
from demos.core.language.answers import Request
from demos.core.language.documents import Document
from demos.core.language.passages import cut
from demos.core.language.sentences import Place
from demos.core.language.text import sha256_of
from demos.core.results import Provenance
from demos.core.sentence_encoder import SOURCE, WIDTH
from demos.core.spec import Bundled, ModelSpec
from demos.core.weights import read_weights
from demos.language_tasks.replies import Tell, ignore
from demos.language_tasks.summary_features import features

Floats = NDArray[np.float32]

CHUNK = 64
"""Texts between two reports."""
SHORT = 800
"""Characters of a text that is read at once; hardly any has more than 256 word pieces."""


@dataclass(frozen=True, slots=True, eq=False)
class Meaning:
    """Any number of threads may use it. `encode` makes vectors (n, 384) of length 1; `scorer` is
    `summary_network.Scorer`, on the CPU; `encoder_sha256` is of the weights of the former; `labels`
    are the vectors of labels that it was asked for (`zero_shot.py`)."""

    encode: Callable[[Sequence[str]], Floats]
    scorer: Any
    name: str
    weights_sha256: str
    encoder_sha256: str
    device: Device
    memory_bytes: int
    labels: dict[tuple[str, ...], Floats] = field(default_factory=dict)


def load(spec: ModelSpec, device: Device) -> Meaning:
    """The encoder from its package and the scorer from `spec`.

    Raises `WeightsMismatch` for a file with another hash, `ModelError` without the package.
    """
    assert isinstance(spec.source, Bundled)
    return loaded(read_weights(spec.source), spec, device)


def loaded(encoded: bytes, spec: ModelSpec, device: Device) -> Meaning:
    """The model with the scorer in a weights file's bytes."""
    from safetensors.torch import load as load_safetensors

    from demos.language_tasks.summary_network import Scorer

    encoder = sentence_encoder.load(device)
    scorer = Scorer()
    scorer.load_state_dict(load_safetensors(encoded))
    scorer.requires_grad_(False).eval()
    return Meaning(
        encode=encoder.encode,
        scorer=scorer,
        name=spec.name,
        weights_sha256=hashlib.sha256(encoded).hexdigest(),
        encoder_sha256=SOURCE.sha256,
        device=device,
        memory_bytes=encoder.memory_bytes + len(encoded),
    )


def vectors(model: Meaning, texts: Sequence[str], tell: Tell = ignore) -> Floats:
    """(n, 384), each of length 1; of a text longer than the encoder reads, its beginning."""
    found = np.zeros((len(texts), WIDTH), np.float32)
    for start in range(0, len(texts), CHUNK):
        chunk = texts[start : start + CHUNK]
        found[start : start + len(chunk)] = model.encode(chunk)
        tell((start + len(chunk)) / len(texts), "")
    return found


def whole(model: Meaning, text: str, tell: Tell = ignore) -> Floats:
    """One vector (384,) of length 1 for all of a text: the mean over its passages, by length."""
    if len(text) <= SHORT:
        return vectors(model, [text], tell)[0]
    parts = [text[start:end] for start, end in passages(text)] or [""]
    mean = np.average(vectors(model, parts, tell), axis=0, weights=[len(p) or 1 for p in parts])
    found: Floats = (mean / max(float(np.linalg.norm(mean)), 1e-9)).astype(np.float32)
    return found


def passages(text: str) -> list[Place]:
    """Places of parts of a text, each short enough for the encoder."""
    return [(each.start, each.end) for each in cut(Document("", text, sha256_of(text)))]


def scored(model: Meaning, sentences: Sequence[str], found: Floats) -> Floats:
    """How much each sentence says of its text (n,), from their vectors: to be compared only."""
    import torch

    from demos.language_tasks import summary_network

    seen = torch.from_numpy(features(sentences, found))
    scores: Floats = summary_network.scored(model.scorer, torch.from_numpy(found), seen).numpy()
    return scores


def provenance(
    model: Meaning,
    request: Request,
    began: float,
    how: str,
    thresholds: tuple[tuple[str, float], ...] = (),
    scorer: bool = False,
) -> Provenance:
    return Provenance(
        input_sha256=sha256_of(request.text),
        model=model.name,
        weights=model.weights_sha256 if scorer else model.encoder_sha256,
        preprocessing=f"meaning/1: {how}",
        engine="PyTorch",
        device=str(model.device),
        dtype="float32",
        seconds=time.perf_counter() - began,
        thresholds=thresholds,
    )
