"""From a history to scores for every item: the network's, blended with what linear models say."""

import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load as load_safetensors

from demos.core.devices import Device, turn
from demos.core.onnx_engine import onnx_graph
from demos.core.recommend.catalog import Catalog
from demos.core.recommend.influence import Influence, leave_one_out
from demos.core.recommend.ranking import Ranking
from demos.core.results import Outcome, Provenance
from demos.core.spec import Bundled, ModelSpec
from demos.core.weights import read_weights
from demos.core.wording import counted
from demos.recommendations.blend import Linear, Weights, alone, blended, finished, linear
from demos.recommendations.catalog_file import catalog_of

SHOWN = 10
TOKENS = 1_024
"""Items that the network reads at once: histories of like length go together. What is computed on
the way fits the processor's cache: 4,096 at once take a seventh longer."""

Floats = NDArray[np.float32]
Items = NDArray[np.int64]
Forward = Callable[[Items, Items], Floats]
"""A network: items (B, L) and each history's last place (B,) to log-probabilities (B, N + 1)."""


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """A loaded catalog with all its models. `length`: the latest items that the network reads.

    `floor`: the share of validation users whose next item is among the ten most popular; a
    history of which no more is expected is as good as none.
    """

    catalog: Catalog
    forward: Forward
    linear: Linear
    weights: Weights
    length: int
    floor: float
    name: str
    weights_sha256: str
    engine: str
    device: str
    memory_bytes: int

    def scores(self, histories: Sequence[Sequence[int]], method: str = "blend") -> Floats:
        """Log-probabilities (n, N + 1) of what comes next, column 0 -inf.

        Over the items that are not in the history their probabilities sum to 1. An empty history
        gets popularity. Raises `KeyError` for an unknown method.
        """
        if method == "blend":
            return blended(self.linear, self.weights, self.network(histories), histories)
        if method == "network":
            return finished(self.linear, self.network(histories), histories)
        return alone(self.linear, self.weights, method, histories)

    def network(self, histories: Sequence[Sequence[int]]) -> Floats:
        """The network's log-probabilities (n, N + 1); of an empty history, zeros."""
        latest = [each[-self.length :] for each in histories]
        lengths = np.array([len(each) for each in latest], dtype=np.int64)
        items = np.zeros((len(latest), lengths.max(initial=0)), dtype=np.int64)
        inside = np.arange(items.shape[1]) < lengths[:, None]
        items[inside] = np.fromiter(chain.from_iterable(latest), np.int64, int(lengths.sum()))
        found = np.zeros((len(latest), self.catalog.size + 1), dtype=np.float32)
        order = np.argsort(lengths, kind="stable")[np.count_nonzero(lengths == 0) :]
        while len(order):
            longest = int(lengths[order[-1]])
            fitting = max(1, TOKENS // longest)
            rows, order = order[-fitting:], order[:-fitting]
            found[rows] = self.forward(items[rows, :longest], lengths[rows] - 1)
        return found


def load(spec: ModelSpec, device: Device) -> Model:
    """Load a catalog. Raises `WeightsMismatch` for a file with another hash."""
    assert isinstance(spec.source, Bundled)
    return loaded(read_weights(spec.source), spec, spec.source.sha256, device)


def loaded(encoded: bytes, spec: ModelSpec, sha256: str, device: Device) -> Model:
    """The model in a weights file's bytes."""
    tensors = load_safetensors(encoded)
    network = {
        name.removeprefix("network."): each.astype(np.float32)
        for name, each in tensors.items()
        if name.startswith("network.")
    }
    if device.kind == "cpu":
        forward, engine = onnx_forward(tensors["graph"], network), "ONNX Runtime"
    else:
        forward, engine = torch_forward(network, tensors["heads"], device), "PyTorch"
    catalog = catalog_of(tensors, network["embedding.weight"])
    return Model(
        catalog=catalog,
        forward=forward,
        linear=linear(tensors, catalog.counts),
        weights=Weights(*(float(each) for each in tensors["blend"])),
        length=int(tensors["length"]),
        floor=float(tensors["floor"]),
        name=spec.name,
        weights_sha256=sha256,
        engine=engine,
        device=str(device),
        memory_bytes=spec.memory_bytes,
    )


def onnx_forward(graph: NDArray[np.uint8], network: dict[str, NDArray[Any]]) -> Forward:
    """The graph stored with the weights, run by ONNX Runtime on the CPU."""
    weights = {f"network.{name}": each for name, each in network.items()}
    run = onnx_graph(graph.tobytes(), weights)
    return lambda items, last: run({"items": items, "last": last})[0]


def torch_forward(network: dict[str, NDArray[Any]], heads: NDArray[Any], device: Device) -> Forward:
    """The network of `network.py` with the same weights, on a GPU."""
    import torch

    from demos.recommendations.network import rebuilt

    with turn(device):
        state = {name: torch.from_numpy(each) for name, each in network.items()}
        module = rebuilt(state, int(heads)).to(str(device))

    @torch.inference_mode()
    def forward(items: Items, last: Items) -> Floats:
        with turn(device):
            asked = (torch.from_numpy(each).to(str(device)) for each in (items, last))
            found: Floats = module.next_item(*asked).cpu().numpy()
        return found

    return forward


def warm_up(model: Model) -> None:
    """Run once: the first run of any engine is its slowest."""
    model.scores([[1], [1, 2]])


def predict(
    model: Model, history: Sequence[int], unknown: int = 0, method: str = "blend"
) -> Ranking:
    """Rank the catalog for one history of item numbers, oldest first, under a method.

    `unknown`: names in the history that the catalog does not have. Raises `ValueError` for an
    item number that is none, `KeyError` for an unknown method.
    """
    began = time.perf_counter()
    known = tuple(int(item) for item in history)
    if any(not 0 < item <= model.catalog.size for item in known):
        raise ValueError(f"{model.name} has items 1 to {model.catalog.size}")
    scores = model.scores([known], method)[0]
    expected = expected_hit(scores, known)
    outcome, reason = judged(model, known, unknown, expected)
    encoded = ",".join(map(str, known)).encode()
    return Ranking(
        history=known,
        scores=scores,
        outcome=outcome,
        reason=reason,
        expected=expected,
        provenance=Provenance(
            input_sha256=hashlib.sha256(encoded).hexdigest(),
            model=f"{model.name}, {method}",
            weights=model.weights_sha256,
            preprocessing=f"the last {model.length} items to the network, all to the linear parts",
            engine=model.engine,
            device=model.device,
            dtype="float32",
            seconds=time.perf_counter() - began,
            thresholds=(("floor", model.floor),),
        ),
    )


def expected_hit(scores: Floats, history: Sequence[int]) -> float:
    """The probability that what comes next is among the ten first of scores (N + 1,)."""
    free = scores.copy()
    free[list(history)] = -np.inf
    return float(np.exp(np.partition(free, -SHOWN)[-SHOWN:]).sum())


def judged(
    model: Model, history: tuple[int, ...], unknown: int, expected: float
) -> tuple[Outcome, str]:
    """An answer, or why it is none."""
    many = model.catalog.many
    if not history and unknown:
        return Outcome.REFUSED, f"None of these titles is among the {many} of this catalog."
    if not history:
        return Outcome.UNSURE, f"There is no history yet: these are the most popular {many}."
    if expected <= model.floor:
        sentence = (
            f"{counted(len(history), 'title')} from which little follows: "
            "the most popular titles would be as good a guess."
        )
        return Outcome.UNSURE, sentence
    return Outcome.ANSWER, ""


def explain(model: Model, ranking: Ranking, items: Sequence[int]) -> Influence:
    """Which items of the history moved `items`: each left out once, in one batch."""
    return leave_one_out(model.scores, ranking.history, items)
