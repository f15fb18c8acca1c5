"""From whatever people hand over to upright RGB pixels within bounds."""

from __future__ import annotations

import logging
import struct
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from typing import TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFile, UnidentifiedImageError

from mood.errors import (
    ImageError,
    ImageTooLargeError,
    MoodError,
    UnreadableImageError,
    UnsupportedImageError,
)
from mood.settings import Settings
from mood.types import Face, RGBImage
from mood.vision import animation, bands, decoding, sources
from mood.vision.budget import Budget, budget
from mood.vision.formats import orientation, raw
from mood.vision.formats.parts import damaged
from mood.vision.silence import silence
from mood.vision.sources import FileInput

_log = logging.getLogger(__name__)

_T = TypeVar("_T")

ImageInput: TypeAlias = FileInput | Image.Image | npt.NDArray[np.uint8]
"""A picture file, a PIL image, or an RGB array (H, W, 3) uint8.

A PIL image that was opened and not loaded is read as its file is.
"""

RoomFor: TypeAlias = Callable[[Budget], AbstractContextManager[None]]
"""Memory for decoding a picture, held inside the block; whoever watches the memory gives it."""

READABLE = "JPEG, PNG, WebP, AVIF, GIF, BMP or TIFF"

_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}  # what makes a picture upright, by its orientation in EXIF


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A decoded picture.

    Attributes:
        pixels: (H, W, 3) uint8 RGB, upright, perhaps scaled down.
        size_wh: Width and height of the upright picture before it was scaled down.
        frame: Which frame of an animation it is, counted from 0.
    """

    pixels: RGBImage
    size_wh: tuple[int, int]
    frame: int = 0

    def to_original(self, face: Face) -> Face:
        """A face that was found in `pixels`, in the picture before it was scaled down."""
        rows, columns = self.pixels.shape[:2]
        return face.scaled(self.size_wh[0] / columns, self.size_wh[1] / rows)


def read_image(source: ImageInput, settings: Settings, room: RoomFor | None = None) -> Picture:
    """Decodes a picture; its pixels are decoded only after its header said that they fit.

    EXIF orientation is applied, transparency is laid on white, of an animation the first frame that
    shows something is taken, 16 bits are reduced to 8, and what is larger than `Settings.max_side`
    is scaled down; see `mood.vision.decoding.scaled`.

    Args:
        source: The picture.
        settings: What is too large.
        room: Is asked for memory before a file is decoded, and may refuse.

    Raises:
        UnreadableImageError: It cannot be read, is damaged, or is no picture.
        UnsupportedImageError: It is a picture of another format.
        ImageTooLargeError: It has more bytes or pixels than the settings allow, or its structure
            would take too long to read.
        MoodError: What `room` raises.
    """
    if isinstance(source, np.ndarray):
        return _from_array(source, settings)
    if isinstance(source, Image.Image):
        content = _file_of(source, settings)
        header = _opened(content, settings) if content is not None else None
        # A draft, which its caller has made smaller, is what was given.
        if header is None or sorted(header.size_wh) != sorted(source.size):
            return _from_pillow(source, settings)
        del content
    else:
        header = _opened(source, settings)
    del source  # what will be decoded of a file is often a copy, and as large
    return _decoded(header, settings, room or _unwatched)


def _unwatched(_: Budget) -> AbstractContextManager[None]:
    """The memory of a call from a program is its caller's."""
    return nullcontext()


def _file_of(image: Image.Image, settings: Settings) -> bytes | None:
    """The file of a PIL image that was opened and not loaded; None where that cannot be had.

    The image stays as it is: not loaded, and at the same place of its file.
    """
    if not isinstance(image, ImageFile.ImageFile) or image._im is not None:
        return None
    file = image.fp
    try:
        if file is None or image.tell() != 0:
            return None
        place = file.tell()
        try:
            file.seek(0)
            if decoding.format_of(file.read(decoding.HEAD)) is None:
                return None  # Pillow knows more formats
            file.seek(0)
            return file.read(settings.max_upload_mb * 1_000_000 + 1)  # one that is too many
        finally:
            file.seek(place)
    except (AttributeError, OSError, ValueError):
        return None  # it was closed, or cannot be read twice


def _opened(source: FileInput, settings: Settings) -> decoding.Opened:
    """Reads the header of a file, which is held no longer than that."""
    content = sources.content(source, settings)
    if raw.is_raw(content):
        raise raw.not_read()
    kind = decoding.format_of(content)
    if kind is None:
        raise _unidentified(content[:64])
    return _guarded(lambda: decoding.opened(content, kind, settings.max_side), content[:64])


def _decoded(header: decoding.Opened, settings: Settings, room: RoomFor) -> Picture:
    side = settings.max_side
    (width, height), decoded = header.size_wh, header.decoded_wh
    if min(width, height, *decoded) < 1:
        raise damaged()
    if width * height > settings.max_megapixels * 1e6:
        raise _too_many_pixels(width, height, settings.max_megapixels)
    if decoded[0] * decoded[1] > settings.max_decoded_megapixels * 1e6:
        raise _too_many_pixels(width, height, settings.max_decoded_megapixels)
    result = decoding.scaled(header.size_wh, side)
    needed = budget(header.format, header.mode, header.size_wh, decoded, result, header.parts)
    with room(needed):
        pixels = _guarded(lambda: decoding.plain(header, side))
        if pixels is not None:
            return Picture(pixels, header.size_wh)
        image = _guarded(lambda: decoding.decoded(header, side))
    image, frame = _that_shows(header, image, room)
    return replace(_upright(image, header.size_wh, _orientation(header)), frame=frame)


def _that_shows(
    header: decoding.Opened, first: Image.Image, room: RoomFor
) -> tuple[Image.Image, int]:
    """Of an animation that begins blank, the first frame that shows something, and its number.

    The first one, and 0, of all others, and where the later ones are damaged or find no room.
    """
    size = header.size_wh
    if not animation.may_be_searched(header) or not animation.is_blank(first):
        return first, 0
    try:
        found = _guarded(lambda: animation.frames(header))
        if found is None:
            return first, 0
        with room(animation.needed(header, first.size)):
            return _guarded(lambda: animation.first_that_shows(first, size, *found))
    except ImageError:
        return first, 0


def _orientation(header: decoding.Opened) -> int:
    """How the camera was held, by EXIF: 1 to 8, or 1 where it is not told."""
    if header.format != "AVIF" or header.image is None:
        return header.parts.orientation
    info = header.image.info
    turn = orientation.from_exif(info.get("exif", b"")) or orientation.from_xmp(
        info.get("xmp", b"")
    )
    return turn or 1


def _guarded(work: Callable[[], _T], head: bytes = b"") -> _T:
    """What a decoder gives. Decoders raise whatever they like: whatever it is, it is damaged.

    What they say meanwhile is told to nobody, as the sender is told.

    The error that is raised knows nothing of the decoder's: with its frames it would hold the file
    and all pixels for as long as anybody looks at it.
    """
    try:
        with silence:
            return work()
    except MoodError as error:
        failure = error.with_traceback(None)
    except UnidentifiedImageError:
        failure = _unidentified(head)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        failure = ImageTooLargeError(
            "The picture has far too many pixels. Please send a smaller copy."
        )
    except Exception as error:  # noqa: BLE001 - the outer edge of the decoders
        _log.debug("a decoder says: %r", error)
        failure = damaged()
    try:
        raise failure
    finally:
        del failure, work  # else the error holds this frame, and this frame the error


def _unidentified(head: bytes) -> UnreadableImageError | UnsupportedImageError:
    if head.lstrip().startswith((b"<svg", b"<?xml", b"%PDF", b"8BPS")):
        return UnsupportedImageError(f"This format is not read here. Please send {READABLE}.")
    return UnreadableImageError(f"This is not a picture, or it is damaged. Please send {READABLE}.")


def _too_many_pixels(width: int, height: int, limit: float) -> ImageTooLargeError:
    return ImageTooLargeError(
        f"The picture has {width} × {height} pixels; at most {limit:g} megapixels of this kind are "
        "read. Please send a smaller copy, best as JPEG."
    )


def _from_pillow(source: Image.Image, settings: Settings) -> Picture:
    width, height = source.size
    if width * height > settings.max_decoded_megapixels * 1e6:
        raise _too_many_pixels(width, height, settings.max_decoded_megapixels)
    if min(width, height) < 1:
        raise _empty(width, height)
    result = decoding.scaled(source.size, settings.max_side)
    small = _guarded(lambda: bands.shrunk(source, result))
    try:
        turn = source.getexif().get(0x0112, 1)
    except (OSError, ValueError, SyntaxError, struct.error):
        turn = 1
    return _upright(small, source.size, turn)


def _upright(image: Image.Image, size_wh: tuple[int, int], turn: int) -> Picture:
    if turn in _TURNS:
        image = image.transpose(_TURNS[turn])
    if turn in {5, 6, 7, 8}:
        size_wh = size_wh[1], size_wh[0]
    return Picture(np.asarray(image, dtype=np.uint8), size_wh)


def _empty(width: int, height: int) -> UnreadableImageError:
    return UnreadableImageError(
        f"The picture is empty: it has {width} × {height} pixels. Where it was cut out of another, "
        "the cut lies outside of it or has no width or height."
    )


def _from_array(array: npt.NDArray[np.uint8], settings: Settings) -> Picture:
    if array.ndim in {2, 3} and 0 in array.shape[:2]:
        raise _empty(array.shape[1], array.shape[0])
    if array.dtype != np.uint8 or array.ndim != 3 or array.shape[2] != 3:
        raise UnreadableImageError(
            f"The array has shape {array.shape} and type {array.dtype}. "
            "It must be RGB: (height, width, 3) uint8."
        )
    height, width = array.shape[:2]
    if width * height > settings.max_decoded_megapixels * 1e6:
        raise _too_many_pixels(width, height, settings.max_decoded_megapixels)
    if max(width, height) <= settings.max_side:
        return Picture(np.ascontiguousarray(array), (width, height))
    return _from_pillow(Image.fromarray(array), settings)
