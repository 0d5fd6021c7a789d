"""The recommender's network: a causal transformer over a history of items.

Kang and McAuley, "Self-Attentive Sequential Recommendation" (SASRec, 2018), with what later work
found better: softmax over the whole catalog instead of one negative (Klenitskiy and Vasilev 2023),
pre-norm blocks with gated residuals (LiGR, in eSASRec, 2025) and rotary positions (Su et al. 2021),
which let a history be of any length. The embeddings of items are tied: read and predicted with.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

NO_ITEM = -1e4
"""Added to the logit of padding."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What a network looks like. `items`: those of the catalog, numbered from 1; 0 is padding."""

    items: int
    width: int = 128
    heads: int = 2
    layers: int = 2
    hidden: int = 2
    """The feed-forward's width as a multiple of `width`."""


class Block(nn.Module):
    """Self-attention and a gated feed-forward, each added through a gate of its own."""

    def __init__(self, shape: Shape, dropout: float) -> None:
        super().__init__()
        width, hidden = shape.width, shape.hidden * shape.width
        self.heads = shape.heads
        self.dropout = dropout
        self.attention_norm = nn.RMSNorm(width, eps=1e-6)
        self.query_key_value = nn.Linear(width, 3 * width, bias=False)
        self.attention_out = nn.Linear(width, width, bias=False)
        self.attention_gate = nn.Linear(width, width)
        self.feed_norm = nn.RMSNorm(width, eps=1e-6)
        self.feed_in = nn.Linear(width, 2 * hidden, bias=False)
        self.feed_out = nn.Linear(hidden, width, bias=False)
        self.feed_gate = nn.Linear(width, width)

    def forward(self, x: Tensor, turn: Tensor) -> Tensor:
        """x: (B, L, D), turn: (L, D / heads / 2) angles -> (B, L, D)."""
        parts = self.query_key_value(self.attention_norm(x))
        query, key, value = self.split(parts, 3)  # (B, H, L, D / H) each
        y = F.scaled_dot_product_attention(
            rotated(query, turn), rotated(key, turn), value, is_causal=True
        )
        return self.feed(self.mix(x, y))

    def at(self, x: Tensor, turn: Tensor, last: Tensor) -> Tensor:
        """The same for one place `last` (B,) of each history only: (B, L, D) -> (B, 1, D)."""
        width = x.shape[-1]
        index = last[:, None, None]
        y = self.attention_norm(x)
        weight = self.query_key_value.weight
        key, value = self.split(F.linear(y, weight[width:]), 2)
        (query,) = self.split(F.linear(y.gather(1, index.expand(-1, -1, width)), weight[:width]), 1)
        own = turn[last][:, None, None]  # (B, 1, 1, D / H / 2)
        seen = torch.arange(x.shape[1], device=x.device) <= last[:, None]
        y = F.scaled_dot_product_attention(
            rotated(query, own), rotated(key, turn), value, attn_mask=seen[:, None, None]
        )
        return self.feed(self.mix(x.gather(1, index.expand(-1, -1, width)), y))

    def split(self, y: Tensor, parts: int) -> tuple[Tensor, ...]:
        """(B, L, parts x D) -> `parts` of (B, H, L, D / H)."""
        batch, length, width = y.shape
        shaped = y.view(batch, length, parts, self.heads, width // parts // self.heads)
        return shaped.permute(2, 0, 3, 1, 4).unbind(0)

    def mix(self, x: Tensor, y: Tensor) -> Tensor:
        """Add what attention found, y (B, H, L, D / H), to x (B, L, D)."""
        y = self.attention_out(y.transpose(1, 2).reshape(x.shape))
        y = F.dropout(y, self.dropout, self.training)
        return x + y * torch.sigmoid(self.attention_gate(x))

    def feed(self, x: Tensor) -> Tensor:
        """The feed-forward and its gate, x (B, L, D)."""
        y = self.feed_norm(x)
        gate, value = self.feed_in(y).chunk(2, dim=-1)
        y = F.dropout(F.silu(gate) * value, self.dropout, self.training)
        y = F.dropout(self.feed_out(y), self.dropout, self.training)
        return x + y * torch.sigmoid(self.feed_gate(x))


def rotated(x: Tensor, turn: Tensor) -> Tensor:
    """Rotate pairs of x (B, H, L, D / H) by the angles of their positions."""
    cos, sin = turn.cos().to(x.dtype), turn.sin().to(x.dtype)
    first, second = x.chunk(2, dim=-1)
    return torch.cat((first * cos - second * sin, second * cos + first * sin), dim=-1)


class Recommender(nn.Module):
    """Items (B, L), right-padded with 0, to what comes after each of them (B, L, D)."""

    def __init__(self, shape: Shape, dropout: float = 0.2) -> None:
        super().__init__()
        self.shape = shape
        self.dropout = dropout
        self.embedding = nn.Embedding(shape.items + 1, shape.width, padding_idx=0)
        nn.init.normal_(self.embedding.weight, std=shape.width**-0.5)
        self.bias = nn.Parameter(torch.zeros(shape.items + 1))
        self.blocks = nn.ModuleList(Block(shape, dropout) for _ in range(shape.layers))
        self.norm = nn.RMSNorm(shape.width, eps=1e-6)
        half = shape.width // shape.heads // 2
        self.speeds: Tensor
        self.register_buffer("speeds", 10_000.0 ** (-torch.arange(half) / half), persistent=False)

    def forward(self, items: Tensor) -> Tensor:
        """(B, L) -> (B, L, D). Padding at the end is never seen: attention is causal."""
        x = self.embedding(items) * self.shape.width**0.5
        x = F.dropout(x, self.dropout, self.training)
        turn = torch.arange(items.shape[1], device=items.device)[:, None] * self.speeds
        for block in self.blocks:
            x = block(x, turn)
        return self.norm(x)

    def next_item(self, items: Tensor, last: Tensor) -> Tensor:
        """What comes after place `last` (B,) of items (B, L): log-probabilities (B, items + 1).

        That of padding is about -inf. Of the last block only one place is computed.
        """
        x = self.embedding(items) * self.shape.width**0.5
        turn = torch.arange(items.shape[1], device=items.device)[:, None] * self.speeds
        for block in self.blocks[:-1]:
            x = block(x, turn)
        final = cast(Block, self.blocks[-1])
        z = self.logits(self.norm(final.at(x, turn, last))[:, 0])
        return torch.log_softmax(
            z + NO_ITEM * (torch.arange(z.shape[1], device=z.device) == 0), dim=-1
        )

    def logits(self, x: Tensor) -> Tensor:
        """What comes after, x (..., D), to a logit for every item (..., items + 1)."""
        return F.linear(x, self.embedding.weight, self.bias.to(x.dtype))


def rebuilt(state: Mapping[str, Tensor], heads: int) -> Recommender:
    """A network in evaluation mode from its weights, which say the rest of its shape."""
    items, width = state["embedding.weight"].shape
    layers = len({name.split(".")[1] for name in state if name.startswith("blocks.")})
    hidden = state["blocks.0.feed_out.weight"].shape[1] // width
    network = Recommender(Shape(items - 1, width, heads, layers, hidden))
    network.load_state_dict(dict(state))
    return network.eval()
