"""A loaded Hub model, and running many rows of tokens through a network that reads."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from demos.core.devices import Device, turn
from demos.core.language.text import encodable, sha256_of
from demos.core.results import Provenance
from demos.language_tasks.encoding import Tokens
from demos.language_tasks.hub_known import KnownLanguage
from demos.language_tasks.hub_networks import size_of
from demos.language_tasks.replies import Tell, ignore
from demos.language_tasks.windows import batches

if TYPE_CHECKING:
    import torch

MOST_AT_ONCE = 4096
"""Tokens of a batch, padding included."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The tokens that a model wants before and after one text, and around and between two."""

    before: tuple[int, ...]
    after: tuple[int, ...]
    pair_before: tuple[int, ...]
    pair_between: tuple[int, ...]
    pair_after: tuple[int, ...]

    @property
    def pair(self) -> int:
        """How many go with two texts."""
        return len(self.pair_before) + len(self.pair_between) + len(self.pair_after)


def frame(tokenizer: Any) -> Frame:
    """As the tokenizer frames a letter, and two."""
    one, two = tokenizer.encode("a"), tokenizer.encode("a", "a")
    first = [n for n, which in enumerate(one.sequence_ids) if which == 0]
    left = [n for n, which in enumerate(two.sequence_ids) if which == 0]
    right = [n for n, which in enumerate(two.sequence_ids) if which == 1]
    return Frame(
        tuple(one.ids[: first[0]]),
        tuple(one.ids[first[-1] + 1 :]),
        tuple(two.ids[: left[0]]),
        tuple(two.ids[left[-1] + 1 : right[0]]),
        tuple(two.ids[right[-1] + 1 :]),
    )


@dataclass(frozen=True, slots=True, eq=False)
class HubLanguage:
    """A loaded Hub model. Any number of threads may use it at once. `template` is how a model that
    talks wants to be told who said what, `ends` the tokens with which it comes to an end."""

    known: KnownLanguage
    network: Any
    tokenizer: Any
    frame: Frame
    device: Device
    template: str = ""
    names: tuple[tuple[str, str], ...] = ()
    ends: tuple[int, ...] = ()

    @property
    def memory_bytes(self) -> int:
        return size_of(self.network)


@dataclass(frozen=True, slots=True)
class Row:
    """Tokens to read at once, and 1 for each that is of a second text or after it."""

    ids: list[int]
    kinds: list[int]


def tokens(model: HubLanguage, text: str) -> Tokens:
    """All tokens of a text, without its frame. Half a character becomes a question mark."""
    whole = encodable(text)
    found = model.tokenizer.encode(whole, add_special_tokens=False)
    return Tokens(found.ids, found.offsets, found.word_ids)


def single(model: HubLanguage, ids: Sequence[int]) -> Row:
    framed = [*model.frame.before, *ids, *model.frame.after]
    return Row(framed, [0] * len(framed))


def paired(model: HubLanguage, left: Sequence[int], right: Sequence[int]) -> Row:
    first = [*model.frame.pair_before, *left, *model.frame.pair_between]
    second = [*right, *model.frame.pair_after]
    return Row(first + second, [0] * len(first) + [1] * len(second))


def room(model: HubLanguage) -> int:
    """Tokens of one text that fit beside its frame."""
    return model.known.reads - len(model.frame.before) - len(model.frame.after)


def outputs(
    model: HubLanguage, rows: Sequence[Row], tell: Tell = ignore
) -> list[NDArray[np.float32]]:
    """What the network makes of each row: logits (L,) of a text that is sorted, (T, L) of one that
    is marked, (T, 2) of one with an answer in it, start and end."""
    import torch

    found: list[NDArray[np.float32]] = [np.zeros(0, np.float32)] * len(rows)
    done = 0
    for chosen in batches([len(row.ids) for row in rows], MOST_AT_ONCE):
        longest = len(rows[chosen[-1]].ids)
        given = padded(model, [rows[n] for n in chosen], longest)
        with turn(model.device), torch.inference_mode():
            step = model.network(**given)
            logits = (
                step.logits
                if "logits" in step
                else torch.stack([step.start_logits, step.end_logits], dim=-1)
            )
            made = logits.float().cpu().numpy()
        for n, each in zip(chosen, made, strict=True):
            found[n] = each[: len(rows[n].ids)] if each.ndim > 1 else each
        done += len(chosen)
        tell(done / len(rows), "")
    return found


def padded(model: HubLanguage, rows: Sequence[Row], longest: int) -> "dict[str, torch.Tensor]":
    """Rows as the network takes them, (B, longest)."""
    import torch

    config = model.network.config
    filler = getattr(config, "pad_token_id", None) or 0

    def filled(lists: Sequence[Sequence[int]], value: int) -> torch.Tensor:
        whole = [[*each, *[value] * (longest - len(each))] for each in lists]
        return torch.tensor(whole, device=str(model.device))

    given = {
        "input_ids": filled([each.ids for each in rows], filler),
        "attention_mask": filled([[1] * len(each.ids) for each in rows], 0),
    }
    if getattr(config, "type_vocab_size", 0) > 1:
        given["token_type_ids"] = filled([each.kinds for each in rows], 0)
    return given


def provenance(
    model: HubLanguage,
    text: str,
    preprocessing: str,
    seconds: float,
    thresholds: tuple[tuple[str, float], ...] = (),
) -> Provenance:
    known = model.known
    return Provenance(
        input_sha256=sha256_of(text),
        model=known.spec.name,
        weights=known.source.version,
        preprocessing=f"hub/1: {preprocessing}",
        engine="PyTorch",
        device=str(model.device),
        dtype=str(model.network.dtype).removeprefix("torch."),
        seconds=seconds,
        thresholds=thresholds,
    )
