"""Train the bundled recognizer on the clips of `corpus.py`.

    python -m demos.speech_recognition.train --run runs/speech

CTC on phones for every clip; for single words also which of our 35 words it is, or none of them, by
the probabilities that CTC gives their pronunciations: what the recognizer is asked in the end. What
is heard gets easier as training goes on (`PROGRAM`). Can be interrupted: the same command goes on
where it stopped. Some 80 minutes on two idle cores with AVX-512 bfloat16. Writes
`recognizer.safetensors`, averaged weights that `calibrate.py` goes on from.
"""

import argparse
import itertools
import json
import math
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file

from demos.core.checkpoint import keep, resume
from demos.speech_recognition.augment import STAGES, Batch, batches
from demos.speech_recognition.corpus import Clip, read
from demos.speech_recognition.loss import phone_loss, word_loss
from demos.speech_recognition.network import Recognizer
from demos.speech_recognition.validate import validate

SEED = 0
Program = Sequence[tuple[str, int]]
PROGRAM: Program = (("harsh", 4400), ("mild", 15000), ("near", 21000))
"""How hard it is to hear (`augment.STAGES`), and up to which step."""
WARM_UP = 300
LEARNING_RATE = 2e-3
WEIGHT_DECAY = 0.02
CLIP = 1.0
DROPOUT = 0.1
AVERAGE = 0.999
"""How much of the averaged weights each step leaves as it is."""
WORDS_FROM, WORDS_WEIGHT = 1000, 1.0
"""From which step on single words are also asked which word they are."""
SAVE_EVERY, VALIDATE_EVERY = 200, 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--eager", action="store_true", help="without compiling the network")
    arguments = parser.parse_args()
    train(read(arguments.run / "corpus.npz"), arguments.run, eager=arguments.eager)


def train(
    clips: Sequence[Clip], run: Path, program: Program = PROGRAM, *, eager: bool = False
) -> None:
    torch.manual_seed(SEED)
    network = Recognizer(DROPOUT)
    averaged = torch.optim.swa_utils.AveragedModel(
        network, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(AVERAGE)
    )
    optimizer = torch.optim.AdamW(
        network.parameters(), LEARNING_RATE, betas=(0.9, 0.98), weight_decay=WEIGHT_DECAY
    )
    parts: dict[str, Any] = {"network": network, "averaged": averaged, "optimizer": optimizer}
    checkpoint = run / "checkpoint.pt"
    step = resume(checkpoint, parts)
    # A network that sees two shapes is compiled twice; after that it takes half the time.
    forward: Any = network if eager else torch.compile(network, dynamic=False)
    began, sums = time.monotonic(), [0.0, 0.0, 0.0]
    for batch in lessons(clips, step, program):
        for group in optimizer.param_groups:
            group["lr"] = rate(step, program[-1][1])
        with torch.autocast("cpu", torch.bfloat16):
            found = forward(batch.features)
        spelled = phone_loss(found, batch)
        named = word_loss(found, batch) if step >= WORDS_FROM else torch.zeros(())
        optimizer.zero_grad()
        (spelled + WORDS_WEIGHT * named).backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), CLIP)
        optimizer.step()
        averaged.update_parameters(network)
        step += 1
        told = (float(spelled.detach()), float(named.detach()), 1)
        sums = [a + b for a, b in zip(sums, told, strict=True)]
        if step % SAVE_EVERY == 0:
            said: dict[str, Any] = {
                "step": step,
                "phones": sums[0] / sums[2],
                "words": sums[1] / sums[2],
                "seconds_per_step": (time.monotonic() - began) / sums[2],
            }
            keep(checkpoint, parts, step)
            save_file(dict(averaged.module.state_dict()), run / "recognizer.safetensors")
            if step % VALIDATE_EVERY == 0:
                said |= validate(averaged.module.eval(), clips)
            print(json.dumps(said), flush=True)
            began, sums = time.monotonic(), [0.0, 0.0, 0.0]


def lessons(clips: Sequence[Clip], step: int, program: Program) -> Iterator[Batch]:
    """What is left of the program from this step on; made in this process: on two cores a second
    one would hold up the network's threads for longer than it takes.
    """
    for stage, until in program:
        if step >= until:
            continue
        yield from itertools.islice(batches(clips, SEED + step, STAGES[stage]), until - step)
        step = until


def rate(step: int, steps: int) -> float:
    """Up in a straight line, then down along a cosine."""
    if step < WARM_UP:
        return LEARNING_RATE * (step + 1) / WARM_UP
    done = (step - WARM_UP) / max(steps - WARM_UP, 1)
    return LEARNING_RATE * (0.5 + 0.5 * math.cos(math.pi * done)) + 1e-6


if __name__ == "__main__":
    main()
