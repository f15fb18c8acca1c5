"""The API that other programs call, through Gradio."""

from __future__ import annotations

import logging
from typing import Any

import gradio as gr
from gradio.components.api_component import Api
from gradio.context import get_blocks_context
from gradio.events import api

from mood.analyzer import MoodAnalyzer
from mood.errors import STATUS, UNFORESEEN, MoodError
from mood.options import Options
from mood.page.uploads import from_request
from mood.page.visitor import address_of
from mood.vision.picture import READABLE

_log = logging.getLogger(__name__)

_FILE_MARK = {"type": "object", "properties": {"_type": {"const": "gradio.FileData"}}}
_TAKEN = {
    "anyOf": [
        {
            "type": "object",
            "properties": {
                "path": {"type": "string", "description": "what /gradio_api/upload answered"},
                "meta": _FILE_MARK,  # by which Gradio's clients know a file
            },
            "required": ["path"],
        },
        {"type": "string", "pattern": "^data:", "description": "data:image/jpeg;base64,…"},
    ],
    "additional_description": f"{READABLE}: an uploaded file (handle_file of a path, in Gradio's "
    "clients) or a data URL as text; addresses are not fetched.",
}
"""The schema of a picture. Gradio would make one of the types: any object, any text."""
_ANSWERED = {
    "type": "object",
    "description": "width and height in pixels, faces in reading order, and who read "
    "them. Each face has its bbox_xyxy in pixels (left, top, right, bottom; may reach over the "
    "border of the picture), expression (null where uncertain) and probabilities.",
}


def add_api(analyzer: MoodAnalyzer) -> None:
    """Adds ``/analyze`` to the Blocks that are being built."""
    settings = analyzer.settings

    async def analyze(
        image: dict | str,  # type: ignore[type-arg] # for Gradio's schema
        request: gr.Request,
    ) -> dict:  # type: ignore[type-arg]
        """Finds the faces of a picture and says which expression each shows.

        Args:
            image: JPEG, PNG, WebP, AVIF, GIF, BMP or TIFF: an uploaded file or a data URL.
            request: Gradio's own; no caller sends it.

        Returns:
            width and height of the picture in pixels; faces, each with bbox_xyxy in pixels
            (left, top, right, bottom; may reach over the border of the picture), verdict (certain,
            uncertain or unreadable), reason (why it is unreadable, else null), expression (null
            unless certain), and probabilities of all expressions; more_faces, how many smaller ones
            were not read; unseen_parts, how many parts of a long picture there was no
            time to look at closely; frame, which one of an animation was read; turned_deg, by how
            much the picture was turned clockwise to be read; model and detector that answered, and
            duration_ms.
        """
        try:
            source = from_request(image, settings.max_upload_mb)
            if isinstance(image, dict):
                image.clear()  # the text of a picture is held once while it waits
            answer: dict[str, Any] = await analyzer.read_async(
                source,
                Options(),
                lambda reading: dict(reading.analysis.to_dict()),
                address_of(request),
            )
        except MoodError as error:
            raise told(error) from error
        except Exception as error:  # the outermost edge: Gradio would say nothing
            # Without the message, which may hold what was sent.
            _log.error("a call failed: %s", type(error).__name__)
            _log.debug("this is how", exc_info=True)
            raise told(MoodError(UNFORESEEN)) from error
        return answer

    # Turns are taken in the analyzer's own queue, with all others who ask; here nobody waits.
    call = api(analyze, api_name="analyze", concurrency_limit=None)
    _describe(call["id"])


def _describe(call: int) -> None:
    """Lets the description of the API say what is taken, and what comes back."""
    blocks = get_blocks_context()
    assert blocks is not None
    (image,), (answer,) = blocks.fns[call].inputs, blocks.fns[call].outputs
    assert isinstance(image, Api)
    assert isinstance(answer, Api)
    image._api_info = _TAKEN  # type: ignore[assignment] # which is one of nested texts
    answer._api_info = _ANSWERED


def told(error: MoodError) -> gr.Error:
    """What a caller is told: a sentence, and a title that says which kind of error it is."""
    _, title = STATUS[error.code]
    return gr.Error(str(error), title=title, print_exception=False)
