"""What a library that runs Whisper must be able to do."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from demos.speech_recognition.greedy import TellTokens


@dataclass(frozen=True, slots=True)
class Draft:
    """Tokens written for a chunk, the mean logarithm of their probabilities (the end's included),
    and how likely the chunk holds no speech."""

    ids: tuple[int, ...]
    mean_log_probability: float
    no_speech: float


@dataclass(frozen=True, slots=True)
class Aligned:
    """When each text token begins, and last when they end, in seconds of the chunk; and the
    logarithm of each one's probability among text tokens."""

    times: tuple[float, ...]
    log_probabilities: tuple[float, ...]


class Engine(Protocol):
    """Takes mel frames (bands, 3000) and tokens; several threads may use it at once."""

    @property
    def name(self) -> str: ...
    @property
    def dtype(self) -> str: ...
    @property
    def memory_bytes(self) -> int: ...

    def encode(self, features: NDArray[np.float32]) -> Any:
        """What the encoder hears, for the others to take."""

    def languages(self, encoded: Any) -> dict[str, float]:
        """The probability of each language of the vocabulary."""

    def write(self, encoded: Any, prompt: Sequence[int], most: int, tell: TellTokens) -> Draft:
        """Continue `prompt` by `most` tokens at most; `tell` hears of them on the way."""

    def align(
        self, encoded: Any, prompt: Sequence[int], ids: Sequence[int], seconds: float
    ) -> Aligned:
        """When the text tokens `ids` were said in the first `seconds`; `prompt` came before."""
