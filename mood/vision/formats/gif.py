"""GIF: what stands before its first picture."""

from __future__ import annotations

from mood.vision.formats.parts import Parts, too_many_parts

_MOST_BLOCKS = 200_000
_SCREEN = 13
_EXTENSION, _PICTURE, _END = 0x21, 0x2C, 0x3B
_CONTROL = 0xF9


def parts(content: bytes) -> Parts:
    """What a GIF decoder needs of a file: its screen, its colours and its first picture.

    Raises:
        ImageTooLargeError: So many blocks stand before it that they would take too long.
    """
    if len(content) < _SCREEN:
        return Parts(content)
    flags = content[10]
    head = place = _SCREEN + (3 << (flags & 7) + 1 if flags & 0x80 else 0)
    control = b""
    for _ in range(_MOST_BLOCKS):
        if place >= len(content) or content[place] == _END:
            break
        if content[place] == _PICTURE:
            return Parts(b"".join((content[:head], control, memoryview(content)[place:])))
        start, place = place, place + 1
        if content[start] == _EXTENSION:
            place = _behind_blocks(content, place + 1)
            if content[start + 1 : start + 3] == bytes((_CONTROL, 4)):
                control = content[start:place]
    else:
        raise too_many_parts("blocks before its picture", _MOST_BLOCKS)
    return Parts(content[:head])


def _behind_blocks(content: bytes, place: int) -> int:
    """The place behind a chain of blocks, each with its length before it."""
    for _ in range(_MOST_BLOCKS):
        length = content[place] if place < len(content) else 0
        place += 1 + length
        if not length:
            return place
    raise too_many_parts("blocks before its picture", _MOST_BLOCKS)
