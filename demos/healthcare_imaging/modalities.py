"""The imaging modalities this demo knows: classes, input geometry and the data behind each.

A modality is everything that differs between two image classifiers of this demo; the recipes,
the inference code and the page read it and hold no other per-modality constants.
"""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Jitter:
    """How far training images are moved, each drawn evenly within its range and per image."""

    turn: float
    """Radians, each way."""
    mirror: bool
    zoom: tuple[float, float]
    """Natural logarithm of the width of what is seen; below 0 is nearer."""
    aspect: float
    """Natural logarithm of width to height, each way."""
    shift: float
    """Of half the width, each way."""
    stain: float
    """Logarithm of a gain per color channel, each way."""
    gain: float
    gamma: float
    tone: float = 0.0
    """Logarithm of the slope of each eighth of a random tone curve, each way."""
    shade: float = 0.0
    """Height of an uneven background, of the full range, each way."""
    erase: float = 0.0
    """Probability that a random quarter-sized rectangle is blanked."""
    soft: float = 0.15
    """Probability of half the resolution."""
    noise: float = 0.02
    class_aspect: tuple[float, ...] = ()
    """Logarithm of width to height that every image of a class is changed by."""


@dataclass(frozen=True, slots=True)
class Round:
    """A stretch of training on which the learning rate falls from its peak to zero."""

    epochs: tuple[tuple[int, int], ...]
    """How many, and at how many pixels: coarse and quick first."""
    jitter: Jitter
    peak: float = 2e-3
    """Learning rate."""


@dataclass(frozen=True, slots=True)
class Modality:
    """One kind of medical image and the classifier input that goes with it.

    `frame` is the side in pixels of the square training images; an input of any size is resized
    to it first. The classifier sees the central `crop` pixels of the frame, enlarged to `input`.
    """

    key: str
    title: str
    question: str
    subject: str
    """What an in-scope image is, to complete "This image does not look like ..."."""
    noun: str
    """What one of its classes is, in a sentence."""
    classes: tuple[str, ...]
    class_titles: tuple[str, ...]
    frame: int
    crop: int
    input: int
    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    rotations: bool
    """Whether any rotation or mirror image of an input is an equally valid input."""
    rounds: tuple[Round, ...]
    """How it is trained."""
    gate_margin: float = 1.2
    """How far beyond validation images the gate's limits lie, as a factor."""
    harder_elsewhere: bool = False
    """Whether calibration uses validation images changed as for training: where images from
    elsewhere are known to be harder than validation images."""
    views: int = 1
    """Quarter turns that an answer averages over; without rotations 2 adds the mirror image."""
    positive: str | None = None
    """Of two classes the one that is looked for."""
    gray: bool = False
    """Whether its images have no color."""
    whole: bool = False
    """Whether a rectangular image is squeezed into the square whole, or cut to its middle."""
    even_exposure: bool = False
    """Whether each image's gray levels are stretched to the same range."""
    balanced: bool = False
    """Whether training draws every class equally often."""

    @property
    def prior(self) -> float:
        """The share of each class at which the probabilities of a balanced modality hold."""
        return 1 / len(self.classes)

    def title_of(self, label: str) -> str:
        return self.class_titles[self.classes.index(label)]


BLOOD_CELLS = Modality(
    key="blood_cells",
    title="Blood-cell microscopy",
    question="Which kind of blood cell is this?",
    subject="a stained blood-cell micrograph",
    noun="type",
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
    rounds=(
        Round(
            epochs=((16, 80), (14, 112)),
            jitter=Jitter(
                turn=math.pi,
                mirror=True,
                zoom=(-0.18, 0.18),
                aspect=0.0,
                shift=0.12,
                stain=0.08,
                gain=0.1,
                gamma=0.25,
            ),
        ),
    ),
)

CHEST_XRAY = Modality(
    key="chest_xray",
    title="Chest X-ray",
    question="Is there pneumonia in this child's chest X-ray?",
    subject="a child's chest X-ray seen from the front",
    noun="reading",
    classes=("NORMAL", "PNEUMONIA"),
    class_titles=("Normal", "Pneumonia"),
    frame=128,
    crop=120,
    input=128,
    mean=(0.5, 0.5, 0.5),
    std=(0.25, 0.25, 0.25),
    rotations=False,
    rounds=(
        Round(
            epochs=((22, 88), (18, 128)),
            jitter=Jitter(
                turn=0.2,
                mirror=True,
                zoom=(-0.3, 0.1),
                aspect=0.3,
                shift=0.12,
                stain=0.0,
                gain=0.1,
                gamma=0.35,
                tone=0.7,
                shade=0.12,
                erase=0.5,
                soft=0.25,
                # The data set's films were squeezed into squares. Those of sick children were the
                # wider ones, so how far ribs and hearts are squeezed gives the answer away:
                # horizontal detail is 1.2 times as dense as vertical in PNEUMONIA and as dense in
                # NORMAL. Training takes that difference out; films from elsewhere need not have it.
                class_aspect=(0.11, -0.11),
            ),
        ),
        # Closer to films as they come: after the first round alone, plain films looked too clear
        # to the network and too many counted as normal.
        Round(
            epochs=((9, 128),),
            jitter=Jitter(
                turn=0.12,
                mirror=True,
                zoom=(-0.15, 0.08),
                aspect=0.25,
                shift=0.06,
                stain=0.0,
                gain=0.05,
                gamma=0.15,
                tone=0.3,
                shade=0.06,
                erase=0.3,
                soft=0.1,
                noise=0.008,
                class_aspect=(0.11, -0.11),
            ),
            peak=1e-3,
        ),
    ),
    positive="PNEUMONIA",
    gray=True,
    whole=True,
    harder_elsewhere=True,
    even_exposure=True,
    balanced=True,
)

LUNG_HISTOLOGY = Modality(
    key="lung_histology",
    title="Lung histology",
    question="Is this lung tissue benign, or which kind of carcinoma?",
    subject="a stained microscope tile of lung tissue",
    noun="tissue type",
    classes=("lung_aca", "lung_n", "lung_scc"),
    class_titles=("Adenocarcinoma", "Benign tissue", "Squamous cell carcinoma"),
    frame=96,
    crop=88,
    input=112,
    mean=(0.68, 0.53, 0.88),
    std=(0.18, 0.20, 0.13),
    rotations=True,
    rounds=(
        Round(
            epochs=((26, 80), (20, 112)),
            jitter=Jitter(
                turn=math.pi,
                mirror=True,
                zoom=(-0.5, 0.15),
                aspect=0.15,
                shift=0.15,
                stain=0.15,
                gain=0.15,
                gamma=0.4,
                erase=0.25,
                soft=0.2,
            ),
        ),
        Round(
            epochs=((24, 112),),
            jitter=Jitter(
                turn=math.pi,
                mirror=True,
                zoom=(-0.3, 0.1),
                aspect=0.1,
                shift=0.12,
                stain=0.1,
                gain=0.1,
                gamma=0.3,
                erase=0.15,
                soft=0.1,
            ),
            peak=1.2e-3,
        ),
    ),
    # Violet stains of another kind, blood smears, are nearer to it than to the other modalities.
    gate_margin=1.02,
    views=4,
)

MODALITIES = (BLOOD_CELLS, CHEST_XRAY, LUNG_HISTOLOGY)


def modality(key: str) -> Modality:
    """The modality called `key`. Raises `KeyError` for an unknown one."""
    return {each.key: each for each in MODALITIES}[key]
