"""From whatever people hand over to upright RGB pixels within bounds."""

from __future__ import annotations

import io
import math
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from PIL import Image, UnidentifiedImageError

from mood.errors import ImageTooLargeError, UnreadableImageError, UnsupportedImageError
from mood.settings import Settings
from mood.types import Face, RGBImage

ImageInput: TypeAlias = str | Path | bytes | Image.Image | npt.NDArray[np.uint8]
"""A path, the bytes of a picture file, a PIL image, or an RGB array (H, W, 3) uint8."""

FORMATS = ("JPEG", "PNG", "WEBP", "AVIF", "GIF", "BMP", "TIFF")
READABLE = "JPEG, PNG, WebP, AVIF, GIF, BMP or TIFF"

_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1"}
_WHITE = (255, 255, 255)
_LEAN_FROM = 4_000_000  # pixels
_LEAN_FORMATS = {"PNG", "WEBP"}
_PNG_EXIF = {"exif", "Raw profile type exif"}
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}  # what makes a picture upright, by its orientation in EXIF
_REDUCTIONS = {factor: f"IMREAD_REDUCED_COLOR_{factor}" for factor in (2, 4, 8)}


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A decoded picture.

    Attributes:
        pixels: (H, W, 3) uint8 RGB, upright, perhaps scaled down.
        size_wh: Width and height of the upright picture before it was scaled down.
    """

    pixels: RGBImage
    size_wh: tuple[int, int]

    def to_original(self, face: Face) -> Face:
        """A face that was found in `pixels`, in the picture before it was scaled down."""
        rows, columns = self.pixels.shape[:2]
        return face.scaled(self.size_wh[0] / columns, self.size_wh[1] / rows)


def read_image(source: ImageInput, settings: Settings) -> Picture:
    """Decodes a picture; its pixels are decoded only after its header said that they fit.

    EXIF orientation is applied, transparency is laid on white, of an animation the first frame is
    taken, 16-bit grey is reduced to 8, and what is larger than `Settings.max_side` is scaled down.

    Raises:
        UnreadableImageError: There is no such file, or it is damaged or no picture.
        UnsupportedImageError: It is a picture of another format.
        ImageTooLargeError: It has more bytes or pixels than the settings allow.
    """
    if isinstance(source, np.ndarray):
        return _from_array(source, settings)
    if isinstance(source, Image.Image):
        return _decode(source.copy(), settings)
    if isinstance(source, str | Path):
        return _open(_checked_path(Path(source), settings), settings)
    _check_bytes(len(source), settings)
    return _open(io.BytesIO(source), settings)


def _checked_path(path: Path, settings: Settings) -> Path:
    try:
        size = path.stat().st_size
    except OSError as error:
        raise UnreadableImageError(f"The file cannot be opened: {error.strerror}.") from error
    if not path.is_file():
        raise UnreadableImageError("This is not a file. Give the path of a picture.")
    _check_bytes(size, settings)
    return path


def _check_bytes(size: int, settings: Settings) -> None:
    if size == 0:
        raise UnreadableImageError("The file is empty. Please choose another one.")
    if size > settings.max_upload_mb * 1_000_000:
        raise ImageTooLargeError(
            f"The file has {size / 1e6:.0f} MB; at most {settings.max_upload_mb} MB are read. "
            "Please send a smaller copy."
        )


def _open(file: Path | io.BytesIO, settings: Settings) -> Picture:
    try:
        image = Image.open(file, formats=FORMATS)
    except UnidentifiedImageError as error:
        raise _unidentified(file) from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ImageTooLargeError(
            "The picture has far too many pixels. Please send a smaller copy."
        ) from error
    except (OSError, ValueError, SyntaxError) as error:
        raise _damaged() from error
    with image:
        return _decode(image, settings)


def _unidentified(file: Path | io.BytesIO) -> UnreadableImageError | UnsupportedImageError:
    if isinstance(file, Path):
        with file.open("rb") as stream:
            head = stream.read(64)
    else:
        head = file.getvalue()[:64]
    if head[4:8] == b"ftyp" and head[8:12] in _HEIC_BRANDS:
        return UnsupportedImageError(
            "This is a HEIC picture, which is not read here. Save it as JPEG and try again; on an "
            "iPhone, Settings › Camera › Formats › Most Compatible makes the camera do so."
        )
    if head.lstrip().startswith((b"<svg", b"<?xml", b"%PDF", b"8BPS")):
        return UnsupportedImageError(f"This format is not read here. Please send {READABLE}.")
    return UnreadableImageError(f"This is not a picture, or it is damaged. Please send {READABLE}.")


def _damaged() -> UnreadableImageError:
    return UnreadableImageError("The picture is damaged. Please save it anew or choose another.")


def _decode(image: Image.Image, settings: Settings) -> Picture:
    width, height = image.size
    if width * height > settings.max_megapixels * 1e6:
        raise _too_many_pixels(width, height, settings.max_megapixels)
    try:
        orientation = _orientation(image)
        # JPEG decodes itself at 1/2, 1/4 or 1/8 of its size, still no smaller than what is wanted.
        shrink = min(1.0, settings.max_side / max(width, height))
        image.draft("RGB", (math.ceil(width * shrink), math.ceil(height * shrink)))
        decoded = image.size[0] * image.size[1]
        if decoded > settings.max_decoded_megapixels * 1e6:
            raise _too_many_pixels(width, height, settings.max_decoded_megapixels)
        if decoded > _LEAN_FROM and image.mode == "RGB" and image.format in _LEAN_FORMATS:
            image = _decode_lean(image, settings.max_side)
        image.load()
        if max(image.size) > settings.max_side:
            image = _reducible(image)
            image.thumbnail(
                (settings.max_side, settings.max_side), Image.Resampling.BILINEAR, reducing_gap=2.0
            )
        if orientation in _TURNS:
            image = image.transpose(_TURNS[orientation])
        pixels = np.asarray(_flat_rgb(image), dtype=np.uint8)
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError) as error:
        raise _damaged() from error
    turned = orientation in {5, 6, 7, 8}
    return Picture(pixels, (height, width) if turned else (width, height))


def _orientation(image: Image.Image) -> int:
    """How the camera was held, by EXIF: 1 to 8, or 1 where it cannot be read."""
    if image.format == "TIFF":  # Pillow turns these itself
        return 1
    large = image.size[0] * image.size[1] > _LEAN_FROM
    try:
        if image.format == "PNG" and large and not image.info.keys() & _PNG_EXIF:
            image.info["exif"] = _exif_behind_pixels(image)
        orientation: int = image.getexif().get(0x0112, 1)
    except (OSError, ValueError, SyntaxError, struct.error):
        return 1
    return orientation


def _exif_behind_pixels(image: Image.Image) -> bytes:
    """EXIF of a PNG file from its list of chunks; Pillow would decode all pixels to look for it."""
    file = getattr(image, "fp", None)
    if file is None:
        return b""
    position = file.tell()
    file.seek(8)
    exif = b""
    while not exif and len(head := file.read(8)) == 8:
        length, kind = struct.unpack(">I4s", head)
        if kind == b"eXIf":
            exif = b"Exif\0\0" + file.read(length)
        else:
            file.seek(length + 4, io.SEEK_CUR)
    file.seek(position)
    return exif


def _decode_lean(image: Image.Image, max_side: int) -> Image.Image:
    """The picture at `max_side`, by way of OpenCV.

    Pillow takes 5 bytes for each pixel of a PNG file and 16 for one of WebP; OpenCV takes 3, and a
    few more where it is not told to reduce.
    """
    import cv2

    file = getattr(image, "fp", None)
    if getattr(image, "is_animated", False) or image.has_transparency_data or file is None:
        return image
    file.seek(0)
    content = np.frombuffer(file.read(), dtype=np.uint8)
    flags = cv2.IMREAD_COLOR
    for factor, reduced in _REDUCTIONS.items():
        if max(image.size) / factor >= 0.9 * max_side:
            flags = getattr(cv2, reduced)
    pixels = cv2.imdecode(content, flags | cv2.IMREAD_IGNORE_ORIENTATION)
    if pixels is None:
        raise ValueError("OpenCV cannot read it")
    scale = max_side / max(pixels.shape)
    if scale < 1:
        pixels = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return Image.fromarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB))


def _too_many_pixels(width: int, height: int, limit: float) -> ImageTooLargeError:
    return ImageTooLargeError(
        f"The picture has {width} × {height} pixels; at most {limit:g} megapixels of this kind are "
        "read. Please send a smaller copy, best as JPEG."
    )


def _reducible(image: Image.Image) -> Image.Image:
    """The picture in a mode that can be averaged: palettes and 16 bits cannot."""
    if image.mode in {"L", "RGB", "RGBA", "CMYK"}:
        return image
    return _flat_rgb(image)


def _flat_rgb(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I") or image.mode == "F":
        values = np.asarray(image, dtype=np.float32)
        top = 65535.0 if values.max(initial=0) > 255 else 255.0
        grey = np.clip(values / top * 255.0, 0, 255).astype(np.uint8)
        return Image.fromarray(grey).convert("RGB")
    if image.has_transparency_data:
        rgba = image.convert("RGBA")
        flat = Image.new("RGB", image.size, _WHITE)
        flat.paste(rgba, mask=rgba.getchannel("A"))
        return flat
    return image.convert("RGB")


def _from_array(array: npt.NDArray[np.uint8], settings: Settings) -> Picture:
    if array.dtype != np.uint8 or array.ndim != 3 or array.shape[2] != 3 or array.size == 0:
        raise UnreadableImageError(
            f"The array has shape {array.shape} and type {array.dtype}. "
            "It must be RGB: (height, width, 3) uint8."
        )
    height, width = array.shape[:2]
    if width * height > settings.max_decoded_megapixels * 1e6:
        raise _too_many_pixels(width, height, settings.max_decoded_megapixels)
    if max(width, height) <= settings.max_side:
        return Picture(np.ascontiguousarray(array), (width, height))
    return _decode(Image.fromarray(array), settings)
