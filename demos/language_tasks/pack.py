"""For recipes: the trained reader as one file, with the graph that computes it in 8 bits.

Weights of the encoder's matrices are kept in half precision for a GPU, and in 8 bits within the
graph for the CPU. The embeddings are the sentence encoder's, and left out of both.
"""

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from numpy.typing import NDArray

from demos.core.onnx_export import export_graph
from demos.language_tasks.network import AllHeads, Reader
from demos.language_tasks.reader import EMBEDDINGS, HEADS, INPUTS, TABLE

LARGE = 4_096
"""Tensors of fewer values stay in single precision."""


def packed(network: Reader, facts: Mapping[str, Any]) -> dict[str, NDArray[Any]]:
    """The tensors of the weights file; `facts` are its labels, temperatures and floors."""
    graph = quantized(exported(network))
    own = {
        f"network.{name}": each.numpy().astype(np.float16 if each.numel() > LARGE else np.float32)
        for name, each in network.state_dict().items()
        if each.is_floating_point() and not name.endswith(TABLE)
    }
    return own | {
        "graph": np.frombuffer(graph.SerializeToString(), dtype=np.uint8),
        "facts": np.frombuffer(json.dumps(facts).encode(), dtype=np.uint8),
    }


def exported(network: Reader) -> onnx.ModelProto:
    """All heads as a graph for any number of texts of any length."""
    example = tuple(torch.ones(2, 24, dtype=torch.long) for _ in INPUTS)
    rows = torch.export.Dim("rows", min=1, max=4_096)
    length = torch.export.Dim("length", min=2, max=512)
    sizes = tuple({0: rows, 1: length} for _ in INPUTS)
    return export_graph(
        AllHeads(network).eval(), example, list(INPUTS), [str(each) for each in HEADS], (), sizes
    )


def quantized(graph: onnx.ModelProto) -> onnx.ModelProto:
    """With matrices in 8 bits, one scale for each column, and without the embeddings."""
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from onnxruntime.quantization.shape_inference import quant_pre_process

    with tempfile.TemporaryDirectory() as folder:
        whole, ready, small = (Path(folder) / f"{n}.onnx" for n in range(3))
        onnx.save(graph, whole)
        quant_pre_process(str(whole), str(ready), skip_symbolic_shape=True)
        quantize_dynamic(
            ready,
            small,
            op_types_to_quantize=["MatMul"],
            per_channel=True,
            weight_type=QuantType.QInt8,
        )
        made = onnx.load(small)
    for initializer in made.graph.initializer:
        if f".{EMBEDDINGS}" in initializer.name and initializer.name.endswith(TABLE):
            initializer.ClearField("raw_data")
            initializer.data_location = onnx.TensorProto.EXTERNAL
            initializer.external_data.add(key="location", value="weights")
    return made
