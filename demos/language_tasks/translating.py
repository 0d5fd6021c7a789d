"""The bundled translator: from English into German or French, sentence by sentence.

It learned from captions of photographs and from nothing else. Of other texts it knows few of the
words, which its own scores tell: an answer that it is not sure of says so.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, takewhile
from typing import Any

import numpy as np

from demos.core.devices import Device, turn
from demos.core.errors import UnsupportedType
from demos.core.language.answers import Request, Translated, Translation, Verdict
from demos.core.language.scope import scope
from demos.core.language.sentences import Place, sentences
from demos.core.language.text import encodable, sha256_of
from demos.core.results import Outcome, Provenance
from demos.core.spec import Bundled, ModelSpec
from demos.core.weights import read_weights
from demos.language_tasks.hub_translation import put_together
from demos.language_tasks.replies import NOTHING, Tell, ignore
from demos.language_tasks.windows import completed, windows

VOCABULARY = "vocabulary"
"""The tensor whose bytes are the vocabulary, as JSON."""
FLOORS = {"de": 0.4, "fr": 0.5}
"""Mean score of the sentences, into each language, below which a text is not to be relied on.
`pack_translation.py` prints the scores between which they are."""
ROOM = 80
"""Tokens of a source: captions hardly ever have more, and what they become fits the network."""
GROUP, BATCH = 64, 16
"""Sentences sorted by length together, and translated at once."""
UNLIKE = (
    "The model learned from captions of photographs; it is not sure of this text, which may be "
    "of another kind."
)


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """Any number of threads may use it. `vocabulary` is a tokenizer of all three languages."""

    network: Any
    vocabulary: Any
    name: str
    weights_sha256: str
    device: Device
    memory_bytes: int


@dataclass(frozen=True, slots=True)
class Source:
    """What is translated of the text at a place: its tokens, the words at either end that the
    vocabulary has no signs for (such as emoji), and those within, each of which is one token."""

    place: Place
    before: str
    ids: tuple[int, ...]
    after: str
    unknown: tuple[str, ...]


def load(spec: ModelSpec, device: Device) -> Model:
    """Raises `WeightsMismatch` for a file with another hash."""
    assert isinstance(spec.source, Bundled)
    return loaded(read_weights(spec.source), spec, spec.source.sha256, device)


def loaded(encoded: bytes, spec: ModelSpec, sha256: str, device: Device) -> Model:
    """The model in a weights file's bytes."""
    import torch
    from safetensors.numpy import load as load_safetensors
    from tokenizers import Tokenizer

    from demos.language_tasks.translation_network import translator

    tensors = load_safetensors(encoded)
    vocabulary: Any = Tokenizer.from_str(tensors[VOCABULARY].tobytes().decode())
    network = translator().eval().requires_grad_(False)
    for name, own in network.named_parameters():
        own.copy_(torch.from_numpy(tensors[name].astype(np.float32)))
    with turn(device):
        network.to(str(device))
    held = sum(each.nbytes for each in [*network.parameters(), *network.buffers()])
    return Model(network, vocabulary, spec.name, sha256, device, held)


def predict(model: Model, request: Request, tell: Tell = ignore) -> Translation:
    """The text in the language of the request; a sentence's score is the geometric mean of the
    probabilities of its tokens. Raises `UnsupportedType` for another language."""
    began = time.perf_counter()
    known(request.language)
    text = request.text
    seen = scope(text).verdict if text.strip() else NOTHING
    if seen.outcome is Outcome.REFUSED:
        return answer(model, request, began, seen, ())
    sources = [source(model, text, place) for place in parts(model, text)]
    done: list[Translated | None] = [None] * len(sources)
    count = 0
    for batch in batches([len(each.ids) for each in sources]):
        made = translated(model, [sources[n] for n in batch], request.language)
        for n, each in zip(batch, made, strict=True):
            done[n] = each
        count += len(batch)
        so_far = [each for each in takewhile(lambda each: each is not None, done) if each]
        tell(count / len(sources), put_together(text, so_far))
    whole = tuple(each for each in done if each is not None)
    return answer(model, request, began, judged(whole, request.language), whole)


def known(language: str) -> None:
    from demos.language_tasks.translation_network import INTO

    if language not in INTO:
        raise UnsupportedType(
            f"The bundled model does not translate into “{language}”.",
            f"It translates into: {', '.join(INTO)}.",
        )


def judged(whole: Sequence[Translated], language: str) -> Verdict:
    """Unsure where its sentences are not like those it knows, on average; what it left as it was,
    having no word that it knows, is none of them."""
    if not whole:
        return NOTHING
    scores = [each.score for each in whole if each.score]
    sure = bool(scores) and float(np.mean(scores)) >= FLOORS[language]
    return Verdict() if sure else Verdict(Outcome.UNSURE, UNLIKE)


def parts(model: Model, text: str) -> list[Place]:
    """Places of sentences; a sentence longer than the model reads is cut between words."""
    found: list[Place] = []
    for start, end in sentences(text):
        read = model.vocabulary.encode(encodable(text[start:end]), add_special_tokens=False)
        for window in windows(read.word_ids, ROOM):
            first = read.offsets[window.start][0] if window.start else 0
            last = read.offsets[window.end - 1][1] if window.end < len(read) else end - start
            first, last = completed(text, start + first, start + last)
            if first < last:
                found.append((first, last))
    return found


def source(model: Model, text: str, place: Place) -> Source:
    """A sentence apart from what the vocabulary has no signs for."""
    from demos.language_tasks.translation_network import UNKNOWN

    runs = [
        (odd, list(words))
        for odd, words in groupby(
            encodable(text[place[0] : place[1]]).split(), lambda word: is_unknown(model, word)
        )
    ]
    before = runs.pop(0)[1] if runs and runs[0][0] else []
    after = runs.pop()[1] if runs and runs[-1][0] else []
    ids: list[int] = []
    for odd, words in runs:
        ids += [UNKNOWN] * len(words) if odd else model.vocabulary.encode(" ".join(words)).ids
    inner = tuple(word for odd, words in runs if odd for word in words)
    return Source(place, " ".join(before), tuple(ids), " ".join(after), inner)


def is_unknown(model: Model, word: str) -> bool:
    """Whether there is a sign in it that the vocabulary has not, or that means something else to
    the network."""
    from demos.language_tasks.translation_network import SPECIAL

    tokens = model.vocabulary.encode(word, add_special_tokens=False).tokens
    return not set(tokens).isdisjoint(SPECIAL)


def batches(lengths: Sequence[int]) -> list[list[int]]:
    """Places of sources of like length, those that come first in the text first."""
    found: list[list[int]] = []
    for at in range(0, len(lengths), GROUP):
        group = sorted(range(at, min(at + GROUP, len(lengths))), key=lambda n: lengths[n])
        found += [group[k : k + BATCH] for k in range(0, len(group), BATCH)]
    return found


def translated(model: Model, sources: Sequence[Source], language: str) -> list[Translated]:
    """All of them at once; one without a word that is known stays as it is."""
    from demos.language_tasks import translation_network

    rows = [translation_network.source(each.ids, language) for each in sources if each.ids]
    with turn(model.device):
        made = iter(translation_network.translate(model.network, rows) if rows else [])
    found = []
    for each in sources:
        ids, score = next(made) if each.ids else ([], -np.inf)
        said = " ".join(filter(None, [each.before, restored(model, ids, each), each.after]))
        found.append(Translated(*each.place, said, float(np.exp(score))))
    return found


def restored(model: Model, ids: Sequence[int], asked: Source) -> str:
    """The text of tokens. Words that the vocabulary does not know stand where the network put an
    unknown one, and those it left out at the end."""
    from demos.language_tasks.translation_network import UNKNOWN

    left = list(asked.unknown)
    said: list[str] = []
    for odd, run in groupby(ids, lambda each: each == UNKNOWN):
        if odd:
            said += [left.pop(0) for _ in run if left]
        else:
            said.append(model.vocabulary.decode(list(run)).strip())
    return " ".join([*filter(None, said), *left])


def answer(
    model: Model,
    request: Request,
    began: float,
    verdict: Verdict,
    whole: tuple[Translated, ...],
) -> Translation:
    from demos.language_tasks.translation_network import BEAMS

    return Translation(
        request=request,
        verdict=verdict,
        sentences=whole,
        translation=put_together(request.text, whole),
        provenance=Provenance(
            input_sha256=sha256_of(request.text),
            model=model.name,
            weights=model.weights_sha256,
            preprocessing=f"translator/1: sentence by sentence, {BEAMS} beams",
            engine="PyTorch",
            device=str(model.device),
            dtype="float32",
            seconds=time.perf_counter() - began,
            thresholds=(("least score of a sure text", FLOORS[request.language]),),
        ),
    )
