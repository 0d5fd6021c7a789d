"""Established imaging models on the Hugging Face Hub: where they are and how to read them.

Each was chosen for a stated license, weights as safetensors, and a commit, file list, labels and
preprocessing that could be looked up. TorchXRayVision's own repositories hold pickles only.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from demos.core.spec import Hub, ModelSpec

MIB = 1024**2


@dataclass(frozen=True, slots=True)
class Preparation:
    """From an image to what a network is given: sides in pixels, colors in [0, 1].

    The shorter side is resized to `resize` and the central `crop` kept; without `resize` the whole
    image is squeezed into the square. `filter` is the name of a Pillow resampling filter.
    """

    crop: int
    resize: int
    filter: str
    mean: tuple[float, float, float]
    std: tuple[float, float, float]

    def __str__(self) -> str:
        how = f"shorter side to {self.resize} px, central" if self.resize else "squeezed to"
        return f"{how} {self.crop} px ({self.filter.lower()}), mean {self.mean}, std {self.std}"


@dataclass(frozen=True, slots=True)
class HubImaging:
    """An imaging model on the Hub beyond its files.

    `outputs` are its labels in the order of the network, each with a title; one without a title
    was never trained, and is not shown. With `shares` every output is a finding of its own, and
    stands for how many of the training images had it: the network's scores are no probabilities,
    and no operating point was published, so a score only says more where it is above that share.
    Without `shares` the outputs exclude each other. `question` is what it answers, if that is not
    what the bundled model of its group does. `names` are what the model's configuration
    calls the outputs; it may order them differently.
    """

    spec: ModelSpec
    architecture: str
    outputs: Mapping[str, str]
    trained_on: str
    published: str
    names: tuple[str, ...] = ()
    shares: Mapping[str, float] = field(default_factory=dict)
    preparation: Preparation | None = None
    question: str = ""

    @property
    def shown(self) -> tuple[str, ...]:
        return tuple(label for label, title in self.outputs.items() if title)


CHEST_IMAGES = 112_120
CHEST_COUNTS = {
    "Atelectasis": 11_559,
    "Cardiomegaly": 2_776,
    "Effusion": 13_317,
    "Infiltration": 19_894,
    "Mass": 5_782,
    "Nodule": 6_331,
    "Pneumonia": 1_431,
    "Pneumothorax": 5_302,
    "Consolidation": 4_667,
    "Edema": 2_303,
    "Emphysema": 2_516,
    "Fibrosis": 1_686,
    "Pleural_Thickening": 3_385,
    "Hernia": 227,
}
"""Images of NIH ChestX-ray14 with each finding, in the order of its label files."""

CHEST_FINDINGS = HubImaging(
    spec=ModelSpec(
        demo="healthcare_imaging",
        name="chest_findings",
        title="DenseNet-121, 14 chest findings",
        source=Hub(
            "1aurent/densenet121.medmae_CXR_mae_ft_CXR",
            "872b2d09986e664e709293c0a4ba2a6f51f9f84c",
            ("model.safetensors",),
            28_291_584,
            "322ac7af12c340aebb7d6776b13dc236aa85ae186964419f58385b609542994e",
        ),
        memory_bytes=60 * MIB,
        license="Apache 2.0",
        summary="Ranks 14 findings of adult chest X-rays, several of which may be true at once.",
        group="chest_xray",
    ),
    architecture="densenet121",
    outputs={label: label.replace("_", " ").capitalize() for label in CHEST_COUNTS},
    trained_on="NIH ChestX-ray14: frontal X-rays, most of them of adults",
    published="see Xiao et al., WACV 2023, arXiv:2210.12843",
    shares={label: count / CHEST_IMAGES for label, count in CHEST_COUNTS.items()},
    # As the authors' fine-tuning code evaluates (github.com/lambert-x/medical_mae, util/datasets).
    # The repository's config.json repeats timm's ImageNet defaults, which this was not trained on.
    preparation=Preparation(224, 256, "BICUBIC", (0.5056, 0.5056, 0.5056), (0.252, 0.252, 0.252)),
    question="Which of 14 findings does this chest X-ray raise?",
)

CHEST_PNEUMONIA = HubImaging(
    spec=ModelSpec(
        demo="healthcare_imaging",
        name="chest_pneumonia_vit",
        title="ViT-B/16, pneumonia",
        source=Hub(
            "lxyuan/vit-xray-pneumonia-classification",
            "5a1f240ce266613aa89cfb5b270411fcd72c02c0",
            ("config.json", "preprocessor_config.json", "model.safetensors"),
            343_000_000,
        ),
        memory_bytes=340 * MIB,
        license="Apache 2.0",
        summary="A vision transformer for the same question as the bundled model.",
        group="chest_xray",
    ),
    architecture="vit",
    outputs={"NORMAL": "Normal", "PNEUMONIA": "Pneumonia"},
    trained_on="keremberke/chest-xray-classification, which seems to hold the same children's "
    "X-rays as the data of the bundled model",
    published="accuracy 97.4 % on validation images, by its author's account",
    names=("NORMAL", "PNEUMONIA"),
)

LUNG_TISSUE = HubImaging(
    spec=ModelSpec(
        demo="healthcare_imaging",
        name="lung_tissue_vit",
        title="ViT-B/16, lung tissue",
        source=Hub(
            "1aurent/vit_base_patch16_224.owkin_pancancer_ft_lc25000_lung",
            "d899b8ad8a005539bedc76debeea3845799d7aff",
            ("config.json", "model.safetensors"),
            343_000_000,
        ),
        memory_bytes=340 * MIB,
        license="Owkin non-commercial",
        summary="Pre-trained on 40 million tumor tiles; the same three classes as the bundled one.",
        group="lung_histology",
    ),
    architecture="vit_base_patch16_224",
    outputs={
        "lung_n": "Benign tissue",
        "lung_aca": "Adenocarcinoma",
        "lung_scc": "Squamous cell carcinoma",
    },
    trained_on="LC25000, the data set of the bundled model",
    published="accuracy 99.9 % on LC25000, by its author's account",
    names=("benign", "adenocarcinomas", "squamous carcinomas"),
)

HUB_IMAGING = (CHEST_FINDINGS, CHEST_PNEUMONIA, LUNG_TISSUE)
HUB_MODELS = tuple(each.spec for each in HUB_IMAGING)
"""The specifications, for `SPEC.models`."""


def hub_imaging(name: str) -> HubImaging:
    """What is known of the Hub model called `name`. Raises `KeyError` for an unknown one."""
    return {each.spec.name: each for each in HUB_IMAGING}[name]
