"""The API that other programs call, through Gradio."""

from __future__ import annotations

from typing import Any

import gradio as gr
from gradio.events import api

from mood.analyzer import MoodAnalyzer
from mood.errors import STATUS, MoodError
from mood.options import Options
from mood.page.uploads import from_request
from mood.page.visitor import address_of
from mood.report.serialize import to_dict


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
            width and height of the picture in pixels; faces, each with bbox_xyxy in pixels,
            expression (null where uncertain), probabilities of all expressions, and certain;
            more_faces, how many smaller ones were not read; model and detector that answered, and
            duration_ms.
        """
        try:
            source = from_request(image, settings.max_upload_mb)
            if isinstance(image, dict):
                image.clear()  # the text of a picture is held once while it waits
            answer: dict[str, Any] = await analyzer.read_async(
                source,
                Options(),
                lambda reading: dict(to_dict(reading.analysis)),
                address_of(request),
            )
        except MoodError as error:
            raise told(error) from error
        return answer

    # Turns are taken in the analyzer's own queue, with all others who ask; here nobody waits.
    api(analyze, api_name="analyze", concurrency_limit=None)


def told(error: MoodError) -> gr.Error:
    """What a caller is told: a sentence, and a title that says which kind of error it is."""
    _, title = STATUS[error.code]
    return gr.Error(str(error), title=title, print_exception=False)
