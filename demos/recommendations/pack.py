"""From a trained network to a weights file: linear parts, blend, graph, and the catalog's words."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from demos.core.devices import CPU
from demos.core.onnx_export import export_graph
from demos.core.sentence_encoder import load as load_encoder
from demos.recommendations import catalog_file
from demos.recommendations.assemble import assemble
from demos.recommendations.blend import Linear, linear_tensors, log_share
from demos.recommendations.fit import padded
from demos.recommendations.fit_blend import fit_blend
from demos.recommendations.interactions import Items
from demos.recommendations.links import strongest, transitions, windowed_ease
from demos.recommendations.network import Recommender
from demos.recommendations.ranking_metrics import rank
from demos.recommendations.recipes import CatalogChoice

MOST_ROWS = 4_096
MOST_ITEMS = 1_024
USERS = 128

Tensors = dict[str, NDArray[Any]]


class NextItem(nn.Module):
    """The part of the network that is asked, as a module that can be exported."""

    def __init__(self, network: Recommender) -> None:
        super().__init__()
        self.network = network

    def forward(self, items: Tensor, last: Tensor) -> Tensor:
        """Items (B, L) and last places (B,) to log-probabilities (B, N + 1)."""
        return self.network.next_item(items, last)


def pack(
    name: str,
    data: Path,
    network: Recommender,
    histories: Mapping[int, Items],
    choice: CatalogChoice,
    fitted: Tensors | None = None,
    targets: Mapping[int, int] | None = None,
) -> Tensors:
    """Everything that `inference.loaded` reads, the blend fitted to `targets` or as in `fitted`."""
    taken = list(histories.values())
    items = network.shape.items
    counts = np.bincount(np.concatenate(taken), minlength=items + 1).astype(np.int32)
    following = strongest(transitions(taken, items), choice.links)
    together = windowed_ease(taken, items, choice.window, choice.penalty)
    linear = Linear(log_share(counts), following, strongest(together, choice.links), choice.fade)
    state = halved(network)
    if targets is not None:
        wanted = np.array([targets[user] for user in histories])
        scores = network_scores(network, taken, choice.length)
        popular = rank(lambda some: np.tile(linear.popular, (len(some), 1)), taken, wanted)
        fitted = {
            "blend": np.array(list(fit_blend(linear, scores, taken, wanted).as_dict().values())),
            "floor": np.array((popular.ranks <= 10).mean()),
        }
    assert fitted is not None
    encode = load_encoder(CPU).encode
    catalog = assemble(data, name, network.embedding.weight.detach().numpy(), counts, encode)
    return {
        **{f"network.{key}": value for key, value in state.items()},
        "heads": np.array(network.shape.heads),
        "length": np.array(choice.length),
        "graph": np.frombuffer(graph_of(network), dtype=np.uint8),
        **linear_tensors(linear),
        **catalog_file.tensors(catalog),
        **fitted,
    }


def halved(network: Recommender) -> Tensors:
    """The network's weights in half precision, and the network itself rounded to them."""
    state = {name: value.half() for name, value in network.state_dict().items()}
    network.load_state_dict({name: value.float() for name, value in state.items()})
    return {name: value.contiguous().numpy() for name, value in state.items()}


@torch.inference_mode()
def network_scores(
    network: Recommender, histories: list[Items], length: int
) -> NDArray[np.float32]:
    """The network's log-probabilities (n, N + 1) for the latest `length` items of each history."""
    found = np.empty((len(histories), network.shape.items + 1), dtype=np.float32)
    order = np.argsort([len(each) for each in histories])
    for at in range(0, len(order), USERS):
        rows = order[at : at + USERS]
        latest = [histories[row][-length:] for row in rows]
        last = torch.tensor([len(each) - 1 for each in latest])
        found[rows] = network.next_item(padded(latest), last).numpy()
    return found


def graph_of(network: Recommender) -> bytes:
    """The network as an ONNX graph without its weights, for any number of histories and items."""
    rows = torch.export.Dim("rows", min=1, max=MOST_ROWS)
    items = torch.export.Dim("items", min=1, max=MOST_ITEMS)
    example = (torch.ones(3, 5, dtype=torch.int64), torch.tensor([4, 2, 1]))
    graph = export_graph(
        NextItem(network).eval(),
        example,
        ["items", "last"],
        ["scores"],
        {f"network.{name}" for name in network.state_dict()},
        ({0: rows, 1: items}, {0: rows}),
    )
    encoded: bytes = graph.SerializeToString()
    return encoded
