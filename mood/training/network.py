"""The embedded network and its wide teacher: residual networks on 48 × 48 grey pixels."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from mood.training.data import CLASSES

WIDTHS = (16, 32, 80, 176)
"""Channels of the stem and of the three stages, at 48, 24, 12 and 6 pixels."""

TEACHER_WIDTHS = (32, 64, 128, 320)
"""The same of the wide teacher."""

READABLE_WIDTHS = (16, 16, 48)
"""Channels of the stem and of the two stages of `ReadableNet`, at 24, 12 and 6 pixels."""


class Standardise(nn.Module):
    """Makes mean and deviation of each picture the same, so that light and contrast cancel out."""

    def forward(self, pixels: Tensor) -> Tensor:
        """(N, 1, H, W) grey 0 to 255, to mean 0 and deviation 1 (flat pictures keep less)."""
        centred = pixels - pixels.mean(dim=(2, 3), keepdim=True)
        deviation = (centred * centred).mean(dim=(2, 3), keepdim=True).sqrt()
        return centred / (deviation + 4.0)


class SqueezeExcite(nn.Module):
    """Weighs the channels by what the whole picture shows (Hu et al., CVPR 2018)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.down = nn.Linear(channels, channels // 8)
        self.up = nn.Linear(channels // 8, channels)

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) to the same shape."""
        weight = functional.relu(self.down(x.mean(dim=(2, 3))))
        return x * torch.sigmoid(self.up(weight))[:, :, None, None]


class Block(nn.Module):
    """Two convolutions, squeeze-and-excitation and a short cut (He et al., CVPR 2016)."""

    def __init__(self, before: int, after: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(before, after, 3, stride, 1, bias=False)
        self.norm1 = nn.BatchNorm2d(after)
        self.conv2 = nn.Conv2d(after, after, 3, 1, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(after)
        self.excite = SqueezeExcite(after)
        self.short: nn.Module = nn.Identity()
        if stride != 1 or before != after:
            self.short = nn.Sequential(
                nn.Conv2d(before, after, stride, stride, bias=False), nn.BatchNorm2d(after)
            )

    def forward(self, x: Tensor) -> Tensor:
        """(N, before, H, W) to (N, after, H / stride, W / stride)."""
        y = functional.relu(self.norm1(self.conv1(x)))
        y = self.excite(self.norm2(self.conv2(y)))
        return functional.relu(y + self.short(x))


class MiniNet(nn.Module):
    """(N, 1, 48, 48) grey 0 to 255 to logits (N, 8) in the order of FER+."""

    def __init__(self, widths: tuple[int, int, int, int] = WIDTHS, dropout: float = 0.2) -> None:
        super().__init__()
        stem, first, second, third = widths
        self.standardise = Standardise()
        self.stem = nn.Sequential(
            nn.Conv2d(1, stem, 3, 1, 1, bias=False), nn.BatchNorm2d(stem), nn.ReLU()
        )
        self.stages = nn.Sequential(
            Block(stem, first, 2),
            Block(first, first, 1),
            Block(first, second, 2),
            Block(second, second, 1),
            Block(second, third, 2),
            Block(third, third, 1),
        )
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(third, CLASSES)

    def forward(self, pixels: Tensor) -> Tensor:
        """See the class."""
        features = self.stages(self.stem(self.standardise(pixels)))
        logits: Tensor = self.head(self.dropout(features.mean(dim=(2, 3))))
        return logits


class ReadableNet(nn.Module):
    """(N, 1, 48, 48) grey 0 to 255 to one logit (N, 1): is this a face that can be read?"""

    def __init__(self) -> None:
        super().__init__()
        stem, first, second = READABLE_WIDTHS
        self.standardise = Standardise()
        self.stem = nn.Sequential(
            nn.Conv2d(1, stem, 3, 2, 1, bias=False), nn.BatchNorm2d(stem), nn.ReLU()
        )
        self.stages = nn.Sequential(
            Block(stem, first, 2), Block(first, first, 1), Block(first, second, 2)
        )
        self.dropout = nn.Dropout(0.2)
        self.head = nn.Linear(second, 1)

    def forward(self, pixels: Tensor) -> Tensor:
        """See the class."""
        features = self.stages(self.stem(self.standardise(pixels)))
        logits: Tensor = self.head(self.dropout(features.mean(dim=(2, 3))))
        return logits


class BothWays(nn.Module):
    """The mean of what a network says of a face and of its mirror image, read in one batch.

    So a face and its mirror image get the same answer.
    """

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, pixels: Tensor) -> Tensor:
        """(N, 1, 48, 48) grey 0 to 255 to logits (N, 8)."""
        logits: Tensor = self.network(torch.cat([pixels, pixels.flip(3)]))
        return logits.reshape(2, -1, CLASSES).mean(dim=0)
