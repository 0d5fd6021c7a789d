"""Networks whose answers are known: they follow a script instead of weights."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import torch
from tokenizers import Tokenizer

from demos.core.devices import CPU
from demos.language_tasks.hub_catalog import hub_language
from demos.language_tasks.hub_reading import HubLanguage, frame

Script = Callable[[list[int]], Sequence[Sequence[float]] | Sequence[float]]


class Outputs(SimpleNamespace):
    def __contains__(self, name: str) -> bool:
        return hasattr(self, name)


class Scripted:
    """`script` takes the tokens of a row, without padding, to its logits; `seen` are all rows."""

    dtype = torch.float32

    def __init__(self, script: Script, labels: Sequence[str], spans: bool = False) -> None:
        self.script, self.spans = script, spans
        self.config = SimpleNamespace(
            id2label=dict(enumerate(labels)), num_labels=len(labels), pad_token_id=0
        )
        self.seen: list[list[int]] = []

    def __call__(self, input_ids: Any, attention_mask: Any) -> Outputs:
        rows = []
        for ids, mask in zip(input_ids.tolist(), attention_mask.tolist(), strict=True):
            inner = ids[: sum(mask)]
            self.seen.append(inner)
            made = torch.tensor(self.script(inner), dtype=torch.float32)
            if made.ndim > 1:
                filler = torch.full((len(ids) - len(inner), made.shape[1]), -50.0)
                made = torch.cat([made, filler])
            rows.append(made)
        logits = torch.stack(rows)
        if self.spans:
            return Outputs(start_logits=logits[..., 0], end_logits=logits[..., 1])
        return Outputs(logits=logits)


def scripted(
    name: str,
    tokenizer: Tokenizer,
    script: Script,
    labels: Sequence[str],
    spans: bool = False,
    **known: Any,
) -> HubLanguage:
    """The model of the catalog called `name` with a scripted network, and other facts of it."""
    network = Scripted(script, labels, spans)
    facts = replace(hub_language(name), **known)
    return HubLanguage(facts, network, tokenizer, frame(tokenizer), CPU)


def by_piece(tokenizer: Tokenizer, given: Mapping[str, Sequence[float]], other: Sequence[float]):
    """A script that gives each token the logits of its piece."""
    return lambda ids: [list(given.get(tokenizer.id_to_token(n), other)) for n in ids]


def words_alone(words: Sequence[str]) -> Tokenizer:
    """A tokenizer of WordPiece that knows these pieces and the letters."""
    from tokenizers import models, normalizers, pre_tokenizers, processors

    letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,?!'"
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *words, *letters, *(f"##{c}" for c in letters)]
    vocabulary = {piece: n for n, piece in enumerate(dict.fromkeys(pieces))}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=False, strip_accents=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 2), ("[SEP]", 3)],
    )
    return tokenizer
