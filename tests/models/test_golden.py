from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mood.models.catalogue import CATALOGUE, MINI
from mood.models.golden import (
    GOLDEN_FILE,
    SMILE,
    Golden,
    difference,
    face_of,
    implausible,
    row_of,
)
from mood.models.specs import Task
from mood.types import Expression, Face

EXAMPLES = Path(__file__).parents[2] / "examples"
GOLDEN = Golden.read()
HAPPY = np.array([[0.1, 0.9, 0, 0, 0, 0, 0, 0]], dtype=np.float32)


def test_every_network_that_can_be_had_without_the_hub_has_values_for_every_photo():
    assert SMILE in GOLDEN.faces
    assert all((EXAMPLES / photo).is_file() for photo in GOLDEN.faces)
    for name in ("mini", "readable", "libfacedetection", "yunet"):
        assert set(GOLDEN.answers[name]) == set(GOLDEN.faces)
    assert set(GOLDEN.answers) <= set(CATALOGUE)


def test_what_is_written_is_read_again(tmp_path):
    GOLDEN.write(tmp_path / "golden.json")
    again = Golden.read(tmp_path / "golden.json")
    assert (tmp_path / "golden.json").read_text() == GOLDEN_FILE.read_text()
    for name, answer in GOLDEN.answers.items():
        assert difference(CATALOGUE[name].task, again.answers[name], answer) is None


def test_a_face_without_landmarks_is_never_as_known():
    bare = row_of(Face(GOLDEN.faces[SMILE][0, :4], 1.0))[None]
    said = difference(Task.DETECTION, {SMILE: bare}, {SMILE: GOLDEN.faces[SMILE]})
    assert "face 1: box or landmarks" in said


def test_a_face_survives_as_a_row():
    row = GOLDEN.faces[SMILE][0]
    assert row_of(face_of(row)).tolist() == row.tolist()


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ([0.2, 0.8, 0, 0, 0, 0, 0, 0], None),
        ([0.3, 0.7, 0, 0, 0, 0, 0, 0], "face 1: neutral 0.30, not 0.10"),
        ([np.nan] * 8, "face 1: neutral nan"),
    ],
)
def test_probabilities_may_differ_a_little(row, words):
    found = {SMILE: np.array([row], dtype=np.float32)}
    said = difference(Task.EXPRESSION, found, {SMILE: HAPPY})
    assert said is None if words is None else words in said


def test_a_box_or_landmark_elsewhere_is_named_and_the_order_of_faces_is_not():
    faces = GOLDEN.faces["musicians.jpg"]
    assert difference(Task.DETECTION, {"a": faces[::-1]}, {"a": faces}) is None
    moved = faces.copy()
    moved[2, 4:] += 8  # the landmarks of the third
    assert "a, face 3: " in difference(Task.DETECTION, {"a": moved}, {"a": faces})
    assert "a has 3 face(s), not 4" in difference(Task.DETECTION, {"a": faces[:3]}, {"a": faces})
    swapped = faces[:, [0, 1, 2, 3, 6, 7, 4, 5, *range(8, 14)]]  # left eye, right eye
    assert difference(Task.DETECTION, {"a": swapped}, {"a": faces})


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (HAPPY, None),
        (HAPPY[:, :7], "shape"),
        (HAPPY * 2, "no probabilities"),
        (HAPPY * np.nan, "no probabilities"),
        (-HAPPY, "no probabilities"),
        (HAPPY[:, ::-1], "smiles, and is called fear (0.90)"),
    ],
)
def test_what_any_expression_network_must_keep(rows, words):
    said = implausible(Task.EXPRESSION, {SMILE: rows})
    assert said is None if words is None else words in said


def test_the_smile_can_be_read():
    assert implausible(Task.QUALITY, {SMILE: np.float32([[0.9]])}) is None
    assert "cannot be read" in implausible(Task.QUALITY, {SMILE: np.float32([[0.1]])})
    said = difference(Task.QUALITY, {SMILE: np.float32([[0.3]])}, {SMILE: np.float32([[0.9]])})
    assert said == "astronaut.jpg, face 1: readable 0.30, not 0.90"


def test_any_detector_must_find_the_smile():
    assert implausible(Task.DETECTION, {SMILE: GOLDEN.faces[SMILE]}) is None
    missed = implausible(Task.DETECTION, {SMILE: GOLDEN.faces[SMILE][:0]})
    assert missed == "astronaut.jpg has 0 face(s), not 1"


def test_the_smile_of_the_golden_values_is_happiness():
    column = list(Expression).index(Expression.HAPPINESS)
    assert GOLDEN.answers[MINI.name][SMILE][0, column] > 0.9
