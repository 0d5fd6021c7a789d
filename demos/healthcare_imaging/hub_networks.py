"""Building the networks of `hub_catalog` from downloaded files: two libraries, one shape."""

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from demos.core.errors import WeightsMismatch
from demos.healthcare_imaging.hub_catalog import HubImaging, Preparation

if TYPE_CHECKING:
    import torch

RESAMPLING = {2: "BILINEAR", 3: "BICUBIC"}
"""Pillow's filters by the numbers that Hugging Face's processor configurations hold."""


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """A network cut in two, so that explaining it needs no hooks and only a little of it.

    `trunk` takes images (N, 3, H, W) to features, maps (N, C, h, w) or tokens (N, 1 + h w, C);
    `head` takes features to logits (N, K). `labels` are those of the logits, in their order.
    """

    module: "torch.nn.Module"
    trunk: "Callable[[torch.Tensor], torch.Tensor]"
    head: "Callable[[torch.Tensor], torch.Tensor]"
    labels: tuple[str, ...]
    preparation: Preparation


def timm_network(known: HubImaging, folder: Path, weights: str) -> "torch.nn.Module":
    """An architecture of timm with these weights, all of them and no others."""
    import timm
    from safetensors.torch import load_file

    network = timm.create_model(known.architecture, num_classes=len(known.outputs))
    try:
        network.load_state_dict(load_file(folder / weights))
    except RuntimeError as error:
        raise unfit(known) from error
    return network


def densenet(known: HubImaging, folder: Path, weights: str) -> Parts:
    network: Any = timm_network(known, folder, weights)
    assert known.preparation is not None
    return Parts(
        network,
        network.forward_features,
        network.forward_head,
        tuple(known.outputs),
        known.preparation,
    )


def timm_vit(known: HubImaging, folder: Path, weights: str) -> Parts:
    """A vision transformer of timm, cut before its last block."""
    import torch

    network: Any = timm_network(known, folder, weights)

    def trunk(images: torch.Tensor) -> torch.Tensor:
        ((patches, prefix),) = network.forward_intermediates(
            images,
            indices=[len(network.blocks) - 2],
            return_prefix_tokens=True,
            output_fmt="NLC",
            intermediates_only=True,
            stop_early=True,
        )
        return torch.cat([prefix, patches], dim=1)

    def head(tokens: torch.Tensor) -> torch.Tensor:
        logits: torch.Tensor = network.forward_head(network.norm(network.blocks[-1](tokens)))
        return logits

    settings = read_json(folder / "config.json")
    labels = ordered(known, settings.get("label_names", ()))
    return Parts(network, trunk, head, labels, timm_preparation(settings["pretrained_cfg"]))


def transformers_vit(known: HubImaging, folder: Path, weights: str) -> Parts:
    """A `ViTForImageClassification`, cut before its last block."""
    import torch
    from transformers import ViTForImageClassification
    from transformers.utils import logging

    # It would draw one on the server's console.
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    loaded: Any = ViTForImageClassification.from_pretrained(
        folder,
        local_files_only=True,
        use_safetensors=True,
        trust_remote_code=False,
        dtype=torch.float32,
        output_loading_info=True,
    )
    network, report = loaded
    if any(report.values()):  # a head that is missing would be made up
        raise unfit(known)
    *inner, last = network.vit.layers

    def trunk(images: torch.Tensor) -> torch.Tensor:
        tokens: torch.Tensor = network.vit.embeddings(images)
        for layer in inner:
            tokens = layer(tokens)
        return tokens

    def head(tokens: torch.Tensor) -> torch.Tensor:
        logits: torch.Tensor = network.classifier(network.vit.layernorm(last(tokens))[:, 0])
        return logits

    names = tuple(network.config.id2label[k] for k in range(network.config.num_labels))
    settings = read_json(folder / "preprocessor_config.json")
    return Parts(network, trunk, head, ordered(known, names), processor_preparation(settings))


NETWORKS: dict[str, Callable[[HubImaging, Path, str], Parts]] = {
    "densenet121": densenet,
    "vit": transformers_vit,
    "vit_base_patch16_224": timm_vit,
}


def read_json(file: Path) -> dict[str, Any]:
    settings: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return settings


def ordered(known: HubImaging, names: Sequence[str]) -> tuple[str, ...]:
    """Our labels in the order of the network, as its configuration names its outputs."""
    ours = dict(zip(known.names, known.outputs, strict=True))
    if sorted(names) != sorted(ours):
        raise unfit(known)
    return tuple(ours[name] for name in names)


def unfit(known: HubImaging) -> WeightsMismatch:
    return WeightsMismatch(
        f"The files of {known.spec.title} do not fit what this dashboard knows of the model.",
        "Choose another model.",
    )


def timm_preparation(settings: dict[str, Any]) -> Preparation:
    """From the `pretrained_cfg` of a timm repository."""
    crop = settings["input_size"][-1]
    return Preparation(
        crop=crop,
        resize=math.floor(crop / settings["crop_pct"]),
        filter=settings["interpolation"].upper(),
        mean=tuple(settings["mean"]),
        std=tuple(settings["std"]),
    )


def processor_preparation(settings: dict[str, Any]) -> Preparation:
    """From the `preprocessor_config.json` of a `ViTImageProcessor`, which squeezes images."""
    return Preparation(
        crop=settings["size"]["height"],
        resize=0,
        filter=RESAMPLING[settings["resample"]],
        mean=tuple(settings["image_mean"]),
        std=tuple(settings["image_std"]),
    )
