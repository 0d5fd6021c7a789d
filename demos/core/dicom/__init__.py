"""DICOM files to pixels.

Told in three steps, each in its own module: what the header says, the first frame's values, and
how they are meant to be seen. No identifier that the file may hold gets past the first.
"""

import numpy as np
from numpy.typing import NDArray

from demos.core.dicom.display import drawn
from demos.core.dicom.file import Header, read_header
from demos.core.dicom.frame import decoded_frame
from demos.core.settings import Settings

__all__ = ["read_header", "rendered"]


def rendered(header: Header, settings: Settings) -> tuple[NDArray[np.uint8], tuple[str, ...]]:
    """Pixels of the first frame (H, W, 3), and what was done to them. Raises `Unreadable`."""
    return drawn(decoded_frame(header.layout, header.frame), header, settings)
