"""Pictures for the detectors, made of the example photos."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from mood.types import RGBImage

EXAMPLES = Path(__file__).parents[1] / "examples"

PORTRAITS = {
    "astronaut": (178, 63, 267, 176),
    "grace_hopper": (182, 121, 353, 332),
    "mona_lisa": (138, 94, 238, 215),
}
"""Photos with one face, and left, top, right, bottom of it."""

SIZES = (0.2, 0.25, 0.33, 0.45)
PLACES = ((0.0, 1.0), (0.5, 1.05), (1.0, 1.0), (0.0, 0.6), (1.0, 0.6), (0.9, 0.15))


@dataclass(frozen=True, eq=False)
class Pair:
    """A small face before the edge of a large one.

    Attributes:
        picture: (H, W, 3) uint8 RGB.
        large_xyxy: Where the large face is, in pixels.
        small_xyxy: Where the small one is.
    """

    picture: RGBImage
    large_xyxy: tuple[float, float, float, float]
    small_xyxy: tuple[float, float, float, float]


def photo(name: str) -> RGBImage:
    """An example photo, (H, W, 3)."""
    return np.asarray(Image.open(EXAMPLES / f"{name}.jpg").convert("RGB"))


def pair(large: str, small: str, size: float, place: tuple[float, float]) -> Pair:
    """One portrait's face before another's.

    Args:
        large: Name of the portrait behind.
        small: Name of the portrait in front.
        size: Height of the small face in heights of the large one.
        place: Middle of the small face, in widths and heights of the large one from its top left.
    """
    left, top, right, bottom = PORTRAITS[large]
    x, y = left + place[0] * (right - left), top + place[1] * (bottom - top)
    face = PORTRAITS[small]
    width, height = face[2] - face[0], face[3] - face[1]
    # With a quarter of the face around it.
    head = (
        face[0] - width // 4,
        face[1] - height // 4,
        face[2] + width // 4,
        face[3] + height // 4,
    )
    scale = size * (bottom - top) / height
    front = Image.fromarray(photo(small)).crop(head)
    front = front.resize((round(front.width * scale), round(front.height * scale)))
    picture = Image.fromarray(photo(large))
    picture.paste(front, (round(x - front.width / 2), round(y - front.height / 2)))
    half = scale * width / 2, scale * height / 2
    box = (x - half[0], y - half[1], x + half[0], y + half[1])
    return Pair(np.asarray(picture), PORTRAITS[large], box)


def pairs() -> Iterator[Pair]:
    """A small face before each large one, in several sizes and places: 144 pictures."""
    for large in PORTRAITS:
        for small in PORTRAITS:
            for size in SIZES if small != large else ():
                for place in PLACES:
                    yield pair(large, small, size, place)


def scaled(image: RGBImage, factor: float) -> RGBImage:
    """A picture so many times as large."""
    size_wh = round(image.shape[1] * factor), round(image.shape[0] * factor)
    return np.asarray(Image.fromarray(image).resize(size_wh, Image.Resampling.LANCZOS))


def turned(image: RGBImage, degrees: int) -> RGBImage:
    """A copy of a picture, turned clockwise by a multiple of 90 degrees."""
    return np.ascontiguousarray(np.rot90(image, -degrees // 90))
