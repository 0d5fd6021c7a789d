"""The bundled translator: a small Transformer (Vaswani et al. 2017) from English into German and
French, of the size that Wu et al. 2021 (arXiv:2105.14462) found best for as few sentences.

Kept as transformers' Marian, so that its search for the likeliest sentence is that of the models
of the Hub. Which language is asked for is the first token of the source.
"""

from collections.abc import Sequence
from typing import Any

import torch

UNKNOWN, END, PAD, GERMAN, FRENCH = range(5)
SPECIAL = ("<unk>", "</s>", "<pad>", "<de>", "<fr>")
INTO = {"de": GERMAN, "fr": FRENCH}
VOCABULARY = 6_000
MOST_TOKENS = 128
"""Of a sentence, in either language."""
BEAMS = 4
WIDTH, LAYERS, HEADS, INNER = 128, 4, 4, 384


def translator(dropout: float = 0.0) -> Any:
    """Without weights. Padding begins the target, as Marian has it."""
    from transformers import MarianConfig, MarianMTModel

    config = MarianConfig(
        vocab_size=VOCABULARY,
        d_model=WIDTH,
        encoder_layers=LAYERS,
        decoder_layers=LAYERS,
        encoder_attention_heads=HEADS,
        decoder_attention_heads=HEADS,
        encoder_ffn_dim=INNER,
        decoder_ffn_dim=INNER,
        max_position_embeddings=MOST_TOKENS,
        dropout=dropout,
        activation_function="relu",
        scale_embedding=True,
        pad_token_id=PAD,
        eos_token_id=END,
        forced_eos_token_id=END,
        decoder_start_token_id=PAD,
        init_std=WIDTH**-0.5,
    )
    config._attn_implementation = "eager"
    return MarianMTModel(config)


def source(ids: Sequence[int], language: str) -> list[int]:
    """Tokens of an English sentence as the network is given them."""
    return [INTO[language], *ids[: MOST_TOKENS - 2], END]


def padded(rows: Sequence[Sequence[int]]) -> torch.Tensor:
    """(B, T)"""
    longest = max(map(len, rows))
    return torch.tensor([[*row, *[PAD] * (longest - len(row))] for row in rows])


@torch.inference_mode()
def translate(network: Any, rows: Sequence[Sequence[int]]) -> list[tuple[list[int], float]]:
    """The likeliest target of each source: its tokens, and the mean logarithm of how probable
    they are."""
    ids = padded(rows).to(network.device)
    found = network.generate(
        input_ids=ids,
        attention_mask=(ids != PAD).long(),
        num_beams=BEAMS,
        max_length=MOST_TOKENS,
        length_penalty=1.0,
        early_stopping=True,
        return_dict_in_generate=True,
        output_scores=True,
    )
    return [
        ([token for token in row if token not in (PAD, END)], float(score))
        for row, score in zip(
            found.sequences.tolist(), found.sequences_scores.tolist(), strict=True
        )
    ]
