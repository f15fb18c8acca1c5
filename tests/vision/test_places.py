"""From what the network tells of each place to faces, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from mood.types import FloatArray
from mood.vision.places import faces_of

SIZE = (64, 32)  # grids of 8 × 4, 4 × 2 and 2 × 1 places
SURE, NOTHING = 4.0, -8.0


def silent() -> FloatArray:
    places = np.zeros((16, 8 * 4 + 4 * 2 + 2 * 1), dtype=np.float32)
    places[:2] = NOTHING
    return places


def test_a_face_stands_where_its_place_says():
    places = silent()
    at = 32 + 4 + 2  # stride 16, second row, third column
    places[:, at] = [SURE, SURE, 0.5, 0.25, np.log(2), np.log(1.5), *np.arange(10) / 10]
    (face,) = faces_of(places, SIZE, 0.5)
    # The centre lies at 16 · (2.5, 1.25), the box is 16 · (2, 1.5) pixels large.
    assert face.bbox_xyxy.tolist() == pytest.approx([24, 8, 56, 32])
    assert face.landmarks[0].tolist() == pytest.approx([32, 17.6])
    assert face.landmarks[4].tolist() == pytest.approx([16 * 2.8, 16 * 1.9])
    assert face.confidence == pytest.approx(1 / (1 + np.exp(-4)))


def test_confidence_is_the_geometric_mean_of_both_probabilities():
    places = silent()
    places[:2, 0] = 0.0, 50.0
    assert faces_of(places, SIZE, 0.7)[0].confidence == pytest.approx(np.sqrt(0.5))
    assert faces_of(places, SIZE, 0.71) == []


def test_a_face_that_several_places_see_is_one():
    places = silent()
    for at, logit in ((0, 2.0), (1, SURE), (33, 1.0)):
        places[:2, at] = logit
        places[4:6, at] = 1.5 if at < 32 else 0.8
    (face,) = faces_of(places, SIZE, 0.5)
    assert face.confidence == pytest.approx(1 / (1 + np.exp(-4)))


def test_two_faces_come_with_the_more_confident_first():
    places = silent()
    places[:2, 0], places[:2, 7] = 1.0, 2.0
    first, second = faces_of(places, SIZE, 0.5)
    assert first.bbox_xyxy[0] > second.bbox_xyxy[0]


def test_numbers_beyond_all_bounds_stay_numbers():
    places = silent()
    places[:, 3] = 1e30
    (face,) = faces_of(places, SIZE, 0.5)
    assert np.isfinite(face.bbox_xyxy).all()
