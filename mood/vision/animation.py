"""Of an animation whose first frame is blank, the first frame that shows something.

Each frame is decoded as a still picture and laid on a canvas that is scaled down already: however
many there are, they take the memory of one.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from itertools import islice, repeat
from typing import TypeAlias

from PIL import Image, ImageChops, ImageStat

from mood.vision import bands, decoding
from mood.vision.budget import Budget, budget
from mood.vision.formats import webp
from mood.vision.formats.parts import Frame, Then

_MOST_FRAMES = 100
_MOST_PIXELS = 40_000_000  # of all frames that are looked at: a second or two
_MOST_CANVAS = 12_500_000  # pixels of an animation of which more than one frame is looked at
_MOST_AVIF = 4_200_000
_BEFORE = 1.8  # times a still AVIF: its decoder keeps the frames before
_BLANK = 10.0  # standard deviation of greys, 0 to 255: faces are seen from here on
_CANVASES = 21  # bytes for each pixel of the result, which is held as it is, was and is drawn
_LOOK = 400  # pixels of a side, in which contrast is looked at

Drawn: TypeAlias = tuple[Image.Image, Image.Image | None]
"""A frame as RGB on white, and how opaque it is in each place (mode L); None where all of it is."""

Draw: TypeAlias = Callable[[int, Frame, tuple[int, int]], Drawn]
"""Decodes a frame, given its number, into the size that is wanted."""


def may_be_searched(picture: decoding.Opened) -> bool:
    """Whether it may have several frames, small enough for looking at them."""
    if picture.parts.frames is None and picture.format != "AVIF":
        return False
    most = _MOST_AVIF if picture.format == "AVIF" else _MOST_CANVAS
    return picture.size_wh[0] * picture.size_wh[1] <= most


def is_blank(image: Image.Image) -> bool:
    """Whether an RGB picture is of one colour, or nearly."""
    return _contrast(image) < _BLANK


def needed(picture: decoding.Opened, result_wh: tuple[int, int]) -> Budget:
    """What looking at several frames takes: a still picture of that kind, and canvases."""
    mode = "RGBA" if picture.format == "WEBP" else picture.mode
    size = picture.size_wh
    still = budget(picture.format, mode, size, size, result_wh, picture.parts)
    each = _BEFORE if picture.format == "AVIF" else 1.0
    total = int(still.total * each) + result_wh[0] * result_wh[1] * _CANVASES
    return replace(still, total=total)


def first_that_shows(
    first: Image.Image, size_wh: tuple[int, int], frames: Iterator[Frame], draw: Draw
) -> tuple[Image.Image, int]:
    """The first frame that is not blank, else the one with most contrast, and its number.

    Args:
        first: The first frame: RGB, in the size that is wanted.
        size_wh: Width and height of the animation.
        frames: All frames, the first one too.
        draw: Decodes a frame.

    Raises:
        Exception: What `frames` and `draw` raise; a frame is damaged.
    """
    best, number, most = first, 0, _contrast(first)
    across, down = (first.size[k] / size_wh[k] for k in (0, 1))
    below, canvas = Image.new("RGB", first.size, bands.WHITE), first
    then, box, pixels = Then.STAYS, (0, 0, 0, 0), 0
    for index, frame in enumerate(islice(frames, _MOST_FRAMES)):
        left, top, width, height = frame.place_xywh
        pixels += width * height
        if pixels > _MOST_PIXELS or left + width > size_wh[0] or top + height > size_wh[1]:
            break
        if index:
            below = _left_behind(canvas, below, box, then)
        small_wh = max(1, round(width * across)), max(1, round(height * down))
        corner = round(left * across), round(top * down)
        box, then = (*corner, corner[0] + small_wh[0], corner[1] + small_wh[1]), frame.then
        if not index:
            continue
        canvas = _drawn(below, box, *draw(index, frame, small_wh), frame.over)
        contrast = _contrast(canvas)
        if contrast > most:
            best, number, most = canvas, index, contrast
        if most >= _BLANK:
            break
    return best, number


def frames(picture: decoding.Opened) -> tuple[Iterator[Frame], Draw] | None:
    """The frames of an animation, and what decodes them; None where there is only one."""
    if picture.parts.frames is not None:
        return picture.parts.frames(), partial(_frame, picture.format)
    if picture.format != "AVIF":
        return None
    image = Image.open(io.BytesIO(picture.parts.content), formats=["AVIF"])
    number = getattr(image, "n_frames", 1)

    def draw(index: int, _: Frame, result_wh: tuple[int, int]) -> Drawn:
        image.seek(index)
        return bands.shrunk(image, result_wh), None

    return (repeat(Frame(b"", (0, 0, *image.size)), number), draw) if number > 1 else None


def _frame(kind: str, _: int, frame: Frame, result_wh: tuple[int, int]) -> Drawn:
    """Decodes a frame that is a file of its own."""
    if kind != "WEBP":
        image = Image.open(io.BytesIO(frame.content), formats=[kind])
        flat = bands.shrunk(image, result_wh)
        if not image.has_transparency_data:
            return flat, None
        return flat, _opaque(image.crop, image.size, result_wh)
    size_wh = frame.place_xywh[2:]
    if not webp.parts(frame.content).alpha:
        return decoding.by_opencv(frame.content, size_wh, result_wh), None
    band = decoding.rgba_bands(frame.content)
    flat = bands.in_bands(lambda box: bands.flat_rgb(band(box)), size_wh, result_wh)
    return flat, _opaque(band, size_wh, result_wh)


def _opaque(
    band: Callable[[bands.Box], Image.Image], size_wh: tuple[int, int], result_wh: tuple[int, int]
) -> Image.Image:
    def alpha(box: bands.Box) -> Image.Image:
        return band(box).convert("RGBA").getchannel("A")

    return bands.in_bands(alpha, size_wh, result_wh).getchannel(0)


def _contrast(image: Image.Image) -> float:
    """Standard deviation of the greys of an RGB picture, 0 to 255."""
    small = image.reduce(max(1, max(image.size) // _LOOK))
    return float(ImageStat.Stat(small.convert("L")).stddev[0])


def _left_behind(
    canvas: Image.Image, below: Image.Image, box: bands.Box, then: Then
) -> Image.Image:
    """What the next frame is drawn on; `below` is what the last one, in `box`, was drawn on."""
    if then is Then.RESTORED:
        return below
    if then is Then.CLEARED:
        canvas = canvas.copy()
        canvas.paste(bands.WHITE, box)
    return canvas


def _drawn(
    below: Image.Image, box: bands.Box, frame: Image.Image, opaque: Image.Image | None, over: bool
) -> Image.Image:
    """A frame, which lies on white, laid on what is below it."""
    if over and opaque is not None:
        # By how much white is brighter than what is below, where the frame is transparent.
        clear = Image.merge("RGB", [ImageChops.invert(opaque)] * 3)
        lack = ImageChops.multiply(ImageChops.invert(below.crop(box)), clear)
        frame = ImageChops.subtract(frame, lack)
    canvas = below.copy()
    canvas.paste(frame, box[:2])
    return canvas
