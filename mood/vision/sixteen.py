"""Colours of 16 bits of which only the lower ones are in use: 10 and 12 bits, as cameras give them.

Pillow keeps the higher byte of each colour, which then is dark. Told the other order of bytes it
keeps the lower: two decodings, one after the other, take no more memory than one.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from mood.vision import bands

_COLOURS = {"RGB", "RGBA", "RGBX"}
_OTHER_ORDER = {"B": "L", "L": "B", "N": "B" if sys.byteorder == "little" else "L"}
_FULL = 65535.0
_BYTE = 256

HELD = 9  # bytes for each pixel of the result, beside the picture that is decoded


def is_deep(image: Image.Image) -> bool:
    """Whether an image, which was not loaded yet, has colours of 16 bits."""
    tiles = getattr(image, "tile", [])
    return image.mode in _COLOURS and bool(tiles) and all(_is_deep(_raw(each[3])) for each in tiles)


def is_dark(image: Image.Image, white: float) -> bool:
    """Whether higher bytes are so dark that what is in use must be the lower bits.

    Args:
        image: In a mode of `is_deep`, loaded, or what OpenCV made of one.
        white: What its file says is white, or 0.
    """
    return _top(_most(image), white) < _FULL


def shrunk(
    image: Image.Image, again: Callable[[], Image.Image], result_wh: tuple[int, int], white: float
) -> Image.Image:
    """A picture of `is_deep` as RGB on white, in the size that is wanted.

    Colours and transparency are averaged apart, so that edges of what is transparent hold a little
    of the colours that lie below it.

    Args:
        image: The picture; it is closed where it is decoded again.
        again: Opens it anew.
        result_wh: The size that is wanted.
        white: What its file says is white, or 0.
    """
    image.load()
    if not is_dark(image, white):
        return bands.shrunk(image, result_wh)
    most = [_most(image)] * 3  # of the higher bytes of each channel
    most += _brightest(image)[3:4] if image.mode == "RGBA" else []
    tops = [_top(each, white) for each in most]
    factors = [255 // max(each, 1) for each in most]  # so that rounding averages costs little
    higher = _averaged(image, result_wh, factors)
    image.close()
    other = again()
    other.tile = [each._replace(args=_swapped(each.args)) for each in other.tile]  # type: ignore[attr-defined]
    lower = _averaged(other, result_wh, [1] * len(factors))
    other.close()
    values = [
        np.clip((np.float32(_BYTE / factor) * high + low) / np.float32(top), 0, 1)
        for high, low, factor, top in zip(higher, lower, factors, tops, strict=True)
    ]
    opacity = values[3] if len(values) > 3 else np.float32(1)
    flat = [((1 - (1 - each) * opacity) * 255).astype(np.uint8) for each in values[:3]]
    return Image.fromarray(np.stack(flat, axis=2))


def _averaged(
    image: Image.Image, result_wh: tuple[int, int], factors: list[int]
) -> list[npt.NDArray[np.uint8]]:
    """Its channels, each times its factor, in the size that is wanted."""

    def colours(box: bands.Box) -> Image.Image:
        return image.crop(box).convert("RGB").point(_table(factors[0]) * 3)

    def opacity(box: bands.Box) -> Image.Image:
        return image.crop(box).getchannel("A").point(_table(factors[3]))

    image.load()
    pixels = np.asarray(bands.in_bands(colours, image.size, result_wh))
    channels = [pixels[:, :, channel] for channel in range(3)]
    if len(factors) > 3:
        channels.append(np.asarray(bands.in_bands(opacity, image.size, result_wh).getchannel(0)))
    return channels


def _table(factor: int) -> list[int]:
    return [min(255, value * factor) for value in range(_BYTE)]


def _most(image: Image.Image) -> int:
    """The brightest byte of any colour, transparency left aside."""
    return max(_brightest(image)[:3])


def _brightest(image: Image.Image) -> list[int]:
    """Of each channel."""
    return [int(most) for most in np.reshape(image.getextrema(), (-1, 2))[:, 1]]


def _top(most: int, white: float) -> float:
    """The value that is white where the brightest higher byte is `most`; see `bands.top_of`."""
    return bands.top_of(
        float(most * _BYTE + _BYTE - 1), white - white % _BYTE + 255 if white else 0
    )


def _raw(args: Any) -> str:
    """How a tile's colours are stored, as Pillow names it."""
    return args if isinstance(args, str) else str(args[0])


def _is_deep(raw: str) -> bool:
    return raw[:-1].endswith(";16") and raw[-1] in _OTHER_ORDER


def _swapped(args: Any) -> Any:
    raw = _raw(args)
    other = raw[:-1] + _OTHER_ORDER[raw[-1]]
    return other if isinstance(args, str) else (other, *args[1:])
