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
    """Has it "deep" in it, colours have more than 8 bits; "full", they are not subsampled."""
    deep, full, place = False, False, -1
    for _ in range(_MOST_BOXES):
        place = meta.find(b"av1C", place + 1)
        if place < 0:
            break
        flags = meta[place + 6] if place + 6 < len(meta) else 0
        deep = deep or bool(flags & _DEEP)
        full = full or not flags & (_GREY | _SUBSAMPLED)
    return " ".join(("deep",) * deep + ("full",) * full)
