"""Camera RAW: told by its first bytes, so that no preview in it is taken for the picture."""

from __future__ import annotations

from mood.errors import UnsupportedImageError

_STARTS = (
    b"II*\0\x10\0\0\0CR",  # Canon CR2
    b"IIRO",  # Olympus ORF, three kinds
    b"IIRS",
    b"MMOR",
    b"IIU\0",  # Panasonic RW2, Leica RWL
    b"FUJIFILMCCD-RAW",  # RAF
    b"II\x1a\0\0\0HEAPCCDR",  # Canon CRW
    b"\0MRM",  # Minolta MRW
    b"FOVb",  # Sigma X3F
)


def is_raw(content: bytes) -> bool:
    """Whether a file begins as one of those that are no TIFF; `tiff` knows the others."""
    return content.startswith(_STARTS) or content[4:12] == b"ftypcrx "


def not_read() -> UnsupportedImageError:
    """The error for camera RAW."""
    return UnsupportedImageError(
        "This is camera RAW, which is not read here. Please export it as JPEG and send that."
    )
