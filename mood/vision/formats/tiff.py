"""TIFF: its first directory, written anew with the tags that pixels need."""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from mood.errors import UnreadableImageError
from mood.vision.formats import raw
from mood.vision.formats.parts import Parts, damaged, too_many_parts

_MOST_ENTRIES = 4_096
_MOST_STRIPS = 100_000  # 25 megapixels in tiles of 16 × 16
_MOST_BYTES = 1_000_000  # of any other tag

_WIDTH, _HEIGHT, _BITS, _COMPRESSION, _ORIENTATION = 256, 257, 258, 259, 274
_SAMPLES, _ROWS_PER_STRIP, _TILE_WIDTH, _TILE_HEIGHT = 277, 278, 322, 323
_STRIPS = {273, 279, 324, 325}  # where they lie, and how long they are
_KEPT = {254, 255, _WIDTH, _HEIGHT, _BITS, _COMPRESSION, 262, 266, *_STRIPS, _SAMPLES}
_KEPT |= {_ROWS_PER_STRIP, 284, 292, 293, 317, 320, _TILE_WIDTH, _TILE_HEIGHT, 332, 338, 339}
_KEPT |= {347, *range(512, 522), 529, 530, 531, 532}
_PLAIN, _JPEGS, _WEBP = 1, {6, 7}, 50001
_KIND, _COLOURS, _DIRECTORIES, _DNG = 254, 262, 330, 50706
_SENSOR = {32803, 34892}  # colours: one for each place, or three without any processing
_CAMERAS = {32767, 34713, 65000, 65535}  # compressions of Sony, Nikon, Kodak and Pentax
_PREVIEW = 1
_WHITES, _FLOAT, _DOUBLE = (341, 281), 11, 12  # the largest value of a sample, by two tags
_SHORT, _MOST_SAMPLES = 3, 8
_MOST_DIRECTORIES = 16
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
_SIZES |= {16: 8, 17: 8, 18: 8}

_Entry: TypeAlias = tuple[int, int, int, bytes]
"""Tag, type, count, and value or address."""


@dataclass(frozen=True, slots=True)
class _Layout:
    """Forms of a file's numbers (for `struct`), by byte order and by whether it is a BigTIFF."""

    order: str
    big: bool

    @property
    def header(self) -> int:
        """The place of the first directory's address."""
        return 8 if self.big else 4

    @property
    def address(self) -> str:
        """Of an address, a count of values, or values that are held in place of their address."""
        return f"{self.order}{'Q' if self.big else 'L'}"

    @property
    def count(self) -> str:
        """Of how many entries a directory has."""
        return f"{self.order}{'Q' if self.big else 'H'}"

    @property
    def entry(self) -> struct.Struct:
        """Tag, type, count, and value or address."""
        return struct.Struct(f"{self.order}HH{'Q8s' if self.big else 'L4s'}")


def parts(content: bytes) -> Parts:
    """What a TIFF decoder needs of a file: its first picture.

    Decoders read the values of all tags, of its other directories too, and those may overlap: a
    small file then takes gigabytes.

    Raises:
        ImageTooLargeError: It has so many strips that they would take too long.
        UnreadableImageError: Its directory is damaged.
        UnsupportedImageError: It is camera RAW, and its first picture a preview.
    """
    layout = _Layout("<" if content[:2] == b"II" else ">", content[2:3] == b"\x2b")
    (place,) = _unpacked(layout.address, content, layout.header)
    entries = _entries(content, layout, place)
    values = {tag: _value(layout, entries[tag]) for tag in entries}
    if _is_raw(content, layout, entries, values):
        raise raw.not_read()
    kept = sorted((tag, entry) for tag, entry in entries.items() if tag in _KEPT)
    for tag, (_, kind, count, _) in kept:
        if tag in _STRIPS and count > _MOST_STRIPS:
            raise too_many_parts("strips", _MOST_STRIPS)
        if tag not in _STRIPS and count * _SIZES.get(kind, 1) > _MOST_BYTES:
            raise damaged()
    place = len(content) + len(content) % 2
    body = [struct.pack(layout.count, len(kept))]
    body += [layout.entry.pack(*entry) for _, entry in kept]
    body.append(struct.pack(layout.address, 0))  # no other directory
    head = content[: layout.header] + struct.pack(layout.address, place)
    view, even = memoryview(content)[len(head) :], b"\0" * (len(content) % 2)
    turn = values.get(_ORIENTATION, 1)
    return Parts(
        b"".join((head, view, even, *body)),
        turn if 1 <= turn <= 8 else 1,
        _strip_bytes(values),
        white=next(
            (_number(content, layout, entries[tag]) for tag in _WHITES if tag in entries), 0.0
        ),
    )


def _unpacked(form: str, content: bytes, place: int) -> tuple[int, ...]:
    try:
        return struct.unpack_from(form, content, place)
    except (struct.error, OverflowError):
        raise damaged() from None


def _entries(content: bytes, layout: _Layout, place: int) -> dict[int, _Entry]:
    """Of the directory at this place, by tag."""
    (number,) = _unpacked(layout.count, content, place)
    place += struct.calcsize(layout.count)
    entries: dict[int, _Entry] = {}
    try:
        for k in range(min(number, _MOST_ENTRIES)):
            entry = layout.entry.unpack_from(content, place + k * layout.entry.size)
            entries.setdefault(entry[0], entry)
    except (struct.error, OverflowError):
        raise damaged() from None
    return entries


def _is_raw(
    content: bytes, layout: _Layout, entries: dict[int, _Entry], values: dict[int, int]
) -> bool:
    """Whether what a camera's sensor saw lies in the file, of which only a preview could be read.

    DNG says so by a tag; NEF, ARW and others by a first picture that is a preview, with
    directories below it, or by colours and compressions that are a camera's own.
    """
    if _DNG in entries or (values.get(_KIND, 0) & _PREVIEW and _DIRECTORIES in entries):
        return True
    if values.get(_COLOURS) in _SENSOR or values.get(_COMPRESSION) in _CAMERAS:
        return True
    for place in _below(content, layout, entries):
        try:
            inner = _entries(content, layout, place)
        except UnreadableImageError:
            continue  # whatever it is: the first picture does not need it
        if _COLOURS in inner and _value(layout, inner[_COLOURS]) in _SENSOR:
            return True
    return False


def _below(content: bytes, layout: _Layout, entries: dict[int, _Entry]) -> Iterator[int]:
    """Places of the directories below the first."""
    if _DIRECTORIES not in entries:
        return
    _, _, count, data = entries[_DIRECTORIES]
    size = struct.calcsize(layout.address)
    if count == 1:
        yield _unpacked(layout.address, data, 0)[0]
        return
    (place,) = _unpacked(layout.address, data, 0)
    for k in range(min(count, _MOST_DIRECTORIES)):
        if place + (k + 1) * size > len(content):
            return
        yield _unpacked(layout.address, content, place + k * size)[0]


def _value(layout: _Layout, entry: _Entry) -> int:
    """The value of a tag that has one whole number, or 0."""
    _, kind, count, data = entry
    form = {1: "B", 3: "H", 4: "L", 13: "L", 16: "Q"}.get(kind)
    if form is None or count != 1 or struct.calcsize(f"={form}") > len(data):
        return 0
    value: int = struct.unpack_from(f"{layout.order}{form}", data)[0]
    return value


def _number(content: bytes, layout: _Layout, entry: _Entry) -> float:
    """The value of a tag that has one number, perhaps with a point, or one a sample; else 0."""
    _, kind, count, data = entry
    if kind == _SHORT and 1 < count <= _MOST_SAMPLES:
        (place,) = struct.unpack_from(layout.address, data)
        inside = data if 2 * count <= len(data) else content[place : place + 2 * count]
        return float(max(struct.unpack(f"{layout.order}{len(inside) // 2}H", inside), default=0))
    if kind not in {_FLOAT, _DOUBLE} or count != 1:
        return float(_value(layout, entry))
    if kind == _DOUBLE and not layout.big:  # too long to be held in place of its address
        (place,) = struct.unpack_from(layout.address, data)
        data = content[place : place + 8]
    form = f"{layout.order}{'d' if kind == _DOUBLE else 'f'}"
    if len(data) < struct.calcsize(form):
        return 0.0
    value: float = struct.unpack_from(form, data)[0]
    return value if math.isfinite(value) else 0.0


def _strip_bytes(values: dict[int, int]) -> int:
    """Of the one strip or tile that the decoder holds unpacked beside the picture."""
    compression = values.get(_COMPRESSION, _PLAIN)
    if compression == _PLAIN:
        return 0
    width, height = values.get(_WIDTH, 0), values.get(_HEIGHT, 0)
    if _TILE_WIDTH in values:
        width, height = values[_TILE_WIDTH], values.get(_TILE_HEIGHT, 0)
    else:
        height = min(values.get(_ROWS_PER_STRIP) or height, height)
    # Four samples, or one of 32 bits, unless it says less. JPEG and WebP hold it once more.
    samples = values.get(_SAMPLES, 4) if values.get(_BITS, 8) <= 8 else 4
    copies = 3 if compression in _JPEGS or compression == _WEBP else 1
    return width * height * min(max(samples, 1), 8) * copies
