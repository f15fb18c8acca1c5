"""A session as Python follows it: ``python -m tests.video.golden`` writes it down.

Faces come, go, cross, turn away and are seen where there are none; frames come quickly, slowly
and not at all, and wishes change. The live tab follows faces in the browser, too, and must say the
same.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np

from mood.page.live import _before, _moment_to_dict, _wish
from mood.types import Analysis, Expression, Face, FaceExpression, Quality, Reason, Source, Verdict
from mood.video.sessions import LiveSessions
from tests.video.walks import walks

ROOT = Path(__file__).parents[2]
SESSION = ROOT / "tests" / "data" / "watched.json"

FRAME_WH, CAMERA_WH = (640, 360), (1280, 720)
CERTAINTY = 0.5

_RNG_SEED = 36
_ALL = {"certainty": 0, "smallest_face": 0, "expressions": [], "show_unreadable": True}
_WISHES: dict[float, dict[str, Any]] = {
    0.0: _ALL,
    7.0: {**_ALL, "expressions": ["happiness", "anger", "neutral"]},
    11.0: {**_ALL, "smallest_face": 165, "show_unreadable": False},
    16.0: {**_ALL, "certainty": 0.9},
    23.0: {**_ALL, "expressions": ["fear", "sadness"], "certainty": 0.3},
    30.0: _ALL,
}
"""From when on something is wanted; before the first frame it is not said."""


def _times() -> list[float]:
    """When frames are taken: about eight in a second, then slowly, after a gap quickly, rarely."""
    rng = np.random.default_rng(_RNG_SEED)
    steps = [
        *(0.125 + rng.uniform(-0.02, 0.02, 96)),
        *(0.9 + rng.uniform(-0.2, 0.2, 6)),
        *[4.2, *[1 / 30] * 30],
        *[0.25] * 16,
        *[-0.05, 0.1, 0.0, 0.1],  # a clock that stumbles
        *[11.5, *[0.2] * 12],
    ]
    return [round(1000 + float(each), 4) for each in np.cumsum(steps)]


def _shares() -> list[list[float]]:
    """What a network may say of faces: sure of each expression, unsure, and in between."""
    rng = np.random.default_rng(_RNG_SEED)
    rows = [np.full(8, 1 / 8)]
    for at in range(8):
        for strength in (0.5, 3.0):
            weights = np.exp(rng.normal(0, 0.5, 8) + strength * (np.arange(8) == at))
            rows.append(weights / weights.sum())
    return [row.astype(np.float32).tolist() for row in rows]


def _faces(time_s: float, rng: np.random.Generator) -> list[list[Any]]:
    """Left, top, right, bottom, place of the shares, and a reason or None, of each face."""
    found = []

    def see(x: float, y: float, side: float, shown: int, reason: Reason | None = None) -> None:
        x, y = x + rng.normal(0, 1), y + rng.normal(0, 1)
        box = [x - side / 2, y - side / 2, x + side / 2, y + side / 2]
        found.append([*(round(4 * float(each)) / 4 for each in box), shown, reason])

    mood = int(time_s / 2.3) % 8
    sure = 2 if rng.random() < 0.8 else 1
    if rng.random() > 0.08:  # the one who stays, and is missed now and then
        see(180 + 60 * math.sin(time_s), 150, 90, 2 * mood + sure)
    if 2 <= time_s < 6 or 9.5 <= time_s < 14 or time_s > 32:  # comes, goes, comes back twice
        dark = Reason.TOO_DARK if 10.5 <= time_s < 13 or rng.random() < 0.05 else None
        see(480, 200, 80 + time_s / 2, 4, dark)
    if 3 <= time_s < 8:  # walks by, in front of the first one
        see(620 - 110 * (time_s - 3), 170, 70, 7 + int(time_s) % 2)
    if 19 <= time_s < 27:  # turns away again and again
        see(560, 90, 75, 9, Reason.TURNED_AWAY if int(2.2 * time_s) % 3 == 0 else None)
    if rng.random() < 0.06:  # no face at all
        see(rng.uniform(50, 600), rng.uniform(50, 300), 40, 0, Reason.NOT_A_FACE)
    return found


def _analysis(faces: list[list[Any]], shares: list[list[float]]) -> Analysis:
    return Analysis(
        tuple(_seen(np.array(box, dtype=np.float32), shares[at], why) for *box, at, why in faces),
        FRAME_WH,
        "mini",
        "yunet",
        Source.EMBEDDED,
        Source.CACHE,
        10.0,
        CERTAINTY,
    )


def _seen(box: Any, row: list[float], reason: Reason | None) -> FaceExpression:
    verdict = Verdict.UNREADABLE if reason else Verdict.CERTAIN  # is not looked at
    shares = dict(zip(Expression, row, strict=True))
    return FaceExpression(Face(box, 0.9), shares, verdict, quality=Quality(0.5, reason))


def _steps() -> list[dict[str, Any]]:
    """Frames, questions for what was recorded, and at the end a session that goes on."""
    rng = np.random.default_rng(_RNG_SEED)
    times = _times()
    steps: list[dict[str, Any]] = [{"do": "export", "kind": "csv", "wish": None}]
    wished = 0.0
    for at, time_s in enumerate(times):
        since = time_s - times[0]
        frame = {"do": "frame", "time_s": time_s, "faces": _faces(since, rng)}
        latest = max(each for each in _WISHES if each <= max(since, 0))
        if latest != wished or at % 10 == 9:
            frame["wish"], wished = _WISHES[latest], latest
        steps.append(frame)
        if at in (3, 18):
            steps += [{"do": "export", "kind": kind, "wish": None} for kind in ("csv", "json")]
        if at == 40:
            steps.append({"do": "export", "kind": "csv", "wish": _WISHES[7.0]})
    steps.append({"do": "export", "kind": "csv", "wish": _WISHES[11.0]})
    steps.append({"do": "clear"})
    box = [320.4, 220.6, 400.1, 330.2]
    before = {"time_s": 75.25, "count": 9, "faces": [[4, *box], [7, 900, 300, 1090.5, 500]]}
    for at in range(24):
        frame = {"do": "frame", "time_s": 2000 + at / 8, "faces": _faces(34 + at / 8, rng)}
        steps.append({**frame, "before": before} if at == 0 else frame)
    return [*steps, {"do": "export", "kind": "json", "wish": None}]


def session() -> dict[str, Any]:
    """All that is asked, and what the program answers."""
    sessions, shares = LiveSessions(1), _shares()
    steps = _steps()
    for step in steps:
        if step["do"] == "clear":
            sessions.clear("one")
        elif step["do"] == "export":
            step["text"] = sessions.export("one", step["kind"], _wish(step["wish"]))
        else:
            moment = sessions.record(
                "one",
                _analysis(step["faces"], shares),
                CAMERA_WH,
                step["time_s"],
                _before(step.get("before")),
                _wish(step.get("wish")),
            )
            step["answer"] = _moment_to_dict(moment, CERTAINTY)
    return {
        "expressions": list(Expression),
        "certainty": CERTAINTY,
        "frame": FRAME_WH,
        "camera": CAMERA_WH,
        "shares": shares,
        "steps": steps,
        "random": walks(),
    }


if __name__ == "__main__":
    SESSION.write_text(json.dumps(session(), separators=(",", ":")) + "\n", "utf-8")
    print(f"{SESSION.relative_to(ROOT)}: {SESSION.stat().st_size} bytes")
