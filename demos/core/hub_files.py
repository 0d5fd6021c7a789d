"""Settings among the files of a model from the Hub, and what is said of files that do not fit."""

import json
from pathlib import Path
from typing import Any, Protocol

from demos.core.errors import WeightsMismatch
from demos.core.spec import ModelSpec


class Known(Protocol):
    """What a demo knows of one of its Hub models."""

    @property
    def spec(self) -> ModelSpec: ...


def read_json(known: Known, folder: Path, name: str) -> dict[str, Any]:
    """The settings in a file of the model. Raises `WeightsMismatch` if there are none in it."""
    try:
        settings = json.loads((folder / name).read_text(encoding="utf-8"))
    except ValueError as error:
        raise unfit(known) from error
    if not isinstance(settings, dict):
        raise unfit(known)
    return settings


def unfit(known: Known) -> WeightsMismatch:
    return WeightsMismatch(
        f"The files of {known.spec.title} do not fit what this dashboard knows of the model.",
        "Choose another model.",
    )
