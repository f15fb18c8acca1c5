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
from mood.video.seats import LiveSeats
from mood.video.sessions import LiveSessions
from tests import fakes
from tests.fakes import FakeDetector, FakeSession, face, logits_for

SETTINGS = Settings(live_viewers=2)


def frame() -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (320, 240), (90, 90, 90)).save(content, "JPEG")
    return content.getvalue()


GOOD = "data:image/jpeg;base64," + base64.b64encode(frame()).decode()


class Tab:
    """The live tab as a browser's requests reach it."""

    def __init__(self, settings: Settings = SETTINGS) -> None:
        self.detector = FakeDetector([face(40, 60, 140, 180)])
        session = FakeSession(logits_for(Expression.HAPPINESS))
        self.analyzer = fakes.analyzer(self.detector, session, settings)
        self.seats = LiveSeats(settings.live_viewers)
        self.sessions = LiveSessions(settings.live_viewers)

    def ask(self, **changes) -> LiveAnswer:
        data = {"viewer": "somebody", "image": GOOD, "width": 640, "height": 480, "time_s": 1.5}
        data |= changes
        return asyncio.run(_answer(self.analyzer, self.seats, self.sessions, data, who=""))


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


def test_where_browsers_alone_read_no_frame_is_taken():
    tab = Tab(Settings(live="browser"))
    assert tab.ask()["error"] == "unsupported"
    assert tab.detector.seen == []


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


def test_a_session_goes_on_after_the_server_started_anew():
    before = {"time_s": 70.5, "count": 3, "faces": [[2, 90, 110, 290, 350]]}
    answer = Tab().ask(before=before)
    assert answer["time_s"] == 70.5
    assert [(each["number"], each["stayed"]) for each in answer["faces"]] == [(2, True)]


def test_a_session_that_is_known_goes_on_as_it_is():
    tab = Tab()
    tab.ask()
    answer = tab.ask(time_s=2.0, before={"time_s": 70.5, "count": 3, "faces": []})
    assert answer["time_s"] == 0.5
    assert [each["number"] for each in answer["faces"]] == [1]


@pytest.mark.parametrize(
    "before",
    [
        7,
        {},
        {"time_s": -1, "count": 0, "faces": []},
        {"time_s": float("nan"), "count": 0, "faces": []},
        {"time_s": 1, "count": "many", "faces": []},
        {"time_s": 1, "count": 1, "faces": [[1, 2, 3, 4]]},
        {"time_s": 1, "count": 1, "faces": [[1, 2, 3, 4, "5"]]},
        {"time_s": 1, "count": 1, "faces": [[1, 2, 3, 4, float("inf")]]},
        {"time_s": 1, "count": 1, "faces": [[1, 2, 3, 4, 5]] * 1000},
    ],
)
def test_what_makes_no_sense_of_a_session_before_begins_a_new_one(before):
    answer = Tab().ask(before=before)
    assert (answer["time_s"], [each["number"] for each in answer["faces"]]) == (0, [1])


def test_waiting_costs_no_analysis():
    tab = Tab()
    for name in ("somebody 1", "somebody 2"):
        tab.ask(viewer=name)
    seen = len(tab.detector.seen)
    answer = tab.ask(viewer="somebody 3")
    assert answer == {"state": "wait", "position": 1}
    assert len(tab.detector.seen) == seen


def test_a_visitor_says_what_is_certain_and_what_counts():
    tab = Tab()
    strict = {"certainty": 1, "smallest_face": 16, "expressions": ["fear", "anger"], "labels": True}
    answers = [tab.ask(time_s=step, wish=strict) for step in range(3)]
    (shown,) = answers[-1]["faces"]
    assert (shown["verdict"], shown["expression"]) == ("uncertain", None)
    assert shown["shares"][1] > 0.5, "the browser decides for itself"
    assert 0 < answers[-1]["certainty"] < 1


@pytest.mark.parametrize("wish", [7, {"certainty": 5}, {"expressions": ["fear"]}])
def test_a_wish_that_makes_no_sense_is_none(wish):
    assert Tab().ask(wish=wish)["faces"][0]["expression"] == "happiness"
