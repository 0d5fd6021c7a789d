"""Reading a data set for the recipes: parquet files of encoded images and labels."""

import io
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray
from PIL import Image

from demos.healthcare_imaging.modalities import Modality


def read_images(path: Path, modality: Modality) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Decode a parquet file with the columns `image` (JPEG or PNG bytes) and `label`.

    Returns images (N, frame, frame, 3) in RGB and labels (N,) as indices into
    `modality.classes`. Raises `ValueError` for a label the modality does not have.
    """
    table = pq.read_table(path, columns=["image", "label"])
    unknown = set(table["label"].to_pylist()) - set(modality.classes)
    if unknown:
        raise ValueError(f"{path.name}: unknown labels {sorted(unknown)} for {modality.key}")
    images = np.stack([decode(cell.as_py(), modality.frame) for cell in table["image"]])
    labels = np.array([modality.classes.index(label.as_py()) for label in table["label"]])
    return images, labels.astype(np.int64)


def decode(encoded: bytes, frame: int) -> NDArray[np.uint8]:
    """Encoded image bytes to (frame, frame, 3) RGB."""
    with Image.open(io.BytesIO(encoded)) as image:
        rgb = image.convert("RGB")
        if rgb.size != (frame, frame):
            rgb = rgb.resize((frame, frame), Image.Resampling.BICUBIC)
        return np.asarray(rgb)
