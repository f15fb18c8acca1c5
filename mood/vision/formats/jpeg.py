"""JPEG: its markers, its scans, and what they take."""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from mood.errors import ImageTooLargeError
from mood.vision.formats import orientation
from mood.vision.formats.parts import Parts, too_many_parts

_MOST_SEGMENTS = 5_000
_MOST_FILL = 100_000  # bytes
_MOST_VISITS = 2_000_000_000  # coefficients that scans go over: some 2 s
_MARKER_VISITS = 100_000  # a marker between scans takes no longer than so many
_SLOW_VISITS = 4  # an arithmetic decoder takes so much longer for each

_SOI, _EOI, _SOS, _APP0, _APP1, _APP14 = 0xD8, 0xD9, 0xDA, 0xE0, 0xE1, 0xEE
_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
_PROGRESSIVE = {0xC2, 0xC6, 0xCA, 0xCE}
_WITHOUT_LENGTH = {0x01, *range(0xD0, 0xD9)}
_KEPT = {*range(0xC0, 0xE0), _APP0, _APP14} - _WITHOUT_LENGTH
_NEXT = re.compile(rb"\xff[^\xff\x00\xd0-\xd7]", re.DOTALL)
_XMP = b"http://ns.adobe.com/xap/1.0/\0"


@dataclass(frozen=True, slots=True)
class _Frame:
    """A frame's header: coefficients of each component, by its number, and how they come."""

    coefficients: dict[int, int]
    progressive: bool
    arithmetic: bool


def parts(content: bytes) -> Parts:
    """What a JPEG decoder needs of a file.

    Raises:
        ImageTooLargeError: Its markers or its scans would take too long.
    """
    kept, exif, xmp, frame, place = [b"\xff\xd8"], b"", b"", None, len(content)
    for marker, start, end in _segments(content):
        if marker == _SOS:
            place = start
            break
        data = content[start + 4 : min(end, start + 65_539)]
        if marker in _FRAMES and frame is None:
            frame = _frame(marker, data)
        if marker in _KEPT:
            kept.append(content[start:end])
        elif marker == _APP1 and data.startswith(b"Exif\0\0"):
            exif = exif or data
        elif marker == _APP1 and data.startswith(_XMP):
            xmp = xmp or data
    several = frame is not None and _has_several_scans(content, place, frame)
    if frame is not None and several:
        _check_scans(content, place, frame)
    return Parts(
        b"".join((*kept, memoryview(content)[place:])),
        orientation.from_exif(exif) or orientation.from_xmp(xmp) or 1,
        # All coefficients, two bytes each, are kept until the last scan, however small the
        # picture is decoded.
        buffers=2 * sum(frame.coefficients.values()) if frame and several else 0,
        kind="progressive" if several else "",
    )


def is_plain(content: bytes) -> bool:
    """Whether nothing stands between the first scan and the end: no other scan, and no damage.

    What damage leaves in order, a few wrong pixels for one, all decoders take alike.
    """
    place = next((end for marker, _, end in _segments(content) if marker == _SOS), None)
    match = _NEXT.search(content, place) if place is not None else None
    return match is not None and content[match.end() - 1] == _EOI


def _segments(content: bytes) -> Iterator[tuple[int, int, int]]:
    """Markers with their segments (marker, start, end), up to the first scan and no further.

    As decoders do, it goes over bytes between segments that belong to none.
    """
    fill, place = 0, 2
    for _ in range(_MOST_SEGMENTS):
        match = _NEXT.search(content, place)
        if match is None:
            return
        fill += match.end() - place - 2
        if fill > _MOST_FILL:
            raise too_many_parts("bytes between its segments", _MOST_FILL)
        start, marker = match.end() - 2, content[match.end() - 1]
        if marker == _EOI:
            return
        end = match.end()
        if marker not in _WITHOUT_LENGTH:
            end += _length(content, end)
        yield marker, start, end
        if marker == _SOS:
            return
        place = end
    raise too_many_parts("segments before its pixels", _MOST_SEGMENTS)


def _length(content: bytes, place: int) -> int:
    """Of a segment, with the two bytes that tell it."""
    return max(2, int.from_bytes(content[place : place + 2], "big"))


def _frame(marker: int, data: bytes) -> _Frame | None:
    if len(data) < 6 or len(data) < 6 + 3 * data[5]:
        return None
    height, width = struct.unpack_from(">HH", data, 1)
    components = [data[6 + 3 * k : 9 + 3 * k] for k in range(data[5])]
    factors = {each[0]: (each[1] >> 4 or 1, each[1] & 15 or 1) for each in components}
    most_x = max((x for x, _ in factors.values()), default=1)
    most_y = max((y for _, y in factors.values()), default=1)
    columns, rows = math.ceil(width / (8 * most_x)), math.ceil(height / (8 * most_y))
    coefficients = {name: columns * x * rows * y * 64 for name, (x, y) in factors.items()}
    return _Frame(coefficients, marker in _PROGRESSIVE, marker >= 0xC9)


def _has_several_scans(content: bytes, place: int, frame: _Frame) -> bool:
    """Whether the decoder must keep all coefficients until the last scan came."""
    components = content[place + 4] if place + 4 < len(content) else 0
    return frame.progressive or components < len(frame.coefficients)


def _check_scans(content: bytes, place: int, frame: _Frame) -> None:
    """Goes from scan to scan, and counts what each will go over."""
    visits = 0
    while (match := _NEXT.search(content, place)) is not None:
        marker, start = content[match.end() - 1], match.end()
        if marker == _EOI:
            return
        place = start if marker in _WITHOUT_LENGTH else start + _length(content, start)
        if marker == _SOS:
            names = content[start + 3 : place - 3 : 2]
            each = [frame.coefficients.get(name, 0) for name in names]
            visits += sum(each) or max(frame.coefficients.values(), default=0)
        visits += _MARKER_VISITS
        if visits * (_SLOW_VISITS if frame.arithmetic else 1) > _MOST_VISITS:
            raise ImageTooLargeError(
                "This progressive JPEG has so many scans that reading it would take too long. "
                "Please save it anew, best as an ordinary JPEG."
            )
