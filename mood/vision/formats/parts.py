"""What is known of a picture file before its pixels are decoded."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum, auto

from mood.errors import ImageTooLargeError, UnreadableImageError


class Then(Enum):
    """What becomes of a frame's place before the next frame is drawn."""

    STAYS = auto()
    CLEARED = auto()
    RESTORED = auto()


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One frame of an animation.

    Attributes:
        content: A picture file with this frame alone; empty where the animation's own is needed.
        place_xywh: Where it lies in the animation.
        over: Whether what was there before shows where it is transparent.
        then: What becomes of its place.
    """

    content: bytes
    place_xywh: tuple[int, int, int, int]
    over: bool = False
    then: Then = Then.STAYS


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """A picture file without what its pixels do not need.

    Attributes:
        content: What a decoder is given.
        orientation: How the camera was held, 1 to 8 as EXIF counts.
        buffers: Bytes that a decoder needs beside the pixels, such as all coefficients of a JPEG.
        kind: What decides about the decoder's memory beside format and mode, such as "lossless";
            empty where nothing does.
        white: The value that is white where the file says so, else 0.
        frames: Gives all frames of an animation, the first one too, and raises where the file is
            damaged; None where there are no others.
    """

    content: bytes
    orientation: int = 1
    buffers: int = 0
    kind: str = ""
    white: float = 0.0
    frames: Callable[[], Iterator[Frame]] | None = None


def too_many_parts(what: str, limit: int) -> ImageTooLargeError:
    """The error for a file whose structure would take too long; `what` is counted."""
    return ImageTooLargeError(
        f"The file has more than {limit:,} {what}, which would take too long to read. "
        "Please save it anew, best as JPEG."
    )


def damaged() -> UnreadableImageError:
    """The error for a file that breaks off, or whose parts do not fit together."""
    return UnreadableImageError("The picture is damaged. Please save it anew or choose another.")
