"""Train one classifier from scratch: the recipe behind `weights/<modality>.safetensors`.

    python -m demos.healthcare_imaging.train --data DIR --run runs/blood_cells

`DIR` holds `<modality>-train.parquet` and `<modality>-validation.parquet` (columns `image`,
`label`). For blood cells the original is Acevedo et al. 2020, Data in Brief 30:105474,
https://data.mendeley.com/datasets/snkd93bnjr (CC BY 4.0), resized to 96 px.

The first half learns at the images' own resolution, the second at a finer one, where the texture
of a nucleus counts (progressive resizing, Howard and Gugger 2020). Interrupted, the same command
goes on from the last finished epoch. The last epoch's averaged weights are written; validation is
looked at, never trained on. `calibrate` comes next.
"""

import argparse
import json
import math
import time
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional as F
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from demos.healthcare_imaging.checkpoint import resume, save
from demos.healthcare_imaging.data import read_images
from demos.healthcare_imaging.inference import normalize as to_input
from demos.healthcare_imaging.inference import preprocess
from demos.healthcare_imaging.modalities import MODALITIES, Modality, modality
from demos.healthcare_imaging.network import Classifier

SEED = 0
EPOCHS = 30
FINE_FROM_EPOCH = 16
"""Until here batches are drawn at the images' own resolution, `crop`; from here at `input`."""
PEAK_LEARNING_RATE = 2e-3
WARMUP_EPOCHS = 2
BATCH = 64
WEIGHT_DECAY = 0.05
LABEL_SMOOTHING = 0.05
EMA_DECAY = 0.998


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", default="blood_cells", choices=[m.key for m in MODALITIES])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--run", type=Path, required=True, help="folder for checkpoint and weights")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    arguments = parser.parse_args()
    train(
        modality(arguments.model),
        arguments.data,
        arguments.run,
        torch.device(arguments.device),
    )


def train(kind: Modality, data: Path, run: Path, device: torch.device) -> Path:
    """Run or resume the recipe; returns the path of the written safetensors file."""
    torch.manual_seed(SEED)
    run.mkdir(parents=True, exist_ok=True)
    checkpoint = run / "checkpoint.pt"

    images, labels = tensors(data / f"{kind.key}-train.parquet", kind)
    held_out, held_out_labels = read_images(data / f"{kind.key}-validation.parquet", kind)
    held_out = np.stack([preprocess(image, kind) for image in held_out])
    network = Classifier(len(kind.classes)).to(device).to(memory_format=torch.channels_last)
    average = AveragedModel(network, multi_avg_fn=get_ema_multi_avg_fn(EMA_DECAY), use_buffers=True)
    optimizer = torch.optim.AdamW(parameter_groups(network))
    start = resume(checkpoint, network, average, optimizer)

    steps = len(images) // BATCH
    for epoch in range(start, EPOCHS):
        began, total = time.monotonic(), 0.0
        shuffle = torch.Generator().manual_seed(SEED * 1000 + epoch)
        torch.manual_seed(SEED * 1000 + epoch)  # the same augmentations after a resume
        size = kind.crop if epoch < FINE_FROM_EPOCH else kind.input
        order = torch.randperm(len(images), generator=shuffle)
        network.train()
        for step in range(steps):
            rows = order[step * BATCH : (step + 1) * BATCH]
            for group in optimizer.param_groups:
                group["lr"] = learning_rate(epoch + step / steps)
            batch = augment(images[rows].to(device), kind, size)
            with torch.autocast(device.type, torch.bfloat16, enabled=fast_bfloat16(device)):
                logits = network(batch)[0]
            loss = F.cross_entropy(
                logits.float(), labels[rows].to(device), label_smoothing=LABEL_SMOOTHING
            )
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 5.0)
            optimizer.step()
            average.update_parameters(network)
            total += loss.item()
        correct = predict(average, held_out, kind, device).argmax(1) == held_out_labels
        record = {
            "epoch": epoch + 1,
            "loss": round(total / steps, 4),
            "validation_accuracy": round(float(correct.mean()), 4),
            "seconds": round(time.monotonic() - began, 1),
        }
        print(json.dumps(record), flush=True)
        save(checkpoint, network, average, optimizer, epoch + 1)

    weights = run / f"{kind.key}.safetensors"
    trained = {
        name: value.detach().cpu().contiguous()
        for name, value in average.module.state_dict().items()
        if not name.endswith("num_batches_tracked")
    }
    save_file(trained, weights)
    return weights


def tensors(path: Path, kind: Modality) -> tuple[torch.Tensor, torch.Tensor]:
    """Images (N, 3, frame, frame) uint8 and labels (N,)."""
    images, labels = read_images(path, kind)
    return torch.from_numpy(images).permute(0, 3, 1, 2).contiguous(), torch.from_numpy(labels)


def parameter_groups(network: nn.Module) -> list[dict[str, object]]:
    """Weight decay for the kernels, none for biases and normalization."""
    parameters = list(network.parameters())
    return [
        {"params": [p for p in parameters if p.ndim > 1], "weight_decay": WEIGHT_DECAY},
        {"params": [p for p in parameters if p.ndim <= 1], "weight_decay": 0.0},
    ]


def learning_rate(epoch: float) -> float:
    """Linear warm-up, then cosine to zero, at a fractional epoch."""
    if epoch < WARMUP_EPOCHS:
        return PEAK_LEARNING_RATE * (epoch + 0.01) / WARMUP_EPOCHS
    progress = (epoch - WARMUP_EPOCHS) / (EPOCHS - WARMUP_EPOCHS)
    return PEAK_LEARNING_RATE * 0.5 * (1 + math.cos(math.pi * progress))


def fast_bfloat16(device: torch.device) -> bool:
    """Whether bfloat16 is computed in hardware here (on a CPU without it, it is slower)."""
    if device.type == "cpu":
        return bool(torch.cpu._is_avx512_bf16_supported())
    return device.type == "cuda"


def augment(images: torch.Tensor, kind: Modality, size: int) -> torch.Tensor:
    """Random geometry, stain and sharpness: uint8 (B, 3, frame, frame) to (B, 3, size, size).

    Everything is drawn per image. Colors move by a gain per channel and a shared gamma, which
    is roughly what another stain batch or another lamp does to a smear.
    """
    count, device = len(images), images.device
    x = images.float() / 255

    def uniform(low: float, high: float, *shape: int) -> torch.Tensor:
        return torch.rand(count, *shape, device=device) * (high - low) + low

    angle = uniform(-math.pi, math.pi) if kind.rotations else uniform(-0.12, 0.12)
    flip = torch.where(uniform(0, 1) < 0.5, -1.0, 1.0) if kind.rotations else torch.ones(count)
    scale = torch.exp(uniform(-0.18, 0.18)) * kind.crop / kind.frame
    cos, sin = torch.cos(angle) * scale, torch.sin(angle) * scale
    affine = torch.stack(
        [
            torch.stack([cos * flip.to(device), -sin, uniform(-0.12, 0.12)], dim=1),
            torch.stack([sin * flip.to(device), cos, uniform(-0.12, 0.12)], dim=1),
        ],
        dim=1,
    )  # (B, 2, 3)
    grid = F.affine_grid(affine, [count, 3, size, size], align_corners=False)
    x = F.grid_sample(x, grid, padding_mode="reflection", align_corners=False)

    soft = uniform(0, 1) < 0.15
    if soft.any():
        small = F.interpolate(x[soft], scale_factor=0.55, mode="bilinear", antialias=True)
        x[soft] = F.interpolate(small, size=x.shape[-2:], mode="bilinear")
    gain = torch.exp(uniform(-0.08, 0.08, 3, 1, 1) + uniform(-0.1, 0.1, 1, 1, 1))
    x = (x.clamp(1e-3, 1) ** torch.exp(uniform(-0.25, 0.25, 1, 1, 1)) * gain).clamp(0, 1)
    x = x + torch.randn_like(x) * uniform(0, 0.02, 1, 1, 1)
    return normalize(x, kind)


def normalize(images: torch.Tensor, kind: Modality) -> torch.Tensor:
    """Pixels in [0, 1], (B, 3, H, W), to what the network was trained on."""
    mean = torch.tensor(kind.mean, device=images.device)[:, None, None]
    std = torch.tensor(kind.std, device=images.device)[:, None, None]
    return ((images - mean) / std).contiguous(memory_format=torch.channels_last)


@torch.no_grad()
def predict(
    network: nn.Module, seen: NDArray[np.uint8], kind: Modality, device: torch.device
) -> NDArray[np.float32]:
    """Logits (N, classes) of preprocessed images (N, input, input, 3)."""
    network.eval()
    logits = []
    for start in range(0, len(seen), 128):
        batch = torch.from_numpy(to_input(seen[start : start + 128], kind)).to(device)
        logits.append(network(batch)[0].cpu().numpy())
    return np.concatenate(logits)


if __name__ == "__main__":
    main()
