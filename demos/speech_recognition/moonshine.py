"""Moonshine: sound of any length to English text, without the time of any word."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from demos.core.audio.sound import SAMPLE_RATE
from demos.core.devices import Device, turn
from demos.core.hub_files import read_json, unfit
from demos.core.speech.transcript import Options, Segment
from demos.speech_recognition.doubts import before_loop, repeats
from demos.speech_recognition.greedy import write
from demos.speech_recognition.hearing import Doubt, Heard, TellText
from demos.speech_recognition.hub_catalog import KnownSpeech
from demos.speech_recognition.hub_networks import network, size_of, tokenizer
from demos.speech_recognition.languages import ENGLISH

TOKENS_PER_SECOND = 6.5
"""More is a loop, says its model card."""
LONGEST = 28.0
"""Seconds. It was trained on up to 30, and has places for 194 tokens."""
SHORTEST = 0.1
"""Seconds. Its first layers need some 900 samples; a shorter chunk is filled up with silence."""


@dataclass(frozen=True, slots=True, eq=False)
class Moonshine:
    """A recognizer in torch."""

    network: Any
    tokenizer: Any
    device: Device
    dtype: str
    engine: str = "PyTorch"
    longest: float = LONGEST

    @property
    def memory_bytes(self) -> int:
        return size_of(self.network)

    def hear(
        self,
        samples: NDArray[np.float32],
        start: float,
        language: str | None,
        options: Options,
        tell: TellText,
    ) -> Heard:
        import torch

        config = self.network.config
        seconds = len(samples) / SAMPLE_RATE
        missing = max(round(SHORTEST * SAMPLE_RATE) - len(samples), 0)
        with turn(self.device), torch.inference_mode():
            given = torch.from_numpy(np.pad(samples, (0, missing)))[None]
            encoded = self.network.get_encoder()(given.to(str(self.device), self.network.dtype))
        done = write(
            self.network,
            encoded,
            [config.decoder_start_token_id],
            config.eos_token_id,
            max(int(seconds * TOKENS_PER_SECOND), 1),
            self.device,
            lambda ids: tell(self.decode(ids)),
        )
        text, doubt = self.decode(done.ids), None
        if repeats(text):
            words = text.split()
            text, doubt = " ".join(words[: before_loop(words)]), Doubt.REPEATS
        segments = (Segment(text, start, start + seconds),) if text else ()
        return Heard(segments=segments, language=ENGLISH, doubt=doubt)

    def decode(self, ids: Any) -> str:
        text: str = self.tokenizer.decode(list(ids))
        return text.strip()


def load(known: KnownSpeech, folder: Path, device: Device) -> Moonshine:
    """The model from its files. Raises `WeightsMismatch` if they do not fit."""
    if read_json(known, folder, "preprocessor_config.json").get("do_normalize"):
        raise unfit(known)
    loaded = network(known, folder, device)
    dtype = str(loaded.dtype).removeprefix("torch.")
    return Moonshine(loaded, tokenizer(known, folder, loaded.config.vocab_size), device, dtype)
