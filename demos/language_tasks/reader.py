"""The bundled reader, loaded: one pass of its encoder answers for all of its heads.

On the CPU it is a graph in 8 bits, run by ONNX Runtime; on a GPU the network of `network.py`.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load as load_safetensors

from demos.core.devices import Device, turn
from demos.core.language.answers import SORTING, Task
from demos.core.onnx_engine import onnx_graph
from demos.core.packaged import checked, mapped
from demos.core.sentence_encoder import SOURCE
from demos.core.settings import read_settings
from demos.core.spec import Bundled, ModelSpec
from demos.core.threads import available_cores
from demos.core.weights import read_weights
from demos.language_tasks.encoding import CLS, SEP
from demos.language_tasks.replies import Tell, ignore
from demos.language_tasks.windows import batches

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

HEADS = (*SORTING, Task.ENTITIES, Task.QUESTION_ANSWERING)
"""In the order of what the network gives: odds (B, labels) of each sorting task, (B, T, tags) of
names, (B, T, 2) of where an answer starts and ends."""
INPUTS = ("ids", "mask", "kinds", "shapes")
MOST_AT_ONCE = 2_048
"""Tokens of a batch, padding included: more than that is no faster."""
INT8 = "int8"
IN_TURN = 64
"""Rows that are read one by one, as many at a time as there are cores, before the next are."""
EMBEDDINGS = "embeddings."
"""Tensors of the sentence encoder that the reader shares."""
TABLE = "_embeddings.weight"
"""Those of them that are large."""

Forward = Callable[[Mapping[str, Ints]], Sequence[Floats]]


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """Any number of threads may use it. `temperatures` divide a task's odds; `floors` are the
    probabilities below which an answer is unsure; `module` is the network itself, for attribution,
    built when first asked for."""

    forward: Forward
    labels: Mapping[Task, tuple[str, ...]]
    temperatures: Mapping[Task, float]
    floors: Mapping[Task, float]
    module: Callable[[], Any]
    name: str
    weights_sha256: str
    engine: str
    dtype: str
    device: Device
    memory_bytes: int


@dataclass(frozen=True, slots=True)
class Row:
    """Tokens to read at once, framed; `kinds` and `shapes` as `network.py` has them."""

    ids: Sequence[int]
    kinds: Sequence[int]
    shapes: Sequence[int]


def load(spec: ModelSpec, device: Device) -> Model:
    """Raises `WeightsMismatch` for a file with another hash, `ModelError` without the package that
    brings the sentence encoder."""
    assert isinstance(spec.source, Bundled)
    return loaded(read_weights(spec.source), spec, spec.source.sha256, device)


def loaded(encoded: bytes, spec: ModelSpec, sha256: str, device: Device) -> Model:
    """The model in a weights file's bytes."""
    one_at_a_time = Lock()

    tensors = load_safetensors(encoded)
    facts = json.loads(tensors["facts"].tobytes())
    labels = {Task(name): tuple(each) for name, each in facts["labels"].items()}

    @cache
    def network() -> Any:
        assert isinstance(spec.source, Bundled)
        return built(load_safetensors(read_weights(spec.source)), labels, device)

    def module() -> Any:
        """From the file once more: until then its half of the weights takes no memory."""
        with one_at_a_time:  # or two that ask at once would both build it
            return network()

    on_cpu = device.kind == "cpu"
    return Model(
        forward=onnx_forward(tensors) if on_cpu else torch_forward(module(), device),
        labels=labels,
        temperatures={Task(name): each for name, each in facts["temperatures"].items()},
        floors={Task(name): each for name, each in facts["floors"].items()},
        module=module,
        name=spec.name,
        weights_sha256=sha256,
        engine="ONNX Runtime" if on_cpu else "PyTorch",
        dtype=INT8 if on_cpu else "float32",
        device=device,
        memory_bytes=spec.memory_bytes,
    )


def onnx_forward(tensors: Mapping[str, NDArray[Any]]) -> Forward:
    """The graph stored with the weights, its embeddings those of the sentence encoder."""
    shared = embeddings()
    return onnx_graph(tensors["graph"].tobytes(), shared, arena=False)


def embeddings() -> dict[str, Floats]:
    """Those of the sentence encoder, read where they lie on disk."""
    return {
        f"reader.encoder.{name}": each.astype(np.float32, copy=False)
        for name, each in mapped(checked(SOURCE)).items()
        if name.startswith(EMBEDDINGS) and name.endswith(TABLE)
    }


def built(
    tensors: Mapping[str, NDArray[Any]], labels: Mapping[Task, tuple[str, ...]], device: Device
) -> Any:
    """The network of `network.py` with these weights."""
    import torch

    from demos.language_tasks.network import Reader

    with turn(device):
        module = Reader(labels)
        state = mapped(checked(SOURCE))
        given = {f"encoder.{n}": each for n, each in state.items() if n.startswith(EMBEDDINGS)}
        given |= {
            name.removeprefix("network."): each.astype(np.float32)
            for name, each in tensors.items()
            if name.startswith("network.")
        }
        own = module.state_dict()
        module.load_state_dict(
            {name: torch.from_numpy(given[name]) if name in given else own[name] for name in own},
            assign=True,  # embeddings stay where they are on disk
        )
        module.eval().requires_grad_(False).to(str(device))
    return module


def torch_forward(module: Any, device: Device) -> Forward:
    import torch

    from demos.language_tasks.network import AllHeads

    heads = AllHeads(module)

    @torch.inference_mode()
    def forward(given: Mapping[str, Ints]) -> Sequence[Floats]:
        with turn(device):
            found = heads(*(torch.from_numpy(given[name]).to(str(device)) for name in INPUTS))
            return [each.float().cpu().numpy() for each in found]

    return forward


def framed(ids: Sequence[int], shapes: Sequence[int] | None = None) -> Row:
    """One text; `shapes` of its tokens without the frame."""
    length = len(ids) + 2
    return Row((CLS, *ids, SEP), [0] * length, [0, *(shapes or [0] * len(ids)), 0])


def paired(first: Sequence[int], second: Sequence[int]) -> Row:
    ids = (CLS, *first, SEP, *second, SEP)
    kinds = [0] * (len(first) + 2) + [1] * (len(second) + 1)
    return Row(ids, kinds, [0] * len(ids))


def read(
    model: Model, rows: Sequence[Row], tasks: Sequence[Task], tell: Tell = ignore
) -> list[dict[Task, Floats]]:
    """What the heads of `tasks` make of each row, of its own length, not calibrated."""
    found: list[dict[Task, Floats]] = [{}] * len(rows)
    done = 0
    for chosen, made in passes(model, rows):
        for place, n in enumerate(chosen):
            length = len(rows[n].ids)
            found[n] = {
                task: each[place] if task in SORTING else each[place, :length]
                for task, each in zip(HEADS, made, strict=True)
                if task in tasks
            }
        done += len(chosen)
        tell(done / len(rows), "")
    return found


def passes(model: Model, rows: Sequence[Row]) -> Iterator[tuple[Sequence[int], Sequence[Floats]]]:
    """Places of rows, and what the network gives for them.

    In 8 bits each is read alone: numbers are rounded by the largest in a pass, so that a text
    would get other scores beside another one. Several at a time, that is about as fast.
    """
    if model.dtype != INT8:
        for chosen in batches([len(row.ids) for row in rows], MOST_AT_ONCE):
            yield chosen, model.forward(padded([rows[n] for n in chosen]))
    elif len(rows) == 1:
        yield [0], model.forward(padded(rows))
    else:
        with ThreadPoolExecutor(read_settings().threads or available_cores()) as pool:
            for start in range(0, len(rows), IN_TURN):
                places = range(start, min(start + IN_TURN, len(rows)))
                made = pool.map(lambda n: model.forward(padded([rows[n]])), places)
                yield from zip(([n] for n in places), made, strict=True)


def padded(rows: Sequence[Row]) -> dict[str, Ints]:
    """Each of `INPUTS` (B, longest)."""
    longest = max(len(row.ids) for row in rows)
    found = {name: np.zeros((len(rows), longest), np.int64) for name in INPUTS}
    for n, row in enumerate(rows):
        size = len(row.ids)
        found["ids"][n, :size] = row.ids
        found["mask"][n, :size] = 1
        found["kinds"][n, :size] = row.kinds
        found["shapes"][n, :size] = row.shapes
    return found
