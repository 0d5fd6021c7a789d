"""Writing text token by token with an encoder-decoder network: the likeliest each time.

transformers' `generate` does the same with far more choice. Here every token is told of as it
comes, which is how text streams and how writing is stopped, and the encoder runs once, whether for
the language, the text or the times. A test holds the tokens to those of `generate`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from demos.core.devices import Device, turn

if TYPE_CHECKING:
    import torch

TellTokens = Callable[[Sequence[int]], None]
"""Told all tokens so far after each one; may raise to stop."""
Filter = Callable[["torch.Tensor", "torch.Tensor"], "torch.Tensor"]
"""Tokens so far (1, t) and the logits of the next (1, vocabulary) to logits that obey a rule."""


@dataclass(frozen=True, slots=True, eq=False)
class Written:
    """Tokens without the prompt and the end, and the logarithm of each one's probability.

    `mean` is that of all of them and the end, as Whisper's authors reckon. `opening` (vocabulary,)
    are the logits after the first token of the prompt.
    """

    ids: tuple[int, ...]
    log_probabilities: tuple[float, ...]
    mean: float
    opening: "torch.Tensor"


def write(
    network: Any,
    encoded: Any,
    prompt: Sequence[int],
    end: int,
    most: int,
    device: Device,
    tell: TellTokens,
    filters: Sequence[Filter] = (),
) -> Written:
    """Continue `prompt` for what was `encoded`, until `end` or `most` tokens more."""
    import torch

    ids: list[int] = []
    logs: list[float] = []
    cache, opening = None, None
    with turn(device), torch.inference_mode():
        so_far = torch.tensor([list(prompt)], device=str(device))
    given = so_far
    while len(ids) < most:
        with turn(device), torch.inference_mode():
            step = network(
                encoder_outputs=encoded,
                decoder_input_ids=given,
                past_key_values=cache,
                use_cache=True,
            )
            cache = step.past_key_values
            if opening is None:
                opening = step.logits[0, 0].float()
            logits = step.logits[:, -1].float()
            for rule in filters:
                logits = rule(so_far, logits)
            best, token = logits.max(dim=-1)
            logs.append(float(best - logits.logsumexp(dim=-1)))
            given = token[None]
            so_far = torch.cat([so_far, given], dim=-1)
        if int(token) == end:
            break
        ids.append(int(token))
        tell(ids)
    assert opening is not None
    return Written(tuple(ids), tuple(logs[: len(ids)]), sum(logs) / (len(ids) + 1), opening)
