"""Pictures as requests hold them; their text and their pixels are decoded later, in their turn."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

from gradio.utils import get_upload_folder

from mood.errors import ImageTooLargeError, UnreadableImageError

Encoded: TypeAlias = Callable[[], bytes]
"""A picture whose text has not been decoded yet."""

_HELP = "Upload the picture first, or send it as a data URL: data:image/jpeg;base64,…"


def from_request(value: Any, most_mb: float) -> Encoded | Path:
    """The picture of an API call: Gradio's form of a file, or a data URL as plain text.

    Raises:
        ImageError: It is none of these, or it is too large.
    """
    if isinstance(value, dict):  # Gradio puts an address of its own beside the path of an upload
        forms = value.get("url"), value.get("path")
        url, path = (each if isinstance(each, str) else "" for each in forms)
        value = url if url.startswith("data:") else path or url
    if not isinstance(value, str) or not value:
        raise UnreadableImageError(f"The request holds no picture. {_HELP}")
    if value.startswith("data:"):
        return from_data_url(value, most_mb)
    if "://" in value:
        raise UnreadableImageError(f"Addresses are not fetched. {_HELP}")
    return from_upload(value)


def from_data_url(url: Any, most_mb: float) -> Encoded:
    """The picture in ``data:image/…;base64,…``, which is decoded when it is called.

    Args:
        url: What a request holds; anything.
        most_mb: Size of the largest file that is taken, in MB.

    Raises:
        ImageError: It is no such text, or it holds too much; when called, it is damaged.
    """
    head, _, body = url.partition(",") if isinstance(url, str) else ("", "", "")
    if not head.startswith("data:image/") or not head.endswith(";base64"):
        raise UnreadableImageError("This is no picture as a base64 data URL.")
    if len(body) * 3 / 4 > most_mb * 1_000_000 + 2:
        raise ImageTooLargeError(f"At most {most_mb:g} MB are read. Please send a smaller copy.")
    return partial(_decode, body)


def _decode(body: str) -> bytes:
    try:
        return base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError) as error:  # ValueError: letters beyond ASCII
        raise UnreadableImageError("The base64 text is damaged. Please send it anew.") from error


def from_upload(path: str) -> Path:
    """A file that was uploaded before.

    Raises:
        UnreadableImageError: It lies elsewhere, or has been removed, as all are some minutes later.
    """
    try:
        file = Path(path).resolve()
        inside = file.is_relative_to(Path(get_upload_folder()).resolve())
        there = inside and file.is_file()
    except (OSError, ValueError):  # a loop of links, a null byte
        inside = there = False
    if not inside:
        raise UnreadableImageError("This is no uploaded file. Please upload the picture first.")
    if not there:
        raise UnreadableImageError("This upload is gone. Please upload the picture again.")
    return Path(path)
