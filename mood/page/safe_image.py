"""An image component that opens nothing but what its caller may open.

The stock component decodes whatever arrives, however many pixels it has, and opens any path of the
server that a request names without ``meta``. This one takes a data URL or a file inside the upload
folder, and decodes it through `mood.vision.picture.read_image`, which reads the header first.
"""

from __future__ import annotations

import base64
import binascii
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.data_classes import ImageData
from gradio.utils import get_upload_folder

from mood.errors import ImageError, ImageTooLargeError, UnreadableImageError
from mood.settings import Settings
from mood.vision.picture import Picture, read_image


class SafeImage(gr.Image):
    """`gr.Image` whose handlers get a `mood.vision.picture.Picture`.

    Args:
        settings: The largest picture that is read.
        options: Those of `gr.Image`.
    """

    is_template = True  # keeps the front end of gr.Image

    def __init__(self, settings: Settings | None = None, **options: Any) -> None:
        self._settings = settings or Settings()
        super().__init__(**{"format": "jpeg", **options})

    def get_config(self, cls: type[gr.blocks.Block] | None = None) -> dict[str, Any]:
        """What the front end is told: all options of `gr.Image`, or its script fails."""
        return super().get_config(cls or gr.Image)

    def preprocess(self, payload: ImageData | None) -> Picture:  # type: ignore[override]
        """The picture that a request sent.

        Raises:
            gr.Error: It is missing, cannot be read, or lies where this request may not look.
        """
        if payload is None:
            raise gr.Error("The request holds no picture. Please send one.", print_exception=False)
        try:
            if payload.url and payload.url.startswith("data:"):
                return read_data_url(payload.url, self._settings)
            return read_upload(payload.path or "", self._settings)
        except ImageError as error:
            raise gr.Error(str(error), print_exception=False) from error


def read_data_url(url: str, settings: Settings) -> Picture:
    """Decodes ``data:image/…;base64,…``.

    Raises:
        ImageError: It is no such text, or the picture cannot be read.
    """
    head, _, body = url.partition(",")
    if not head.startswith("data:image/") or not head.endswith(";base64"):
        raise UnreadableImageError("This is no picture as a base64 data URL.")
    if len(body) * 3 / 4 > settings.max_upload_mb * 1_000_000 + 2:
        raise ImageTooLargeError(
            f"At most {settings.max_upload_mb} MB are read. Please send a smaller copy."
        )
    try:
        content = base64.b64decode(body, validate=True)
    except binascii.Error as error:
        raise UnreadableImageError("The base64 text is damaged. Please send it anew.") from error
    return read_image(content, settings)


def read_upload(path: str, settings: Settings) -> Picture:
    """Decodes a file that was uploaded.

    Raises:
        ImageError: It lies elsewhere, or the picture cannot be read.
    """
    try:
        inside = Path(path).resolve().is_relative_to(Path(get_upload_folder()).resolve())
    except (OSError, ValueError):  # a loop of links, a null byte
        inside = False
    if not path or not inside:
        raise UnreadableImageError("This is no uploaded file. Please upload the picture first.")
    return read_image(Path(path), settings)
