"""Rounding to 8 bits in training: as ONNX Runtime does, with the gradient of what was given."""

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import nn

from demos.language_tasks.rounding import (
    Rounded,
    round_layers,
    rounded_input,
    rounded_weight,
    through,
)


def test_a_layer_computes_as_the_engine_will(tmp_path: Path) -> None:
    torch.manual_seed(0)
    layer, given = nn.Linear(64, 32), torch.randn(10, 64) * 3 + 1
    exact = layer(given)
    whole, small = tmp_path / "whole.onnx", tmp_path / "small.onnx"
    onnx.save(matrix(layer), whole)
    quantize_dynamic(whole, small, per_channel=True, weight_type=QuantType.QInt8)
    session = onnxruntime.InferenceSession(small, providers=["CPUExecutionProvider"])
    (theirs,) = session.run(None, {"given": given.numpy()})
    round_layers(layer)
    assert type(layer) is Rounded
    ours = layer(given).detach().numpy()
    off = np.abs(exact.detach().numpy() - theirs).max()
    assert off > 1e-3
    assert np.abs(ours - theirs).max() < off / 10


def matrix(layer: nn.Linear) -> onnx.ModelProto:
    """given @ weight + bias as a graph."""
    tensors = {"weight": layer.weight.detach().numpy().T, "bias": layer.bias.detach().numpy()}
    real = onnx.TensorProto.FLOAT
    graph = onnx.helper.make_graph(
        [
            onnx.helper.make_node("MatMul", ["given", "weight"], ["product"]),
            onnx.helper.make_node("Add", ["product", "bias"], ["found"]),
        ],
        "layer",
        [onnx.helper.make_tensor_value_info("given", real, [None, layer.in_features])],
        [onnx.helper.make_tensor_value_info("found", real, [None, layer.out_features])],
        [onnx.numpy_helper.from_array(each.copy(), name) for name, each in tensors.items()],
    )
    return onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)])


def test_no_more_numbers_than_8_bits_have() -> None:
    torch.manual_seed(0)
    weight, given = torch.randn(3, 5_000), torch.rand(1, 5_000) + 2
    assert all(len(row.unique()) <= 255 for row in rounded_weight(weight))
    assert len(rounded_input(given).unique()) <= 256
    assert (rounded_weight(weight) - weight).abs().max() <= weight.abs().max() / 127 / 2 + 1e-6
    assert (rounded_input(given) - given).abs().max() <= 3 / 255 / 2 + 1e-6
    assert torch.equal(rounded_input(torch.zeros(1, 4)), torch.zeros(1, 4))


def test_the_gradient_passes() -> None:
    given = torch.randn(1, 4, requires_grad=True)
    through(given, rounded_input).pow(2).sum().backward()
    assert given.grad is not None
    torch.testing.assert_close(given.grad, 2 * rounded_input(given.detach()))


def test_each_text_has_steps_of_its_own() -> None:
    torch.manual_seed(0)
    small, large = torch.randn(6, 16), 40 * torch.randn(6, 16)
    together = rounded_input(torch.stack([small, large]))
    assert torch.equal(together[0], rounded_input(small))
    assert torch.equal(together[1], rounded_input(large))
