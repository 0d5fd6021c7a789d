"""Every limit and default of the house, in one place; each can be set by the environment.

`DLW_MAX_IMAGE_BYTES=5000000` overrides `max_image_bytes`, and so on for every field.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

MIB = 1024**2
GIB = 1024**3


@dataclass(frozen=True, slots=True)
class Settings:
    """Sizes in bytes, times in seconds."""

    device: str = "auto"
    """`auto`, `cpu`, `cuda`, `cuda:1`, `mps`."""
    memory_budget: int = 0
    """Bytes of models the store may hold; 0 measures the device."""
    activation_reserve: int = 1 * GIB
    """Left free on the device for activations when the budget is measured."""
    idle_seconds: float = 900.0
    """An idle model older than this is unloaded."""
    wait_seconds: float = 20.0
    """How long a request waits for a model before it is told `Busy`."""
    queue_limit: int = 64
    """Requests that may wait at once."""
    threads: int = 0
    """Threads per inference on the CPU; 0 takes one per core."""

    max_image_bytes: int = 20 * MIB
    max_image_pixels: int = 40_000_000
    max_archive_bytes: int = 200 * MIB
    """A ZIP archive as uploaded; `maxUploadSize` in .streamlit/config.toml must allow it."""
    max_archive_files: int = 500
    max_archive_expanded_bytes: int = 2 * GIB
    """Of all its files together; they are unpacked one at a time."""
    max_archive_ratio: int = 200
    """A file of more than 1 MiB may not unpack to more than so many times its size."""
    max_audio_bytes: int = 25 * MIB
    max_audio_seconds: float = 1800.0
    """Of a recording; a small file may hold hours."""
    max_table_bytes: int = 200 * MIB
    """A table as uploaded, compressed or not."""
    max_table_rows: int = 5_000_000
    max_table_expanded_bytes: int = 1 * GIB
    """A compressed table may not unpack to more; it is unpacked piece by piece."""
    max_text_characters: int = 20_000
    """Of a text that is written or pasted, and of what is read of a document at once."""
    max_document_bytes: int = 20 * MIB
    max_document_pages: int = 500
    max_session_upload_bytes: int = 416 * MIB
    """Twice the largest file and a little: a new one arrives before the old one is let go."""
    requests_per_minute: int = 600
    """Uploads and API calls per client address."""


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """Settings from `DLW_*` variables. Raises `ValueError` naming a malformed one."""
    values = {}
    for field in fields(Settings):
        name = f"DLW_{field.name.upper()}"
        if name in environment:
            kind: type[Any] = type(field.default)
            try:
                values[field.name] = kind(environment[name])
            except ValueError as error:
                raise ValueError(f"{name}={environment[name]!r} is not {kind.__name__}") from error
    return Settings(**values)
