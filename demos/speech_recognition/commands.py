"""The bundled recognizer: 35 words, digits among them, said alone or in a row; nothing else.

Voice is found first; elsewhere nothing is heard. What is said there is read by `decoder` from what
`network` makes of `features`; then every word found is asked how well it fits compared with the
other words and with any sounds at all, and that becomes the probability that it was said.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load as load_safetensors

from demos.core.audio.sound import SAMPLE_RATE, DecodedAudio
from demos.core.audio.voice import voice_regions
from demos.core.devices import Device, turn
from demos.core.onnx_engine import onnx_graph
from demos.core.results import Outcome, Provenance
from demos.core.spec import Bundled, ModelSpec
from demos.core.speech.chunks import Chunk, plan, plan_so_far
from demos.core.speech.stitching import sentences, stitch
from demos.core.speech.transcript import Options, Region, Rejected, Transcription, Word
from demos.core.weights import read_weights
from demos.speech_recognition.candidates import (
    Candidate,
    Confidence,
    accepted,
    confidence_of,
    judged,
    sounding,
)
from demos.speech_recognition.decoder import Floats, Prices
from demos.speech_recognition.features import log_mel
from demos.speech_recognition.heard_text import NO_SPEECH
from demos.speech_recognition.hub_models import Tell, ignore
from demos.speech_recognition.lexicon import WORDS

FRAME = 0.02
"""Seconds between two outputs of the network."""
HUSH = 0.3
"""Seconds of silence put before and after what is heard at once."""
LONGEST, OVERLAP = 12.0, 2.0
"""Seconds heard at once, and shared by two such pieces where there was no pause to cut in."""
NO_WORD = "There is something like a voice, but none of the words that this model knows."
DOUBTFUL = "One of the words is not certain."
DOUBTFUL_MANY = "{} of the words are not certain."
PREPROCESSING = (
    f"commands/1: where there is a voice, pieces of at most {LONGEST:g} s, 64 mel bands, "
    "each piece brought to one level"
)

Forward = Callable[[Floats], Floats]
"""Features (B, frames, BANDS) to log-probabilities (B, T, TOKENS)."""


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """A loaded recognizer. Any number of threads may use it."""

    forward: Forward
    prices: Prices
    confidence: Confidence
    name: str
    weights_sha256: str
    engine: str
    device: str
    memory_bytes: int


def load(spec: ModelSpec, device: Device) -> Model:
    """Load the recognizer. Raises `WeightsMismatch` for a file with another hash."""
    assert isinstance(spec.source, Bundled)
    return loaded(read_weights(spec.source), spec, spec.source.sha256, device)


def loaded(encoded: bytes, spec: ModelSpec, sha256: str, device: Device) -> Model:
    """The model in a weights file's bytes."""
    tensors = load_safetensors(encoded)
    network = {
        name: each.astype(np.float32)
        for name, each in tensors.items()
        if name.startswith("network.")
    }
    if device.kind == "cpu":
        forward, engine = onnx_forward(tensors["graph"], network), "ONNX Runtime"
    else:
        forward, engine = torch_forward(network, device), "PyTorch"
    return Model(
        forward=forward,
        prices=Prices(*(float(each) for each in tensors["prices"])),
        confidence=confidence_of(tensors),
        name=spec.name,
        weights_sha256=sha256,
        engine=engine,
        device=str(device),
        memory_bytes=spec.memory_bytes,
    )


def onnx_forward(graph: NDArray[np.uint8], network: dict[str, NDArray[Any]]) -> Forward:
    """The graph stored with the weights, run by ONNX Runtime on the CPU."""
    run = onnx_graph(graph.tobytes(), network)
    return lambda features: run({"features": features})[0]


def torch_forward(network: dict[str, NDArray[Any]], device: Device) -> Forward:
    """The network of `network.py` with the same weights, on a GPU."""
    import torch

    from demos.speech_recognition.network import Recognizer

    with turn(device):
        module = Recognizer()
        state = {name.removeprefix("network."): each for name, each in network.items()}
        module.load_state_dict({name: torch.from_numpy(each) for name, each in state.items()})
        module.eval().requires_grad_(False).to(str(device))

    @torch.inference_mode()
    def forward(features: Floats) -> Floats:
        with turn(device):
            found: Floats = module(torch.from_numpy(features).to(str(device))).cpu().numpy()
        return found

    return forward


def warm_up(model: Model) -> None:
    """Search for a voice and listen once: the first run of any engine is its slowest."""
    silence = DecodedAudio(np.zeros(SAMPLE_RATE, np.int16), "", "", "", SAMPLE_RATE, 1)
    voice_regions(silence)
    candidates(model, silence.samples())


def predict(
    model: Model, audio: DecodedAudio, options: Options, tell: Tell = ignore
) -> Transcription:
    """The words of the vocabulary in a recording, and where something else was said.

    English only, each word with its time, whatever `options` ask for. `tell` hears of the words
    piece by piece and may raise to stop there.
    """
    began = time.perf_counter()
    regions: tuple[Region, ...] = ()
    words: list[Word] = []
    rejected: list[Rejected] = []
    pieces: list[Chunk] = []

    def so_far(done: float) -> Transcription:
        outcome, reason = outcome_of(model, regions, words, rejected)
        return Transcription(
            outcome=outcome
            if done >= audio.seconds or outcome is not Outcome.REFUSED
            else Outcome.ANSWER,
            reason=reason,
            segments=sentences(words),
            regions=regions,
            rejected=tuple(rejected),
            language=None,
            calibrated=True,
            seconds=audio.seconds,
            done=done,
            options=options,
            provenance=provenance(model, audio, time.perf_counter() - began),
        )

    def hear(found: tuple[Region, ...], planned: Sequence[Chunk]) -> None:
        nonlocal regions, words
        regions = found
        for piece in planned[len(pieces) :]:
            said, refused = listen(model, audio.samples(piece.start, piece.end), piece)
            shared = pieces[-1].end if piece.overlaps_previous else piece.start
            words = stitch(words, said, Region(piece.start, max(shared, piece.start)))
            rejected.extend(each for each in refused if each.start >= shared)
            pieces.append(piece)
            tell(so_far(piece.end))

    def meanwhile(until: float, found: tuple[Region, ...]) -> None:
        """Somebody waits for the first words while it is still searched for voices."""
        hear(found, plan_so_far(found, until, LONGEST, OVERLAP))
        tell(so_far(pieces[-1].end if pieces else 0.0))

    regions = voice_regions(audio, meanwhile)
    hear(regions, plan(regions, audio.seconds, LONGEST, OVERLAP))
    return so_far(audio.seconds)


def listen(model: Model, samples: Floats, piece: Chunk) -> tuple[list[Word], list[Rejected]]:
    """The words in one piece of a recording, and what was none."""
    words: list[Word] = []
    rejected: list[Rejected] = []
    found = candidates(model, samples)
    for each, counts in zip(found, accepted(found, model.confidence), strict=True):
        start, end = (
            min(max(piece.start + frame * FRAME - HUSH, piece.start), piece.end)
            for frame in (each.start, each.end)
        )
        probability = model.confidence.probability(each)
        if counts:
            words.append(Word(WORDS[each.word], start, end, probability))
        else:
            rejected.append(Rejected(start, end, WORDS[each.word], probability))
    return words, rejected


def features_of(samples: Floats) -> Floats:
    """What the network is given: with silence around it, as all it learned from had."""
    return log_mel(np.pad(samples, round(HUSH * SAMPLE_RATE)))


def candidates(model: Model, samples: Floats) -> list[Candidate]:
    """Every stretch of speech in `samples` with the word that fits it best, in frames that count
    from `HUSH` seconds before them."""
    features = features_of(samples)
    found = model.forward(features[None])[0]
    return [sounding(features, each) for each in judged(found, model.prices)]


def outcome_of(
    model: Model, regions: tuple[Region, ...], words: list[Word], rejected: list[Rejected]
) -> tuple[Outcome, str]:
    """Whether it is an answer, and if not, a sentence that says why."""
    if not words:
        return Outcome.REFUSED, NO_WORD if regions else NO_SPEECH
    doubtful = sum(each.score is not None and each.score < model.confidence.sure for each in words)
    if not doubtful:
        return Outcome.ANSWER, ""
    return Outcome.UNSURE, DOUBTFUL if doubtful == 1 else DOUBTFUL_MANY.format(doubtful)


def provenance(model: Model, audio: DecodedAudio, seconds: float) -> Provenance:
    return Provenance(
        input_sha256=audio.sha256,
        model=model.name,
        weights=model.weights_sha256,
        preprocessing=PREPROCESSING,
        engine=model.engine,
        device=model.device,
        dtype="float32",
        seconds=seconds,
        thresholds=(("heard", model.confidence.heard), ("sure", model.confidence.sure)),
    )
