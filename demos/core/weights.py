"""Reading bundled weights, and only those that the specification names."""

import hashlib

from demos.core.errors import WeightsMismatch
from demos.core.spec import Bundled


def read_weights(source: Bundled) -> bytes:
    """The safetensors file, checked. Raises `WeightsMismatch` if it is missing or another one."""
    remedy = f"Restore demos/{source.file} from the repository."
    try:
        encoded = source.path.read_bytes()
    except FileNotFoundError as error:
        raise WeightsMismatch(f"The weights file {source.path.name} is missing.", remedy) from error
    if hashlib.sha256(encoded).hexdigest() != source.sha256:
        raise WeightsMismatch(
            f"The weights file {source.path.name} is damaged or was replaced.", remedy
        )
    return encoded
