"""What the live tab is told about its frames."""

from __future__ import annotations

import asyncio
import base64
import io
import json

import pytest
from PIL import Image

from mood.page.live import LiveAnswer, _answer
from mood.settings import Settings
from mood.types import Expression
from mood.video.webcams import LiveViewers
from tests import fakes
from tests.fakes import FakeDetector, FakeSession, face, logits_for

SETTINGS = Settings(live_viewers=2, live_half_life_s=0)


def frame() -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (320, 240), (90, 90, 90)).save(content, "JPEG")
    return content.getvalue()


GOOD = "data:image/jpeg;base64," + base64.b64encode(frame()).decode()


class Tab:
    """The live tab as a browser's requests reach it."""

    def __init__(self) -> None:
        self.detector = FakeDetector([face(40, 60, 140, 180)])
        session = FakeSession(logits_for(Expression.HAPPINESS))
        self.analyzer = fakes.analyzer(self.detector, session, SETTINGS)
        self.viewers = LiveViewers(SETTINGS)

    def ask(self, **changes) -> LiveAnswer:
        data = {"viewer": "somebody", "image": GOOD, "width": 640, "height": 480, "time_s": 1.5}
        return asyncio.run(_answer(self.analyzer, self.viewers, data | changes, who=""))


def test_a_frame_is_answered_in_pixels_of_the_camera():
    answer = Tab().ask()
    (shown,) = answer["faces"]
    assert answer["state"] == "ok"
    assert shown["box"] == [80, 120, 280, 360]
    assert (shown["number"], shown["expression"], shown["missing"]) == (1, "happiness", False)
    assert (shown["verdict"], shown["reason"]) == ("certain", None)
    assert sum(shown["shares"]) == pytest.approx(1, abs=0.001)
    assert answer["time_s"] == 0
    assert answer["summary"]["watched_s"] == 0
    json.dumps(answer)


def test_a_broken_frame_is_refused_and_the_next_one_works():
    tab = Tab()
    broken = "data:image/jpeg;base64," + base64.b64encode(b"no picture").decode()
    assert tab.ask(image=broken)["error"] == "unreadable"
    assert tab.ask()["faces"]


@pytest.mark.parametrize(
    "changes",
    [
        {"viewer": None},
        {"viewer": "x"},
        {"viewer": "x" * 65},
        {"image": "/etc/passwd"},
        {"image": {"path": "/etc/passwd"}},
        {"image": "data:image/jpeg;base64,%%%"},
        {"image": "data:image/jpeg;base64," + base64.b64encode(b"no picture").decode()},
        {"image": "data:image/jpeg;base64," + "A" * 3_000_000},
        {"width": 0},
        {"height": "240"},
        {"time_s": None},
        {"time_s": float("nan")},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_a_bad_request_gets_an_answer_and_not_a_crash(changes):
    answer = Tab().ask(**changes)
    assert answer["state"] == "error"
    assert answer["message"]


def test_waiting_costs_no_analysis():
    tab = Tab()
    for name in ("somebody 1", "somebody 2"):
        tab.ask(viewer=name)
    seen = len(tab.detector.seen)
    answer = tab.ask(viewer="somebody 3")
    assert answer == {"state": "wait", "position": 1, "viewers": 2}
    assert len(tab.detector.seen) == seen
