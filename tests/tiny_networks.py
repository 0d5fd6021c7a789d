"""Files of tiny networks in the formats of the real ones; what they learned is random."""

import json
from pathlib import Path

import pytest
import timm
import torch
from safetensors.torch import save
from transformers import ViTConfig, ViTForImageClassification

TINY = {
    "densenet121": {"growth_rate": 4, "block_config": (1, 1, 1, 1)},
    "vit_base_patch16_224": {
        "img_size": 32,
        "patch_size": 8,
        "embed_dim": 16,
        "depth": 3,
        "num_heads": 2,
    },
}
Files = dict[str, bytes]


# Threads that wait for each other cost more than layers this small, most of all on a busy machine.
torch.set_num_threads(1)


def shrink_timm(monkeypatch: pytest.MonkeyPatch) -> None:
    """timm's architectures, with fewer and smaller layers."""
    create = timm.create_model
    monkeypatch.setattr(
        timm, "create_model", lambda name, **options: create(name, **options, **TINY[name])
    )


def densenet_files() -> Files:
    torch.manual_seed(0)
    return {
        "model.safetensors": save(timm.create_model("densenet121", num_classes=14).state_dict())
    }


def timm_vit_files() -> Files:
    torch.manual_seed(1)
    network = timm.create_model("vit_base_patch16_224", num_classes=3)
    config = {
        # Another order than ours: the names decide.
        "label_names": ["squamous carcinomas", "benign", "adenocarcinomas"],
        "pretrained_cfg": {
            "input_size": [3, 32, 32],
            "crop_pct": 0.9,
            "interpolation": "bicubic",
            "mean": [0.5, 0.5, 0.5],
            "std": [0.25, 0.25, 0.25],
        },
    }
    return {
        "config.json": json.dumps(config).encode(),
        "model.safetensors": save(network.state_dict()),
    }


def transformers_files(folder: Path) -> Files:
    torch.manual_seed(2)
    config = ViTConfig(
        hidden_size=16,
        num_hidden_layers=3,
        num_attention_heads=2,
        intermediate_size=32,
        image_size=32,
        patch_size=8,
        id2label={0: "NORMAL", 1: "PNEUMONIA"},
        label2id={"NORMAL": 0, "PNEUMONIA": 1},
    )
    ViTForImageClassification(config).save_pretrained(folder)
    processor = {
        "size": {"height": 32, "width": 32},
        "resample": 2,
        "image_mean": [0.5, 0.5, 0.5],
        "image_std": [0.5, 0.5, 0.5],
    }
    (folder / "preprocessor_config.json").write_text(json.dumps(processor))
    return {file.name: file.read_bytes() for file in folder.iterdir()}
