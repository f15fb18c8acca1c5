"""What a face may look like when it reaches the network: turned, cut badly, dark, blurred, grainy.

All functions take and return (N, 1, H, W) float32 grey 0 to 255; each picture draws its own.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional


def augment(pixels: Tensor, hardship: float = 1.0, misplacement: float = 1.0) -> Tensor:
    """One random view of each picture.

    Args:
        pixels: The pictures.
        hardship: Share of the bad light, the bad quality and the cut-outs that is kept, 0 to 1.
        misplacement: Share of the reach of turns, scales and shifts that is kept, 0 to 1.
    """
    pixels = _place(pixels, misplacement)
    pixels = torch.where(some(len(pixels), hardship), _light(pixels), pixels)
    pixels = torch.where(some(len(pixels), hardship), _degrade(pixels), pixels)
    return torch.where(some(len(pixels), hardship), _cut(pixels), pixels)


def some(count: int, share: float) -> Tensor:
    """(N, 1, 1, 1) bool: each true with the probability `share`."""
    return torch.rand(count, 1, 1, 1) < share


def uniform(count: int, low: float, high: float) -> Tensor:
    """(N,) numbers between `low` and `high`."""
    return torch.rand(count) * (high - low) + low


def _place(pixels: Tensor, reach: float) -> Tensor:
    """Mirror, turn by up to 22°, scale by up to 22 %, stretch by up to 8 %, shift by up to 9 %."""
    count = len(pixels)
    angle = uniform(count, -reach, reach) * math.radians(22)
    scale = torch.exp(uniform(count, -reach, reach) * math.log(1.22))
    stretch = torch.exp(uniform(count, -reach, reach) * math.log(1.08))
    mirror = (torch.rand(count) < 0.5).float() * 2 - 1
    shear = uniform(count, -0.08, 0.08) * reach
    cos, sin = torch.cos(angle), torch.sin(angle)
    matrix = torch.zeros(count, 2, 3)
    matrix[:, 0, 0] = cos * scale * stretch * mirror
    matrix[:, 0, 1] = (-sin + shear) * scale
    matrix[:, 1, 0] = sin * scale * mirror
    matrix[:, 1, 1] = cos * scale / stretch
    matrix[:, :, 2] = uniform(count * 2, -0.18, 0.18).reshape(count, 2) * reach
    grid = functional.affine_grid(matrix, list(pixels.shape), align_corners=False)
    return functional.grid_sample(pixels, grid, padding_mode="border", align_corners=False)


def _light(pixels: Tensor) -> Tensor:
    """Gamma, a lamp from one side, less contrast."""
    count, _, height, width = pixels.shape
    shape = (count, 1, 1, 1)
    unit = (pixels / 255).clamp(1e-4, 1)
    unit = unit ** torch.exp(uniform(count, -0.7, 0.7)).reshape(shape)
    rows = torch.linspace(-1, 1, height).reshape(1, 1, height, 1)
    columns = torch.linspace(-1, 1, width).reshape(1, 1, 1, width)
    angle = uniform(count, 0, 2 * math.pi).reshape(shape)
    strength = (uniform(count, 0, 0.6) * (torch.rand(count) < 0.5)).reshape(shape)
    unit = unit * (1 + strength * (rows * torch.sin(angle) + columns * torch.cos(angle)))
    contrast = uniform(count, 0.35, 1.1).reshape(shape)
    mean = unit.mean(dim=(2, 3), keepdim=True)
    bright = uniform(count, 0.5, 1.2).reshape(shape)
    return (((unit - mean) * contrast + mean) * bright * 255).clamp(0, 255)


def _degrade(pixels: Tensor) -> Tensor:
    """A quarter is blurred, a quarter was smaller once, a fifth is grainy, a fifth is JPEG."""
    count, _, height, width = pixels.shape
    draw = torch.rand(count)
    soft = draw < 0.25
    if soft.any():
        sigma = float(uniform(1, 0.5, 1.8))
        pixels = torch.where(soft.reshape(-1, 1, 1, 1), blurred(pixels, sigma), pixels)
    smaller = (draw >= 0.25) & (draw < 0.5)
    if smaller.any():
        side = int(uniform(1, 16, 44))
        small = functional.interpolate(pixels, (side, side), mode="area")
        back = functional.interpolate(small, (height, width), mode="bilinear", align_corners=False)
        pixels = torch.where(smaller.reshape(-1, 1, 1, 1), back, pixels)
    grain = (uniform(count, 0, 18) * (torch.rand(count) < 0.25)).reshape(-1, 1, 1, 1)
    pixels = pixels + grain * torch.randn_like(pixels)
    squeezed = torch.rand(count) < 0.2
    if squeezed.any():
        pixels = torch.where(squeezed.reshape(-1, 1, 1, 1), _jpeg(pixels), pixels)
    return pixels.clamp(0, 255)


def blurred(pixels: Tensor, sigma: float) -> Tensor:
    """The pictures through a Gaussian of so many pixels, of at most nine pixels' width."""
    reach = 4
    offsets = torch.arange(-reach, reach + 1, dtype=torch.float32)
    kernel = torch.exp(-0.5 * (offsets / sigma) ** 2)
    kernel = kernel / kernel.sum()
    padded = functional.pad(pixels, (reach, reach, reach, reach), mode="replicate")
    rows = functional.conv2d(padded, kernel.reshape(1, 1, 1, -1))
    return functional.conv2d(rows, kernel.reshape(1, 1, -1, 1))


def _jpeg(pixels: Tensor) -> Tensor:
    """Quantises the cosine transform of blocks of 8 × 8, coarser for finer detail, as JPEG does."""
    count, _, height, width = pixels.shape
    index = torch.arange(8, dtype=torch.float32)
    basis = torch.cos((2 * index[None, :] + 1) * index[:, None] * math.pi / 16) / 2
    basis[0] /= math.sqrt(2)
    step = (6 + 5 * (index[:, None] + index[None, :])) * float(uniform(1, 0.7, 2.5))
    blocks = pixels.reshape(count, height // 8, 8, width // 8, 8).transpose(2, 3)
    spectrum = basis @ blocks @ basis.T
    spectrum = torch.round(spectrum / step) * step
    return (basis.T @ spectrum @ basis).transpose(2, 3).reshape(count, 1, height, width)


def _cut(pixels: Tensor) -> Tensor:
    """Half the pictures lose a rectangle of up to two fifths of the side to flat grey."""
    count, _, height, width = pixels.shape
    rows = torch.arange(height).reshape(1, 1, height, 1)
    columns = torch.arange(width).reshape(1, 1, 1, width)
    shape = (count, 1, 1, 1)
    chosen = (torch.rand(count) < 0.5).reshape(shape)
    tall = uniform(count, 0.1, 0.4).reshape(shape) * height
    wide = uniform(count, 0.1, 0.4).reshape(shape) * width
    top = uniform(count, -0.1, 0.9).reshape(shape) * height
    left = uniform(count, -0.1, 0.9).reshape(shape) * width
    hidden = (rows >= top) & (rows < top + tall) & (columns >= left) & (columns < left + wide)
    return torch.where(hidden & chosen, uniform(count, 0, 255).reshape(shape), pixels)
