"""What a demo and a model are."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from demos.core.devices import Device

PACKAGE = Path(__file__).parent.parent

COMMIT = re.compile(r"[0-9a-f]{40}")
HUB_FILE = re.compile(r"[\w-][\w.-]*\.(safetensors|json)")
"""A file beside the model card: tensors or plain data. Reading neither can run code."""


@dataclass(frozen=True, slots=True)
class Packaged:
    """Weights in another Python package, installed with the requirements.

    `file` is the path of a file of it as its installer recorded it.
    """

    distribution: str
    file: str
    sha256: str

    @property
    def version(self) -> str:
        """What tells these weights from any others."""
        return self.sha256


@dataclass(frozen=True, slots=True)
class Bundled:
    """Weights in this repository: a safetensors file, its path relative to `demos/`; and those of a
    package that it needs `beside` them, if any."""

    file: str
    sha256: str
    beside: Packaged | None = None

    @property
    def path(self) -> Path:
        return PACKAGE / self.file

    @property
    def version(self) -> str:
        """What tells these weights from any others."""
        return self.sha256


@dataclass(frozen=True, slots=True)
class Hub:
    """Files of a model on the Hugging Face Hub, pinned to a commit.

    `download_bytes` is what they come to, as the Hub lists them; `sha256` that of the safetensors
    file where it is known before the download (the commit fixes it either way). Raises
    `ValueError` for a branch or a tag in place of a commit, and for any file but safetensors and
    JSON: pickles are never fetched.
    """

    repo: str
    revision: str
    files: tuple[str, ...]
    download_bytes: int
    sha256: str = ""

    def __post_init__(self) -> None:
        if not COMMIT.fullmatch(self.revision):
            raise ValueError(f"{self.repo}: {self.revision!r} is not a full commit hash")
        unsafe = [name for name in self.files if not HUB_FILE.fullmatch(name)]
        if unsafe:
            raise ValueError(
                f"{self.repo}: {', '.join(unsafe)}: only safetensors and JSON are read"
            )
        if sum(name.endswith(".safetensors") for name in self.files) != 1:
            raise ValueError(f"{self.repo}: one safetensors file is needed")

    @property
    def version(self) -> str:
        """What tells these weights from any others."""
        return self.revision

    @property
    def weights(self) -> str:
        """The safetensors file."""
        return next(name for name in self.files if name.endswith(".safetensors"))


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """One model of a demo.

    Models of one `group` take the same kind of input, so one input can be given to several of
    them; a demo whose models all do has one group. `memory_bytes` is what the loaded model
    occupies, as the store accounts for it.
    """

    demo: str
    name: str
    title: str
    source: Bundled | Packaged | Hub
    memory_bytes: int
    license: str
    summary: str
    group: str = ""


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
