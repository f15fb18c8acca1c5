from __future__ import annotations

import csv
import itertools
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest

from mood.types import Expression, Face, FaceExpression, Quality, Reason, Verdict
from mood.video.tracking import MARGIN, FaceTracker, decide, match, smooth

E = Expression
THRESHOLD = 0.5


def distribution(**shares: float) -> dict[Expression, float]:
    rest = (1 - sum(shares.values())) / (len(E) - len(shares))
    return {expression: shares.get(expression.value, rest) for expression in E}


HAPPY = distribution(happiness=0.9)
SAD = distribution(sadness=0.9)


def seen(
    x: float,
    y: float = 100,
    side: float = 100,
    probabilities=HAPPY,
    reason: Reason | None = None,
) -> FaceExpression:
    box = np.array([x - side / 2, y - side / 2, x + side / 2, y + side / 2], dtype=np.float32)
    verdict = Verdict.UNREADABLE if reason else Verdict.CERTAIN
    return FaceExpression(Face(box, 0.9), probabilities, verdict, quality=Quality(0.5, reason))


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


def test_a_face_that_left_is_gone_and_its_number_is_not_given_again():
    tracker = FaceTracker()
    for frame in range(5):
        tracker.update([seen(100)], frame / 10, THRESHOLD)
    for frame in range(5, 30):
        shown = tracker.update([], frame / 10, THRESHOLD)
    assert shown == ()
    tracker.update([seen(100)], 3.0, THRESHOLD)
    assert list(numbers(tracker.update([seen(100)], 3.1, THRESHOLD))) == [2]


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


@pytest.mark.parametrize("steps", [[1.0], [0.5, 0.5], [0.01, 0.3, 0.65, 0.04]])
def test_smoothing_does_not_depend_on_how_time_is_cut(steps):
    value = HAPPY
    for step in steps:
        value = smooth(value, SAD, step, 0.4)
    kept = 0.5 ** (1 / 0.4)
    assert value[E.HAPPINESS] == pytest.approx(
        kept * HAPPY[E.HAPPINESS] + (1 - kept) * SAD[E.HAPPINESS]
    )
    assert sum(value.values()) == pytest.approx(1)


def test_after_one_half_life_the_old_weighs_half():
    value = smooth(HAPPY, SAD, 0.4, 0.4)
    assert value[E.HAPPINESS] == pytest.approx(value[E.SADNESS])


def test_no_half_life_shows_each_frame_as_it_is():
    assert smooth(HAPPY, SAD, 0.01, 0.0) == pytest.approx(SAD)


@pytest.mark.parametrize(
    ("current", "shares", "verdict"),
    [
        (None, {"happiness": 0.6}, E.HAPPINESS),
        (None, {"happiness": 0.49}, None),
        (E.HAPPINESS, {"happiness": 0.47}, E.HAPPINESS),
        (E.HAPPINESS, {"happiness": 0.44}, None),
        (E.HAPPINESS, {"happiness": 0.46, "sadness": 0.52}, E.HAPPINESS),
        (E.HAPPINESS, {"happiness": 0.30, "sadness": 0.60}, E.SADNESS),
        (E.HAPPINESS, {"happiness": 0.30, "sadness": 0.45}, None),
    ],
)
def test_a_verdict_is_slow_to_change(current, shares, verdict):
    assert decide(distribution(**shares), current, THRESHOLD, MARGIN) is verdict


@pytest.mark.parametrize(("n", "m"), [(0, 0), (0, 2), (2, 0)])
def test_matching_with_nothing(n, m):
    assert match(np.zeros((n, 4), np.float32), np.zeros((m, 4), np.float32)) == []


def test_matching_prefers_overlap_to_nearness():
    expected = np.array([[0, 0, 100, 100], [90, 0, 190, 100]], np.float32)
    found = np.array([[80, 0, 180, 100], [-5, 0, 95, 100]], np.float32)
    assert sorted(match(expected, found)) == [(0, 1), (1, 0)]


SCENES = [E.NEUTRAL, E.HAPPINESS, E.SURPRISE, E.NEUTRAL, E.SADNESS, E.NEUTRAL]
SCENE_S = 4.0


def recording(seed: int) -> list[tuple[float, dict[Expression, float]]]:
    """(time, probabilities) of a face that changes every four seconds, at 15 uneven frames each.

    The logits wobble from frame to frame as those of a network do on video: the right one leads on
    average, and is often below the threshold or behind another for a frame.
    """
    rng = np.random.default_rng(seed)
    wobble = np.zeros(len(E))
    frames = []
    time_s = 0.0
    while time_s < SCENE_S * len(SCENES):
        wobble = 0.3 * wobble + rng.normal(0, 0.9, len(E))
        logits = wobble.copy()
        logits[list(E).index(SCENES[int(time_s / SCENE_S)])] += 3.2
        logits[list(E).index(E.NEUTRAL)] += 0.9
        shares = np.exp(logits) / np.exp(logits).sum()
        frames.append((time_s, dict(zip(E, shares.tolist(), strict=True))))
        time_s += rng.uniform(0.5, 1.5) / 15
    return frames


@pytest.mark.parametrize("seed", range(6))
def test_verdicts_are_calm_and_yet_quick(seed):
    tracker = FaceTracker()
    raw, calm = [], []
    for time_s, probabilities in recording(seed):
        top = max(probabilities, key=probabilities.__getitem__)
        raw.append(top if probabilities[top] >= THRESHOLD else None)
        (face,) = tracker.update([seen(100, probabilities=probabilities)], time_s, THRESHOLD)
        calm.append((time_s, face.expression))
    flips_raw = sum(a is not b for a, b in itertools.pairwise(raw))
    flips_calm = sum(a[1] is not b[1] for a, b in itertools.pairwise(calm))
    assert flips_calm <= flips_raw / 5
    for scene in range(1, len(SCENES)):
        start_s = scene * SCENE_S
        shown = [t for t, verdict in calm if t >= start_s and verdict is SCENES[scene]]
        assert min(shown, default=float("inf")) - start_s <= 0.5


def test_a_recorded_sequence_is_calm_and_yet_quick():
    """What the embedded network said of a noisy video: see tests/benchmarks/recording.py."""
    with (Path(__file__).parents[1] / "data" / "recording.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    tracker = FaceTracker()
    raw, calm = [], []
    for row in rows:
        probabilities = {each: float(row[each]) for each in E}
        top = max(probabilities, key=probabilities.__getitem__)
        raw.append(top if probabilities[top] >= THRESHOLD else None)
        time_s = float(row["time_s"])
        (face,) = tracker.update([seen(100, probabilities=probabilities)], time_s, THRESHOLD)
        calm.append((time_s, int(row["scene"]), face.expression))
    flips_raw = sum(a is not b for a, b in itertools.pairwise(raw))
    flips_calm = sum(a[2] is not b[2] for a, b in itertools.pairwise(calm))
    assert flips_calm <= flips_raw / 5
    scenes = {scene: [each for each in calm if each[1] == scene] for _, scene, _ in calm}
    for frames in scenes.values():
        settled = frames[-1][2]
        assert settled is not None
        assert min(t for t, _, verdict in frames if verdict is settled) - frames[0][0] <= 0.5


def test_one_odd_frame_does_not_change_the_verdict():
    tracker = FaceTracker()
    for frame in range(30):
        odd = frame == 20
        (face,) = tracker.update(
            [seen(100, probabilities=SAD if odd else HAPPY)], frame / 15, THRESHOLD
        )
        assert face.expression is E.HAPPINESS


def test_lasting_doubt_is_shown():
    tracker = FaceTracker()
    flat = distribution(happiness=0.3)
    for frame in range(30):
        (face,) = tracker.update(
            [seen(100, probabilities=HAPPY if frame < 15 else flat)], frame / 15, THRESHOLD
        )
    assert face.expression is None


DARK = Reason.TOO_DARK


def watched(reasons: Iterable[Reason | None], step_s: float = 0.1) -> list[Verdict]:
    tracker = FaceTracker()
    return [
        tracker.update([seen(100, reason=each)], frame * step_s, THRESHOLD)[-1].verdict
        for frame, each in enumerate(reasons)
    ]


def test_what_cannot_be_read_has_neither_expression_nor_row():
    tracker = FaceTracker()
    for frame in range(5):
        (face,) = tracker.update([seen(100, reason=DARK)], frame / 10, THRESHOLD)
    assert (face.verdict, face.reason, face.expression) == (Verdict.UNREADABLE, DARK, None)


def test_a_face_that_flips_between_readable_and_not_stays_what_it_was():
    assert set(watched([None] * 5 + [DARK, None, DARK, DARK] * 20)) == {Verdict.CERTAIN}
    assert set(watched([DARK] * 5 + [None, DARK, None, None] * 20)) == {Verdict.UNREADABLE}
    slowly = ([DARK] * 9 + [None] * 9) * 5
    assert set(watched([None] * 5 + slowly)) == {Verdict.CERTAIN}


def test_a_face_that_can_be_read_no_more_is_shown_so_after_a_moment_and_back_sooner():
    verdicts = watched([None] * 5 + [DARK] * 30 + [None] * 10)
    lost = verdicts.index(Verdict.UNREADABLE)
    found = verdicts.index(Verdict.CERTAIN, lost)
    assert 10 <= lost - 5 <= 20
    assert 2 <= found - 35 <= 6
    assert set(verdicts[found:]) == {Verdict.CERTAIN}


def test_a_face_that_was_just_lost_is_not_found_by_the_next_frame():
    verdicts = watched([None] * 5 + [DARK] * 16 + [None, DARK] * 10)
    lost = verdicts.index(Verdict.UNREADABLE)
    assert set(verdicts[lost:]) == {Verdict.UNREADABLE}


def test_on_a_slow_host_one_frame_is_no_verdict_on_reading():
    assert set(watched([None, None, DARK, None, DARK, None], step_s=1.2)) == {Verdict.CERTAIN}
    assert set(watched([DARK, DARK, None, DARK, None, DARK], step_s=1.2)) == {Verdict.UNREADABLE}
    assert watched([None, None, DARK, DARK], step_s=1.2)[-1] is Verdict.UNREADABLE
    assert watched([DARK, DARK, None, None], step_s=1.2)[-1] is Verdict.CERTAIN


def test_what_a_face_shows_while_it_cannot_be_read_does_not_count():
    tracker = FaceTracker()
    for frame in range(20):
        unread = frame >= 10
        shown = seen(100, probabilities=SAD if unread else HAPPY, reason=DARK if unread else None)
        (face,) = tracker.update([shown], frame / 10, THRESHOLD)
        assert face.expression is E.HAPPINESS
    assert face.probabilities == pytest.approx(HAPPY)


def test_a_face_that_comes_out_of_the_dark_shows_what_it_shows_then():
    tracker = FaceTracker(half_life_s=1.0)
    for frame in range(20):
        dark = frame < 10
        shown = seen(100, probabilities=SAD if dark else HAPPY, reason=DARK if dark else None)
        (face,) = tracker.update([shown], frame / 10, THRESHOLD)
    assert face.expression is E.HAPPINESS
    assert face.probabilities == pytest.approx(HAPPY)
