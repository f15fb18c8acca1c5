"""Picture files of every format and mode, of any size, made quickly."""

from __future__ import annotations

import io
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import numpy as np
from PIL import Image

Size = tuple[int, int]


def colours(size: Size, mode: str = "RGB") -> Image.Image:
    """Slow gradients, another one in each channel: many colours that compress well."""
    down = Image.linear_gradient("L").resize(size)
    layers = [down, down.transpose(Image.Transpose.FLIP_TOP_BOTTOM)]
    layers.append(Image.radial_gradient("L").resize(size))
    if mode in {"L", "1", "P", "I;16", "I", "F"}:
        if mode == "P":
            return down.convert("P")
        if mode in {"L", "1"}:
            return down.convert(mode)
        kind = {"I;16": np.uint16, "I": np.int32, "F": np.float32}[mode]
        return Image.fromarray(np.asarray(down).astype(kind) * kind(257))
    if mode == "LA":
        return Image.merge("LA", layers[:2])
    return Image.merge(mode, (layers * 2)[: len(mode)])


def _saved(kind: str, mode: str, **options: Any) -> Callable[[Size], bytes]:
    def make(size: Size) -> bytes:
        file = io.BytesIO()
        colours(size, mode).save(file, kind, **options)
        return file.getvalue()

    return make


def _animated(kind: str) -> Callable[[Size], bytes]:
    def make(size: Size) -> bytes:
        file = io.BytesIO()
        first, second = colours(size), colours((size[0], size[1])).rotate(180)
        options = {"method": 0} if kind == "WEBP" else {"compress_level": 1}
        first.save(file, kind, save_all=True, append_images=[second], **options)
        return file.getvalue()

    return make


def _blank_first(kind: str, mode: str = "RGB", **options: Any) -> Callable[[Size], bytes]:
    """An animation whose third frame is the first that shows something."""

    def make(size: Size) -> bytes:
        file, frames = io.BytesIO(), [Image.new("RGB", size).convert(mode) for _ in range(2)]
        for number, frame in enumerate(frames):  # else encoders would make one of them
            for place in (0, number), (size[0] - 1, size[1] - 1 - number):
                frame.putpixel(place, 1 if mode == "L" else (1,) * len(mode))
        frames.append(colours(size, mode))
        frames[0].save(file, kind, save_all=True, append_images=frames[1:], **options)
        return file.getvalue()

    return make


def _deep(
    extension: str, channels: int, *options: int, times: int = 257
) -> Callable[[Size], bytes]:
    """16 bits a channel, or 10 in AVIF, which Pillow cannot write."""

    def make(size: Size) -> bytes:
        import cv2

        pixels = np.asarray(colours(size, "RGBA")).astype(np.uint16)
        pixels = pixels * (4 if extension == ".avif" else times)
        deep = np.ascontiguousarray(pixels[:, :, :channels].squeeze())
        return bytes(cv2.imencode(extension, deep, options)[1])

    return make


def rle_bmp(size: Size) -> bytes:
    """A palette with runs of one colour, as old painting programs save it."""
    width, height = size
    row = b"".join(
        bytes((min(255, width - x), x // 255 % 4)) for x in range(0, width, 255)
    ) + bytes((0, 0))
    pixels = row * height + bytes((0, 1))
    numbers = (40, width, height, 1 | 8 << 16, 1, len(pixels), 0, 0, 4, 0)
    palette = b"\0\0\xff\0\0\xff\0\0\xff\0\0\0\xff\xff\xff\0"
    info = b"".join(each.to_bytes(4, "little") for each in numbers)
    start = 14 + len(info) + len(palette)
    head = b"BM" + (start + len(pixels)).to_bytes(4, "little") + bytes(4)
    return head + start.to_bytes(4, "little") + info + palette + pixels


def heic(mode: str = "RGB", *, deep: bool = False, **options: Any) -> Callable[[Size], bytes]:
    """HEIC, for which pillow-heif must be there; `deep` has 10 bits."""

    def make(size: Size) -> bytes:
        import pillow_heif

        file, pixels = io.BytesIO(), np.asarray(colours(size, mode))
        if deep:
            pixels = pixels.astype(np.uint16) * 257
        kind = f"{mode};16" if deep else mode
        fast = {"preset": "ultrafast"}
        data = pixels.tobytes()
        pillow_heif.encode(kind, size, data, file, quality=50, enc_params=fast, **options)
        return file.getvalue()

    return make


_DEFLATE = {"compression": "tiff_adobe_deflate"}
_FAST = {"speed": 10, "quality": 60}
_LOSSLESS = {"lossless": True, "method": 0, "quality": 0}
_AVIF_10 = (512, 60, 513, 10, 514, 10)  # quality, depth, speed, as OpenCV numbers them

LEAN: dict[str, Callable[[Size], bytes]] = {
    **{f"PNG {mode}": _saved("PNG", mode, compress_level=1) for mode in ("1", "L", "P", "LA")},
    **{f"PNG {mode}": _saved("PNG", mode, compress_level=1) for mode in ("RGB", "RGBA", "I;16")},
    "PNG RGB 16 bits": _deep(".png", 3),
    "PNG RGBA 16 bits": _deep(".png", 4),
    "PNG RGB 10 bits in 16": _deep(".png", 3, times=4),
    "PNG RGBA 10 bits in 16": _deep(".png", 4, times=4),
    "TIFF RGB 10 bits in 16": _deep(".tif", 3, times=4),
    "PNG animated": _animated("PNG"),
    **{f"JPEG {mode}": _saved("JPEG", mode) for mode in ("L", "RGB", "CMYK")},
    "JPEG L progressive": _saved("JPEG", "L", progressive=True),
    "JPEG RGB progressive": _saved("JPEG", "RGB", progressive=True),
    "WEBP RGB": _saved("WEBP", "RGB", method=0),
    "WEBP animated": _animated("WEBP"),
    "GIF P": _saved("GIF", "P"),
    **{f"TIFF {mode}": _saved("TIFF", mode, **_DEFLATE) for mode in ("1", "L", "P", "LA", "RGB")},
    **{f"TIFF {mode}": _saved("TIFF", mode, **_DEFLATE) for mode in ("RGBA", "CMYK")},
    **{f"TIFF {mode}": _saved("TIFF", mode, **_DEFLATE) for mode in ("I;16", "I", "F")},
    "TIFF RGB LZW": _saved("TIFF", "RGB", compression="tiff_lzw"),
    "TIFF RGB JPEG": _saved("TIFF", "RGB", compression="jpeg"),
    "TIFF RGB turned": _saved("TIFF", "RGB", **_DEFLATE, tiffinfo={274: 6}),
    "BMP P runs": rle_bmp,
    "AVIF L": _saved("AVIF", "L", **_FAST),
}
"""Those whose decoder can reduce, tile or stream, or holds little anyway."""

ALONE: dict[str, Callable[[Size], bytes]] = {
    "JPEG RGB progressive 4:4:4": _saved("JPEG", "RGB", progressive=True, subsampling=0),
    "JPEG CMYK progressive": _saved("JPEG", "CMYK", progressive=True),
    "WEBP RGB lossless": _saved("WEBP", "RGB", **_LOSSLESS),
    "WEBP RGBA": _saved("WEBP", "RGBA", method=0),
    "WEBP RGBA lossless": _saved("WEBP", "RGBA", **_LOSSLESS),
    "AVIF RGB": _saved("AVIF", "RGB", **_FAST),
    "AVIF RGB 4:4:4": _saved("AVIF", "RGB", subsampling="4:4:4", **_FAST),
    "AVIF RGBA": _saved("AVIF", "RGBA", **_FAST),
    "AVIF RGBA 4:4:4": _saved("AVIF", "RGBA", subsampling="4:4:4", **_FAST),
    "AVIF L 10 bits": _deep(".avif", 1, *_AVIF_10),
    "AVIF RGB 10 bits": _deep(".avif", 3, *_AVIF_10),
    "AVIF RGBA 10 bits": _deep(".avif", 4, *_AVIF_10),
    "TIFF RGB in one strip": _saved("TIFF", "RGB", **_DEFLATE, tiffinfo={278: 100_000}),
    "TIFF I in one strip": _saved("TIFF", "I", **_DEFLATE, tiffinfo={278: 100_000}),
}
"""Those whose decoder holds the whole picture several times: they are read alone."""

if find_spec("pillow_heif"):
    ALONE |= {
        f"HEIC {mode}{' 4:4:4' if full else ''}{' 10 bits' if deep else ''}": heic(
            mode, deep=deep, **({"chroma": 444} if full else {})
        )
        for mode in ("RGB", "RGBA")
        for deep in (False, True)
        for full in (False, True)
    }
    ALONE |= {"HEIC L": heic("L"), "HEIC L 10 bits": heic("L", deep=True)}

KINDS = LEAN | ALONE

BLANK_FIRST = {
    "GIF blank first": _blank_first("GIF", "L"),
    "PNG blank first": _blank_first("PNG", compress_level=1),
    "PNG blank first, clear": _blank_first("PNG", "RGBA", compress_level=1),
    "WEBP blank first": _blank_first("WEBP", method=0),
    "WEBP blank first, clear": _blank_first("WEBP", "RGBA", **_LOSSLESS),
    "AVIF blank first": _blank_first("AVIF", **_FAST),
    "AVIF blank first, clear": _blank_first("AVIF", "RGBA", **_FAST),
    "AVIF blank first, 4:4:4": _blank_first("AVIF", subsampling="4:4:4", **_FAST),
}
"""Animations of which more than one frame is looked at."""
