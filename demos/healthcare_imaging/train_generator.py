"""Train the class-conditional image generator: the recipe behind `weights/<modality>-generator`.

    python -m demos.healthcare_imaging.train_generator --data DIR --run runs/blood_cells-generator

Reads `<modality>-train.parquet` alone. Interrupted, it goes on from the last checkpoint; the
learning rate is constant until the last fifth of `--steps`, so a run can be lengthened or cut.
`--start` begins with the weights of another modality's generator, all but its classes, which takes
half as long. Writes the averaged weights in half precision.
"""

import argparse
import json
import time
from dataclasses import replace
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import nn
from torch.nn import functional as F
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from demos.healthcare_imaging.checkpoint import resume, save
from demos.healthcare_imaging.generator import SIDE, Generator, velocity
from demos.healthcare_imaging.modalities import MODALITIES, Modality, modality
from demos.healthcare_imaging.train import fast_bfloat16, tensors

SEED = 0
STEPS = 5_000
BATCH = 32
LEARNING_RATE = 6e-4
WARMUP_STEPS = 300
EMA_DECAY = 0.999
LABEL_DROPOUT = 0.1
TIME_MEAN, TIME_SPREAD = -0.4, 1.0
"""Times are logistic-normal: more of them near noise, where the shape of the cell is decided."""
CHECKPOINT_EVERY = 250


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", default="blood_cells", choices=[m.key for m in MODALITIES])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--run", type=Path, required=True, help="folder for checkpoint and weights")
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--start", type=Path, help="weights of another modality's generator")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    arguments = parser.parse_args()
    train(
        modality(arguments.model),
        arguments.data,
        arguments.run,
        arguments.steps,
        torch.device(arguments.device),
        arguments.start,
    )


def train(
    kind: Modality,
    data: Path,
    run: Path,
    steps: int,
    device: torch.device,
    begin: Path | None = None,
) -> Path:
    """Run or resume the recipe; returns the path of the written safetensors file."""
    torch.manual_seed(SEED)
    run.mkdir(parents=True, exist_ok=True)
    checkpoint = run / "checkpoint.pt"
    images, labels = tensors(data / f"{kind.key}-train.parquet", replace(kind, frame=SIDE))
    network = Generator(len(kind.classes))
    if begin is not None:
        learned = {k: v.float() for k, v in load_file(begin).items() if k != "label.weight"}
        network.load_state_dict(learned, strict=False)
    network = network.to(device).to(memory_format=torch.channels_last)
    average = AveragedModel(network, multi_avg_fn=get_ema_multi_avg_fn(EMA_DECAY))
    optimizer = torch.optim.AdamW(
        network.parameters(), lr=LEARNING_RATE, betas=(0.9, 0.99), weight_decay=0.01
    )
    pools = [torch.nonzero(labels == k).flatten() for k in range(len(kind.classes))]
    start = resume(checkpoint, network, average, optimizer)

    began, total, counted = time.monotonic(), 0.0, 0
    for step in range(start, steps):
        torch.manual_seed(SEED * 1_000_000 + step)  # the same draws after a resume
        rows = balanced_rows(pools)
        for group in optimizer.param_groups:
            group["lr"] = LEARNING_RATE * schedule(step, steps)
        clean = dihedral(images[rows].to(device).float() / 127.5 - 1, kind)
        clean = clean.contiguous(memory_format=torch.channels_last)
        label = labels[rows].to(device)
        dropped = torch.rand(BATCH, device=device) < LABEL_DROPOUT
        label = torch.where(dropped, len(kind.classes), label)
        when = torch.sigmoid(torch.randn(BATCH, device=device) * TIME_SPREAD + TIME_MEAN)
        noise = torch.randn_like(clean)
        blend = when[:, None, None, None]
        noisy = blend * clean + (1 - blend) * noise
        with torch.autocast(device.type, torch.bfloat16, enabled=fast_bfloat16(device)):
            guess = network(noisy, when, label)
        loss = F.mse_loss(velocity(guess.float(), noisy, when), velocity(clean, noisy, when))
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        average.update_parameters(network)
        total += loss.item()
        counted += 1
        if (step + 1) % CHECKPOINT_EVERY == 0 or step + 1 == steps:
            seconds = time.monotonic() - began
            record = {"step": step + 1, "loss": round(total / counted, 4)}
            print(json.dumps(record | {"seconds": round(seconds, 1)}), flush=True)
            began, total, counted = time.monotonic(), 0.0, 0
            save(checkpoint, network, average, optimizer, step + 1)

    weights = run / f"{kind.key}-generator.safetensors"
    halves = {k: v.half().cpu().contiguous() for k, v in average.module.state_dict().items()}
    save_file(halves, weights)
    return weights


def balanced_rows(pools: list[torch.Tensor]) -> torch.Tensor:
    """Row numbers (BATCH,), every class equally likely, from the rows of each class."""
    wanted = torch.randint(len(pools), (BATCH,))
    return torch.stack([pools[k][torch.randint(len(pools[k]), ())] for k in wanted.tolist()])


def dihedral(images: torch.Tensor, kind: Modality) -> torch.Tensor:
    """One of the eight turns and mirror images per batch, where the modality allows them."""
    if not kind.rotations:
        return images
    turned = torch.rot90(images, int(torch.randint(4, ())), dims=(2, 3))
    return turned.flip(3) if torch.rand(()) < 0.5 else turned


def schedule(step: int, steps: int) -> float:
    """Share of the peak learning rate: warm-up, constant, then a fifth of the run down to zero."""
    return min(1.0, (step + 1) / WARMUP_STEPS, (steps - step) / (0.2 * steps))


if __name__ == "__main__":
    main()
