"""What every prediction carries besides its answer."""

import platform
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Outcome(StrEnum):
    """The three possible answers of every demo."""

    ANSWER = "answer"
    UNSURE = "unsure"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class LabelScore:
    """One class and its score, named as the Hugging Face pipelines name them."""

    label: str
    score: float


@dataclass(frozen=True, slots=True)
class Provenance:
    """Enough to reproduce a result from Python.

    `weights` is the SHA-256 of the weights or the hub revision; `seconds` covers preprocessing
    to postprocessing, without loading the model.
    """

    input_sha256: str
    model: str
    weights: str
    preprocessing: str
    engine: str
    device: str
    dtype: str
    seconds: float
    thresholds: tuple[tuple[str, float], ...]
    seed: int | None = None
    python: str = platform.python_version()

    @property
    def setting(self) -> str:
        """What it ran in and on, in words."""
        return f"{self.engine} on {self.device}, {self.dtype}, Python {self.python}"

    def as_dict(self) -> dict[str, Any]:
        return asdict(self) | {"thresholds": dict(self.thresholds)}
