"""WebP: its chunks, and the frames of an animation as pictures of their own."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from mood.vision.formats import orientation
from mood.vision.formats.parts import Frame, Parts, Then, damaged, too_many_parts

_MOST_CHUNKS = 10_000
_MOST_EXIF = 1_000_000  # bytes
_HEADER = 12
_ALPHA = 0x10
_CLEARED, _REPLACES = 1, 2  # flags of a frame
_PIXELS = {b"VP8 ", b"VP8L"}


@dataclass(frozen=True, slots=True, eq=False)
class WebPParts(Parts):
    """A WebP file with one still picture.

    Attributes:
        size_wh: Width and height of the whole picture.
        frame_xywh: Where the picture in `content` lies in it: an animation's first frame may be
            smaller than the animation.
        alpha: Whether it may be transparent.
    """

    size_wh: tuple[int, int] = (0, 0)
    frame_xywh: tuple[int, int, int, int] = (0, 0, 0, 0)
    alpha: bool = False


def parts(content: bytes) -> WebPParts:
    """What a WebP decoder needs of a file.

    Raises:
        ImageTooLargeError: It has so many chunks that they would take too long.
        UnreadableImageError: It holds no picture.
    """
    canvas, turn, frame, place_xy = None, 0, dict[bytes, memoryview](), None
    animated = False
    for kind, data in _chunks(memoryview(content), _HEADER):
        if kind == b"VP8X" and len(data) >= 10:
            canvas = (1 + _uint24(data, 4), 1 + _uint24(data, 7))
        elif kind == b"ANMF" and len(data) > 16:
            animated = bool(frame)
            if not frame:
                place_xy = (2 * _uint24(data, 0), 2 * _uint24(data, 3))
                frame = dict(_frame(_chunks(data, 16)))
        elif kind == b"ALPH" or kind in _PIXELS:
            if not frame.keys() & _PIXELS:
                frame.setdefault(kind, data)
        elif kind == b"EXIF":
            turn = turn or orientation.from_exif(bytes(data[:_MOST_EXIF]))
        elif kind == b"XMP ":
            turn = turn or orientation.from_xmp(bytes(data[:_MOST_EXIF]))
    size, alpha, lossless = _what(frame)
    return WebPParts(
        _still(frame, size),
        turn or 1,
        kind="lossless" if lossless else "",
        frames=partial(_frames, content) if animated else None,
        size_wh=canvas if canvas and place_xy else size,
        frame_xywh=(*(place_xy or (0, 0)), *size),
        alpha=alpha,
    )


def _frames(content: bytes) -> Iterator[Frame]:
    """The frames of an animation.

    Raises:
        ImageError: As `parts` does.
    """
    for kind, data in _chunks(memoryview(content), _HEADER):
        if kind == b"ANMF" and len(data) > 16:
            frame = dict(_frame(_chunks(data, 16)))
            size, _, _ = _what(frame)
            place = 2 * _uint24(data, 0), 2 * _uint24(data, 3), *size
            then = Then.CLEARED if data[15] & _CLEARED else Then.STAYS
            yield Frame(_still(frame, size), place, not data[15] & _REPLACES, then)


def _chunks(view: memoryview, place: int) -> Iterator[tuple[bytes, memoryview]]:
    for _ in range(_MOST_CHUNKS):
        if place + 8 > len(view):
            return
        kind, length = struct.unpack_from("<4sI", view, place)
        yield kind, view[place + 8 : place + 8 + length]
        place += 8 + length + length % 2
    raise too_many_parts("chunks", _MOST_CHUNKS)


def _frame(chunks: Iterator[tuple[bytes, memoryview]]) -> Iterator[tuple[bytes, memoryview]]:
    for kind, data in chunks:
        if kind == b"ALPH" or kind in _PIXELS:
            yield kind, data
        if kind in _PIXELS:
            return


def _what(frame: dict[bytes, memoryview]) -> tuple[tuple[int, int], bool, bool]:
    """Size, whether it may be transparent, and whether it is lossless."""
    lossless = frame.get(b"VP8L", memoryview(b""))
    if len(lossless) >= 5 and lossless[0] == 0x2F:
        bits = int.from_bytes(lossless[1:5], "little")
        return (1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)), bool(bits >> 28 & 1), True
    lossy = frame.get(b"VP8 ", memoryview(b""))
    if len(lossy) >= 10 and bytes(lossy[3:6]) == b"\x9d\x01\x2a":
        width, height = struct.unpack_from("<HH", lossy, 6)
        return (width & 0x3FFF, height & 0x3FFF), b"ALPH" in frame, False
    raise damaged()


def _still(frame: dict[bytes, memoryview], size_wh: tuple[int, int]) -> bytes:
    """A file with this one picture."""
    body: list[bytes | memoryview] = [b"WEBP"]
    if b"ALPH" in frame and b"VP8 " in frame:
        sides = b"".join((side - 1).to_bytes(3, "little") for side in size_wh)
        whole = memoryview(bytes((_ALPHA, 0, 0, 0)) + sides)
        chunks = [(b"VP8X", whole), (b"ALPH", frame[b"ALPH"])]
    else:
        chunks = []
    chunks += [(kind, frame[kind]) for kind in (b"VP8L", b"VP8 ") if kind in frame][:1]
    for kind, data in chunks:
        body += [struct.pack("<4sI", kind, len(data)), data, b"\0" * (len(data) % 2)]
    length = sum(map(len, body))
    return b"".join((b"RIFF", struct.pack("<I", length), *body))


def _uint24(data: memoryview, place: int) -> int:
    return int.from_bytes(data[place : place + 3], "little")
