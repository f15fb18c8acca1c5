"""The live tab: the browser owns camera, overlay and chart, and asks the server about frames.

A frame travels as a data URL inside one JSON request and is decoded from memory; the answer holds
boxes and probabilities only. Each browser has one request under way, so the newest frame is always
the next, and the rate is what the host can do.
"""

from __future__ import annotations

import base64
import math
from typing import Any

import gradio as gr

from mood.analyzer import MoodAnalyzer
from mood.errors import BusyError, ModelError, MoodError
from mood.page import assets
from mood.page.photo import palette
from mood.settings import Settings
from mood.video.webcams import LiveViewers

_MOST_CHARACTERS = 2_000_000  # of a frame; the browser sends about 40,000
_MOST_PIXELS = 10_000  # of one side of a camera's picture


def add_live_tab(analyzer: MoodAnalyzer, settings: Settings) -> None:
    """Adds the contents of the live tab to the Blocks that are being built."""
    viewers = LiveViewers(analyzer, settings)

    def live_frame(data: Any) -> dict[str, Any]:
        return _answer(viewers, settings, data)

    def live_leave(data: Any) -> None:
        viewers.leave(_name(data))

    def live_clear(data: Any) -> None:
        viewers.clear(_name(data))

    def live_export(data: Any) -> str | None:
        name = _name(data)
        return (
            viewers.export(name, "json" if data.get("kind") == "json" else "csv") if name else None
        )

    gr.HTML(
        elem_id="live",
        html_template=assets.text("live/live.html"),
        js_on_load=assets.loader("live/live.js"),
        apply_default_css=False,
        server_functions=[live_frame, live_leave, live_clear, live_export],
        palette=palette(),
    )


def _answer(viewers: LiveViewers, settings: Settings, data: Any) -> dict[str, Any]:
    """What the browser is told: ``state`` is ready, ok, wait, busy or error."""
    viewer = _name(data)
    if not viewer:
        return {"state": "error", "error": "unreadable", "message": "The request names no viewer."}
    position = viewers.place_in_line(viewer)
    if position:
        return {"state": "wait", "position": position, "viewers": settings.live_viewers}
    if not data.get("image"):
        return {"state": "ready"}
    try:
        picture = _picture(data["image"])
        size_wh = _size(data.get("width")), _size(data.get("height"))
        return {"state": "ok", **viewers.frame(viewer, picture, size_wh, _time(data.get("time_s")))}
    except BusyError:
        return {"state": "busy"}
    except ValueError as error:
        return {"state": "error", "error": "unreadable", "message": f"No frame: {error}."}
    except MoodError as error:
        kind = "model" if isinstance(error, ModelError) else "unreadable"
        return {"state": "error", "error": kind, "message": str(error)}


def _name(data: Any) -> str:
    """The viewer that a request names; empty, as nobody's name is, where it names none."""
    name = data.get("viewer") if isinstance(data, dict) else None
    return name if isinstance(name, str) and 8 <= len(name) <= 64 else ""


def _picture(url: Any) -> bytes:
    if not isinstance(url, str) or len(url) > _MOST_CHARACTERS:
        raise ValueError("no text, or too long")
    head, _, body = url.partition(";base64,")
    if not head.startswith("data:image/"):
        raise ValueError("no data URL")
    return base64.b64decode(body, validate=True)


def _size(value: Any) -> int:
    if not isinstance(value, int) or not 1 <= value <= _MOST_PIXELS:
        raise ValueError("no size")
    return value


def _time(value: Any) -> float:
    if not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError("no time")
    return float(value)
