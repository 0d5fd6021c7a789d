"""Train one classifier from scratch: the recipe behind `weights/<modality>.safetensors`.

    python -m demos.healthcare_imaging.train --data DIR --run runs/blood_cells

`DIR` holds `<modality>-train.parquet` and `<modality>-validation.parquet` (columns `image`,
`label`). For blood cells the original is Acevedo et al. 2020, Data in Brief 30:105474,
https://data.mendeley.com/datasets/snkd93bnjr (CC BY 4.0), resized to 96 px.

Epochs at a coarse resolution come first, then at the fine one, where the texture of a nucleus
counts (progressive resizing, Howard and Gugger 2020). Interrupted, the same command goes on from
the last finished epoch. The last epoch's averaged weights are written; validation is looked at,
never trained on. `calibrate` comes next.
"""

import argparse
import json
import math
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import save_file
from sklearn.metrics import balanced_accuracy_score
from torch import nn
from torch.nn import functional as F
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from demos.healthcare_imaging.augment import augment
from demos.healthcare_imaging.checkpoint import resume, save
from demos.healthcare_imaging.data import read_images
from demos.healthcare_imaging.modalities import MODALITIES, Modality, Round, modality
from demos.healthcare_imaging.network import Classifier
from demos.healthcare_imaging.preprocessing import normalize as to_input
from demos.healthcare_imaging.preprocessing import preprocess

SEED = 0
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
    held_out_frames, held_out_labels = read_images(data / f"{kind.key}-validation.parquet", kind)
    held_out = to_input(np.stack([preprocess(image, kind) for image in held_out_frames]), kind)
    network = Classifier(len(kind.classes)).to(device).to(memory_format=torch.channels_last)
    average = AveragedModel(network, multi_avg_fn=get_ema_multi_avg_fn(EMA_DECAY), use_buffers=True)
    optimizer = torch.optim.AdamW(parameter_groups(network))
    start = resume(checkpoint, network, average, optimizer)

    stressed = stress(held_out_frames, held_out_labels, kind)
    epochs = plan(kind)
    weight = (1 / torch.bincount(labels)[labels]) if kind.balanced else None
    steps = len(images) // BATCH
    for epoch in range(start, len(epochs)):
        now, began, total = epochs[epoch], time.monotonic(), 0.0
        shuffle = torch.Generator().manual_seed(SEED * 1000 + epoch)
        torch.manual_seed(SEED * 1000 + epoch)  # the same augmentations after a resume
        if weight is None:
            order = torch.randperm(len(images), generator=shuffle)
        else:
            order = torch.multinomial(weight, len(images), replacement=True, generator=shuffle)
        network.train()
        for step in range(steps):
            rows = order[step * BATCH : (step + 1) * BATCH]
            for group in optimizer.param_groups:
                group["lr"] = now.round.peak * schedule(now.done + step / steps, now.length)
            chosen = images[rows].to(device), labels[rows].to(device)
            batch = augment(*chosen, kind, now.round.jitter, now.size)
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
        calm = predict(average, held_out, device)
        rough = predict(average, stressed, device)
        record = {
            "epoch": epoch + 1,
            "loss": round(total / steps, 4),
            "validation_accuracy": balanced_accuracy(calm, held_out_labels),
            "stressed_accuracy": balanced_accuracy(rough, held_out_labels),
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


@dataclass(frozen=True, slots=True)
class Epoch:
    """One pass over the training images: at how many pixels, and where in which round."""

    size: int
    round: Round
    done: int
    length: int


def plan(kind: Modality) -> list[Epoch]:
    """Every epoch of every round, in order."""
    epochs = []
    for each in kind.rounds:
        sizes = [size for count, size in each.epochs for _ in range(count)]
        epochs += [Epoch(size, each, done, len(sizes)) for done, size in enumerate(sizes)]
    return epochs


def schedule(epoch: float, epochs: int) -> float:
    """Share of the peak learning rate: linear warm-up, then cosine to zero at `epochs`."""
    if epoch < WARMUP_EPOCHS:
        return (epoch + 0.01) / WARMUP_EPOCHS
    progress = (epoch - WARMUP_EPOCHS) / (epochs - WARMUP_EPOCHS)
    return 0.5 * (1 + math.cos(math.pi * progress))


def fast_bfloat16(device: torch.device) -> bool:
    """Whether bfloat16 is computed in hardware here (on a CPU without it, it is slower)."""
    if device.type == "cpu":
        return bool(torch.cpu._is_avx512_bf16_supported())
    return device.type == "cuda"


def stress(
    frames: NDArray[np.uint8], labels: NDArray[np.int64], kind: Modality, seed: int = SEED
) -> NDArray[np.float32]:
    """Network input (N, 3, input, input) of frames (N, frame, frame, 3) changed as for training.

    As in the first round, and the same changes for the same seed. Validation images look like
    training images; these show how a network does on images from elsewhere.
    """
    with torch.random.fork_rng(devices=()):
        torch.manual_seed(seed)
        images = torch.from_numpy(frames).permute(0, 3, 1, 2)
        parts = zip(images.split(BATCH), torch.from_numpy(labels).split(BATCH), strict=True)
        jitter = kind.rounds[0].jitter
        return torch.cat([augment(*part, kind, jitter, kind.input) for part in parts]).numpy()


@torch.no_grad()
def predict(
    network: nn.Module, images: NDArray[np.float32], device: torch.device
) -> NDArray[np.float32]:
    """Logits (N, classes) of network input (N, 3, input, input)."""
    network.eval()
    batches = torch.from_numpy(images).split(128)
    return np.concatenate([network(batch.to(device))[0].cpu().numpy() for batch in batches])


def balanced_accuracy(logits: NDArray[np.float32], labels: NDArray[np.int64]) -> float:
    """The mean over classes of the share that is right."""
    return round(float(balanced_accuracy_score(labels, logits.argmax(1))), 4)


if __name__ == "__main__":
    main()
