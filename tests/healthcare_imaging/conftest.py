"""A tiny stand-in for the training data, and the bundled model, shared by this demo's tests."""

import io
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image, ImageDraw

from demos.core.devices import CPU
from demos.healthcare_imaging import SPEC
from demos.healthcare_imaging.classifier import Model, load
from demos.healthcare_imaging.modalities import BLOOD_CELLS


def drawn_cell(rng: np.random.Generator, label: int) -> bytes:
    """A purple disk on a cream ground whose size and hue depend on the label: a JPEG of 96 px."""
    image = Image.new("RGB", (96, 96), (250, 225, 205))
    radius = 10 + 3 * label
    x, y = (48 + int(v) for v in rng.integers(-4, 5, 2))
    color = (60 + 20 * label, 30 + 10 * label, 150 - 10 * label)
    ImageDraw.Draw(image).ellipse((x - radius, y - radius, x + radius, y + radius), color)
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=95)
    return buffer.getvalue()


def write_split(path: Path, per_class: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    labels = [label for label in range(len(BLOOD_CELLS.classes)) for _ in range(per_class)]
    table = pa.table(
        {
            "image": [drawn_cell(rng, label) for label in labels],
            "label": [BLOOD_CELLS.classes[label] for label in labels],
        }
    )
    pq.write_table(table, path)


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a train and a validation file of drawn disks."""
    folder = tmp_path_factory.mktemp("data")
    write_split(folder / "blood_cells-train.parquet", per_class=2, seed=0)
    write_split(folder / "blood_cells-validation.parquet", per_class=2, seed=1)
    return folder


@pytest.fixture(scope="session")
def model() -> Model:
    return load(SPEC.model("blood_cells"), CPU)
