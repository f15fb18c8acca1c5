"""Laying pictures on white and scaling them down, band after band.

What is larger than wanted is never copied as a whole: beside the decoder's own picture there are
only bands of a megapixel, and the result.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from PIL import Image

WHITE = (255, 255, 255)
_FILTER = Image.Resampling.BILINEAR
_BAND_PIXELS = 400_000
_DIRECT_PIXELS = 12_000_000
_FRACTIONS = 2.0  # of numbers with a point: up to here they are thought to go from 0 to 1
_RANGES = (255.0, 1023.0, 4095.0, 65535.0)
_AVERAGED = {"L", "RGB", "CMYK", "I", "F", "I;16"}  # whose pixels can be averaged as they are

Box: TypeAlias = tuple[int, int, int, int]
"""Left, top, right, bottom in whole pixels."""


def shrunk(image: Image.Image, result_wh: tuple[int, int], white: float = 0.0) -> Image.Image:
    """A picture as RGB on white, in the size that is wanted, which is no larger than its own.

    Args:
        image: The picture.
        result_wh: The size that is wanted.
        white: What its file says is white, in modes of more than 8 bits; 0 where it does not.
    """
    image.load()
    if not _is_deep(image):
        if image.size == result_wh:
            return flat_rgb(image)
        direct = image.mode in _AVERAGED and not image.has_transparency_data
        if direct and image.size[0] * image.size[1] <= _DIRECT_PIXELS:
            return flat_rgb(image.resize(result_wh, _FILTER, reducing_gap=2.0))
    return in_bands(
        lambda box: _averaged(image.crop(box)), image.size, result_wh, _top(image, white)
    )


def in_bands(
    band: Callable[[Box], Image.Image],
    size_wh: tuple[int, int],
    result_wh: tuple[int, int],
    top: float = 255.0,
) -> Image.Image:
    """Scales down what `band` gives of a picture: RGB, the same as scaled down as a whole.

    Args:
        band: Gives a part of the picture in a mode that can be averaged.
        size_wh: Of the picture.
        result_wh: Of what is wanted.
        top: The value that is white.
    """
    result = Image.new("RGB", result_wh)
    axis = 0 if size_wh[0] > size_wh[1] else 1  # bands lie across the longer side
    length, steps = size_wh[axis], result_wh[axis]
    scale = length / steps
    count = max(1, int(_BAND_PIXELS / size_wh[1 - axis] / scale))
    for first in range(0, steps, count):
        last = min(first + count, steps)
        # Each pixel of the result is made of those within `scale` of its middle.
        begin = max(0, math.floor(first * scale - scale) - 1)
        end = min(length, math.ceil(last * scale + scale) + 1)
        inside = first * scale - begin, min(last * scale, length) - begin
        other = size_wh[1 - axis]
        box: tuple[float, float, float, float]
        if axis:
            part, box = band((0, begin, other, end)), (0, inside[0], other, inside[1])
            size, place = (result_wh[0], last - first), (0, first)
        else:
            part, box = band((begin, 0, end, other)), (inside[0], 0, inside[1], other)
            size, place = (last - first, result_wh[1]), (first, 0)
        small = part.resize(size, _FILTER, box=box)
        result.paste(flat_rgb(small, top), place)
    return result


def flat_rgb(image: Image.Image, top: float = 255.0) -> Image.Image:
    """A picture as RGB, transparency on white, 16 bits reduced to 8.

    Args:
        image: The picture, or a band of it.
        top: The value that is white in modes of more than 8 bits.
    """
    if _is_deep(image):
        values = np.nan_to_num(np.asarray(image, dtype=np.float32))
        grey = (np.clip(values, 0, top) / top * 255.0).astype(np.uint8)
        return Image.fromarray(grey).convert("RGB")
    if image.has_transparency_data:
        rgba = image.convert("RGBA")
        flat = Image.new("RGB", image.size, WHITE)
        flat.paste(rgba, mask=rgba.getchannel("A"))
        return flat
    return image if image.mode == "RGB" else image.convert("RGB")


def _averaged(band: Image.Image) -> Image.Image:
    """A band in a mode that can be averaged: palettes and transparency cannot."""
    if _is_deep(band):
        return band if band.mode in _AVERAGED else band.convert("I")
    return band if band.mode in _AVERAGED and not band.has_transparency_data else flat_rgb(band)


def _is_deep(image: Image.Image) -> bool:
    return image.mode.startswith("I") or image.mode == "F"


def _top(image: Image.Image, white: float) -> float:
    """The value that is white in a picture of more than 8 bits.

    What the file says is white, unless a pixel is brighter. Else, of the ranges in use (8, 10, 12
    and 16 bits, and 0 to 1 for fractions), the smallest that holds the brightest pixel; of
    fractions, sharpening takes some a little above 1. An honest picture of 16 bits whose brightest
    pixel is below 4096, a sixteenth of white, is thereby brightened: as it was, it showed nothing.
    14 bits cannot be told from a dark picture of 16, and stay dark.
    """
    if not _is_deep(image):
        return 255.0
    width, height = image.size
    rows = max(1, _BAND_PIXELS // width)
    boxes = [(0, row, width, min(row + rows, height)) for row in range(0, height, rows)]
    most = max(_brightest(np.asarray(image.crop(box))) for box in boxes)
    if image.mode == "F" and most <= _FRACTIONS and not (white > 0 and most <= white):
        return 1.0
    return top_of(most, white)


def top_of(most: float, white: float) -> float:
    """The value that is white where the brightest is `most` and the file says `white`, or 0."""
    return next((each for each in (white, *_RANGES) if each > 0 and most <= each), _RANGES[-1])


def _brightest(values: npt.NDArray[Any]) -> float:
    return float(values.max(initial=0, where=np.isfinite(values)))
