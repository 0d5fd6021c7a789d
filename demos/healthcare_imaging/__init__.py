"""Healthcare imaging: classify a medical image of one of three kinds, or refuse it."""

from demos.core.spec import Bundled, DemoSpec, ModelSpec
from demos.healthcare_imaging.hub_catalog import HUB_MODELS

GENERATORS = {
    "blood_cells": Bundled(
        "healthcare_imaging/weights/blood_cells-generator.safetensors",
        "6107046988136a6e0c9e1dcd29c097ca5e1b3a001d73cac152f24098974a5ab3",
    ),
}
"""The image generator that drew the blood cells, and that the others began with (`generator.py`).
Those are not kept: they would take as much room as all classifiers."""

SPEC = DemoSpec(
    slug="healthcare_imaging",
    title="Healthcare imaging",
    industry="Healthcare",
    icon="biotech",
    question="What does this blood smear, chest X-ray or lung slide show?",
    summary="Reads blood cells, children's chest X-rays and lung tissue, one image or hundreds; "
    "says how sure it is, where it looked and what a mistake costs.",
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
            group="blood_cells",
        ),
        ModelSpec(
            demo="healthcare_imaging",
            name="chest_xray",
            title="Chest X-ray, our ResNet-18",
            source=Bundled(
                "healthcare_imaging/weights/chest_xray.safetensors",
                "16d3c6f2f8a25600d48269080d619e693efcfe45fbc158cd324c466e6291cc26",
            ),
            memory_bytes=45 * 1024**2,
            license="CC BY 4.0",
            summary="ResNet-18 for 128 px images, trained from scratch on 4,693 children's films.",
            group="chest_xray",
        ),
        ModelSpec(
            demo="healthcare_imaging",
            name="lung_histology",
            title="Lung histology, our ResNet-18",
            source=Bundled(
                "healthcare_imaging/weights/lung_histology.safetensors",
                "eb44826765a53874b5fc099905c348db128da7e4ce3efbb007e70eade8ee78b0",
            ),
            memory_bytes=45 * 1024**2,
            license="free for AI research (LC25000)",
            summary="ResNet-18 for 96 px images, trained from scratch on 3,477 lung tiles.",
            group="lung_histology",
        ),
        *HUB_MODELS,
    ),
    disclaimer=(
        "Research demonstration. Not a medical device. Not for diagnosis or treatment. "
        "Do not upload identifiable patient data."
    ),
)
