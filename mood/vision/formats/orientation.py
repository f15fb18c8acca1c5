"""How the camera was held: the one thing that is wanted of EXIF and XMP."""

from __future__ import annotations

import re
import struct

_ORIENTATION = 0x0112
_MOST_ENTRIES = 1000
_HEADER = b"Exif\0\0"
_XMP = re.compile(rb"tiff:Orientation(?:=\"|'|>)\s*([1-8])")
_MOST_XMP = 1_000_000


def from_exif(exif: bytes) -> int:
    """1 to 8, or 0 where it is not told or cannot be read.

    Only the first directory is looked at, and no value that lies elsewhere: entries may overlap,
    and 64 kB of EXIF then hold hundreds of megabytes.
    """
    exif = exif.removeprefix(_HEADER)
    order = {b"II": "<", b"MM": ">"}.get(exif[:2])
    if order is None or len(exif) < 8:
        return 0
    (place,) = struct.unpack_from(f"{order}L", exif, 4)
    if place + 2 > len(exif):
        return 0
    (entries,) = struct.unpack_from(f"{order}H", exif, place)
    for number in range(min(entries, _MOST_ENTRIES)):
        at = place + 2 + 12 * number
        if at + 12 > len(exif):
            return 0
        tag, kind = struct.unpack_from(f"{order}HH", exif, at)
        if tag == _ORIENTATION:
            form = {1: "B", 3: "H", 4: "L"}.get(kind)
            value = struct.unpack_from(f"{order}{form}", exif, at + 8)[0] if form else 0
            return value if 1 <= value <= 8 else 0
    return 0


def from_xmp(xmp: bytes) -> int:
    """1 to 8, or 0 where it is not told."""
    match = _XMP.search(xmp, 0, _MOST_XMP)
    return int(match[1]) if match else 0
