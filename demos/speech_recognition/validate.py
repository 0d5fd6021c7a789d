"""How the recognizer does while it is trained: single words among the 35, without rejection."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from demos.core.audio.sound import FULL_SCALE
from demos.speech_recognition.corpus import RICH, Clip
from demos.speech_recognition.features import log_mel
from demos.speech_recognition.lexicon import TOKENS, WORDS
from demos.speech_recognition.loss import word_scores

BATCH = 64
FRAMES = 160
"""Of features: single words are shorter; the rest is silence."""


def validate(network: torch.nn.Module, clips: Sequence[Clip]) -> dict[str, Any]:
    """Shares of validation clips whose likeliest word is the right one, by where they are from."""
    chosen = [c for c in clips if c.split == "validation" and c.text in WORDS]
    right: dict[str, list[bool]] = {}
    with torch.inference_mode():
        for at in range(0, len(chosen), BATCH):
            part = chosen[at : at + BATCH]
            found = network(torch.from_numpy(np.stack([padded(each) for each in part])))
            assert found.shape[2] == TOKENS
            for each, word in zip(part, word_scores(found).argmax(dim=1).tolist(), strict=True):
                hit = WORDS[word] == each.text
                right.setdefault(each.source, []).append(hit)
                if each.source == "commands":
                    kind = "rich" if each.text in RICH else "thin"
                    right.setdefault(kind, []).append(hit)
    return {name: float(np.mean(hits)) for name, hits in right.items()}


def padded(clip: Clip) -> np.ndarray[Any, np.dtype[np.float32]]:
    sound = clip.pcm.astype(np.float32) / np.float32(FULL_SCALE)
    found = log_mel(sound)[:FRAMES]
    return np.pad(found, ((0, FRAMES - len(found)), (0, 0)), constant_values=-1.0)
