from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from mood.types import Expression, Reason
from mood.video import timeline
from mood.video.timeline import Timeline
from mood.video.tracking import TrackedFace

E = Expression


def face(
    number: int = 1,
    expression: Expression | None = E.HAPPINESS,
    missing_s: float = 0.0,
    reason: Reason | None = None,
):
    rest = 0.3 / (len(E) - 1)
    shares = {each: 0.7 if each is (expression or E.FEAR) else rest for each in E}
    box = np.array([10.04, 20, 110, 120], dtype=np.float32)
    return TrackedFace(number, box, shares, expression, missing_s, reason)


def record(line: Timeline, seconds: float, *faces, start_s: float = 0.0, fps: float = 10) -> float:
    frames = round(seconds * fps)
    for frame in range(frames + 1):
        line.record(faces, start_s + frame / fps)
    return start_s + frames / fps


def points(line: Timeline) -> list[dict[str, Any]]:
    return json.loads(line.to_json())["points"]


def test_nothing_recorded_yet():
    line = Timeline()
    assert points(line) == []
    assert line.summary().watched_s == 0
    assert line.summary().uncertain == 0
    assert len(line.to_csv().splitlines()) == 1


def test_shares_are_shares_of_time_and_not_of_frames():
    line = Timeline()
    end = record(line, 3, face(expression=E.HAPPINESS), fps=30)
    record(line, 1, face(expression=E.SADNESS), start_s=end, fps=2)
    summary = line.summary()
    assert summary.watched_s == pytest.approx(4)
    assert summary.shares[E.HAPPINESS] == pytest.approx(0.75, abs=0.01)
    assert summary.shares[E.SADNESS] == pytest.approx(0.25, abs=0.01)
    assert summary.changes == 1


def test_uncertain_time_has_its_own_share_and_is_no_change():
    line = Timeline()
    for number, verdict in enumerate((E.HAPPINESS, None, E.HAPPINESS, E.FEAR)):
        record(line, 0.9, face(expression=verdict), start_s=number)
    summary = line.summary()
    assert summary.uncertain == pytest.approx(0.25, abs=0.02)
    assert sum(summary.shares.values()) + summary.uncertain == pytest.approx(1)
    assert summary.changes == 1


def test_time_in_which_a_face_cannot_be_read_is_no_watched_time():
    line = Timeline()
    record(line, 2, face(), face(2, None, reason=Reason.TOO_DARK))
    record(line, 1, face(1, None, reason=Reason.TURNED_AWAY), start_s=2.1)
    summary = line.summary()
    assert summary.watched_s == pytest.approx(2, abs=0.01)
    assert list(line.face_summaries()) == [1]
    assert summary.shares[E.HAPPINESS] == 1
    assert summary.uncertain == 0


def test_a_pause_is_not_watched_time():
    line = Timeline()
    record(line, 1, face())
    record(line, 1, face(), start_s=60)
    assert line.summary().watched_s == pytest.approx(2)


def test_a_missing_face_is_not_recorded():
    line = Timeline()
    line.record([face(missing_s=0.1)], 0)
    assert points(line) == []


def test_a_face_that_did_not_stay_is_not_recorded():
    line = Timeline()
    line.record([replace(face(), stayed=False)], 0)
    assert points(line) == []
    assert line.face_summaries() == {}


def test_each_face_has_its_own_summary():
    line = Timeline()
    record(line, 2, face(1, E.HAPPINESS), face(2, None))
    faces = line.face_summaries()
    assert faces[1].shares[E.HAPPINESS] == 1
    assert faces[2].uncertain == 1
    assert line.summary().watched_s == pytest.approx(4)
    assert line.summary().uncertain == pytest.approx(0.5)


def test_the_record_reaches_two_minutes_back_and_the_summary_to_the_start():
    line = Timeline()
    record(line, 300, face())
    assert points(line)[0]["time_s"] == pytest.approx(180, abs=0.2)
    assert line.summary().watched_s == pytest.approx(300)


def test_the_record_is_bounded_with_many_faces_and_many_frames():
    line = Timeline()
    for frame in range(30 * 60):
        line.record([face(number + frame // 3) for number in range(20)], frame / 30)
    assert len(points(line)) <= timeline.MOST_POINTS
    assert len(line.face_summaries()) <= timeline.MOST_FACES


def test_thirty_frames_a_second_keep_ten_points():
    line = Timeline()
    record(line, 10, face(), fps=30)
    assert 80 <= len(points(line)) <= 101


def test_the_csv_holds_time_face_box_and_probabilities():
    line = Timeline()
    line.record([face(1), face(2, None), face(3, None, reason=Reason.TOO_DARK)], 1.23456)
    rows = list(csv.DictReader(io.StringIO(line.to_csv())))
    assert [row["face"] for row in rows] == ["1", "2", "3"]
    said = [(row["verdict"], row["reason"], row["expression"]) for row in rows]
    assert said == [
        ("certain", "", "happiness"),
        ("uncertain", "", ""),
        ("unreadable", "too_dark", ""),
    ]
    assert rows[0]["time_s"] == "1.235"
    assert [rows[0][side] for side in ("left", "top", "right", "bottom")] == [
        "10.0",
        "20.0",
        "110.0",
        "120.0",
    ]
    assert sum(float(rows[0][each]) for each in E) == pytest.approx(1, abs=0.001)
    assert {rows[2][each] for each in E} == {""}


def test_the_json_says_the_same():
    line = Timeline()
    record(line, 1, face())
    content = json.loads(line.to_json())
    assert content["points"][0]["bbox_xyxy"] == [10.0, 20.0, 110.0, 120.0]
    assert content["points"][0]["probabilities"]["happiness"] == 0.7
    assert content["summary"]["shares"]["happiness"] == 1
    assert content["faces"]["1"]["watched_s"] == 1
