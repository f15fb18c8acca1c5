"""What people hand over as a picture file, read into memory; and what is none, told so."""

from __future__ import annotations

import errno
import os
import re
import zipfile
import zlib
from pathlib import Path
from typing import Any, Protocol, TypeAlias

from mood import regular
from mood.errors import ImageTooLargeError, UnreadableImageError
from mood.settings import Settings


class BinaryFile(Protocol):
    """An open file, a `io.BytesIO`, an answer over HTTP: whatever gives bytes."""

    def read(self, size: int, /) -> bytes:
        """So many bytes, or fewer; none at the end."""


class Place(Protocol):
    """A `zipfile.Path`, a resource of a package: what is no path here and can be opened."""

    def open(self, mode: str, /) -> Any:
        """An open binary file, for the mode ``rb``."""


FileInput: TypeAlias = (
    str
    | os.PathLike[str]
    | os.PathLike[bytes]
    | bytes
    | bytearray
    | memoryview
    | BinaryFile
    | Place
)
"""A path of any kind, the bytes of a picture file, or an open binary file."""

_WANTED = "Give a path, the bytes of a picture file, an open binary file, a PIL image or an array."
_NO_PATHS = {
    "data:": "This is a data URL and no path. Decode its base64 text, and give the bytes.",
    "http://": "Addresses are not fetched. Fetch the picture, and give its bytes.",
    "https://": "Addresses are not fetched. Fetch the picture, and give its bytes.",
}
_TOO_MANY = (
    "The file cannot be opened: this process has too many files open. Close some, or raise the "
    "limit (ulimit -n)."
)
_REASONS = {
    errno.EACCES: "The file may not be read: permission denied. Give yourself the right to read it "
    "and the folders above it.",
    errno.EPERM: "The file may not be read: the system does not permit it.",
    errno.EMFILE: _TOO_MANY,
    errno.ENFILE: _TOO_MANY,
    errno.ENAMETOOLONG: "The path is too long for a file. If it is no path, but what a picture "
    "file holds, give it as bytes.",
}
_LIKE_A_PATH = re.compile(rb"[^\0\n]{1,4096}\.(?:jpe?g|png|webp|avif|gif|bmp|tiff?|hei[cf])", re.I)
_UNPACKED_IN_VAIN = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, LookupError, TypeError)
"""Of archives: damaged, locked, packed as Python cannot unpack, or handed over as a whole."""
_ONE_AT_A_TIME = (list, tuple, set, frozenset, dict)


def content(source: Any, settings: Settings) -> bytes:
    """The bytes of a picture file; an open file is read from its beginning, if it can go there.

    Bytes are always what a file holds and never its path: they may come from strangers.

    Args:
        source: `FileInput`, or by mistake anything else.
        settings: How many bytes are too many.

    Raises:
        UnreadableImageError: It is nothing of the kind, or cannot be read; the sentence says why.
        ImageTooLargeError: It has too many bytes.
    """
    if isinstance(source, bytes):
        if _LIKE_A_PATH.fullmatch(source):
            raise UnreadableImageError(
                "These bytes are a path, and no picture: bytes are taken for what a file holds. "
                "Give the path as text: os.fsdecode(path)."
            )
        found = source
    elif isinstance(source, bytearray | memoryview):
        found = bytes(source)
    elif isinstance(source, str | os.PathLike):
        found = _of_path(os.fsdecode(source), settings)
    elif callable(getattr(source, "read", None)):
        found = _of_file(source, settings)
    elif callable(getattr(source, "open", None)) and hasattr(source, "name"):
        found = _of_place(source, settings)
    else:
        raise _no_picture(source)
    _check_size(len(found), settings)
    return found


def _of_path(path: str, settings: Settings) -> bytes:
    if not path:
        raise UnreadableImageError(f"The path is empty. {_WANTED}")
    for beginning, sentence in _NO_PATHS.items():
        if path[: len(beginning)].lower() == beginning:
            raise UnreadableImageError(sentence)
    try:
        _check_size(regular.size(Path(path)), settings)
        return Path(path).read_bytes()
    except OSError as error:
        raise _unopened(error) from error
    except ValueError as error:  # a null byte, half a letter
        raise UnreadableImageError(
            "The path holds a null byte or a broken letter, which no file's name can."
        ) from error


def _of_place(place: Any, settings: Settings) -> bytes:
    """Of what lies in an archive, no more is unpacked than may be read."""
    try:
        with place.open("rb") as file:
            return _of_file(file, settings)
    except OSError as error:
        raise _unopened(error) from error
    except _UNPACKED_IN_VAIN as error:
        raise _not_unpacked(error) from error


def _of_file(file: Any, settings: Settings) -> bytes:
    left = settings.max_upload_mb * 1_000_000 + 1
    parts = []
    try:
        if getattr(file, "seekable", bool)():
            file.seek(0)  # as Pillow does: who has just written it is at its end
        while left > 0 and (part := file.read(left)):
            if not isinstance(part, bytes | bytearray | memoryview):
                what = "text" if isinstance(part, str) else f"a {type(part).__name__}"
                raise UnreadableImageError(
                    f'The file gives {what} and no bytes. Open it in binary mode: open(path, "rb").'
                )
            parts.append(bytes(part))
            left -= len(part)
    except OSError as error:
        raise _unopened(error) from error
    except ValueError as error:
        raise UnreadableImageError(
            "The file cannot be read: it is closed, or was opened as text. "
            'Open it in binary mode: open(path, "rb").'
        ) from error
    except _UNPACKED_IN_VAIN as error:
        raise _not_unpacked(error) from error
    return parts[0] if len(parts) == 1 else b"".join(parts)


def _check_size(size: int, settings: Settings) -> None:
    if size == 0:
        raise UnreadableImageError("The file is empty. Please choose another one.")
    if size > settings.max_upload_mb * 1_000_000:
        raise ImageTooLargeError(
            f"The file has {size / 1e6:.0f} MB or more; at most {settings.max_upload_mb} MB are "
            "read. Please send a smaller copy."
        )


def _unopened(error: OSError) -> UnreadableImageError:
    if isinstance(error, IsADirectoryError):
        return UnreadableImageError("This is a folder. Give the path of a picture in it.")
    if isinstance(error, regular.NoFileError):
        return UnreadableImageError(
            f"{error.strerror}. Give the path of a picture, or open it and hand over the open file."
        )
    missing = os.strerror(errno.ENOENT) if isinstance(error, FileNotFoundError) else ""
    reason = error.strerror or missing or type(error).__name__
    sentence = _REASONS.get(error.errno or 0, f"The file cannot be opened: {reason}.")
    return UnreadableImageError(sentence)


def _not_unpacked(error: Exception) -> UnreadableImageError:
    reason = str(error).strip(".\"'")
    return UnreadableImageError(f"The file cannot be read: {reason}. {_WANTED}")


def _no_picture(source: Any) -> UnreadableImageError:
    if source is None:
        return UnreadableImageError(
            "None is no picture; some libraries give it for a file that they cannot read. "
            f"{_WANTED}"
        )
    if isinstance(source, _ONE_AT_A_TIME):
        return UnreadableImageError(
            f"One picture at a time: this is a {type(source).__name__}. Ask about each by itself."
        )
    return UnreadableImageError(
        f"This is of type {type(source).__name__}, and no picture. {_WANTED}"
    )
