"""Stand-ins for the models that go by meaning and that translate; what they say means little."""

from collections.abc import Sequence
from typing import Any

import torch
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

from demos.core.devices import CPU
from demos.language_tasks.meaning import Meaning
from demos.language_tasks.summary_network import Scorer
from demos.language_tasks.translating import Model
from demos.language_tasks.translation_network import SPECIAL
from tests.core.language.handbook import hashed

LETTERS = "abcdefghijklmnopqrstuvwxyzäöüßé0123456789.,?!'-“”"


def tiny_meaning() -> Meaning:
    """Texts are near where they have words in common; sentences are scored at random."""
    torch.manual_seed(0)
    scorer = Scorer().requires_grad_(False).eval()
    return Meaning(hashed, scorer, "summary", "0" * 64, "1" * 64, CPU, 2**20)


def tiny_translator() -> Model:
    """To be used with `echo`; its vocabulary has single letters."""
    vocabulary = Tokenizer(models.BPE(unk_token=SPECIAL[0]))
    vocabulary.normalizer = normalizers.Lowercase()
    vocabulary.pre_tokenizer = pre_tokenizers.Metaspace()
    vocabulary.decoder = decoders.Metaspace()
    trainer = trainers.BpeTrainer(vocab_size=80, special_tokens=list(SPECIAL), show_progress=False)
    vocabulary.train_from_iterator([LETTERS], trainer)
    return Model(None, vocabulary, "translator", "0" * 64, CPU, 2**20)


def echo(network: Any, rows: Sequence[Sequence[int]]) -> list[tuple[list[int], float]]:
    """Every sentence translated by itself, in the place of `translation_network.translate`."""
    return [(list(row[1:-1]), -0.1) for row in rows]
