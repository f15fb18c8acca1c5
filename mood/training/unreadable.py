"""Faces made unreadable on purpose: examples of what the network ``readable`` must refuse.

All functions take and return (N, 1, H, W) float32 grey 0 to 255; each picture draws its own.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor
from torch.nn import functional

from mood.training.augment import some, uniform


def spoil(faces: Tensor, others: Tensor) -> Tensor:
    """Each face so that nobody could read it, an eighth of them in each of eight ways.

    Args:
        faces: Faces that can be read, in no order.
        others: As many pictures without a face, to cover faces with.
    """
    ways: tuple[Callable[[Tensor], Tensor], ...] = (
        tiny,
        blurred,
        dark,
        burnt,
        partial(turned_away, low=0.82, high=0.97),
        upside_down,
        badly_framed,
    )
    parts = faces.tensor_split(len(ways) + 1)
    spoilt = [way(part) for way, part in zip(ways, parts[1:], strict=True)]
    return torch.cat([covered(parts[0], others[: len(parts[0])]), *spoilt])


def tiny(faces: Tensor) -> Tensor:
    """As if the face had been 6 to 14 pixels wide; one width for all."""
    side = int(torch.randint(6, 15, ()))
    small = functional.interpolate(faces, (side, side), mode="area").round()
    size = faces.shape[2:]
    return functional.interpolate(small, size, mode="bilinear", align_corners=False)


def blurred(faces: Tensor) -> Tensor:
    """Blurred by a Gauss filter of 2.8 to 5 pixels, half of them along one line alone."""
    count, _, height, width = faces.shape
    sigma = uniform(count, 2.8, 5.0).reshape(-1, 1, 1)
    rows = torch.fft.fftfreq(height).reshape(1, -1, 1)
    columns = torch.fft.rfftfreq(width).reshape(1, 1, -1)
    along = torch.rand(count, 1, 1)
    angle = torch.rand(count, 1, 1) * math.pi
    line = (rows * torch.sin(angle) + columns * torch.cos(angle)) ** 2 * 2.5
    square = torch.where(along < 0.5, line, rows**2 + columns**2)
    keep = torch.exp(-2 * math.pi**2 * sigma**2 * square)[:, None]
    mean = faces.mean(dim=(2, 3), keepdim=True)
    soft = torch.fft.irfft2(torch.fft.rfft2(faces - mean) * keep, s=(height, width))
    blurry: Tensor = (soft + mean).clamp(0, 255)
    return blurry


def dark(faces: Tensor) -> Tensor:
    """Nearly black: less than eight steps of grey are left, and grain."""
    count = len(faces)
    steps = uniform(count, 0, 8).reshape(-1, 1, 1, 1)
    grain = torch.randn_like(faces) * uniform(count, 0.2, 3).reshape(-1, 1, 1, 1)
    floor = uniform(count, 0, 30).reshape(-1, 1, 1, 1)
    return (faces / 255 * steps + floor + grain).round().clamp(0, 255)


def burnt(faces: Tensor) -> Tensor:
    """All but the darkest 3 to 12 % is white."""
    share = float(uniform(1, 0.03, 0.12))
    dark = faces.flatten(1).quantile(share, dim=1).reshape(-1, 1, 1, 1)
    return (faces * (255 / dark.clamp(min=8))).clamp(0, 255)


def covered(faces: Tensor, others: Tensor) -> Tensor:
    """Most of the face lies behind something: a half-plane of flat grey or of another picture."""
    count, _, height, width = faces.shape
    rows = torch.linspace(-1, 1, height).reshape(1, 1, -1, 1)
    columns = torch.linspace(-1, 1, width).reshape(1, 1, 1, -1)
    angle = uniform(count, 0, 2 * math.pi).reshape(-1, 1, 1, 1)
    where = rows * torch.sin(angle) + columns * torch.cos(angle)
    hidden = where > uniform(count, -0.6, -0.15).reshape(-1, 1, 1, 1)
    flat = uniform(count, 0, 255).reshape(-1, 1, 1, 1).expand_as(faces)
    cover = torch.where(some(count, 0.3), flat, others)
    return torch.where(hidden, cover, faces)


def turned_away(faces: Tensor, low: float, high: float) -> Tensor:
    """The face's middle moved aside, so that one half fills `low` to `high` of the width."""
    count, _, height, width = faces.shape
    middle = (uniform(count, low, high) * 2 - 1).reshape(-1, 1)
    side = torch.where(torch.rand(count, 1) < 0.5, 1.0, -1.0)
    middle = middle * side
    x = torch.linspace(-1, 1, width).expand(count, -1)
    source = torch.where(x < middle, (x + 1) / (middle + 1) - 1, (x - middle) / (1 - middle))
    y = torch.linspace(-1, 1, height).reshape(1, -1, 1).expand(count, -1, width)
    grid = torch.stack([source[:, None].expand(-1, height, -1), y], dim=3)
    return functional.grid_sample(faces, grid, padding_mode="border", align_corners=True)


def jumbled(faces: Tensor) -> Tensor:
    """The 16 squares of each face in another order, the same for all; no face is left."""
    count, _, height, width = faces.shape
    squares = faces.reshape(count, 4, height // 4, 4, width // 4).transpose(2, 3)
    squares = squares.reshape(count, 16, height // 4, width // 4)[:, torch.randperm(16)]
    squares = squares.reshape(count, 4, 4, height // 4, width // 4).transpose(2, 3)
    return squares.reshape(faces.shape)


def upside_down(faces: Tensor) -> Tensor:
    """Turned by 90° to 270°."""
    return _moved(faces, uniform(len(faces), 0.5, 1.5) * math.pi, 1.0, 0.0)


def badly_framed(faces: Tensor) -> Tensor:
    """A part of a face, enlarged, or a face that stands mostly outside."""
    count = len(faces)
    scale = torch.where(torch.rand(count) < 0.5, uniform(count, 0.25, 0.5), torch.ones(count))
    angle = uniform(count, 0, 2 * math.pi)
    reach = torch.where(scale < 1, uniform(count, 0.3, 0.7), uniform(count, 0.8, 1.2))
    shift = torch.stack([torch.cos(angle), torch.sin(angle)], dim=1) * reach[:, None]
    return _moved(faces, torch.zeros(count), scale, shift)


def _moved(faces: Tensor, angle: Tensor, scale: Tensor | float, shift: Tensor | float) -> Tensor:
    matrix = torch.zeros(len(faces), 2, 3)
    matrix[:, 0, 0] = matrix[:, 1, 1] = torch.cos(angle) * scale
    matrix[:, 1, 0] = torch.sin(angle) * scale
    matrix[:, 0, 1] = -matrix[:, 1, 0]
    matrix[:, :, 2] = shift
    grid = functional.affine_grid(matrix, list(faces.shape), align_corners=False)
    return functional.grid_sample(faces, grid, padding_mode="border", align_corners=False)
