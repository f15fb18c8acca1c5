"""PNG: its chunks, and the frames of an animation as pictures of their own."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Sequence
from functools import partial

from mood.vision.formats import orientation
from mood.vision.formats.parts import Frame, Parts, Then, too_many_parts

_MOST_CHUNKS = 100_000
_MOST_TEXT = 1_000_000  # bytes of a text, unpacked
_START = b"\x89PNG\r\n\x1a\n"
_SIGNATURE = len(_START)
_END = b"\0\0\0\0IEND\xaeB`\x82"
_KEPT = {b"IHDR", b"PLTE", b"tRNS", b"IDAT"}
_BITS, _BYTE_BITS, _MOST_BITS = b"sBIT", 8, 16
_ANIMATED, _CONTROL, _FRAME = b"acTL", b"fcTL", b"fdAT"
_THEN = {1: Then.CLEARED, 2: Then.RESTORED}
_TEXTS = {b"tEXt", b"zTXt", b"iTXt"}
_RAW_EXIF = b"Raw profile type exif"
_XMP = b"XML:com.adobe.xmp"


def parts(content: bytes) -> Parts:
    """What a PNG decoder needs of a file: its first picture, and no text, profile or animation.

    Raises:
        ImageTooLargeError: It has so many chunks that they would take too long.
    """
    runs, turn, animated, white = list[tuple[int, int]](), 0, False, 0
    for kind, start, end in _chunks(content):
        if kind in _KEPT:
            if runs and runs[-1][1] == start:
                runs[-1] = (runs[-1][0], end)  # chunks that follow each other stay together
            else:
                runs.append((start, end))
        elif kind == _BITS:
            white = _white(content[start + 8 : end - 4])
        elif kind == _ANIMATED:
            animated = True
        elif not turn:
            turn = _turn(kind, content[start + 8 : end - 4])
    view = memoryview(content)
    whole = runs and runs[-1][1] <= len(content)
    pixels = [view[start:end] for start, end in runs]
    return Parts(
        b"".join((view[:_SIGNATURE], *pixels, _END if whole else b"")),
        turn or 1,
        white=white,
        frames=partial(_frames, content) if animated else None,
    )


def _white(bits: bytes) -> int:
    """The largest value where 16 bits hold fewer that mean something, else 0."""
    most = max(bits, default=0)
    return (1 << most) - 1 if _BYTE_BITS < most < _MOST_BITS else 0


def _frames(content: bytes) -> Iterator[Frame]:
    """The frames of an animation; the first is the picture that all decoders show."""
    header, shared, control = b"", b"", b""
    pixels: list[bytes] = []
    for kind, start, end in _chunks(content):
        data = content[start + 8 : end - 4]
        if kind == b"IHDR":
            header = data
        elif kind in {b"PLTE", b"tRNS"}:
            shared += content[start:end]
        elif kind == b"IDAT":
            pixels.append(data)
        elif kind == _FRAME:
            pixels.append(data[4:])  # behind a number
        elif kind == _CONTROL:
            if pixels:
                yield _frame(header, shared, control, pixels)
            control, pixels = data, []
    if pixels:
        yield _frame(header, shared, control, pixels)


def _frame(header: bytes, shared: bytes, control: bytes, pixels: Sequence[bytes]) -> Frame:
    if not control:  # shown where there is no animation, and no part of it
        return Frame(b"", (0, 0, *struct.unpack_from(">2L", header)), then=Then.CLEARED)
    width, height, left, top, then, over = struct.unpack_from(">4x4L4x2B", control)
    chunks = (_chunk(b"IHDR", control[4:12] + header[8:]), shared, _chunk(b"IDAT", *pixels))
    content = b"".join((_START, *chunks, _END))
    place = left, top, width, height
    return Frame(content, place, bool(over), _THEN.get(then, Then.STAYS))


def _chunk(kind: bytes, *parts: bytes) -> bytes:
    data = b"".join(parts)
    check = zlib.crc32(data, zlib.crc32(kind))
    return b"".join((struct.pack(">I4s", len(data), kind), data, struct.pack(">I", check)))


def _chunks(content: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Chunks (kind, start, end) in their order; the last may end behind the file."""
    place = _SIGNATURE
    for _ in range(_MOST_CHUNKS):
        if place + 8 > len(content):
            return
        length, kind = struct.unpack_from(">I4s", content, place)
        if kind == b"IEND":
            return
        yield kind, place, place + length + 12
        place += length + 12
    raise too_many_parts("chunks", _MOST_CHUNKS)


def _turn(kind: bytes, data: bytes) -> int:
    """The orientation that a chunk tells, or 0."""
    if kind == b"eXIf":
        return orientation.from_exif(data)
    if kind not in _TEXTS:
        return 0
    name, _, rest = data[:100].partition(b"\0")
    rest = data[len(name) + 1 :]
    if name == _XMP and kind == b"iTXt":
        return orientation.from_xmp(_unpacked(rest[2:]) if rest[:1] == b"\1" else rest)
    if name == _RAW_EXIF:
        # As ImageMagick writes it: a line break, "exif", a length, then hexadecimal digits.
        text = _unpacked(rest[1:]) if kind == b"zTXt" else rest
        digits = b"".join(text.split(b"\n")[3:])
        try:
            return orientation.from_exif(bytes.fromhex(digits.decode("latin-1")))
        except ValueError:
            return 0
    return 0


def _unpacked(data: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(data.lstrip(b"\0"), _MOST_TEXT)
    except zlib.error:
        return b""
