from __future__ import annotations

import base64
import io
import json

import pytest
from PIL import Image

from mood.analyzer import MoodAnalyzer
from mood.errors import UnreadableImageError
from mood.settings import Settings
from mood.types import Expression
from mood.video import webcams as live
from mood.video.webcams import LiveViewers
from tests.fakes import FakeDetector, FakeSession, face, logits_for, models

SETTINGS = Settings(live_viewers=2, live_half_life_s=0)


class Clock:
    now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


def frame(width: int = 320, height: int = 240) -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (width, height), (90, 90, 90)).save(content, "JPEG")
    return content.getvalue()


def make_viewers(*expressions: Expression) -> tuple[LiveViewers, Clock]:
    detector = FakeDetector([face(40, 60, 140, 180)])
    session = FakeSession(logits_for(*(expressions or [Expression.HAPPINESS])))
    clock = Clock()
    analyzer = MoodAnalyzer(SETTINGS, models(detector, session))
    return LiveViewers(analyzer, SETTINGS, clock), clock


def test_a_frame_is_answered_in_pixels_of_the_camera():
    viewers, _ = make_viewers()
    answer = viewers.frame("one", frame(320, 240), (640, 480), 5.0)
    (shown,) = answer["faces"]
    assert shown["box"] == [80, 120, 280, 360]
    assert (shown["number"], shown["verdict"], shown["missing"]) == (1, "happiness", False)
    assert sum(shown["shares"]) == pytest.approx(1, abs=0.001)
    assert answer["time_s"] == 0
    json.dumps(answer)


def test_the_summary_comes_once_a_second():
    viewers, _ = make_viewers()
    with_summary = [
        "summary" in viewers.frame("one", frame(), (320, 240), 5 + number / 10)
        for number in range(25)
    ]
    assert sum(with_summary) == 3


def test_viewers_do_not_share_their_records():
    viewers, _ = make_viewers()
    viewers.frame("one", frame(), (320, 240), 0)
    assert len(viewers.export("one", "csv").splitlines()) == 2
    assert viewers.export("two", "csv") is None


def test_clear_starts_over():
    viewers, _ = make_viewers()
    viewers.frame("one", frame(), (320, 240), 7)
    viewers.clear("one")
    assert viewers.export("one", "json") is None
    assert viewers.frame("one", frame(), (320, 240), 9)["time_s"] == 0


def test_a_broken_frame_is_refused_and_the_next_one_works():
    viewers, _ = make_viewers()
    with pytest.raises(UnreadableImageError):
        viewers.frame("one", b"no picture", (320, 240), 0)
    assert viewers.frame("one", frame(), (320, 240), 1)["faces"]


def test_one_more_than_there_are_places_waits_and_is_let_in_when_one_leaves():
    viewers, _ = make_viewers()
    assert [viewers.place_in_line(name) for name in "abcd"] == [0, 0, 1, 2]
    assert viewers.place_in_line("a") == 0
    viewers.leave("a")
    assert viewers.place_in_line("d") == 1, "c was first"
    assert viewers.place_in_line("c") == 0
    viewers.leave("b")
    assert viewers.place_in_line("d") == 0


def test_who_stops_asking_loses_place_and_position():
    viewers, clock = make_viewers()
    for name in "abcd":
        viewers.place_in_line(name)
    clock.now_s += live.LEASE_S - 1
    for name in "ad":
        viewers.place_in_line(name)
    clock.now_s += 2
    assert viewers.place_in_line("d") == 0
    assert viewers.place_in_line("a") == 0
    assert viewers.place_in_line("b") == 1


def test_a_slow_first_frame_keeps_its_place():
    viewers, clock = make_viewers()
    viewers.place_in_line("a")
    viewers.place_in_line("b")
    analyzer = viewers._analyzer
    detector = analyzer.load().detector
    positions = []

    def slow(image, *, quick=False):
        clock.now_s += 3 * live.LEASE_S
        positions.append(viewers.place_in_line("c"))
        return []

    detector.detect = slow
    viewers.frame("a", frame(), (320, 240), 0)
    assert positions == [0], "b is gone, a is not"
    assert viewers.place_in_line("a") == 0
    assert viewers.place_in_line("d") == 1


def test_old_and_too_many_sessions_go():
    viewers, clock = make_viewers()
    viewers.frame("first", frame(), (320, 240), 0)
    most = SETTINGS.live_viewers + live.KEPT_SESSIONS
    for number in range(most):
        viewers.frame(f"viewer {number}", frame(), (320, 240), 0)
    assert viewers.export("first", "csv") is None
    assert viewers.export("viewer 0", "csv")
    clock.now_s += live.KEPT_S + 1
    viewers.frame("last", frame(), (320, 240), 0)
    assert viewers.export("viewer 0", "csv") is None
    assert viewers.export("last", "csv")


GOOD = "data:image/jpeg;base64," + base64.b64encode(frame()).decode()


def ask(viewers: LiveViewers, **changes):
    from mood.page.live import _answer

    data = {"viewer": "somebody", "image": GOOD, "width": 320, "height": 240, "time_s": 1.5}
    return _answer(viewers, SETTINGS, data | changes)


def test_the_page_gets_faces():
    viewers, _ = make_viewers()
    answer = ask(viewers)
    assert answer["state"] == "ok"
    assert answer["faces"][0]["verdict"] == "happiness"


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
    viewers, _ = make_viewers()
    answer = ask(viewers, **changes)
    assert answer["state"] == "error"
    assert answer["message"]


def test_waiting_costs_no_analysis():
    viewers, _ = make_viewers()
    for name in ("somebody 1", "somebody 2"):
        ask(viewers, viewer=name)
    seen = len(viewers._analyzer.load().detector.seen)
    answer = ask(viewers, viewer="somebody 3")
    assert answer == {"state": "wait", "position": 1, "viewers": 2}
    assert len(viewers._analyzer.load().detector.seen) == seen
