"""Healthcare imaging: classify a medical image, or refuse it."""

from demos.core.spec import Bundled, DemoSpec, ModelSpec

GENERATORS = {
    "blood_cells": Bundled(
        "healthcare_imaging/weights/blood_cells-generator.safetensors",
        "6107046988136a6e0c9e1dcd29c097ca5e1b3a001d73cac152f24098974a5ab3",
    ),
}
"""The image generators, by modality: they drew the samples, see `generator.py`."""

SPEC = DemoSpec(
    slug="healthcare_imaging",
    title="Healthcare imaging",
    industry="Healthcare",
    icon="biotech",
    question="Which kind of blood cell is this?",
    summary="Sorts stained blood cells into eight types, says how sure it is and where it looked.",
    models=(
        ModelSpec(
            demo="healthcare_imaging",
            name="blood_cells",
            title="Blood-cell microscopy",
            source=Bundled(
                "healthcare_imaging/weights/blood_cells.safetensors",
                "22afa7ed206de7445ef58e523741f7f731ed3604d972e46ed1a8eb709088de0d",
            ),
            memory_bytes=45 * 1024**2,
            license="CC BY 4.0",
            summary="ResNet-18 for 96 px images, trained from scratch on 11,958 cells.",
        ),
    ),
    disclaimer=(
        "Research demonstration. Not a medical device. Not for diagnosis or treatment. "
        "Do not upload identifiable patient data."
    ),
)
