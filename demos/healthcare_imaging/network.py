"""The classifier: a timm ResNet-18 made for small images.

Two changes to the network of He et al. (2016, arXiv:1512.03385). The max-pool after the stem is
dropped and the last stage is dilated instead of strided (Yu et al. 2017, arXiv:1705.09914), so
that an input of 112 px leaves a 14 x 14 feature map: the texture of a nucleus and a readable class
activation map both need that resolution. Channels are halved to pay for it.
"""

from typing import Any

import timm
import torch
from torch import nn

CHANNELS = (32, 64, 128, 256)


class Classifier(nn.Module):
    """Logits, the maps they were pooled from, and the style statistics the gate reads."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.backbone: Any = timm.create_model(
            "resnet18",
            pretrained=False,
            num_classes=classes,
            channels=CHANNELS,
            stem_type="deep",
            stem_width=16,
            output_stride=16,
        )
        self.backbone.maxpool = nn.Identity()

    def forward(self, images: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Normalized images (B, 3, H, W) to logits, feature maps and style statistics.

        Returns logits (B, classes), maps (B, 256, H/8, W/8) and style (B, 2 * (32 + 64)): the
        per-channel mean and standard deviation after the first two stages, which tell stains,
        scanners and subject matter apart long before the network decides on a class.
        """
        net = self.backbone
        x = net.maxpool(net.act1(net.bn1(net.conv1(images))))
        early = net.layer1(x)  # (B, 32, H/2, W/2)
        middle = net.layer2(early)  # (B, 64, H/4, W/4)
        maps = net.layer4(net.layer3(middle))  # (B, 256, H/8, W/8)
        style = torch.cat([moments(early), moments(middle)], dim=1)
        return net.fc(net.global_pool(maps)), maps, style


def moments(maps: torch.Tensor) -> torch.Tensor:
    """Per-channel mean and standard deviation over space: (B, C, H, W) to (B, 2C)."""
    mean = maps.mean(dim=(2, 3))
    variance = (maps - mean[:, :, None, None]).square().mean(dim=(2, 3))
    return torch.cat([mean, (variance + 1e-6).sqrt()], dim=1)
