"""Learning, from clips whose words are known, how probable it is that a word was said."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from demos.core.speech.error_rate import compare
from demos.speech_recognition.candidates import MOST, Candidate, Confidence, accepted
from demos.speech_recognition.corpus import RICH, Clip
from demos.speech_recognition.lexicon import WORDS

SEED = 0
HIDDEN = 32
EPOCHS = 400
DECAY = 1e-3
REJECTED = 0.935
SURE = 0.8

Found = Sequence[tuple[Clip, Sequence[Candidate]]]
"""Clips with every word found in them."""


def learned(found: Found) -> Confidence:
    """Trained on what was heard right and wrong in these clips."""
    parts, right = judgments(found)
    fits = np.array([each.fit for each in parts], np.float32)
    center, scale = fits.mean(axis=0), fits.std(axis=0) + np.float32(1e-3)
    words = np.eye(len(WORDS), dtype=np.float32)[[each.word for each in parts]]
    given = np.hstack([np.clip((fits - center) / scale, -MOST, MOST), words])
    torch.manual_seed(SEED)
    first, second = torch.nn.Linear(given.shape[1], HIDDEN), torch.nn.Linear(HIDDEN, 1)
    network = torch.nn.Sequential(first, torch.nn.ReLU(), second)
    optimizer = torch.optim.AdamW(network.parameters(), 0.01, weight_decay=DECAY)
    inputs, answers = torch.from_numpy(given), torch.tensor(right, dtype=torch.float32)
    for _ in range(EPOCHS):
        odds = network(inputs)[:, 0]
        cost = torch.nn.functional.binary_cross_entropy_with_logits(odds, answers)
        optimizer.zero_grad()
        cost.backward()
        optimizer.step()
    return Confidence(
        center=center,
        scale=scale,
        first=first.weight.detach().numpy().T.copy(),
        bias=first.bias.detach().numpy().copy(),
        second=second.weight.detach().numpy()[0].copy(),
        last=float(second.bias.detach()[0]),
        heard=0.0,
        sure=SURE,
    )


def read_by(confidence: Confidence, found: Found) -> Confidence:
    """With its odds stretched and moved so that they are right on these clips (Platt 1999)."""
    parts, right = judgments(found)
    odds = [[logit(confidence.probability(each))] for each in parts]
    model = LogisticRegression(C=1e6).fit(odds, right)
    stretch, move = float(model.coef_[0, 0]), float(model.intercept_[0])
    return replace(
        confidence,
        second=confidence.second * np.float32(stretch),
        last=confidence.last * stretch + move,
    )


def logit(probability: float) -> float:
    bounded = min(max(probability, 1e-12), 1 - 1e-12)
    return float(np.log(bounded / (1 - bounded)))


def judgments(found: Found) -> tuple[list[Candidate], list[bool]]:
    """Every word found in the clips, and whether it was said."""
    parts = [part for _, several in found for part in several]
    return parts, [hit for clip, several in found for hit in correct(clip.text, several)]


def limited(confidence: Confidence, found: Found) -> Confidence:
    """With the limit at which enough single words that are none of ours are turned away."""
    unknown = [
        max((confidence.probability(each) for each in parts), default=0.0)
        for clip, parts in found
        if clip.text not in WORDS and " " not in clip.text
    ]
    lowest = float(np.quantile(unknown, REJECTED))
    return replace(confidence, heard=min(round(lowest + 0.005, 2), SURE))


def outcomes(confidence: Confidence, found: Found) -> dict[str, Any]:
    """What comes of it: clips turned away that should be, and heard right, by source."""
    right: dict[str, list[bool]] = {}
    for clip, parts in found:
        counts = accepted(parts, confidence)
        words = [WORDS[each.word] for each, hit in zip(parts, counts, strict=True) if hit]
        known = set(clip.text.split()) <= set(WORDS)
        kind = clip.source
        if kind == "commands":
            kind = "commands, many clips" if clip.text in RICH else "commands, few clips"
        hit = words == clip.text.split() if known else not words
        right.setdefault(kind if known else f"not in {kind}", []).append(hit)
    return {
        "heard": confidence.heard,
        "sure": confidence.sure,
        "right": {kind: float(np.mean(hits)) for kind, hits in right.items()},
    }


def tensors_of(confidence: Confidence) -> dict[str, NDArray[Any]]:
    """As `candidates.confidence_of` reads it."""
    limits = [confidence.last, confidence.heard, confidence.sure]
    parts = ("center", "scale", "first", "bias", "second")
    return {
        **{f"confidence.{name}": getattr(confidence, name) for name in parts},
        "confidence.limits": np.array(limits, np.float32),
    }


def correct(text: str, parts: Sequence[Candidate]) -> list[bool]:
    """Which words of a clip were said, by the alignment with fewest errors."""
    said = compare(text, " ".join(WORDS[each.word] for each in parts))
    return [step.kind == "hit" for step in said.alignment if step.hypothesis_word]
