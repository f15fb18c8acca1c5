"""Golden values: what each network says of the faces in the example photos, in ``golden.json``.

Expression networks are asked about faces that stand in the file, so that their values do not depend
on which detector is here. A face is a row of 14: its box, left, top, right, bottom, and its five
landmarks, x and y, in pixels. An answer of a detector is such rows, one of an expression network
rows of 8 probabilities in the order of `Expression`, one of `readable` rows of 1 probability.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mood.models.specs import Task
from mood.types import Expression, Face, FloatArray

GOLDEN_FILE = Path(__file__).with_name("golden.json")

SMILE = "astronaut.jpg"
"""The photo whose only face smiles broadly."""

# Decoders, OpenCV and processors differ in the last grey level, which small faces feel.
_PROBABILITY = 0.1
_POINT = 0.1  # of the face's longer side

Rows = Mapping[str, FloatArray]
"""Photo → (N, 14), (N, 8) or (N, 1) float32."""


@dataclass(frozen=True, slots=True)
class Golden:
    """What is known.

    Attributes:
        faces: Those that expression networks are asked about: photo → (N, 14).
        answers: Name of a network → what it says. Networks whose answers nobody has seen are
            missing.
    """

    faces: Rows
    answers: Mapping[str, Rows]

    @classmethod
    def read(cls, path: Path = GOLDEN_FILE) -> Golden:
        """The values of a file."""
        content = json.loads(path.read_text())
        answers = {name: _rows(answer) for name, answer in content["answers"].items()}
        return cls(_rows(content["faces"]), answers)

    def write(self, path: Path = GOLDEN_FILE) -> None:
        """Writes the file, a row of numbers a line."""
        answers = {name: _lists(self.answers[name]) for name in sorted(self.answers)}
        text = json.dumps({"faces": _lists(self.faces), "answers": answers}, indent=1)
        text = re.sub(r"\[([^][]+)\]", lambda row: f"[{' '.join(row[1].split())}]", text)
        path.write_text(text + "\n")


def _rows(photos: dict[str, list[list[float]]]) -> dict[str, FloatArray]:
    return {photo: np.array(rows, dtype=np.float32) for photo, rows in photos.items()}


def _lists(photos: Rows) -> dict[str, list[list[float]]]:
    digits = {len(Expression): 3, 1: 3}  # pixels otherwise
    return {
        photo: [[round(value, digits.get(len(row), 1)) for value in row] for row in rows.tolist()]
        for photo, rows in photos.items()
    }


def row_of(face: Face) -> FloatArray:
    """A face as a row (14,); landmarks that it has not are NaN, and so never as known."""
    points = np.full((5, 2), np.nan) if face.landmarks is None else face.landmarks
    return np.concatenate([face.bbox_xyxy, points.ravel()]).astype(np.float32)


def face_of(row: FloatArray) -> Face:
    """The face of such a row."""
    return Face(row[:4], 1.0, row[4:].reshape(5, 2))


def difference(task: Task, found: Rows, known: Rows) -> str | None:
    """The first thing in which an answer is not as known, in a few words; None where it agrees.

    Args:
        task: What the network is for.
        found: Its answer.
        known: The golden one. Photos that only one of them has are left out.
    """
    compare = _other_face if task is Task.DETECTION else _other_probability
    for photo in [photo for photo in found if photo in known]:
        rows = found[photo]
        if len(rows) != len(known[photo]):
            return f"{photo} has {len(rows)} face(s), not {len(known[photo])}"
        words = compare(rows, known[photo])
        if words:
            return f"{photo}, {words}"
    return None


def _other_face(found: FloatArray, known: FloatArray) -> str | None:
    for number, row in enumerate(known, start=1):
        off = np.abs(found - row).max(axis=1).min() / max(row[2] - row[0], row[3] - row[1])
        if not off <= _POINT:
            return f"face {number}: box or landmarks are off by {off:.0%} of its size"
    return None


def _other_probability(found: FloatArray, known: FloatArray) -> str | None:
    off = np.abs(found - known)
    if not off.size or off.max() <= _PROBABILITY:
        return None
    face, column = np.unravel_index(np.nan_to_num(off, nan=np.inf).argmax(), off.shape)
    found_there, known_there = found[face, column], known[face, column]
    what = list(Expression)[column] if len(found[face]) > 1 else "readable"
    return f"face {face + 1}: {what} {found_there:.2f}, not {known_there:.2f}"


def implausible(task: Task, answer: Rows) -> str | None:
    """What no network may say, whatever its golden values; None where all is well.

    A detector finds the one face that smiles, and it can be read. Rows of an expression network are
    probabilities of the eight expressions and sum to 1, and the smile is happiness.
    """
    if task is Task.DETECTION:
        count = len(answer.get(SMILE, [0]))
        return None if count == 1 else f"{SMILE} has {count} face(s), not 1"
    if task is Task.QUALITY:
        fine = all(row[0] > 0.5 for row in answer.get(SMILE, ()))
        return None if fine else f"{SMILE} smiles, and cannot be read"
    for photo, rows in answer.items():
        if rows.ndim != 2 or rows.shape[1] != len(Expression):
            return f"{photo}: the answer has the shape {rows.shape}"
        if not (rows >= 0).all() or not (np.abs(rows.sum(axis=1) - 1) < 1e-3).all():
            return f"{photo}: the answer is no probabilities"
    if SMILE in answer:
        (smile,) = answer[SMILE]
        top = list(Expression)[int(smile.argmax())]
        if top is not Expression.HAPPINESS:
            return f"{SMILE} smiles, and is called {top} ({smile.max():.2f})"
    return None
