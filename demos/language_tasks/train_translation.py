"""Train the translator on Multi30k's captions, into both languages at once.

    python -m demos.language_tasks.train_translation --data DIR --run runs/translation

Can be interrupted: the same command goes on where it stopped. Writes `vocabulary.json`, word
pieces of the three languages together (Sennrich et al. 2016), and `translator.safetensors`,
averaged weights.
"""

import argparse
import json
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import save_file
from torch.nn.functional import cross_entropy

from demos.core.checkpoint import keep, resume
from demos.language_tasks.translation_network import (
    END,
    INTO,
    MOST_TOKENS,
    PAD,
    SPECIAL,
    VOCABULARY,
    padded,
    source,
    translate,
    translator,
)

SEED = 0
EPOCHS, FIRST = 44, 32
"""All of them, and those before the rate rises once more."""
TOKENS = 4_000
"""Of targets in a batch, padding included."""
LEARNING_RATE, WARM_UP, AGAIN = 3e-3, 800, 9e-4
WEIGHT_DECAY = 0.01
DROPOUT = 0.2
SMOOTHING = 0.1
CLIP = 1.0
AVERAGE = 0.998
SAVE_EVERY, VALIDATE_EVERY, VALIDATED = 100, 1000, 200

Pair = tuple[list[int], list[int]]
"""Tokens of a source and of its target."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--run", type=Path, required=True)
    arguments = parser.parse_args()
    arguments.run.mkdir(parents=True, exist_ok=True)
    train(arguments.data, arguments.run)


def train(folder: Path, run: Path) -> None:
    torch.manual_seed(SEED)
    vocabulary = learned(folder, run / "vocabulary.json")
    plan = planned(pairs(folder / "translation-train.parquet", vocabulary))
    network = translator(DROPOUT)
    averaged = torch.optim.swa_utils.AveragedModel(
        network, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(AVERAGE)
    )
    optimizer = torch.optim.AdamW(
        network.parameters(), LEARNING_RATE, betas=(0.9, 0.98), weight_decay=WEIGHT_DECAY
    )
    parts: dict[str, Any] = {"network": network, "averaged": averaged, "optimizer": optimizer}
    checkpoint = run / "checkpoint.pt"
    step = resume(checkpoint, parts)
    began, costs = time.monotonic(), []
    for batch in plan[step:]:
        for group in optimizer.param_groups:
            group["lr"] = rate(step, len(plan))
        with torch.autocast("cpu", torch.bfloat16):
            cost = loss(network, batch)
        optimizer.zero_grad()
        cost.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), CLIP)
        optimizer.step()
        averaged.update_parameters(network)
        step += 1
        costs.append(float(cost.detach()))
        if step % SAVE_EVERY == 0 or step == len(plan):
            said: dict[str, Any] = {"step": step, "of": len(plan), "loss": float(np.mean(costs))}
            said["seconds_per_step"] = (time.monotonic() - began) / len(costs)
            keep(checkpoint, parts, step)
            own = dict(averaged.module.named_parameters())
            save_file(
                {name: each.data for name, each in own.items()}, run / "translator.safetensors"
            )
            if step % VALIDATE_EVERY == 0 or step == len(plan):
                file = folder / "translation-validation.parquet"
                said |= bleu(averaged.module.eval(), vocabulary, file, VALIDATED)
            print(json.dumps(said), flush=True)
            began, costs = time.monotonic(), []


def learned(folder: Path, file: Path) -> Any:
    """The vocabulary: byte pairs of words and the space before them, with case."""
    import polars as pl
    from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

    if file.exists():
        return Tokenizer.from_file(str(file))
    table = pl.read_parquet(folder / "translation-train.parquet")
    made: Any = Tokenizer(models.BPE(unk_token=SPECIAL[0]))
    made.normalizer = normalizers.NFC()
    made.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Metaspace(), pre_tokenizers.Punctuation("isolated")]
    )
    made.decoder = decoders.Metaspace()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY, special_tokens=list(SPECIAL), min_frequency=2, show_progress=False
    )
    made.train_from_iterator((text for row in table.iter_rows() for text in row), trainer)
    made.save(str(file))
    return made


def pairs(file: Path, vocabulary: Any) -> list[Pair]:
    """Every English sentence with each of its translations."""
    import polars as pl

    table = pl.read_parquet(file)
    english = [each.ids for each in vocabulary.encode_batch(table["en"].to_list())]
    found: list[Pair] = []
    for language in INTO:
        for ids, other in zip(
            english, vocabulary.encode_batch(table[language].to_list()), strict=True
        ):
            found.append((source(ids, language), [*other.ids[: MOST_TOKENS - 1], END]))
    return found


def planned(pairs: Sequence[Pair]) -> list[list[Pair]]:
    """All batches of all epochs: sentences of like length together, in no order."""
    rng = np.random.default_rng(SEED)
    plan: list[list[Pair]] = []
    for _ in range(EPOCHS):
        noise = rng.uniform(0, 3, len(pairs))
        order = sorted(range(len(pairs)), key=lambda n: len(pairs[n][1]) + noise[n])
        batches = list(cut([pairs[n] for n in order]))
        plan += [batches[k] for k in rng.permutation(len(batches))]
    return plan


def cut(ordered: Sequence[Pair]) -> Iterator[list[Pair]]:
    batch: list[Pair] = []
    longest = 0
    for pair in ordered:
        longest = max(longest, *map(len, pair))
        if batch and longest * (len(batch) + 1) > TOKENS:
            yield batch
            batch, longest = [], max(map(len, pair))
        batch.append(pair)
    yield batch


def loss(network: Any, batch: Sequence[Pair]) -> torch.Tensor:
    given = padded([first for first, _ in batch])
    wanted = padded([second for _, second in batch])
    before = torch.cat([torch.full((len(batch), 1), PAD), wanted[:, :-1]], dim=1)
    hidden = network.model(
        input_ids=given, attention_mask=(given != PAD).long(), decoder_input_ids=before
    ).last_hidden_state
    # Odds only where a word is: with the vocabulary they take half of a step.
    asked = wanted != PAD
    odds = network.lm_head(hidden[asked]).float()
    return cross_entropy(odds, wanted[asked], label_smoothing=SMOOTHING)


def rate(step: int, steps: int) -> float:
    """Up in a straight line, down with the root of the step, to nothing at the end of the first
    epochs; for the others once more from less (Loshchilov and Hutter 2017, "SGDR")."""
    first = steps * FIRST // EPOCHS
    if step < WARM_UP:
        return LEARNING_RATE * (step + 1) / WARM_UP
    if step >= first:
        return AGAIN * (steps - step) / (steps - first)
    left = (first - step) / (first - WARM_UP)
    return LEARNING_RATE * float(np.sqrt(WARM_UP / step)) * min(1.0, 4 * left)


def bleu(network: Any, vocabulary: Any, file: Path, most: int | None = None) -> dict[str, float]:
    """sacreBLEU of the first `most` sentences into each language."""
    import polars as pl
    import sacrebleu

    table = pl.read_parquet(file).head(most) if most else pl.read_parquet(file)
    found: dict[str, float] = {}
    english = [each.ids for each in vocabulary.encode_batch(table["en"].to_list())]
    for language in INTO:
        said: list[str] = []
        for at in range(0, len(english), 50):
            rows = [source(ids, language) for ids in english[at : at + 50]]
            said += vocabulary.decode_batch([ids for ids, _ in translate(network, rows)])
        found[language] = sacrebleu.corpus_bleu(said, [table[language].to_list()]).score
    return found


if __name__ == "__main__":
    main()
