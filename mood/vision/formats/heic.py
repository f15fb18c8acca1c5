"""HEIC: read with the extra ``heic``, which brings pillow-heif; else named as not read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mood.errors import UnsupportedImageError
from mood.vision.formats.parts import Parts

_DEEP = 8  # bits of a colour, above which it takes more memory
_FULL = {"422", "444"}


@dataclass(frozen=True, slots=True, eq=False)
class HeicParts(Parts):
    """A HEIC file whose header was read.

    Attributes:
        size_wh: Width and height of its picture, upright as the container says.
        mode: RGB, RGBA, L, LA, or I;16 for grey of more than 8 bits.
        picture: The picture of pillow-heif, which decodes itself when its data are asked for.
    """

    size_wh: tuple[int, int] = (0, 0)
    mode: str = "RGB"
    picture: Any = None

    def pixels(self) -> npt.NDArray[np.uint8]:
        """Decodes the picture: (H, W, channels) uint8."""
        width, height = self.size_wh
        data = np.frombuffer(self.picture.data, dtype=np.uint8)
        rows = data.reshape(height, self.picture.stride)
        if self.mode == "I;16":
            return rows[:, 1 : 2 * width : 2, None]  # the higher bytes
        channels = len(self.mode)
        return rows[:, : width * channels].reshape(height, width, channels)


def parts(content: bytes) -> HeicParts:
    """The header of a HEIC file; its EXIF is not looked at, for the container tells its turn.

    Raises:
        UnsupportedImageError: The extra ``heic`` is not installed.
    """
    try:
        import pillow_heif
    except ImportError:
        raise not_read() from None
    pictures = pillow_heif.open_heif(content, convert_hdr_to_8bit=True)
    picture: Any = pictures[pictures.primary_index]
    deep = picture.info.get("bit_depth", _DEEP) > _DEEP
    full = str(picture.info.get("chroma")) in _FULL
    kind = " ".join(("deep",) * deep + ("full",) * full)
    return HeicParts(content, kind=kind, size_wh=picture.size, mode=picture.mode, picture=picture)


def not_read() -> UnsupportedImageError:
    """The error for HEIC where nothing can read it."""
    return UnsupportedImageError(
        "This is a HEIC picture, which is not read here. Save it as JPEG and try again; on an "
        "iPhone, Settings › Camera › Formats › Most Compatible makes the camera do so. (Who runs "
        "this program can have HEIC read: pip install pillow-heif.)"
    )
