"""AVIF: how its colours are stored, and no EXIF."""

from __future__ import annotations

import struct

from mood.vision.formats.parts import Parts

_MOST_BOXES = 100
_DEEP, _GREY, _SUBSAMPLED = 0x40, 0x10, 0x08


def parts(content: bytes) -> Parts:
    """What an AVIF decoder needs of a file.

    Its EXIF is given another name, so that nobody reads it: the turn of an AVIF picture is told by
    the container, and EXIF whose values overlap takes hundreds of megabytes.
    """
    start, end = _meta(content)
    meta = content[start:end]
    view = memoryview(content)
    kept = (view[:start], meta.replace(b"Exif", b"none"), view[end:])
    return Parts(b"".join(kept) if b"Exif" in meta else content, kind=_kind(meta))


def _meta(content: bytes) -> tuple[int, int]:
    """Where the box with the descriptions begins and ends."""
    place = 0
    for _ in range(_MOST_BOXES):
        if place + 16 > len(content):
            break
        length, kind = struct.unpack_from(">I4s", content, place)
        if length == 1:
            (length,) = struct.unpack_from(">Q", content, place + 8)
        end = min(place + length, len(content)) if length else len(content)
        if kind == b"meta":
            return place, end
        if end <= place:
            break
        place = end
    return 0, 0


def _kind(meta: bytes) -> str:
    """What is "deep" has more than 8 bits, "full" has colours at full size; else empty."""
    kinds, place = set[str](), -1
    while (place := meta.find(b"av1C", place + 1)) >= 0 and len(kinds) < 3:
        flags = meta[place + 6] if place + 6 < len(meta) else 0
        full = not flags & (_GREY | _SUBSAMPLED)
        kinds.add("deep" if flags & _DEEP else "full" if full else "")
    return "deep" if "deep" in kinds else "full" if "full" in kinds else ""
