"""Who is who, from frame to frame."""

from __future__ import annotations

import numpy as np
import pytest

from mood.video.matching import match
from mood.video.tracking import FaceTracker
from tests.video.faces import SAD, THRESHOLD, seen


def numbers(tracked) -> dict[int, float]:
    """Number of each shown face → the middle of its box."""
    return {face.number: float(face.bbox_xyxy[0] + face.bbox_xyxy[2]) / 2 for face in tracked}


def test_no_faces_is_a_normal_frame():
    tracker = FaceTracker()
    assert tracker.update([], 0.0, THRESHOLD) == ()
    assert tracker.update([], 0.1, THRESHOLD) == ()


def test_faces_keep_their_number_while_they_move():
    tracker = FaceTracker()
    for frame in range(60):
        x = 100 + 4 * frame
        shown = tracker.update([seen(x), seen(600 - x / 4, y=300)], frame / 15, THRESHOLD)
    assert numbers(shown) == {1: pytest.approx(336), 2: pytest.approx(516)}


def test_a_missed_frame_neither_hides_nor_renames_a_face():
    tracker = FaceTracker()
    for frame in range(10):
        tracker.update([seen(100 + 3 * frame)], frame / 10, THRESHOLD)
    (held,) = tracker.update([], 1.0, THRESHOLD)
    assert (held.number, held.missing_s) == (1, pytest.approx(0.1))
    (again,) = tracker.update([seen(133)], 1.1, THRESHOLD)
    assert (again.number, again.missing_s) == (1, 0.0)


def test_a_missed_frame_is_survived_on_a_slow_host():
    tracker = FaceTracker()
    tracker.update([seen(100)], 0.0, THRESHOLD)
    tracker.update([seen(104)], 1.2, THRESHOLD)
    assert len(tracker.update([], 2.4, THRESHOLD)) == 1
    assert numbers(tracker.update([seen(110)], 3.6, THRESHOLD)) == {1: pytest.approx(110)}


def watch(tracker: FaceTracker, faces, start_s: float, seconds: float):
    """The last of ten frames a second that all show the same."""
    for frame in range(round(10 * seconds) + 1):
        shown = tracker.update(faces, start_s + frame / 10, THRESHOLD)
    return shown


def test_a_face_that_left_is_gone_and_its_number_is_not_given_again():
    tracker = FaceTracker()
    watch(tracker, [seen(100)], 0, 1.5)
    assert watch(tracker, [], 1.6, 10.5) == ()
    assert list(numbers(watch(tracker, [seen(100)], 12.2, 0.2))) == [2]


def test_who_comes_back_soon_to_about_the_same_place_is_the_same():
    tracker = FaceTracker()
    watch(tracker, [seen(100), seen(500)], 0, 1.5)
    assert watch(tracker, [], 1.6, 8) == ()
    assert numbers(watch(tracker, [seen(480)], 9.7, 0.2)) == {2: pytest.approx(480)}
    (_, again) = watch(tracker, [seen(480), seen(130)], 10.1, 0.2)[::-1]
    assert (again.number, again.stayed) == (1, True)


def test_who_comes_back_elsewhere_is_somebody_new():
    tracker = FaceTracker()
    watch(tracker, [seen(100)], 0, 1.5)
    watch(tracker, [], 1.6, 3)
    assert list(numbers(watch(tracker, [seen(500)], 5, 0.2))) == [2]


def test_a_face_counts_when_it_has_stayed_a_second():
    tracker = FaceTracker()
    assert [each.stayed for each in watch(tracker, [seen(100)], 0, 0.9)] == [False]
    assert [each.stayed for each in watch(tracker, [seen(100)], 1.0, 0.1)] == [True]


def test_a_face_that_did_not_stay_leaves_no_gap_in_the_numbers():
    tracker = FaceTracker()
    watch(tracker, [seen(100)], 0, 2)
    watch(tracker, [seen(100), seen(500)], 2.1, 0.5)
    watch(tracker, [seen(100)], 2.7, 2)
    assert list(numbers(watch(tracker, [seen(100), seen(300, y=400)], 4.8, 1))) == [1, 2]


def test_a_tracker_goes_on_where_another_one_ended():
    tracker = FaceTracker()
    box = np.array([50, 50, 150, 150], dtype=np.float32)
    tracker.recall({2: box}, count=4, time_s=70)
    shown = tracker.update([seen(500), seen(110)], 70, THRESHOLD)
    assert numbers(shown) == {2: pytest.approx(110), 5: pytest.approx(500)}


def test_a_pause_without_frames_forgets_nobody():
    tracker = FaceTracker()
    for frame in range(5):
        tracker.update([seen(100)], frame / 10, THRESHOLD)
    assert list(numbers(tracker.update([seen(110)], 60.0, THRESHOLD))) == [1]


def test_a_ghost_of_one_frame_is_never_shown():
    tracker = FaceTracker()
    shown = []
    for frame in range(20):
        faces = [seen(100)] + ([seen(500, y=300)] if frame == 7 else [])
        shown += tracker.update(faces, frame / 15, THRESHOLD)
    assert {face.number for face in shown} == {1}


@pytest.mark.parametrize("fps", [8, 15, 30])
@pytest.mark.parametrize("sides", [(100, 100), (130, 90)])
def test_two_faces_cross_and_keep_their_numbers(fps, sides):
    """The one behind is not found while the other one covers more than half of it."""
    rng = np.random.default_rng(7)
    tracker = FaceTracker()
    for frame in range(int(3 * fps)):
        time_s = frame / fps
        right, left = 100 + 160 * time_s, 520 - 160 * time_s
        faces = [seen(right + rng.normal(0, 1.5), side=sides[0] + rng.normal(0, 1))]
        if abs(right - left) > 0.5 * min(sides):
            faces.append(seen(left + rng.normal(0, 1.5), side=sides[1] + rng.normal(0, 1)))
        order = rng.permutation(len(faces))
        shown = tracker.update([faces[i] for i in order], time_s, THRESHOLD)
        if frame == 2:
            start = numbers(shown)
    end = numbers(shown)
    assert set(start) == set(end) == {1, 2}
    assert {n: start[n] < 300 for n in start} == {n: end[n] > 300 for n in end}


def test_a_near_and_a_far_face_on_one_spot_are_two():
    tracker = FaceTracker()
    tracker.update([seen(300, side=200)], 0.0, THRESHOLD)
    for frame in range(1, 4):
        shown = tracker.update([seen(300, side=60)], frame / 15, THRESHOLD)
    assert max(face.number for face in shown) == 2


def test_frames_that_come_out_of_order_do_no_harm():
    tracker = FaceTracker()
    tracker.update([seen(100)], 5.0, THRESHOLD)
    (face,) = tracker.update([seen(101, probabilities=SAD)], 4.0, THRESHOLD)
    assert face.number == 1
    assert sum(face.probabilities.values()) == pytest.approx(1)


@pytest.mark.parametrize(("n", "m"), [(0, 0), (0, 2), (2, 0)])
def test_matching_with_nothing(n, m):
    assert match(np.zeros((n, 4), np.float32), np.zeros((m, 4), np.float32)) == []


def test_matching_prefers_overlap_to_nearness():
    expected = np.array([[0, 0, 100, 100], [90, 0, 190, 100]], np.float32)
    found = np.array([[80, 0, 180, 100], [-5, 0, 95, 100]], np.float32)
    assert sorted(match(expected, found)) == [(0, 1), (1, 0)]
