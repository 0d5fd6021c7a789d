"""Running a graph stored beside its weights with ONNX Runtime on the CPU; torch is not needed."""

from collections.abc import Mapping
from dataclasses import dataclass
from tempfile import NamedTemporaryFile
from typing import Any

import numpy as np
from numpy.typing import NDArray

from demos.core.settings import read_settings
from demos.core.threads import available_cores

ONNX_TYPES = {"float32": 1, "int64": 7}  # onnx.TensorProto, without importing onnx


@dataclass(frozen=True, slots=True, eq=False)
class OnnxGraph:
    """A session and the weights it reads where they are: they have to live as long as it does."""

    session: Any
    weights: tuple[Any, ...]

    def __call__(self, inputs: Mapping[str, NDArray[Any]]) -> list[NDArray[np.float32]]:
        """All outputs for named inputs, in the graph's order."""
        found: list[NDArray[np.float32]] = self.session.run(None, dict(inputs))
        return found


def onnx_graph(graph: bytes, weights: Mapping[str, NDArray[Any]], arena: bool = True) -> OnnxGraph:
    """A session over `graph`, whose initializers of the names in `weights` are given from there.

    Without the `arena`, memory for the largest input is given back after each run, which takes some
    three hundredths more time.
    """
    import onnxruntime as ort

    options = ort.SessionOptions()
    options.intra_op_num_threads = read_settings().threads or available_cores()
    # Spinning between runs would take the cores from the other sessions of this process.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3  # its warnings tell of constants that it could not fold
    options.enable_cpu_mem_arena = arena
    values = [
        ort.OrtValue.ortvalue_from_numpy_with_onnx_type(each, ONNX_TYPES[each.dtype.name])
        for each in weights.values()
    ]
    options.add_external_initializers(list(weights), values)
    for name, value in zip(weights, values, strict=True):
        options.add_initializer(name, value)  # or they would be copied
    # A session keeps the bytes it is made from, but not the file.
    with NamedTemporaryFile(suffix=".onnx") as file:
        file.write(graph)
        file.flush()
        session = ort.InferenceSession(file.name, options, providers=["CPUExecutionProvider"])
    return OnnxGraph(session, (*weights.values(), *values))
