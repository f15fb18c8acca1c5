"""What is shown of a face that is followed: calm, and yet quick."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest

from mood.types import Expression, Reason, Verdict
from mood.video.tracking import HALF_LIFE_S, FaceTracker, decide, smooth
from tests.video.faces import HAPPY, SAD, THRESHOLD, E, distribution, seen


@pytest.mark.parametrize("steps", [[0.25], [0.125, 0.125], [0.01, 0.08, 0.15, 0.01]])
def test_smoothing_does_not_depend_on_how_time_is_cut(steps):
    value = HAPPY
    for step in steps:
        value = smooth(value, SAD, step)
    kept = 0.5 ** (0.25 / HALF_LIFE_S)
    assert value[E.HAPPINESS] == pytest.approx(
        kept * HAPPY[E.HAPPINESS] + (1 - kept) * SAD[E.HAPPINESS]
    )
    assert sum(value.values()) == pytest.approx(1)


def test_after_one_half_life_the_old_weighs_half():
    value = smooth(HAPPY, SAD, HALF_LIFE_S)
    assert value[E.HAPPINESS] == pytest.approx(value[E.SADNESS])


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
    assert decide(distribution(**shares), current, THRESHOLD) is verdict


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


def shown(frames: Iterable[tuple[float, dict[Expression, float]]]) -> list[Expression | None]:
    """What is shown at each frame: it changes a fifth as often as the frames do, at most."""
    tracker = FaceTracker()
    alone, calm = [], []
    for time_s, probabilities in frames:
        top = max(probabilities, key=probabilities.__getitem__)
        alone.append(top if probabilities[top] >= THRESHOLD else None)
        (face,) = tracker.update([seen(100, probabilities=probabilities)], time_s, THRESHOLD)
        calm.append(face.expression)
    assert changes(calm) <= changes(alone) / 5
    return calm


def changes(verdicts: list[Expression | None]) -> int:
    return sum(a is not b for a, b in itertools.pairwise(verdicts))


@pytest.mark.parametrize("seed", range(6))
def test_verdicts_are_calm_and_yet_quick(seed):
    frames = recording(seed)
    calm = shown(frames)
    for scene in range(1, len(SCENES)):
        start_s = scene * SCENE_S
        right = [t for (t, _), each in zip(frames, calm, strict=True) if each is SCENES[scene]]
        assert min(t for t in right if t >= start_s) - start_s <= 0.5


def test_a_recorded_sequence_is_calm_and_yet_quick():
    """What the embedded network said of a noisy video: see tests/benchmarks/recording.py."""
    with (Path(__file__).parents[1] / "data" / "recording.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    calm = shown((float(row["time_s"]), {each: float(row[each]) for each in E}) for row in rows)
    scenes: dict[str, list[tuple[float, Expression | None]]] = {}
    for row, verdict in zip(rows, calm, strict=True):
        scenes.setdefault(row["scene"], []).append((float(row["time_s"]), verdict))
    assert len(scenes) > 3
    for frames in scenes.values():
        settled = frames[-1][1]
        assert settled is not None
        assert min(t for t, verdict in frames if verdict is settled) - frames[0][0] <= 0.5


def test_one_odd_frame_does_not_change_the_verdict():
    tracker = FaceTracker()
    for frame in range(30):
        odd = frame == 20
        (face,) = tracker.update(
            [seen(100, probabilities=SAD if odd else HAPPY)], frame / 15, THRESHOLD
        )
        assert face.expression is E.HAPPINESS


def test_doubt_is_shown_when_it_has_lasted_about_half_a_second():
    tracker = FaceTracker()
    said = [HAPPY] * 15 + [distribution(happiness=0.3)] * 15
    faces = [[seen(100, probabilities=each)] for each in said]
    shown = [tracker.update(each, at / 15, THRESHOLD)[0] for at, each in enumerate(faces)]
    assert [face.expression for face in shown].index(None) - 15 in {6, 7, 8}


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
    tracker = FaceTracker()
    for frame in range(20):
        dark = frame < 10
        shown = seen(100, probabilities=SAD if dark else HAPPY, reason=DARK if dark else None)
        (face,) = tracker.update([shown], frame / 10, THRESHOLD)
    assert face.expression is E.HAPPINESS
    assert face.probabilities == pytest.approx(HAPPY)
