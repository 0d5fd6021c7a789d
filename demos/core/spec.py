"""What a demo and a model are."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from demos.core.devices import Device

PACKAGE = Path(__file__).parent.parent


@dataclass(frozen=True, slots=True)
class Bundled:
    """Weights in this repository: a safetensors file, its path relative to `demos/`."""

    file: str
    sha256: str

    @property
    def path(self) -> Path:
        return PACKAGE / self.file


@dataclass(frozen=True, slots=True)
class Hub:
    """Weights on the Hugging Face Hub, pinned to a commit."""

    repo: str
    revision: str


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """One model of a demo.

    `memory_bytes` is what the loaded model occupies, as the store accounts for it.
    """

    demo: str
    name: str
    title: str
    source: Bundled | Hub
    memory_bytes: int
    license: str
    summary: str


@dataclass(frozen=True, slots=True)
class DemoSpec:
    """One demo. `slug` names its package, its page, its test and its URL.

    The first model is the default and is bundled. `icon` is a Material symbol name.
    """

    slug: str
    title: str
    industry: str
    icon: str
    question: str
    summary: str
    models: tuple[ModelSpec, ...]
    disclaimer: str = ""

    def model(self, name: str) -> ModelSpec:
        """The model called `name`. Raises `KeyError` for an unknown one."""
        return {each.name: each for each in self.models}[name]


class Inference(Protocol):
    """What `demos/<slug>/inference.py` offers; results are plain numpy and floats on the CPU."""

    def load(self, spec: ModelSpec, device: Device) -> Any: ...
    def predict(self, model: Any, inputs: Any) -> Any: ...
    def explain(self, model: Any, result: Any, label: str) -> Any: ...
