"""The imaging modalities this demo knows: classes, input geometry and the data behind each.

A modality is everything that differs between two image classifiers of this demo; the recipes,
the inference code and the page read it and hold no other per-modality constants.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Modality:
    """One kind of medical image and the classifier input that goes with it.

    `frame` is the side in pixels of the square training images; an input of any size is resized
    to it first. The classifier sees the central `crop` pixels of the frame, enlarged to `input`.
    """

    key: str
    title: str
    subject: str
    """What an in-scope image is, to complete "This image does not look like ..."."""
    classes: tuple[str, ...]
    class_titles: tuple[str, ...]
    frame: int
    crop: int
    input: int
    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    rotations: bool
    """Whether any rotation or mirror image of an input is an equally valid input."""

    def title_of(self, label: str) -> str:
        return self.class_titles[self.classes.index(label)]


BLOOD_CELLS = Modality(
    key="blood_cells",
    title="Blood-cell microscopy",
    subject="a stained blood-cell micrograph",
    classes=(
        "basophil",
        "eosinophil",
        "erythroblast",
        "ig",
        "lymphocyte",
        "monocyte",
        "neutrophil",
        "platelet",
    ),
    class_titles=(
        "Basophil",
        "Eosinophil",
        "Erythroblast",
        "Immature granulocyte",
        "Lymphocyte",
        "Monocyte",
        "Neutrophil",
        "Platelet",
    ),
    frame=96,
    crop=80,
    input=112,
    mean=(0.79, 0.66, 0.70),
    std=(0.22, 0.24, 0.12),
    rotations=True,
)

MODALITIES = (BLOOD_CELLS,)


def modality(key: str) -> Modality:
    """The modality called `key`. Raises `KeyError` for an unknown one."""
    return {each.key: each for each in MODALITIES}[key]
