from __future__ import annotations

import time

import numpy as np
import pytest

from mood.types import Analysis, Expression
from mood.video import sessions as live
from mood.video.sessions import LiveSessions
from tests import fakes
from tests.fakes import Clock, FakeDetector, FakeSession, face, logits_for

SEATS = 2
FRAME = np.full((240, 320, 3), 90, dtype=np.uint8)


def make_sessions() -> tuple[LiveSessions, Clock]:
    clock = Clock(1000.0)
    return LiveSessions(SEATS, clock), clock


def frame() -> Analysis:
    detector = FakeDetector([face(40, 60, 140, 180)])
    session = FakeSession(logits_for(Expression.HAPPINESS))
    return fakes.analyzer(detector, session).analyze(FRAME)


def test_a_frame_is_answered_in_pixels_of_the_camera():
    sessions, _ = make_sessions()
    moment = sessions.record("one", frame(), (640, 480), 5.0)
    (shown,) = moment.faces
    assert shown.bbox_xyxy.tolist() == [80, 120, 280, 360]
    assert (shown.number, shown.expression, shown.missing_s) == (1, Expression.HAPPINESS, 0)
    assert sum(shown.probabilities.values()) == pytest.approx(1, abs=0.001)
    assert moment.time_s == 0


def test_the_summary_comes_once_a_second():
    sessions, _ = make_sessions()
    with_summary = [
        sessions.record("one", frame(), (320, 240), 5 + number / 10).summary is not None
        for number in range(25)
    ]
    assert sum(with_summary) == 3


def test_viewers_do_not_share_their_records():
    sessions, _ = make_sessions()
    sessions.record("one", frame(), (320, 240), 0)
    sessions.record("one", frame(), (320, 240), 1)
    assert len(sessions.export("one", "csv").splitlines()) == 2
    assert sessions.export("two", "csv") is None


def test_clear_starts_over():
    sessions, _ = make_sessions()
    sessions.record("one", frame(), (320, 240), 7)
    sessions.clear("one")
    assert sessions.export("one", "json") is None
    assert sessions.record("one", frame(), (320, 240), 9).time_s == 0


def test_old_and_too_many_sessions_go():
    sessions, clock = make_sessions()
    sessions.record("first", frame(), (320, 240), 0)
    most = SEATS + live.KEPT_SESSIONS
    for number in range(most):
        sessions.record(f"viewer {number}", frame(), (320, 240), 0)
    assert sessions.export("first", "csv") is None
    assert sessions.export("viewer 0", "csv")
    clock.now_s += live.KEPT_S + 1
    sessions.record("last", frame(), (320, 240), 0)
    assert sessions.export("viewer 0", "csv") is None
    assert sessions.export("last", "csv")


def test_what_was_recorded_goes_though_nobody_comes():
    sessions = LiveSessions(SEATS, kept_s=0.05)
    sessions.record("one", frame(), (320, 240), 0)
    for _ in range(500):
        if sessions.export("one", "csv") is None:
            return
        time.sleep(0.01)
    pytest.fail("it is still there")
