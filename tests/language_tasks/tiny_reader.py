"""The reader with few and random weights, run by PyTorch: what it answers means nothing."""

from unittest.mock import patch

import torch

from demos.core.devices import CPU
from demos.core.language.answers import SORTING, Task
from demos.core.sentence_encoder import ARCHITECTURE
from demos.language_tasks import network
from demos.language_tasks.reader import HEADS, Model, torch_forward
from demos.language_tasks.tasks import EMOTIONS, OUT_OF_SCOPE, SENTIMENTS, TOPICS, TOXICITIES

WIDTH = 24
LABELS = {
    Task.SENTIMENT: SENTIMENTS,
    Task.TOPIC: TOPICS,
    Task.INTENT: ("balance", "transfer", OUT_OF_SCOPE),
    Task.EMOTION: EMOTIONS,
    Task.TOXICITY: TOXICITIES,
}
SHARP = 0.02
"""A temperature at which random odds become certain."""


def tiny_reader(floor: float = 0.0, seed: int = 0) -> Model:
    """Every answer to a sorting task is sure enough with a floor of 0; intents are never outside
    what it knows."""
    small = ARCHITECTURE | {
        "hidden_size": WIDTH,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "intermediate_size": 48,
    }
    torch.manual_seed(seed)
    with patch.object(network, "ARCHITECTURE", small), patch.object(network, "WIDTH", WIDTH):
        module = network.Reader(LABELS)
    with torch.no_grad():
        bias = module.get_parameter(f"sort.{Task.INTENT}.bias")
        bias[LABELS[Task.INTENT].index(OUT_OF_SCOPE)] = -9.0
    module.eval().requires_grad_(False)
    return Model(
        forward=torch_forward(module, CPU),
        labels=LABELS,
        temperatures=dict.fromkeys(HEADS, SHARP),
        floors=dict.fromkeys((*SORTING, Task.QUESTION_ANSWERING), floor),
        module=lambda: module,
        name="reader",
        weights_sha256="0" * 64,
        engine="PyTorch",
        dtype="float32",
        device=CPU,
        memory_bytes=2**20,
    )
