"""From a picture file to its pixels, upright or not, in as little memory as its decoder can do.

What is larger than wanted is laid on white, made RGB and scaled down in bands: beside the decoder's
own picture there is never another one of its size.
"""

from __future__ import annotations

import io
import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from PIL import Image

from mood.types import RGBImage
from mood.vision import bands, packages, sixteen
from mood.vision.boxes import LONG
from mood.vision.formats import avif, gif, heic, jpeg, png, tiff, webp
from mood.vision.formats.parts import Parts

HEAD = 256
"""Bytes of a file that tell its format."""

_LONGEST = 5.0
_OPENCV_SIDE = 1_000_000  # pixels: its libpng takes no longer sides
_REDUCTIONS = {factor: f"IMREAD_REDUCED_COLOR_{factor}" for factor in (2, 4, 8)}
_PARTS: dict[str, Callable[[bytes], Parts]] = {
    "JPEG": jpeg.parts,
    "PNG": png.parts,
    "GIF": gif.parts,
    "TIFF": tiff.parts,
    "AVIF": avif.parts,
    "BMP": Parts,
}
_ANY_CODEC = {b"mif1", b"msf1"}
_AVIF = {b"avif", b"avis"}
_HEIC = {b"heic", b"heix", b"heim", b"heis", b"hevc"}
_TIFFS = (b"*\0", b"\0*", b"+\0", b"\0+")
_STARTS = {
    b"\xff\xd8\xff": "JPEG",
    b"\x89PNG\r\n\x1a\n": "PNG",
    b"GIF8": "GIF",
    b"BM": "BMP",
    **{order + kind: "TIFF" for order in (b"II", b"MM") for kind in _TIFFS},
}


@dataclass(frozen=True, slots=True, eq=False)
class Opened:
    """A picture file whose header was read.

    Attributes:
        format: As Pillow names it.
        mode: Of the pixels that its decoder gives, as Pillow names it.
        size_wh: Width and height of the picture as it is stored.
        decoded_wh: Of what is decoded of it.
        parts: The file without what its pixels do not need.
        image: What Pillow will decode; None where OpenCV or pillow-heif does.
    """

    format: str
    mode: str
    size_wh: tuple[int, int]
    decoded_wh: tuple[int, int]
    parts: Parts
    image: Image.Image | None = None


def format_of(content: bytes) -> str | None:
    """The format of a file by its first bytes, as Pillow names it, or None for all others."""
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "WEBP"
    if content[4:8] == b"ftyp":
        return _by_brands(content[:HEAD])
    return next((kind for start, kind in _STARTS.items() if content.startswith(start)), None)


def _by_brands(head: bytes) -> str | None:
    """AVIF or HEIF, by the brands of a container: its own, else those that it is like."""
    length = int.from_bytes(head[:4], "big")
    brands = [head[place : place + 4] for place in range(16, min(length, len(head)) - 3, 4)]
    for brand in (head[8:12], *(brands if head[8:12] in _ANY_CODEC else ())):
        if brand in _AVIF:
            return "AVIF"
        if brand in _HEIC:
            return "HEIF"
    return "HEIF" if head[8:12] in _ANY_CODEC else None


def opened(content: bytes, kind: str, max_side: int) -> Opened:
    """Reads the header of a file.

    Args:
        content: The bytes of the file.
        kind: Its format.
        max_side: Pixels of the longer side that are wanted.

    Raises:
        ImageError: The file's structure would take too long, or is damaged.
        Exception: What a decoder raises; the header is damaged.
    """
    if kind == "WEBP":
        still = webp.parts(content)
        mode = "RGBA" if still.alpha else "RGB"
        return Opened(kind, mode, still.size_wh, still.frame_xywh[2:], still)
    if kind == "HEIF":
        header = heic.parts(content)
        return Opened(kind, header.mode, header.size_wh, header.size_wh, header)
    parts = _PARTS[kind](content)
    image = Image.open(io.BytesIO(parts.content), formats=[kind])
    size = image.size
    if kind == "BMP" and image.tile and image.tile[0][0] == "bmp_rle":
        return Opened(kind, "P", size, size, Parts(content, kind="rle"))
    if sixteen.is_deep(image):
        width, height = scaled(size, max_side)
        parts = replace(parts, buffers=parts.buffers + width * height * sixteen.HELD)
    # JPEG decodes itself at 1/2, 1/4 or 1/8 of its size, still no smaller than what is wanted.
    image.draft("RGB", scaled(size, max_side))
    return Opened(kind, image.mode, size, image.size, parts, image)


def decoded(picture: Opened, max_side: int) -> Image.Image:
    """Decodes a file: RGB, on white, scaled by `scaled`; not turned yet.

    Raises:
        Exception: What a decoder raises; the file is damaged.
    """
    result_wh = scaled(picture.size_wh, max_side)
    if picture.image is not None:
        return _by_pillow(picture, picture.image, result_wh)
    if isinstance(picture.parts, webp.WebPParts):
        return _webp(picture, picture.parts, result_wh)
    if isinstance(picture.parts, heic.HeicParts):
        return _heic(picture.parts, result_wh)
    return by_opencv(picture.parts.content, picture.size_wh, result_wh)


def plain(picture: Opened, max_side: int) -> RGBImage | None:
    """The pixels (H, W, 3) uint8 RGB of an ordinary JPEG that is not scaled; None of all others.

    OpenCV has the same decoder as Pillow, and puts them where they are needed at once. Where a file
    is damaged the two may differ: then it is Pillow's.

    Raises:
        ModelLoadError: OpenCV cannot be imported.
    """
    as_stored = picture.decoded_wh == picture.size_wh == scaled(picture.size_wh, max_side)
    if picture.format != "JPEG" or picture.mode != "RGB" or not as_stored:
        return None
    if picture.parts.orientation != 1 or not jpeg.is_plain(picture.parts.content):
        return None
    packages.need("cv2")
    import cv2

    flags = cv2.IMREAD_COLOR_RGB | cv2.IMREAD_IGNORE_ORIENTATION
    pixels = cv2.imdecode(np.frombuffer(picture.parts.content, dtype=np.uint8), flags)
    return None if pixels is None else pixels.astype(np.uint8, copy=False)


def _by_pillow(picture: Opened, image: Image.Image, result_wh: tuple[int, int]) -> Image.Image:
    content, white = picture.parts.content, picture.parts.white
    deep = sixteen.is_deep(image)
    if _is_faster_by_opencv(picture, result_wh):
        result = by_opencv(content, picture.size_wh, result_wh)
        if not deep or not sixteen.is_dark(result, white):
            return result
        del result  # before more is decoded
    if deep:

        def again() -> Image.Image:
            return Image.open(io.BytesIO(content), formats=[picture.format])

        result = sixteen.shrunk(image, again, result_wh, white)
    else:
        result = bands.shrunk(image, result_wh, white)
    if result is not image:
        image.close()  # its pixels go at once, and not when its header goes
    return result


def _is_faster_by_opencv(picture: Opened, result_wh: tuple[int, int]) -> bool:
    """Whether OpenCV, which halves colours quickly, knows the same of the picture as Pillow."""
    if picture.format != "PNG" or picture.mode != "RGB" or picture.image is None:
        return False
    if max(picture.size_wh) > _OPENCV_SIDE:
        return False
    return _halves(picture.size_wh, result_wh) and not picture.image.has_transparency_data


def _halves(size_wh: tuple[int, int], result_wh: tuple[int, int], factor: int = 2) -> bool:
    """Whether a picture may be halved, or divided by `factor`, before it is scaled further.

    Of a side that is shorter than `factor` nothing would be left.
    """
    return min(size_wh) >= factor and max(size_wh) / factor >= 0.9 * max(result_wh)


def scaled(size_wh: tuple[int, int], max_side: int) -> tuple[int, int]:
    """A size whose longer side is at most `max_side`, in the same proportions.

    Long pictures, screenshots that were scrolled and panoramas, may be longer, up to `_LONGEST`
    times `max_side`, so that faces in them stay large enough: their shorter side is then at most a
    third of `max_side`, and they have no more pixels than a square of it.
    """
    short, long = sorted(size_wh)
    factor = max_side / long
    if long > LONG * short:
        most = min(max_side / LONG / short, max_side / math.sqrt(long * short))
        factor = max(factor, min(most, _LONGEST * factor))
    factor = min(1.0, factor)
    return max(1, round(size_wh[0] * factor)), max(1, round(size_wh[1] * factor))


def _webp(picture: Opened, still: webp.WebPParts, result_wh: tuple[int, int]) -> Image.Image:
    left, top, width, height = still.frame_xywh
    if still.size_wh == (width, height):
        return by_opencv(still.content, (width, height), result_wh, alpha=still.alpha)
    # The first frame of an animation, on a canvas that is larger.
    across, down = (result_wh[k] / picture.size_wh[k] for k in (0, 1))
    small = max(1, round(width * across)), max(1, round(height * down))
    canvas = Image.new("RGB", result_wh, bands.WHITE)
    frame = by_opencv(still.content, (width, height), small, alpha=still.alpha)
    canvas.paste(frame, (round(left * across), round(top * down)))
    return canvas


def by_opencv(
    content: bytes, size_wh: tuple[int, int], result_wh: tuple[int, int], *, alpha: bool = False
) -> Image.Image:
    """Decodes a file by way of OpenCV, which takes 4 to 8 bytes a pixel of WebP, Pillow 16."""
    packages.need("cv2")
    import cv2

    if alpha:
        band = rgba_bands(content)
        return bands.in_bands(lambda box: bands.flat_rgb(band(box)), size_wh, result_wh)
    flags = cv2.IMREAD_COLOR
    for factor, reduced in _REDUCTIONS.items():
        if _halves(size_wh, result_wh, factor):
            flags = getattr(cv2, reduced)
    pixels = _read(content, flags | cv2.IMREAD_IGNORE_ORIENTATION)
    rgb = cv2.cvtColor(
        cv2.resize(pixels, result_wh, interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2RGB
    )
    return Image.fromarray(rgb)


def rgba_bands(content: bytes) -> Callable[[bands.Box], Image.Image]:
    """Decodes a file that may be transparent; what is given cuts bands out of it, in RGBA.

    Raises:
        Exception: What OpenCV raises; the file is damaged.
    """
    import cv2

    pixels = _read(content, cv2.IMREAD_UNCHANGED)
    order = [2, 1, 0, *([3] if pixels.shape[2] == 4 else [])]

    def band(box: bands.Box) -> Image.Image:
        part = pixels[box[1] : box[3], box[0] : box[2]]
        return Image.fromarray(np.ascontiguousarray(part[:, :, order])).convert("RGBA")

    return band


def _read(content: bytes, flags: int) -> npt.NDArray[np.uint8]:
    import cv2

    pixels = cv2.imdecode(np.frombuffer(content, dtype=np.uint8), flags)
    if pixels is None:
        raise ValueError("OpenCV cannot read it")
    return pixels.astype(np.uint8, copy=False)


def _heic(header: heic.HeicParts, result_wh: tuple[int, int]) -> Image.Image:
    pixels = header.pixels()

    def band(box: bands.Box) -> Image.Image:
        part = np.ascontiguousarray(pixels[box[1] : box[3], box[0] : box[2]])
        return bands.flat_rgb(Image.fromarray(part[:, :, 0] if part.shape[2] == 1 else part))

    return bands.in_bands(band, header.size_wh, result_wh)
