from __future__ import annotations

import numpy as np
import pytest

from mood.settings import Settings
from mood.types import Analysis, Expression
from mood.video import webcams as live
from mood.video.webcams import LiveViewers
from tests import fakes
from tests.fakes import FakeDetector, FakeSession, face, logits_for

SETTINGS = Settings(live_viewers=2, live_half_life_s=0)


class Clock:
    now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


def make_viewers() -> tuple[LiveViewers, Clock]:
    clock = Clock()
    return LiveViewers(SETTINGS, clock), clock


FRAME = np.full((240, 320, 3), 90, dtype=np.uint8)


def frame() -> Analysis:
    detector = FakeDetector([face(40, 60, 140, 180)])
    session = FakeSession(logits_for(Expression.HAPPINESS))
    return fakes.analyzer(detector, session, SETTINGS).analyze(FRAME)


def test_a_frame_is_answered_in_pixels_of_the_camera():
    viewers, _ = make_viewers()
    moment = viewers.record("one", frame(), (640, 480), 5.0)
    (shown,) = moment.faces
    assert shown.bbox_xyxy.tolist() == [80, 120, 280, 360]
    assert (shown.number, shown.verdict, shown.missing_s) == (1, Expression.HAPPINESS, 0)
    assert sum(shown.probabilities.values()) == pytest.approx(1, abs=0.001)
    assert moment.time_s == 0


def test_the_summary_comes_once_a_second():
    viewers, _ = make_viewers()
    with_summary = [
        viewers.record("one", frame(), (320, 240), 5 + number / 10).summary is not None
        for number in range(25)
    ]
    assert sum(with_summary) == 3


def test_viewers_do_not_share_their_records():
    viewers, _ = make_viewers()
    viewers.record("one", frame(), (320, 240), 0)
    assert len(viewers.export("one", "csv").splitlines()) == 2
    assert viewers.export("two", "csv") is None


def test_clear_starts_over():
    viewers, _ = make_viewers()
    viewers.record("one", frame(), (320, 240), 7)
    viewers.clear("one")
    assert viewers.export("one", "json") is None
    assert viewers.record("one", frame(), (320, 240), 9).time_s == 0


def test_one_more_than_there_are_places_waits_and_is_let_in_when_one_leaves():
    viewers, _ = make_viewers()
    assert [viewers.place_in_queue(name) for name in "abcd"] == [0, 0, 1, 2]
    assert viewers.place_in_queue("a") == 0
    viewers.leave("a")
    assert viewers.place_in_queue("d") == 1, "c was first"
    assert viewers.place_in_queue("c") == 0
    viewers.leave("b")
    assert viewers.place_in_queue("d") == 0


def test_who_stops_asking_loses_place_and_position():
    viewers, clock = make_viewers()
    for name in "abcd":
        viewers.place_in_queue(name)
    clock.now_s += live.LEASE_S - 1
    for name in "ad":
        viewers.place_in_queue(name)
    clock.now_s += 2
    assert viewers.place_in_queue("d") == 0
    assert viewers.place_in_queue("a") == 0
    assert viewers.place_in_queue("b") == 1


def test_a_slow_first_frame_keeps_its_place():
    viewers, clock = make_viewers()
    viewers.place_in_queue("a")
    viewers.place_in_queue("b")
    with viewers.analysing("a"):
        clock.now_s += 3 * live.LEASE_S
        assert viewers.place_in_queue("c") == 0, "b is gone"
        assert viewers.place_in_queue("d") == 1, "a is not"
    assert viewers.place_in_queue("a") == 0


def test_old_and_too_many_sessions_go():
    viewers, clock = make_viewers()
    viewers.record("first", frame(), (320, 240), 0)
    most = SETTINGS.live_viewers + live.KEPT_SESSIONS
    for number in range(most):
        viewers.record(f"viewer {number}", frame(), (320, 240), 0)
    assert viewers.export("first", "csv") is None
    assert viewers.export("viewer 0", "csv")
    clock.now_s += live.KEPT_S + 1
    viewers.record("last", frame(), (320, 240), 0)
    assert viewers.export("viewer 0", "csv") is None
    assert viewers.export("last", "csv")
