"""A face before a face is another one, and one face is never two."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mood.settings import Settings
from mood.types import Face
from mood.vision.boxes import iou
from mood.vision.detection import FaceDetector, find_faces
from tests import detectors
from tests.fakes import face
from tests.staging import PORTRAITS, pair, photo, scaled

SETTINGS = Settings()


@pytest.fixture(scope="module", params=["embedded", "yunet"])
def detector(request: pytest.FixtureRequest) -> FaceDetector:
    if request.param == "embedded":
        return detectors.embedded(SETTINGS)
    path: Path = request.getfixturevalue("yunet_file")
    return detectors.of_hub(path, SETTINGS)


@pytest.mark.parametrize("place", [(0.0, 1.0), (1.0, 1.0), (0.5, 1.05), (1.0, 0.6)])
@pytest.mark.parametrize("size", [0.25, 0.33, 0.45])
def test_a_child_before_a_grown_up_makes_two_faces(detector, size, place):
    both = pair("grace_hopper", "astronaut", size, place)
    found = np.array([each.bbox_xyxy for each in detector.detect(both.picture)])
    assert len(found) == 2
    truth = np.array([both.large_xyxy, both.small_xyxy], dtype=np.float32)
    assert iou(truth, found).max(axis=1).min() > 0.4


@pytest.mark.parametrize("factor", [2.0, 1.25, 0.8, 0.5, 0.3])
@pytest.mark.parametrize("name", PORTRAITS)
def test_one_face_is_one_at_any_size(detector, name, factor):
    assert len(detector.detect(scaled(photo(name), factor))) == 1


@pytest.mark.parametrize("shift", range(0, 480, 96))
def test_a_large_face_in_two_parts_of_a_long_picture_is_one(detector, shift):
    page = np.full((3000, 512, 3), 128, dtype=np.uint8)
    left, top, right, bottom = PORTRAITS["astronaut"]
    head = Image.fromarray(photo("astronaut")[top - 30 : bottom + 30, left - 30 : right + 30])
    page[400 + shift : 1000 + shift] = np.asarray(head.resize((512, 600)))
    assert len(detector.detect(page)) == 1


def with_landmarks(left: float, top: float, side: float, confidence: float) -> Face:
    points = np.array([[0.3, 0.35], [0.7, 0.35], [0.5, 0.55], [0.35, 0.7], [0.65, 0.7]])
    box = face(left, top, left + side, top + side, confidence).bbox_xyxy
    return Face(box, confidence, (points * side + [left, top]).astype(np.float32))


def test_faces_before_each_other_stay_two_across_the_parts_of_a_long_picture():
    """The whole shows the large one, the part the small one."""
    page = np.zeros((3000, 480, 3), dtype=np.uint8)
    looks = iter([[with_landmarks(20, 20, 60, 0.9)], [with_landmarks(260, 250, 70, 0.9)]])
    found = find_faces(lambda _: next(looks, []), page, SETTINGS, quick=False)
    assert sorted(each.size_wh[1] for each in found) == pytest.approx([70, 281], abs=1)
