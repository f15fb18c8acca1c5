"""The live tab: the browser owns camera, overlay and chart, and asks the server about frames.

A frame travels as a data URL inside one JSON request and is decoded from memory; the answer holds
boxes and probabilities only. Each browser has one request under way, so the newest frame is always
the next, and the rate is what the host can do.
"""

from __future__ import annotations

import math
import time
from typing import Any, Literal, NotRequired, TypedDict

import gradio as gr

from mood.analyzer import MoodAnalyzer
from mood.errors import BusyError, MoodError, UnreadableImageError
from mood.options import Options
from mood.page import assets
from mood.page.uploads import from_data_url
from mood.page.visitor import address_of
from mood.report.palette import looks
from mood.types import Expression, cut
from mood.video.timeline import SummaryDict, summary_to_dict
from mood.video.tracking import TrackedFace
from mood.video.webcams import LiveViewers, Moment

_MOST_MB = 1.5  # of a frame; the browser sends about 0.03
_MOST_PIXELS = 10_000  # of one side of a camera's picture


class LiveFace(TypedDict):
    """A face of a frame: ``box`` in pixels of the camera, ``shares`` in the order of `Expression`.

    ``reason`` is None unless ``verdict`` is ``unreadable``, ``expression`` unless it is
    ``certain``; ``missing`` says that this frame does not show the face.
    """

    number: int
    box: list[float]
    verdict: str
    reason: str | None
    expression: str | None
    missing: bool
    shares: list[float]


class LiveAnswer(TypedDict):
    """What the browser is told about a frame; which keys there are depends on ``state``.

    With ``busy`` comes how many seconds later to try again.
    """

    state: Literal["ready", "ok", "wait", "busy", "error"]
    position: NotRequired[int]
    viewers: NotRequired[int]
    faces: NotRequired[list[LiveFace]]
    time_s: NotRequired[float]
    work_ms: NotRequired[float]
    summary: NotRequired[SummaryDict]
    retry_after_s: NotRequired[int]
    error: NotRequired[str]
    message: NotRequired[str]


def add_live_tab(analyzer: MoodAnalyzer) -> None:
    """Adds the contents of the live tab to the Blocks that are being built."""
    viewers = LiveViewers(analyzer.settings)

    async def live_frame(data: Any, request: gr.Request) -> LiveAnswer:
        return await _answer(analyzer, viewers, data, address_of(request))

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
        palette=looks(),
    )


async def _answer(analyzer: MoodAnalyzer, viewers: LiveViewers, data: Any, who: str) -> LiveAnswer:
    viewer = _name(data)
    if not viewer:
        return {"state": "error", "error": "unreadable", "message": "The request names no viewer."}
    position = viewers.place_in_queue(viewer, who)
    if position:
        places = analyzer.settings.live_viewers
        return {"state": "wait", "position": position, "viewers": places}
    if not data.get("image"):
        return {"state": "ready"}
    start = time.perf_counter()
    try:
        picture = from_data_url(data["image"], _MOST_MB)
        size_wh = _size(data.get("width")), _size(data.get("height"))
        time_s = _time(data.get("time_s"))
        with viewers.analysing(viewer):
            analysis = await analyzer.read_async(
                picture, Options(quick=True), lambda reading: reading.analysis, who
            )
    except BusyError as error:
        return {"state": "busy", "retry_after_s": error.retry_after_s}
    except MoodError as error:
        return {"state": "error", "error": error.code, "message": str(error)}
    work_ms = (time.perf_counter() - start) * 1000
    return _moment_to_dict(viewers.record(viewer, analysis, size_wh, time_s), work_ms)


def _moment_to_dict(moment: Moment, work_ms: float) -> LiveAnswer:
    answer: LiveAnswer = {
        "state": "ok",
        "faces": [_face_to_dict(face) for face in moment.faces],
        "time_s": round(moment.time_s, 3),
        "work_ms": round(work_ms, 1),
    }
    if moment.summary is not None:
        answer["summary"] = summary_to_dict(moment.summary)
    return answer


def _face_to_dict(face: TrackedFace) -> LiveFace:
    return {
        "number": face.number,
        "box": [round(value, 1) for value in face.bbox_xyxy.tolist()],
        "verdict": str(face.verdict),
        "reason": None if face.reason is None else str(face.reason),
        "expression": None if face.expression is None else str(face.expression),
        "missing": face.missing_s > 0,
        "shares": [cut(face.probabilities[each]) for each in Expression],
    }


def _name(data: Any) -> str:
    """The viewer that a request names; empty, as nobody's name is, where it names none."""
    name = data.get("viewer") if isinstance(data, dict) else None
    return name if isinstance(name, str) and 8 <= len(name) <= 64 else ""


def _size(value: Any) -> int:
    if not isinstance(value, int) or not 1 <= value <= _MOST_PIXELS:
        raise UnreadableImageError("The request does not say how large the camera's picture is.")
    return value


def _time(value: Any) -> float:
    if not isinstance(value, int | float) or not math.isfinite(value):
        raise UnreadableImageError("The request does not say when the frame was taken.")
    return float(value)
