"""What a viewer wants to see acts on the record: on what comes, and on what was before."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import pytest

from mood.options import Options
from mood.types import Expression, Reason
from mood.video.counted import considered
from mood.video.sessions import LiveSessions
from mood.video.timeline import Timeline
from mood.video.tracking import FaceTracker
from tests.video.faces import seen
from tests.video.test_sessions import frame
from tests.video.test_timeline import face, points, record

E = Expression
SURE = 0.5
TWO = (E.SADNESS, E.ANGER)
MIXED = dict.fromkeys(E, 0.0) | {E.SURPRISE: 0.6, E.SADNESS: 0.3, E.ANGER: 0.1}


def test_probabilities_of_what_counts_sum_to_one():
    assert considered(MIXED, TWO)[E.SADNESS] == pytest.approx(0.75)
    assert sum(considered(MIXED, TWO).values()) == pytest.approx(1)
    assert considered(MIXED, ()) == MIXED
    even = considered(MIXED, (E.FEAR, E.DISGUST))
    assert (even[E.FEAR], even[E.SURPRISE]) == (pytest.approx(0.5), 0)


def test_a_face_that_is_followed_shows_only_what_counts():
    tracker = FaceTracker()
    for step in range(20):
        (shown,) = tracker.update([seen(100, probabilities=MIXED)], step / 10, SURE, TWO)
    assert shown.expression is E.SADNESS
    assert shown.probabilities[E.SURPRISE] == pytest.approx(0.6), "all of it is told"
    for step in range(20, 40):
        (shown,) = tracker.update([seen(100, probabilities=MIXED)], step / 10, SURE)
    assert shown.expression is E.SURPRISE


def test_what_was_recorded_before_follows_back_and_forth():
    line = Timeline()
    record(line, 1, face(expression=E.HAPPINESS))
    line.settle(Options(certainty=0.9), 0.9)
    assert {point["verdict"] for point in points(line)} == {"uncertain"}
    line.settle(Options(expressions=TWO), SURE)
    assert points(line)[0]["probabilities"]["happiness"] == 0
    assert sum(points(line)[0]["probabilities"].values()) == pytest.approx(1, abs=0.001)
    assert {point["expression"] for point in points(line)} == {"sadness"}
    line.settle(Options(), SURE)
    assert {point["expression"] for point in points(line)} == {"happiness"}
    assert points(line)[0]["probabilities"]["happiness"] == 0.7


def test_faces_that_do_not_count_are_told_of_when_they_do():
    line = Timeline()
    low = replace(face(2), bbox_xyxy=face().bbox_xyxy - [0, 0, 60, 60])
    line.settle(Options(smallest_face=50, show_unreadable=False), SURE)
    record(line, 1, face(1), low, face(3, None, reason=Reason.TOO_DARK))
    assert {point["face"] for point in points(line)} == {1}
    content = json.loads(line.to_json())
    assert (list(content["faces"]), content["summary"]["watched_s"]) == (["1"], 1)
    line.settle(Options(), SURE)
    assert {point["face"] for point in points(line)} == {1, 2, 3}


def test_a_record_is_saved_as_it_is_wanted_then():
    sessions = LiveSessions(2)
    strict = Options(certainty=1)
    sessions.record("one", frame(), (640, 480), 0)
    assert [each.expression for each in said(sessions, 1, None)] == [E.HAPPINESS]
    assert saved(sessions, Options(expressions=TWO))["happiness"] == "0.0"
    assert saved(sessions, strict)["verdict"] == "uncertain"
    assert [each.expression for each in said(sessions, 2, strict)] == [None]
    assert saved(sessions, Options())["verdict"] == "certain"


def said(sessions: LiveSessions, time_s: float, options: Options | None):
    return sessions.record("one", frame(), (640, 480), time_s, options=options).faces


def saved(sessions: LiveSessions, options: Options) -> dict[str, str]:
    """The first row of the table."""
    return next(csv.DictReader(io.StringIO(sessions.export("one", "csv", options))))
