"""Train the sentence scorer on SciTLDR's abstracts and their summaries of one sentence.

    python -m demos.language_tasks.train_summary --data DIR --run runs/summary

Vectors and ROUGE-1 of all sentences are worked out once and kept in the run's folder; training then
takes a minute on one core. A text's sentences are to be chosen in proportion to how near each comes
to a reference (Cao et al. 2007, "ListNet"). Writes `weights/summary.safetensors`, prints its
SHA-256 and ROUGE-1 of the sentence chosen, of the first one and of the best one of each validation
text.
"""

import argparse
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import save

from demos.core.devices import CPU
from demos.core.sentence_encoder import load
from demos.language_tasks.summary_features import features
from demos.language_tasks.summary_network import Scorer, scored

WEIGHTS = Path(__file__).parent / "weights" / "summary.safetensors"
SEED = 0
EPOCHS, BATCH = 8, 16
LEARNING_RATE, WEIGHT_DECAY = 1e-3, 0.05
SHARPNESS = 0.1
"""Of ROUGE-1: a sentence that has so much less is chosen e times less often."""

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Text:
    """All sentences of a text: vectors (n, 384), features (n, F), ROUGE-1 of each (n,)."""

    vectors: torch.Tensor
    features: torch.Tensor
    rouge: torch.Tensor


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--output", type=Path, default=WEIGHTS)
    arguments = parser.parse_args()
    arguments.run.mkdir(parents=True, exist_ok=True)
    train, validation = (
        texts(arguments.data / f"summary-{part}.parquet", arguments.run / f"{part}.npz")
        for part in ("train", "validation")
    )
    scorer = trained(train)
    encoded = save(scorer.state_dict())
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    arguments.output.write_bytes(encoded)
    said = {"sha256": hashlib.sha256(encoded).hexdigest(), "bytes": len(encoded)}
    print(json.dumps(said | rouge1(scorer, validation), indent=1))


def texts(file: Path, kept: Path) -> list[Text]:
    """The texts of a file; `kept` is where vectors and ROUGE-1 are, or will be."""
    import polars as pl

    table = pl.read_parquet(file, columns=["source", "target"])
    sources: list[list[str]] = table["source"].to_list()
    if not kept.exists():
        targets: list[list[str]] = table["target"].to_list()
        vectors = load(CPU).encode([each for source in sources for each in source])
        near = [reached(*pair) for pair in zip(sources, targets, strict=True)]
        np.savez(kept, vectors=vectors, rouge=np.concatenate(near))
    with np.load(kept) as found:
        vectors, rouge = found["vectors"], found["rouge"]
    ends = np.cumsum([len(source) for source in sources])
    return [
        Text(
            torch.from_numpy(vectors[end - len(source) : end]),
            torch.from_numpy(features(source, vectors[end - len(source) : end])),
            torch.from_numpy(rouge[end - len(source) : end]),
        )
        for source, end in zip(sources, ends.tolist(), strict=True)
    ]


def reached(source: Sequence[str], references: Sequence[str]) -> Floats:
    """ROUGE-1 of each sentence against the reference it is nearest to (Lin 2004)."""
    from rouge_score.rouge_scorer import RougeScorer

    scorer = RougeScorer(["rouge1"], use_stemmer=True)
    return np.array(
        [max(scorer.score(r, each)["rouge1"].fmeasure for r in references) for each in source],
        np.float32,
    )


def trained(train: Sequence[Text]) -> Scorer:
    torch.manual_seed(SEED)
    rng = np.random.default_rng(SEED)
    scorer = Scorer()
    optimizer = torch.optim.AdamW(scorer.parameters(), LEARNING_RATE, weight_decay=WEIGHT_DECAY)
    steps = EPOCHS * (len(train) // BATCH or 1)
    falling = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.0, steps)
    order = np.concatenate([rng.permutation(len(train)) for _ in range(EPOCHS)])
    for step in range(steps):
        cost = loss(scorer, [train[n] for n in order[step * BATCH : (step + 1) * BATCH]])
        optimizer.zero_grad()
        cost.backward()
        optimizer.step()
        falling.step()
    return scorer.eval()


def loss(scorer: Scorer, batch: Sequence[Text]) -> torch.Tensor:
    """The mean over texts of how surprising it is which sentence comes nearest."""
    found = scorer(
        torch.cat([each.vectors for each in batch]), torch.cat([each.features for each in batch])
    )
    costs = [
        -(torch.softmax(text.rouge / SHARPNESS, 0) * torch.log_softmax(scores, 0)).sum()
        for text, scores in zip(batch, found.split([len(t.rouge) for t in batch]), strict=True)
    ]
    return torch.stack(costs).mean()


def rouge1(scorer: Scorer, held: Sequence[Text]) -> dict[str, float]:
    """Of the sentence that scores best, of the first and of the one nearest to a reference."""
    chosen = [float(t.rouge[scored(scorer, t.vectors, t.features).argmax()]) for t in held]
    return {
        "texts": len(held),
        "rouge1": round(float(np.mean(chosen)), 4),
        "lead": round(float(np.mean([float(t.rouge[0]) for t in held])), 4),
        "oracle": round(float(np.mean([float(t.rouge.max()) for t in held])), 4),
    }


if __name__ == "__main__":
    main()
