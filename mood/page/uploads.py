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

_LONGEST_PATH = 4_096  # letters, which is what Linux takes

Encoded: TypeAlias = Callable[[], bytes]
"""A picture whose text has not been decoded yet."""

_HELP = (
    "Upload the picture first (in Gradio's clients: handle_file), or send it as a data URL: "
    "data:image/jpeg;base64,…"
)


def from_request(value: Any, most_mb: float) -> Encoded | Path:
    """The picture of an API call: Gradio's form of a file, or a data URL as plain text.

    Raises:
        ImageError: It is none of these, or it is too large.
    """
    if isinstance(value, list):
        raise UnreadableImageError(f"One picture at a time, and not in a list. {_HELP}")
    if isinstance(value, dict):  # Gradio puts an address of its own beside the path of an upload
        forms = value.get("url"), value.get("path")
        url, path = (each if isinstance(each, str) else "" for each in forms)
        value = url if _is_data_url(url) else path or url
    if not isinstance(value, str) or not value:
        raise UnreadableImageError(f"The request holds no picture. {_HELP}")
    if _is_data_url(value):
        return from_data_url(value, most_mb)
    if "://" in value[:_LONGEST_PATH]:
        raise UnreadableImageError(f"Addresses are not fetched. {_HELP}")
    if len(value) > _LONGEST_PATH:
        raise UnreadableImageError(f"This text is neither a path nor a data URL. {_HELP}")
    return from_upload(value, _HELP)


def _is_data_url(text: str) -> bool:
    return text[:5].lower() == "data:"


def from_data_url(url: Any, most_mb: float) -> Encoded:
    """The picture in ``data:…;base64,…``, which is decoded when it is called.

    What kind of picture it says to be is not believed: where browsers do not know a file's ending,
    they say ``application/octet-stream``, or nothing.

    Args:
        url: What a request holds; anything.
        most_mb: Size of the largest file that is taken, in MB.

    Raises:
        ImageError: It is no such text, or it holds too much; when called, it is damaged.
    """
    head, _, body = url.partition(",") if isinstance(url, str) else ("", "", "")
    if not _is_data_url(head) or not head.lower().endswith(";base64"):
        raise UnreadableImageError(
            "This is no data URL of a picture, such as data:image/jpeg;base64,… in full."
        )
    if len(body) * 3 / 4 > most_mb * 1_000_000 + 2:
        raise ImageTooLargeError(f"At most {most_mb:g} MB are read. Please send a smaller copy.")
    return partial(_decode, body)


def _decode(body: str) -> bytes:
    try:
        return base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError) as error:  # ValueError: letters beyond ASCII
        raise UnreadableImageError(
            "The base64 text is damaged, or has spaces or line breaks in it. Please send it anew."
        ) from error


def from_upload(path: str, otherwise: str = "Please upload the picture first.") -> Path:
    """A file that was uploaded before.

    Args:
        path: What a request names.
        otherwise: What its sender can do if it is none.

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
        raise UnreadableImageError(f"This is no uploaded file. {otherwise}")
    if not there:
        raise UnreadableImageError("This upload is gone. Please upload the picture again.")
    return Path(path)
