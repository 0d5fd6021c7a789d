"""A recommender of the forty invented films; what its network learned is random."""

from functools import cache
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.numpy import save
from scipy import sparse

from demos.core.devices import CPU
from demos.core.spec import Bundled, ModelSpec
from demos.recommendations import catalog_file
from demos.recommendations.blend import Linear, linear_tensors, log_share
from demos.recommendations.inference import Model, loaded
from demos.recommendations.network import Recommender, Shape
from demos.recommendations.pack import graph_of, halved
from tests.core.recommend import tiny

FILMS = tiny.catalog()
LENGTH = 12
FADE = 3.0
HEADS = 2
FLOOR = 0.05
SPEC = ModelSpec(
    demo="recommendations",
    name="tiny",
    title="Tiny",
    source=Bundled("tiny.safetensors", "0" * 64),
    memory_bytes=1,
    license="none",
    group="tiny",
    summary="Random.",
)


def links(seed: int, most: float) -> sparse.csr_array:
    """(41, 41) with a fifth of the links there are, none of padding, exact in half precision."""
    rng = np.random.default_rng(seed)
    dense = np.round(rng.uniform(0, most, (41, 41)) * 64) / 64
    dense[rng.random(dense.shape) > 0.2] = 0
    dense[0] = dense[:, 0] = 0
    return sparse.csr_array(dense.astype(np.float32))


def linear_parts() -> Linear:
    return Linear(log_share(FILMS.counts), links(1, 20.0), links(2, 0.5), FADE)


@cache
def network() -> Recommender:
    """Two blocks of random weights, as precise as a weights file keeps them."""
    torch.manual_seed(0)
    made = Recommender(Shape(FILMS.size, width=16, heads=HEADS)).eval()
    with torch.no_grad():
        made.bias.normal_()
    halved(made)
    return made


@cache
def tensors() -> dict[str, NDArray[Any]]:
    """What a weights file of it holds."""
    return {
        **{f"network.{name}": value for name, value in halved(network()).items()},
        "heads": np.array(HEADS),
        "length": np.array(LENGTH),
        "graph": np.frombuffer(graph_of(network()), dtype=np.uint8),
        **linear_tensors(linear_parts()),
        **catalog_file.tensors(FILMS),
        "blend": np.array([0.75, 0.5, 0.25]),
        "floor": np.array(FLOOR),
    }


@cache
def model() -> Model:
    """Loaded as a weights file is."""
    return loaded(save(tensors()), SPEC, "f" * 64, CPU)
