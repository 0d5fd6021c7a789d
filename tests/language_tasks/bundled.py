"""Small stand-ins for the bundled engines that go by meaning and that translate."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import save, save_file

from demos.core.devices import CPU
from demos.core.sentence_encoder import WIDTH
from demos.core.spec import Bundled, ModelSpec
from demos.language_tasks import translation_network
from demos.language_tasks.meaning import Meaning
from demos.language_tasks.summary_network import Scorer
from demos.language_tasks.translation_network import SPECIAL

SPEC = ModelSpec("language_tasks", "tiny", "Tiny", Bundled("", ""), 0, "", "")
CAPTIONS = (
    "A man in a blue shirt is standing on a ladder cleaning a window.",
    "Two young girls are playing in the water, and a dog runs after them.",
    "Ein Mann steht auf einer Leiter und putzt ein Fenster.",
    "Deux jeunes filles jouent dans l'eau, et un chien court.",
)


def by_words(texts: Sequence[str]) -> NDArray[np.float32]:
    """Vectors of length 1 that are near where texts have words in common."""
    found = np.zeros((len(texts), WIDTH), np.float32)
    for n, text in enumerate(texts):
        for word in text.lower().replace(".", " ").replace("?", " ").split() or [""]:
            seed = list(word.encode("utf-8", "replace"))
            found[n] += np.random.default_rng(seed).normal(size=WIDTH)
    return found / np.linalg.norm(found, axis=1, keepdims=True)


def scorer_file() -> bytes:
    torch.manual_seed(0)
    return save(Scorer().state_dict())


def tiny_meaning() -> Meaning:
    torch.manual_seed(0)
    return Meaning(by_words, Scorer().eval(), "tiny", "scorer", "encoder", CPU, 0)


def tiny_vocabulary() -> Any:
    """As `train_translation.learned` makes it, of a few captions."""
    from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

    made: Any = Tokenizer(models.BPE(unk_token=SPECIAL[0]))
    made.normalizer = normalizers.NFC()
    made.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Metaspace(), pre_tokenizers.Punctuation("isolated")]
    )
    made.decoder = decoders.Metaspace()
    trainer = trainers.BpeTrainer(vocab_size=300, special_tokens=list(SPECIAL), show_progress=False)
    made.train_from_iterator(CAPTIONS, trainer)
    return made


def translation_run(folder: Path) -> Path:
    """A run of `train_translation` that has learned nothing."""
    torch.manual_seed(0)
    network = translation_network.translator()
    folder.mkdir(parents=True, exist_ok=True)
    tiny_vocabulary().save(str(folder / "vocabulary.json"))
    own = {name: each.data for name, each in network.named_parameters()}
    save_file(own, folder / "translator.safetensors")
    assert json.loads((folder / "vocabulary.json").read_text("utf-8"))
    return folder
