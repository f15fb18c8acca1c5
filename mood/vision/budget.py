"""How many bytes decoding a picture takes, from its header: the table behind the small host.

`python tests/benchmarks/decoding.py` prints what is measured beside it. Nothing here is an average:
the figures are upper bounds, and `tests/vision/test_budget.py` keeps them so.
"""

from __future__ import annotations

from dataclasses import dataclass

from mood.vision.formats.parts import Parts

# What Pillow holds of each pixel, by mode; four bytes in all modes that are not here.
_PILLOW = {"1": 1, "L": 1, "P": 1, "I;16": 2, "I;16B": 2, "I;16L": 2, "I;16N": 2}
_OTHER_MODES = 4

# Where a decoder holds more: all that it takes for each pixel, by format, mode and kind.
_WHOLE = {
    ("WEBP", "RGB", ""): 4.0,  # its own rows, colours, and half of them in each direction
    ("WEBP", "RGB", "lossless"): 7.1,
    ("WEBP", "RGBA", ""): 8.1,
    ("WEBP", "RGBA", "lossless"): 8.1,
    ("AVIF", "L", ""): 3.8,
    ("AVIF", "L", "full"): 3.8,
    ("AVIF", "L", "deep"): 5.2,
    ("AVIF", "L", "deep full"): 5.2,
    ("AVIF", "RGB", ""): 9.4,
    ("AVIF", "RGB", "full"): 11.1,
    ("AVIF", "RGB", "deep"): 11.5,
    ("AVIF", "RGB", "deep full"): 14.5,
    ("AVIF", "RGBA", ""): 11.8,
    ("AVIF", "RGBA", "full"): 13.5,
    ("AVIF", "RGBA", "deep"): 15.0,
    ("AVIF", "RGBA", "deep full"): 18.0,
    ("BMP", "P", "rle"): 6.1,
    ("HEIF", "L", ""): 2.9,
    ("HEIF", "I;16", "deep"): 5.8,
    ("HEIF", "RGB", ""): 5.3,
    ("HEIF", "RGB", "full"): 10.0,
    ("HEIF", "RGB", "deep"): 8.4,
    ("HEIF", "RGB", "deep full"): 16.3,
    ("HEIF", "RGBA", ""): 7.4,
    ("HEIF", "RGBA", "full"): 13.2,
    ("HEIF", "RGBA", "deep"): 13.2,
    ("HEIF", "RGBA", "deep full"): 21.5,
}
_SMALL_WEBP = 8.1  # one that is not halved while it is decoded
_OTHER_HEIF = 21.5
_GIF = 2.1  # its first frame, and what would be put back behind it
_RESULT = 5  # bytes for each pixel of the result, which is there before the decoder's are gone
_ACROSS, _DOWN = 12, 12  # bytes of each column (rows in work) and of each row (its address)
_WORK = 20_000_000  # bands in work, the libraries' own tables

_ALONE = {"WEBP": "WebP", "AVIF": "AVIF", "JPEG": "JPEG", "TIFF": "TIFF", "HEIF": "HEIC"}


@dataclass(frozen=True, slots=True)
class Budget:
    """What decoding takes.

    Attributes:
        what: The kind of picture in words.
        pixels: Of the whole picture.
        total: Bytes that decoding takes at most, above what is held with the file.
    """

    what: str
    pixels: int
    total: int

    @property
    def total_mb(self) -> float:
        """The same in MB."""
        return self.total / 1e6

    def most_megapixels(self, room_mb: float) -> float:
        """How large a picture of this kind may be where there are so many MB."""
        each = (self.total - _WORK) / max(self.pixels, 1)
        return max(0.0, room_mb - _WORK / 1e6) / max(each, 0.01)


def budget(
    picture_format: str,
    mode: str,
    size_wh: tuple[int, int],
    decoded_wh: tuple[int, int],
    result_wh: tuple[int, int],
    parts: Parts,
) -> Budget:
    """What decoding takes.

    Args:
        picture_format: As Pillow names it.
        mode: Of the decoded pixels, as Pillow names it.
        size_wh: Of the whole picture.
        decoded_wh: Of what is decoded: a JPEG may be halved meanwhile, and the first frame of an
            animation may be smaller.
        result_wh: Of what is wanted of it.
        parts: What is known of the file.
    """
    pixels = decoded_wh[0] * decoded_wh[1]
    held = _PILLOW.get(mode, _OTHER_MODES)
    whole = pixels * _each(picture_format, mode, decoded_wh, result_wh, parts.kind) + parts.buffers
    later = pixels * held + result_wh[0] * result_wh[1] * _RESULT
    lines = decoded_wh[0] * _ACROSS + decoded_wh[1] * _DOWN
    return Budget(
        _words(picture_format, mode, parts.kind),
        size_wh[0] * size_wh[1],
        _WORK + lines + int(max(whole, later)),
    )


def _each(
    picture_format: str, mode: str, decoded: tuple[int, int], result: tuple[int, int], kind: str
) -> float:
    """Bytes for each pixel that is decoded."""
    if picture_format == "GIF":
        return _GIF
    if picture_format == "WEBP" and kind == "" and max(decoded) < 1.8 * max(result):
        return _SMALL_WEBP
    other = _OTHER_HEIF if picture_format == "HEIF" else _PILLOW.get(mode, _OTHER_MODES)
    return _WHOLE.get((picture_format, mode, kind), other)


def _words(picture_format: str, mode: str, kind: str) -> str:
    name = _ALONE.get(picture_format, picture_format)
    colours = {"RGBA": "with transparency", "CMYK": "in CMYK"}.get(mode, "")
    manner = kind if kind in {"lossless", "progressive"} else ""
    return " ".join(filter(None, (manner, name, colours)))
