"""Whisper in torch, on any device."""

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from demos.core.devices import Device, turn
from demos.speech_recognition.alignment import SECONDS_PER_FRAME, token_starts, usable_heads
from demos.speech_recognition.greedy import Filter, TellTokens, write
from demos.speech_recognition.hub_networks import size_of
from demos.speech_recognition.whisper_engine import Aligned, Draft
from demos.speech_recognition.whisper_vocabulary import Vocabulary


@dataclass(frozen=True, slots=True, eq=False)
class TorchWhisper:
    """A loaded `WhisperForConditionalGeneration` as an engine.

    `looking` are the same weights with the slower attention that shows where it looks.
    """

    network: Any
    looking: Any
    vocabulary: Vocabulary
    heads: tuple[tuple[int, int], ...]
    device: Device
    dtype: str
    name: str = "PyTorch"

    @property
    def memory_bytes(self) -> int:
        return size_of(self.network)

    def encode(self, features: NDArray[np.float32]) -> Any:
        import torch

        with turn(self.device), torch.inference_mode():
            given = torch.from_numpy(features)[None].to(str(self.device), self.network.dtype)
            return self.network.get_encoder()(given)

    def languages(self, encoded: Any) -> dict[str, float]:
        import torch

        tokens = self.vocabulary.languages
        with turn(self.device), torch.inference_mode():
            start = torch.tensor([[self.vocabulary.start]], device=str(self.device))
            step = self.network(encoder_outputs=encoded, decoder_input_ids=start, use_cache=False)
            shares = step.logits[0, -1, list(tokens.values())].float().softmax(-1).tolist()
        return dict(zip(tokens, shares, strict=True))

    def write(self, encoded: Any, prompt: Sequence[int], most: int, tell: TellTokens) -> Draft:
        done = write(
            self.network,
            encoded,
            prompt,
            self.vocabulary.end,
            most,
            self.device,
            tell,
            self.rules(prompt),
        )
        no_speech = float(done.opening.softmax(-1)[self.vocabulary.no_speech])
        return Draft(done.ids, done.mean, no_speech)

    def rules(self, prompt: Sequence[int]) -> list[Filter]:
        """What may be written after `prompt`, in the order in which transformers asks."""
        from transformers import GenerationConfig
        from transformers.generation import logits_process

        said, begin = self.vocabulary, len(prompt)
        found: list[Any] = []
        if said.never:
            found.append(logits_process.SuppressTokensLogitsProcessor(said.never))
        if said.never_first:
            found.append(
                logits_process.SuppressTokensAtBeginLogitsProcessor(said.never_first, begin)
            )
        if prompt[-1] != said.no_timestamps:
            config: Any = GenerationConfig(  # type: ignore[no-untyped-call]
                eos_token_id=said.end,
                no_timestamps_token_id=said.no_timestamps,
                max_initial_timestamp_index=said.latest_first,
            )
            found.append(logits_process.WhisperTimeStampLogitsProcessor(config, begin))
        return found

    def align(
        self, encoded: Any, prompt: Sequence[int], ids: Sequence[int], seconds: float
    ) -> Aligned:
        """Run over what was written once more, and see where it looked (see `alignment`)."""
        import torch

        said = [*prompt, *ids, self.vocabulary.end]
        with turn(self.device), torch.inference_mode():
            step = self.looking(
                encoder_outputs=encoded,
                decoder_input_ids=torch.tensor([said], device=str(self.device)),
                use_cache=False,
                output_attentions=True,
            )
            looked = torch.stack([step.cross_attentions[n][0, head] for n, head in self.heads])
            first = len(prompt) - 1  # what comes out here is the first token of the text
            frames = max(round(seconds / SECONDS_PER_FRAME), 1)
            attention = looked[..., :frames].double().cpu().numpy()
            text = step.logits[0, first:-2, : self.vocabulary.end].float().log_softmax(-1)
            chosen = text.gather(-1, torch.tensor([list(ids)], device=text.device).T)
        return Aligned(tuple(token_starts(attention, first, -1)), tuple(chosen[:, 0].tolist()))


def heads_of(network: Any) -> tuple[tuple[int, int], ...]:
    """The layers and heads of a network that follow the sound."""
    config = network.config
    named = getattr(network.generation_config, "alignment_heads", None)
    return tuple(usable_heads(named, config.decoder_layers, config.decoder_attention_heads))


def torch_whisper(network: Any, vocabulary: Vocabulary, device: Device) -> TorchWhisper:
    """An engine of a loaded network."""
    weights = {id(each): each for each in (*network.parameters(), *network.buffers())}
    looking = copy.deepcopy(network, weights)  # takes the weights for copied already
    looking.set_attn_implementation("eager")
    dtype = str(network.dtype).removeprefix("torch.")
    return TorchWhisper(network, looking, vocabulary, heads_of(network), device, dtype)
