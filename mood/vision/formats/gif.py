"""GIF: what stands before its first picture, and its pictures one by one."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from functools import partial

from mood.vision.formats.parts import Frame, Parts, Then, too_many_parts

_MOST_BLOCKS = 200_000
_SCREEN = 13
_EXTENSION, _PICTURE, _END = 0x21, 0x2C, 0x3B
_CONTROL = 0xF9
_TABLE = 0x80
_THEN = {2: Then.CLEARED, 3: Then.RESTORED}


def parts(content: bytes) -> Parts:
    """What a GIF decoder needs of a file: its screen, its colours and its first picture.

    Raises:
        ImageTooLargeError: So many blocks stand before it that they would take too long.
    """
    if len(content) < _SCREEN:
        return Parts(content)
    head = place = _SCREEN + _table(content[10])
    control = b""
    for _ in range(_MOST_BLOCKS):
        if place >= len(content) or content[place] == _END:
            break
        if content[place] == _PICTURE:
            lean = b"".join((content[:head], control, memoryview(content)[place:]))
            return Parts(lean, frames=partial(_frames, lean))
        start, place = place, place + 1
        if content[start] == _EXTENSION:
            place = _behind_blocks(content, place + 1, iter(range(_MOST_BLOCKS)))
            if content[start + 1 : start + 3] == bytes((_CONTROL, 4)):
                control = content[start:place]
    else:
        raise too_many_parts("blocks before its picture", _MOST_BLOCKS)
    return Parts(content[:head])


def _table(flags: int) -> int:
    """Bytes of the colours that follow."""
    return 3 << (flags & 7) + 1 if flags & _TABLE else 0


def _frames(content: bytes) -> Iterator[Frame]:
    """The pictures of a GIF.

    Raises:
        ImageTooLargeError: They have so many blocks that they would take too long.
    """
    head = place = _SCREEN + _table(content[10])
    blocks, control, first = iter(range(_MOST_BLOCKS)), b"", True
    while place + 10 < len(content) and content[place] in {_EXTENSION, _PICTURE}:
        start = place
        if content[start] == _EXTENSION:
            place = _behind_blocks(content, start + 2, blocks)
            if content[start + 1 : start + 3] == bytes((_CONTROL, 4)):
                control = content[start:place]
            continue
        left, top, width, height, flags = struct.unpack_from("<4HB", content, start + 1)
        pixels = start + 10 + _table(flags)
        place = _behind_blocks(content, pixels + 1, blocks)
        # Its own colours become those of its file: Pillow mistakes some grey ones otherwise.
        colours = content[start + 10 : pixels] if flags & _TABLE else content[_SCREEN:head]
        kind = bytes(((flags if flags & _TABLE else content[10]) & 0x87, 0, 0))
        screen = struct.pack("<HH", width, height)
        still = (b"GIF89a", screen, kind, colours, control, b",", bytes(4), screen)
        rows = bytes((flags & 0x40,)), content[pixels:place], b";"
        then = _THEN.get(control[3] >> 2 & 7, Then.STAYS) if control else Then.STAYS
        if first and then is Then.RESTORED:
            then = Then.STAYS  # as encoders mean it: there was nothing before it
        yield Frame(b"".join((*still, *rows)), (left, top, width, height), True, then)
        control, first = b"", False


def _behind_blocks(content: bytes, place: int, blocks: Iterator[int]) -> int:
    """The place behind a chain of blocks, each with its length before it; takes of `blocks`."""
    for _ in blocks:
        length = content[place] if place < len(content) else 0
        place += 1 + length
        if not length:
            return place
    raise too_many_parts("blocks before its picture", _MOST_BLOCKS)
