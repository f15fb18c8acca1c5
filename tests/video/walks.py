"""Random walks of faces, close to every edge of what is followed, for `tests.video.golden`.

Steps from one frame to the next are as long as what is remembered lasts, or a little longer; faces
leap, grow, are missed and come back; what they show is nearly certain.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import numpy as np

from mood.options import Options
from mood.types import Analysis, Expression, Face, FaceExpression, Quality, Reason, Source, Verdict
from mood.video.sessions import LiveSessions

CERTAINTY = 0.5
SIZE_WH = (900, 700)

_STEPS_S = {
    0.033: 30,
    0.05: 8,
    0.07: 8,
    0.1: 30,
    0.2: 6,
    0.28: 8,
    0.32: 8,
    0.45: 6,
    0.55: 6,
    0.9: 4,
    1.05: 4,
    1.4: 2,
    1.9: 2,
    2.1: 2,
    4.0: 1,
    7.5: 1,
    9.8: 1,
    10.3: 1,
    0.0: 1,
}
"""Seconds from one frame to the next → how often."""

_REASONS = (None, Reason.TOO_DARK, Reason.TURNED_AWAY)


@dataclass
class _Person:
    x: float
    y: float
    side: float
    speed: float = 0.0  # pixels a second
    shown: int = 0
    reason: int = 0
    here: bool = True
    until_s: float = 0.0


def shares() -> list[list[float]]:
    """Two expressions that are nearly as probable as each other, around the threshold."""
    rng = np.random.default_rng(1)
    rows = []
    for at in range(24):
        first, second = rng.permutation(8)[:2]
        most = rng.choice([0.3, 0.4, 0.44, 0.47, 0.5, 0.53, 0.6])
        less = max(most - rng.choice([0.02, 0.06, 0.08, 0.12, 0.3]), 0.02)
        row = np.full(8, (1 - most - less) / 6)
        row[first], row[second] = most, less
        rows.append(row if at else np.full(8, 1 / 8))
    return [row.astype(np.float32).tolist() for row in rows]


def walk(seed: int, frames: int) -> list[list[Any]]:
    """Of each frame the time in seconds and its faces: middle, side, shares and reason by place."""
    rng = np.random.default_rng(seed)
    people = [_new(rng) for _ in range(4)]
    time_s, walked = 5.0, []
    steps, weights = np.array(list(_STEPS_S)), np.array(list(_STEPS_S.values()), dtype=float)
    for _ in range(frames):
        step_s = float(rng.choice(steps, p=weights / weights.sum()))
        time_s = round(time_s + step_s, 3)
        for at, person in enumerate(people):
            people[at] = _moved(person, step_s, time_s, rng)
        found = [
            [int(each.x), int(each.y), int(each.side), each.shown, each.reason]
            for each in people
            if each.here and rng.random() > 0.08
        ]
        if rng.random() < 0.05:
            stranger = _new(rng)
            found.append([int(stranger.x), int(stranger.y), 40, 0, 1])
        walked.append([time_s, *found])
    return walked


def _new(rng: np.random.Generator) -> _Person:
    x, y, side = rng.uniform(60, 840), rng.uniform(60, 640), rng.uniform(50, 130)
    return _Person(x, y, side, float(rng.choice([0, 0, 40, -90, 200, -400])))


def _moved(person: _Person, step_s: float, now_s: float, rng: np.random.Generator) -> _Person:
    if now_s > person.until_s:  # comes or goes, or somebody else does
        person.here = not person.here
        person.until_s = now_s + float(rng.choice([0.2, 0.6, 1.1, 2.5, 5, 9]))
        if person.here and rng.random() < 0.5:
            until_s = person.until_s
            person = _new(rng)
            person.until_s = until_s
    person.x += person.speed * min(step_s, 1)
    if not 50 < person.x < 850:
        person.speed = -person.speed
        person.x = min(max(person.x, 50), 850)
    if rng.random() < 0.06:
        person.x += float(rng.choice([-1, 1])) * person.side * rng.uniform(0.3, 1.2)
    if rng.random() < 0.04:
        person.side = min(max(person.side * rng.uniform(0.45, 2), 40), 200)
    if rng.random() < 0.25:
        person.shown = int(rng.integers(24))
    if rng.random() < 0.12:
        person.reason = int(rng.integers(3)) if person.reason == 0 else 0
    return person


def followed(walked: list[list[Any]]) -> dict[str, Any]:
    """What the program says of a walk: in short of each frame, and at the end what is saved."""
    sessions, told = LiveSessions(1), []
    table = shares()
    for time_s, *found in walked:
        faces = tuple(_seen(each, table) for each in found)
        origin = Source.EMBEDDED, Source.EMBEDDED
        analysis = Analysis(faces, SIZE_WH, "mini", "yunet", *origin, 1.0, CERTAINTY)
        moment = sessions.record("one", analysis, SIZE_WH, time_s)
        told.append(" ".join(map(_short, moment.faces)))
    saved = json.loads(sessions.export("one", "json", Options()) or "")
    return {
        "frames": walked,
        "told": told,
        "table": sessions.export("one", "csv"),
        "summary": saved["summary"],
        "faces": saved["faces"],
    }


def _seen(found: list[int], table: list[list[float]]) -> FaceExpression:
    x, y, side, shown, reason = found
    box = np.array([x - side / 2, y - side / 2, x + side / 2, y + side / 2], dtype=np.float32)
    quality = Quality(0.5, _REASONS[reason])
    names = dict(zip(Expression, table[shown], strict=True))
    return FaceExpression(Face(box, 0.9), names, Verdict.UNCERTAIN, quality=quality)


def _short(face: Any) -> str:
    """Number, what is shown, and whether the face is missing and has stayed."""
    at = "" if face.expression is None else list(Expression).index(face.expression)
    said = face.reason or f"{face.verdict[0]}{at}"
    return f"{face.number}:{said}{'-' if face.missing_s else ''}{'+' if face.stayed else ''}"


def walks() -> dict[str, Any]:
    """Some walks, and what they are made of."""
    return {
        "shares": shares(),
        "reasons": _REASONS,
        "walks": [followed(walk(seed, 600)) for seed in (2, 3, 4)],
    }
