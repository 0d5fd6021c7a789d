"""For recipes: a trained network as an ONNX graph without its weights, to be stored beside them."""

from collections.abc import Container, Mapping, Sequence
from typing import Any

import onnx
import torch


def export_graph(
    network: torch.nn.Module,
    examples: tuple[torch.Tensor, ...],
    inputs: list[str],
    outputs: list[str],
    weights: Container[str],
    sizes: Sequence[Mapping[int, Any]],
) -> onnx.ModelProto:
    """`network` as a graph for inputs like `examples`, of which `sizes` says what may vary.

    Initializers named in `weights` are left out: they are the tensors of the same names.
    """
    program = torch.onnx.export(
        network,
        examples,
        input_names=inputs,
        output_names=outputs,
        dynamic_shapes=tuple(dict(each) for each in sizes),
        dynamo=True,
        optimize=False,
        external_data=False,
        verbose=False,
    )
    assert program is not None
    graph: onnx.ModelProto = program.model_proto
    for initializer in graph.graph.initializer:
        if initializer.name in weights:
            initializer.ClearField("raw_data")
            initializer.data_location = onnx.TensorProto.EXTERNAL
            initializer.external_data.add(key="location", value="weights")
    for node in graph.graph.node:  # where in our sources each came from: most of the bytes
        node.ClearField("metadata_props")
        node.ClearField("doc_string")
    return graph
