"""From a trained network to the weights file: prices, confidence, limits, graph.

    python -m demos.speech_recognition.calibrate --run runs/speech

Clips of `corpus.py` are heard as the dashboard hears them. Prices of the decoder are searched on
validation clips, one at a time. A small network learns from training clips how probable a word is;
validation clips then say how to read its answer, and from which probability on a word is heard: the
lowest at which `REJECTED` of what is no word of ours is turned away. Writes
`weights/commands.safetensors` and prints its SHA-256 for `SPEC`, and what was chosen.
"""

import argparse
import hashlib
import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.numpy import save
from safetensors.torch import load_file
from sklearn.linear_model import LogisticRegression

from demos.core.audio.sound import SAMPLE_RATE, DecodedAudio
from demos.core.audio.voice import voice_regions
from demos.core.onnx_export import export_graph
from demos.core.speech.chunks import plan
from demos.core.speech.error_rate import compare
from demos.core.threads import available_cores
from demos.speech_recognition.augment import same_sound
from demos.speech_recognition.candidates import MOST, Candidate, Confidence, accepted, judged
from demos.speech_recognition.commands import (
    LONGEST,
    OVERLAP,
    Forward,
    features_of,
    onnx_forward,
)
from demos.speech_recognition.corpus import RICH, Clip, read
from demos.speech_recognition.decoder import UNKNOWN, Floats, Prices, segments
from demos.speech_recognition.lexicon import DIGITS, WORDS
from demos.speech_recognition.network import Recognizer

SEED = 0
WEIGHTS = Path(__file__).parent / "weights" / "commands.safetensors"
START = Prices(word=0.0, unknown=5.0, phone=2.0, switch=3.0)
CHOICES = {
    "word": (0.0, 1.0, 2.0, 4.0, 6.0),
    "unknown": (1.5, 3.0, 5.0, 8.0),
    "phone": (1.0, 1.5, 2.0, 2.5, 3.0),
    "switch": (0.0, 1.5, 3.0, 5.0, 8.0),
}
ROUNDS = 1
STRINGS, SINGLES = 150, 150
"""Clips the prices are searched on: strings of validation words, single words and unknown ones."""
LEARNED = {
    "commands": 3_000,
    "digits": 700,
    "strings": 60,
    "sentences": 363,
    "synthetic words": 700,
    "synthetic unknown": 3_500,
    "synthetic strings": 500,
}
"""Training clips, by source, that confidence is learned on."""
WEIGHT = 0.1
HIDDEN = 32
EPOCHS = 400
DECAY = 1e-3
REJECTED = 0.92
SURE = 0.8
MOST_FRAMES = 4_000


Found = Sequence[tuple[Clip, Sequence[Candidate]]]
"""Clips with every word found in them."""


@dataclass(frozen=True, slots=True, eq=False)
class Listened:
    """What the network made of each piece of a clip in which there is a voice."""

    clip: Clip
    pieces: tuple[Floats, ...]

    @property
    def known(self) -> bool:
        return all(word in WORDS for word in self.clip.text.split())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--output", type=Path, default=WEIGHTS)
    arguments = parser.parse_args()
    tensors = packed(arguments.run / "recognizer.safetensors")
    weights = {name: each for name, each in tensors.items() if name.startswith("network.")}
    full = {name: each.astype(np.float32) for name, each in weights.items()}
    forward = onnx_forward(tensors["graph"], full)

    clips = read(arguments.run / "corpus.npz")
    held = [each for each in clips if each.split == "validation"]
    with ThreadPoolExecutor(available_cores()) as pool:
        hear = partial(listened, forward)
        heard = list(pool.map(hear, usable([*held, *strung(held)])))
        known = list(pool.map(hear, usable(to_learn(clips))))
    prices = search(heard)
    found = spread(heard, prices)
    confidence = limited(read_by(learned(spread(known, prices)), found), found)
    tensors |= {"prices": np.array(list(asdict(prices).values()), np.float32)}
    tensors |= tensors_of(confidence)
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    encoded = save(tensors)
    arguments.output.write_bytes(encoded)
    chosen = {"sha256": hashlib.sha256(encoded).hexdigest(), "bytes": len(encoded)}
    figures = outcomes(confidence, found)
    print(json.dumps(chosen | {"prices": asdict(prices)} | figures, indent=1))


def packed(file: Path) -> dict[str, NDArray[Any]]:
    """The network in half precision, and the graph that computes it."""
    network = Recognizer()
    network.load_state_dict({name: each.half().float() for name, each in load_file(file).items()})
    frames = torch.export.Dim("frames", min=4, max=MOST_FRAMES)
    rows = torch.export.Dim("rows", min=1, max=1024)
    state = {f"network.{name}": each for name, each in network.state_dict().items()}
    graph = export_graph(
        Named(network).eval(),
        (torch.zeros(2, 121, 64),),
        ["features"],
        ["tokens"],
        state,
        ({0: rows, 1: frames},),
    )
    return {name: each.half().numpy() for name, each in state.items()} | {
        "graph": np.frombuffer(graph.SerializeToString(), dtype=np.uint8)
    }


class Named(torch.nn.Module):
    """Gives the tensors the names they have in the file."""

    def __init__(self, network: torch.nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        found: torch.Tensor = self.network(features)
        return found


def ambiguous(clip: Clip) -> bool:
    """Whether other words in it sound as ours do: "to", "for", "know"."""
    parts = zip(clip.text.split(), clip.phones.split(" | "), strict=False)
    return any(word not in WORDS and same_sound(phones) >= 0 for word, phones in parts)


def usable(clips: Sequence[Clip]) -> list[Clip]:
    return [each for each in clips if not ambiguous(each)]


def to_learn(clips: Sequence[Clip]) -> list[Clip]:
    """Training clips of every source, all rare words among them, and strings of both kinds."""
    random = Random(SEED)
    found: list[Clip] = []
    for source, count in LEARNED.items():
        pool = [each for each in clips if each.source == source and each.split == "train"]
        rare = [each for each in pool if source == "commands" and each.text not in RICH]
        rest = [each for each in pool if each not in rare]
        found += [*rare, *random.sample(rest, min(count, len(rest)))]
    return [*found, *strung(found), *strung(found[::-1])]


def listened(forward: Forward, clip: Clip) -> Listened:
    audio = DecodedAudio(clip.pcm, "", "", "", SAMPLE_RATE, 1)
    pieces = plan(voice_regions(audio), audio.seconds, LONGEST, OVERLAP)
    found = (forward(features_of(audio.samples(p.start, p.end))[None])[0] for p in pieces)
    return Listened(clip, tuple(found))


def strung(held: Sequence[Clip]) -> list[Clip]:
    """Strings of digits, and of words that are none of ours, from validation clips."""
    random = Random(SEED)
    spoken = [each for each in held if each.text in DIGITS and not each.source.startswith("syn")]
    made = []
    for _ in range(STRINGS):
        chosen = random.choices(spoken, k=random.randint(2, 5))
        gap = np.zeros(round(SAMPLE_RATE * random.uniform(0, 0.25)), np.int16)
        pcm = np.concatenate([part for each in chosen for part in (each.pcm, gap)])
        text = " ".join(each.text for each in chosen)
        made.append(Clip(pcm, text, "", "joined digits", "validation", ""))
    unknown = [each for each in held if each.source == "synthetic unknown"]
    for _ in range(STRINGS):
        chosen = random.choices(unknown, k=random.randint(3, 6))
        pcm = np.concatenate([each.pcm for each in chosen])
        text = " ".join(each.text for each in chosen)
        made.append(Clip(pcm, text, "", "joined unknown", "validation", ""))
    return made


def search(heard: Sequence[Listened]) -> Prices:
    """The prices under which most words are found and least is taken for one that is not."""
    random = Random(SEED)
    strings = [each for each in heard if " " in each.clip.text and each.known]
    real = [each for each in strings if each.clip.source == "strings"]
    single = random.sample([e for e in heard if e.clip.text in WORDS], SINGLES)
    unknown = random.sample([e for e in heard if not e.known], SINGLES)
    chosen = START
    for _ in range(ROUNDS):
        for name, values in CHOICES.items():
            tried = [replace(chosen, **{name: value}) for value in values]
            losses = [loss(strings, real, single, unknown, each) for each in tried]
            chosen = tried[int(np.argmin(losses))]
            print(json.dumps({name: dict(zip(values, losses, strict=True))}), flush=True)
    return chosen


def loss(
    strings: Sequence[Listened],
    real: Sequence[Listened],
    single: Sequence[Listened],
    unknown: Sequence[Listened],
    prices: Prices,
) -> float:
    """Word error rates of strings, real ones twice, and shares of clips heard as what they are not:
    of single words, and a little of unknown speech, for confidence is there to judge that."""
    wrong = [not is_known(each, prices) for each in single]
    taken = [is_known(each, prices) for each in unknown]
    rates = error_rate(strings, prices) + error_rate(real, prices)
    return rates + float(np.mean(wrong)) + WEIGHT * float(np.mean(taken))


def is_known(heard: Listened, prices: Prices) -> bool:
    found = [each.word for piece in heard.pieces for each in segments(piece, prices)]
    return len(found) == 1 and found[0] != UNKNOWN


def error_rate(strings: Sequence[Listened], prices: Prices) -> float:
    rates = [
        compare(
            each.clip.text,
            " ".join(
                WORDS[s.word] for p in each.pieces for s in segments(p, prices) if s.word != UNKNOWN
            ),
        )
        for each in strings
    ]
    return sum(each.errors for each in rates) / sum(each.words for each in rates)


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


def spread(heard: Sequence[Listened], prices: Prices) -> Found:
    """The words that the decoder finds in each clip, under these prices."""
    return [
        (each.clip, [part for piece in each.pieces for part in judged(piece, prices)])
        for each in heard
    ]


def correct(text: str, parts: Sequence[Candidate]) -> list[bool]:
    """Which words of a clip were said, by the alignment with fewest errors."""
    said = compare(text, " ".join(WORDS[each.word] for each in parts))
    return [step.kind == "hit" for step in said.alignment if step.hypothesis_word]


if __name__ == "__main__":
    main()
