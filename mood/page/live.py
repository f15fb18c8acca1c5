"""The live tab: the browser owns camera, film, overlay and chart, and reads frames where it can.

Where it cannot, it asks the server, once the visitor agreed: a frame travels as a data URL inside
one JSON request and is decoded from memory; the answer holds boxes and probabilities only. Each
browser has one request under way, so the newest frame is always the next, and the rate is what the
host can do.
"""

from __future__ import annotations

import math
from typing import Any, Literal, NotRequired, TypedDict, TypeGuard

import gradio as gr
import numpy as np

from mood.analyzer import MoodAnalyzer
from mood.errors import BusyError, MoodError, OptionsError, UnreadableImageError
from mood.options import Options
from mood.page import assets
from mood.page.browser import Inside
from mood.page.uploads import from_data_url
from mood.page.visitor import address_of
from mood.report.palette import looks
from mood.types import Expression, cut
from mood.video.seats import LiveSeats
from mood.video.sessions import Before, LiveSessions, Moment
from mood.video.timeline import SummaryDict, summary_to_dict
from mood.video.tracking import TrackedFace

_MOST_MB = 1.5  # of a frame; the browser sends about 0.03
_MOST_PIXELS = 10_000  # of one side of a camera's picture
_MOST_BEFORE = 1_000_000  # seconds, faces and pixels of a session that goes on
_MOST_KNOWN = 64  # faces of it


class LiveFace(TypedDict):
    """A face of a frame: ``box`` in pixels of the camera, ``shares`` in the order of `Expression`.

    ``reason`` is None unless ``verdict`` is ``unreadable``, ``expression`` unless it is
    ``certain``; ``missing`` says that this frame does not show the face, ``stayed`` that it was
    in sight for a second, so that it has a row.
    """

    number: int
    box: list[float]
    verdict: str
    reason: str | None
    expression: str | None
    missing: bool
    stayed: bool
    shares: list[float]


class LiveAnswer(TypedDict):
    """What the browser is told about a frame; which keys there are depends on ``state``.

    ``certainty`` is the probability from which on the network is certain by itself, 0 to 1. With
    ``busy`` comes how many seconds later to try again.
    """

    state: Literal["ready", "ok", "wait", "busy", "error"]
    position: NotRequired[int]
    faces: NotRequired[list[LiveFace]]
    time_s: NotRequired[float]
    certainty: NotRequired[float]
    summary: NotRequired[SummaryDict]
    retry_after_s: NotRequired[int]
    error: NotRequired[str]
    message: NotRequired[str]


_NOT_HERE: LiveAnswer = {
    "state": "error",
    "error": "unsupported",
    "message": "This server takes no frames of live video: here browsers read them themselves.",
}


def add_live_tab(analyzer: MoodAnalyzer, given: Inside) -> None:
    """Adds the contents of the live tab to the Blocks that are being built."""
    places = analyzer.settings.live_viewers
    seats, sessions = LiveSeats(places), LiveSessions(places)

    async def live_frame(data: Any, request: gr.Request) -> LiveAnswer:
        return await _answer(analyzer, seats, sessions, data, address_of(request))

    def live_leave(data: Any) -> None:
        seats.leave(_name(data))

    def live_clear(data: Any) -> None:
        sessions.clear(_name(data))

    def live_export(data: Any) -> str | None:
        name = _name(data)
        if not name:
            return None
        kind: Literal["csv", "json"] = "json" if data.get("kind") == "json" else "csv"
        return sessions.export(name, kind, _wish(data.get("wish")))

    gr.HTML(
        elem_id="live",
        html_template=assets.markup("live/live.html"),
        js_on_load=assets.loader("live/live.js"),
        apply_default_css=False,
        server_functions=[live_frame, live_leave, live_clear, live_export],
        palette=looks(),
        smallest_face=analyzer.settings.smallest_face,
        way=analyzer.settings.live,
        vision=given.vision,
        without=given.without,
    )


async def _answer(
    analyzer: MoodAnalyzer, seats: LiveSeats, sessions: LiveSessions, data: Any, who: str
) -> LiveAnswer:
    if analyzer.settings.live == "browser":
        return _NOT_HERE
    viewer = _name(data)
    if not viewer:
        return {"state": "error", "error": "unreadable", "message": "The request names no viewer."}
    position = seats.place_in_queue(viewer, who)
    if position:
        return {"state": "wait", "position": position}
    if not data.get("image"):
        return {"state": "ready"}
    try:
        picture = from_data_url(data["image"], _MOST_MB)
        size_wh = _size(data.get("width")), _size(data.get("height"))
        time_s = _time(data.get("time_s"))
        with seats.analysing(viewer):
            analysis = await analyzer.read_async(
                picture, Options(quick=True), lambda reading: reading.analysis, who
            )
    except BusyError as error:
        return {"state": "busy", "retry_after_s": error.retry_after_s}
    except MoodError as error:
        return {"state": "error", "error": error.code, "message": str(error)}
    before, wish = _before(data.get("before")), _wish(data.get("wish"))
    moment = sessions.record(viewer, analysis, size_wh, time_s, before, wish)
    return _moment_to_dict(moment, analysis.certainty)


def _moment_to_dict(moment: Moment, certainty: float) -> LiveAnswer:
    answer: LiveAnswer = {
        "state": "ok",
        "faces": [_face_to_dict(face) for face in moment.faces],
        "time_s": round(moment.time_s, 3),
        "certainty": certainty,
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
        "stayed": face.stayed,
        "shares": [cut(face.probabilities[each]) for each in Expression],
    }


def _wish(value: Any) -> Options | None:
    """What a visitor wants to see of faces; None where that is not said, or makes no sense."""
    try:
        return Options.of(value) if isinstance(value, dict) else None
    except OptionsError:
        return None


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


def _before(value: Any) -> Before | None:
    """What a browser shows of a session; None where that is nothing, or makes no sense."""
    if not isinstance(value, dict):
        return None
    time_s, count, known = value.get("time_s"), value.get("count"), value.get("faces")
    if not (_sensible(time_s) and _sensible(count) and isinstance(known, list)):
        return None
    if len(known) > _MOST_KNOWN or not all(_is_known(each) for each in known):
        return None
    boxes = {int(number): np.array(box, dtype=np.float32) for number, *box in known}
    return Before(float(time_s), int(count), boxes)


def _is_known(value: Any) -> bool:
    """Whether it is the number of a face, from 1, and its box, which may reach over the border."""
    if not isinstance(value, list) or len(value) != 5:
        return False
    numbers = [abs(each) if isinstance(each, int | float) else None for each in value]
    return all(map(_sensible, numbers)) and value[0] >= 1


def _sensible(value: Any) -> TypeGuard[float]:
    """Whether it is a number that is neither below 0 nor absurd."""
    return isinstance(value, int | float) and 0 <= value <= _MOST_BEFORE
