"""From a trained network to the weights file: prices, confidence, limits, graph.

    python -m demos.speech_recognition.calibrate --run runs/speech

Clips of `corpus.py` are heard as the dashboard hears them. Prices of the decoder are searched on
validation clips, one at a time. A small network learns from training clips how probable a word is;
validation clips then say how to read its answer, and from which probability on a word is heard: the
lowest at which enough of what is no word of ours is turned away. Writes
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

from demos.core.audio.sound import SAMPLE_RATE, DecodedAudio
from demos.core.audio.voice import voice_regions
from demos.core.onnx_export import export_graph
from demos.core.speech.chunks import plan
from demos.core.speech.error_rate import compare
from demos.core.threads import available_cores
from demos.speech_recognition.augment import same_sound
from demos.speech_recognition.candidates import judged
from demos.speech_recognition.commands import (
    LONGEST,
    OVERLAP,
    Forward,
    features_of,
    onnx_forward,
)
from demos.speech_recognition.corpus import RICH, Clip, read
from demos.speech_recognition.decoder import UNKNOWN, Floats, Prices, segments
from demos.speech_recognition.learn_confidence import (
    Found,
    learned,
    limited,
    outcomes,
    read_by,
    tensors_of,
)
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
MOST_FRAMES = 4_000


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
            if min(losses) < losses[values.index(getattr(chosen, name))]:
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


def spread(heard: Sequence[Listened], prices: Prices) -> Found:
    """The words that the decoder finds in each clip, under these prices."""
    return [
        (each.clip, [part for piece in each.pieces for part in judged(piece, prices)])
        for each in heard
    ]


if __name__ == "__main__":
    main()
