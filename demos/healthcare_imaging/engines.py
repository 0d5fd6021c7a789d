"""The two engines a bundled network runs in: ONNX Runtime on a CPU, torch on a GPU.

On a CPU the graph comes from the weights file and torch is never imported. Both give logits,
feature maps and the gate's statistics in one pass, so explanations need no second one.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from demos.core.devices import Device, turn
from demos.core.onnx_engine import onnx_graph
from demos.healthcare_imaging.modalities import Modality
from demos.healthcare_imaging.preprocessing import normalize

Tensors = dict[str, NDArray[np.float32]]
Outputs = tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]
"""Logits (N, K), maps (N, C, h, w) and style statistics (N, S)."""
Forward = Callable[[NDArray[np.float32]], Outputs]
"""A network: normalized images (N, 3, H, W) to its outputs."""


def averaged(
    forward: Callable[[NDArray[np.float32]], Outputs], seen: NDArray[np.uint8], kind: Modality
) -> Outputs:
    """Outputs for images (N, input, input, 3); logits are the mean over the modality's views.

    Maps and style are of the images as they are.
    """
    upright = normalize(seen, kind)
    if kind.rotations:
        views = [np.rot90(upright, turns, (2, 3)) for turns in range(kind.views)]
    else:
        views = [upright, upright[..., ::-1]][: kind.views]
    logits, maps, style = forward(np.concatenate(views))
    count = len(seen)
    return logits.reshape(kind.views, count, -1).mean(axis=0), maps[:count], style[:count]


def onnx_forward(tensors: Tensors) -> Forward:
    """The graph stored with the weights, run by ONNX Runtime on the CPU."""
    weights = {name: each for name, each in tensors.items() if name.startswith("backbone.")}
    run = onnx_graph(tensors["graph"].tobytes(), weights)

    def forward(images: NDArray[np.float32]) -> Outputs:
        logits, maps, style = run({"images": images})
        return logits, maps, style

    return forward


def torch_forward(
    tensors: Tensors, kind: Modality, device: Device
) -> Callable[[NDArray[np.float32]], Outputs]:
    """The network of `network.py` with the same weights, on a GPU."""
    import torch

    from demos.healthcare_imaging.network import Classifier

    network = Classifier(len(kind.classes))
    state = {k: torch.from_numpy(v) for k, v in tensors.items() if k.startswith("backbone.")}
    missing, unexpected = network.load_state_dict(state, strict=False)
    wrong = [name for name in missing if not name.endswith("num_batches_tracked")] + unexpected
    if wrong:
        raise ValueError(f"weights do not fit the network: {wrong}")
    # Thresholds were fitted in full precision; cuDNN would round inputs to TensorFloat-32.
    torch.backends.cudnn.allow_tf32 = False
    with turn(device):
        network = network.to(str(device)).to(memory_format=torch.channels_last).eval()

    @torch.inference_mode()
    def forward(images: NDArray[np.float32]) -> Outputs:
        with turn(device):
            batch = torch.from_numpy(images).to(str(device), memory_format=torch.channels_last)
            logits, maps, style = (output.cpu().numpy() for output in network(batch))
        return logits, maps, style

    return forward
