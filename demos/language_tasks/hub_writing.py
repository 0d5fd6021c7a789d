"""Text from text: running an encoder-decoder network, four beams at a time.

transformers writes; every step is told of, which is how text streams and how writing is stopped.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from demos.core.devices import turn
from demos.core.language.text import encodable
from demos.language_tasks.hub_reading import HubLanguage, Row, padded, tokens
from demos.language_tasks.windows import completed, windows

if TYPE_CHECKING:
    import torch

BEAMS = 4
"""As the authors of T5 and BART wrote with."""

UNKNOWN = "<unk>"
"""The token of T5 for what it has none for; BART has one for every byte."""

TellTexts = Callable[[float, Sequence[str]], None]
"""Told the share of the tokens that may be written, and every text so far; may raise to stop."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How to write: tokens at least and at most, by how much to prefer long texts (0 for none), and
    how many tokens in a row may not come twice (0 for any)."""

    most: int
    least: int = 0
    longer: float = 1.0
    unrepeated: int = 0


@dataclass(frozen=True, slots=True)
class Written:
    """A text, and the mean probability of its tokens."""

    text: str
    score: float


def ready(network: Any) -> None:
    """Keep the network from writing as its configuration says: how to is said each time."""
    from transformers import GenerationConfig

    old = network.generation_config
    plain: Any = GenerationConfig
    network.generation_config = plain(
        decoder_start_token_id=old.decoder_start_token_id,
        bos_token_id=old.bos_token_id,
        eos_token_id=old.eos_token_id,
        pad_token_id=old.pad_token_id,
        forced_bos_token_id=old.forced_bos_token_id,
    )


def parts(
    model: HubLanguage, text: str, places: Sequence[tuple[int, int]], space: int
) -> list[tuple[int, int]]:
    """Places of the text that are `space` tokens long at most: sentences, longer ones cut up."""
    found: list[tuple[int, int]] = []
    for start, end in places:
        read = tokens(model, text[start:end])
        for window in windows(read.words, space):
            first = read.places[window.start][0] if window.start else 0
            last = read.places[window.end - 1][1] if window.end < len(read) else end - start
            first, last = completed(text, start + first, start + last)
            if first < last:
                found.append((first, last))
    return found


def unknown_signs(model: HubLanguage, text: str) -> list[str]:
    """What stands in a text and has no token, each once: the network never sees it."""
    none = model.tokenizer.token_to_id(UNKNOWN)
    read = tokens(model, text)
    places = (place for id, place in zip(read.ids, read.places, strict=True) if id == none)
    return list(dict.fromkeys(filter(str.strip, (text[start:end] for start, end in places))))


def write(
    model: HubLanguage, sources: Sequence[str], manner: Manner, tell: TellTexts
) -> list[Written]:
    """What the network makes of each of a few texts, all at once."""
    import torch

    rows = [Row(model.tokenizer.encode(encodable(text)).ids, []) for text in sources]
    given = padded(model, rows, max(len(row.ids) for row in rows))

    def told(ids: "torch.Tensor", _scores: Any, **_others: Any) -> "torch.Tensor":
        best = ids[:: ids.shape[0] // len(rows)]  # the first beam of each text
        so_far = [decoded(model, row) for row in best.tolist()]
        tell(min(ids.shape[1] / manner.most, 1.0), so_far)
        return torch.zeros(ids.shape[0], dtype=torch.bool, device=ids.device)

    with turn(model.device), torch.inference_mode():
        made = model.network.generate(
            **given,
            num_beams=BEAMS,
            do_sample=False,
            early_stopping=True,
            max_new_tokens=manner.most,
            min_new_tokens=manner.least or None,
            length_penalty=manner.longer,
            no_repeat_ngram_size=manner.unrepeated,
            stopping_criteria=[told],
        )
        scores = certainties(model, given, made)
    return [
        Written(decoded(model, row), score)
        for row, score in zip(made.tolist(), scores, strict=True)
    ]


def certainties(
    model: HubLanguage, given: "dict[str, torch.Tensor]", made: "torch.Tensor"
) -> list[float]:
    """The mean probability of the tokens of each text (B, T), by reading it once more."""
    logits = model.network(**given, decoder_input_ids=made[:, :-1]).logits.float()
    picked = logits.gather(-1, made[:, 1:, None])[..., 0]  # (B, T - 1)
    chosen = (picked - logits.logsumexp(-1)).exp()
    ends = model.network.generation_config.eos_token_id
    ended = (made[:, 1:] == ends).long()
    counts = (ended.cumsum(-1) - ended == 0).float()  # up to the first end, and it
    means: list[float] = ((chosen * counts).sum(-1) / counts.sum(-1)).tolist()
    return means


def decoded(model: HubLanguage, ids: Sequence[int]) -> str:
    """The text of tokens, the first of which only starts the decoder."""
    config = model.network.generation_config
    inner = list(ids[1:])
    if config.eos_token_id in inner:
        inner = inner[: inner.index(config.eos_token_id)]
    text: str = model.tokenizer.decode(inner, skip_special_tokens=True)
    return text.strip()
