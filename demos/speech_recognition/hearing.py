"""What every speech model of the Hub does with one chunk of a recording."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from demos.core.speech.transcript import Options, Segment, Word

TellText = Callable[[str], None]
"""Told the text of the chunk so far, as it grows; may raise to stop."""


class Doubt(StrEnum):
    """Why the text of a chunk may not be what was said."""

    REPEATS = "repeats"
    IMPROBABLE = "improbable"


@dataclass(frozen=True, slots=True)
class Heard:
    """What was said in a chunk, times in seconds of the recording: words, or segments of which no
    word's time is known.

    `language` is the one it was heard as, `certainty` how sure that is where it was detected.
    """

    words: tuple[Word, ...] = ()
    segments: tuple[Segment, ...] = ()
    language: str | None = None
    certainty: float = 1.0
    doubt: Doubt | None = None


class Recognizer(Protocol):
    """A loaded model. `longest` seconds are heard at once; several threads may use it."""

    @property
    def engine(self) -> str: ...
    @property
    def dtype(self) -> str: ...
    @property
    def memory_bytes(self) -> int: ...
    @property
    def longest(self) -> float: ...

    def hear(
        self,
        samples: NDArray[np.float32],
        start: float,
        language: str | None,
        options: Options,
        tell: TellText,
    ) -> Heard:
        """What is said in `samples` of 16 kHz, which begin at `start` seconds of the recording."""
