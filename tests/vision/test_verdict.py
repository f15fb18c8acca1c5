from __future__ import annotations

import numpy as np
import pytest

from mood.errors import OptionsError
from mood.models.catalogue import MINI, MOBILEFACENET
from mood.types import Expression, Face, RGBImage
from mood.vision.detection import FaceDetector
from mood.vision.verdict import is_cut_off, judged
from tests import detectors
from tests.fakes import face
from tests.staging import PORTRAITS, photo

E = Expression
ROW = np.array([[0.4, 0.3, 0.1, 0.1, 0.05, 0.03, 0.02, 0.0]], dtype=np.float32)
SIZE = (60, 60)
FACES = [face(0, 0, 50, 50)]


CERTAIN = np.array([[0, 1, 0, 0, 0, 0, 0, 0]], dtype=np.float32)


def test_no_face_gets_no_verdict():
    assert judged([], SIZE, np.zeros((0, 8), dtype=np.float32), MINI, 0.5, [E.ANGER, E.FEAR]) == ()


def test_probabilities_are_made_to_sum_to_one_over_what_is_considered():
    (verdict,) = judged(FACES, SIZE, ROW, MINI, 0.7, [E.HAPPINESS, E.SURPRISE])
    assert verdict.probabilities[E.HAPPINESS] == pytest.approx(0.75)
    assert verdict.probabilities[E.SURPRISE] == pytest.approx(0.25)
    assert verdict.probabilities[E.NEUTRAL] == 0
    assert verdict.top is E.HAPPINESS
    assert verdict.certain


def test_what_has_no_probability_at_all_is_undecided_and_no_number_is_lost():
    row = np.array([[1, 0, 0, 0, 0, 0, 0, 0]], dtype=np.float32)
    (verdict,) = judged(FACES, SIZE, row, MINI, 0.6, [E.ANGER, E.FEAR])
    assert verdict.probabilities[E.ANGER] == pytest.approx(0.5)
    assert not verdict.certain


def test_a_network_that_knows_none_of_them_says_so():
    with pytest.raises(OptionsError, match="mobilefacenet knows none of: contempt"):
        judged(FACES, SIZE, ROW, MOBILEFACENET, 0.5, [E.CONTEMPT])


def test_what_the_network_was_never_taught_gets_nothing():
    (verdict,) = judged(FACES, SIZE, ROW, MOBILEFACENET, 0.5, [E.CONTEMPT, E.ANGER])
    assert verdict.probabilities[E.CONTEMPT] == 0
    assert verdict.probabilities[E.ANGER] == pytest.approx(1)


def with_landmarks(*points: tuple[float, float]) -> Face:
    box = np.array([20, 20, 60, 60], dtype=np.float32)
    return Face(box, 0.95, np.array(points, dtype=np.float32))


@pytest.mark.parametrize(
    ("size_wh", "cut"),
    [((100, 100), False), ((60, 60), False), ((60, 51), True), ((49, 60), True), ((45, 60), True)],
)
def test_a_face_is_cut_off_where_eyes_or_mouth_are(size_wh, cut):
    found = with_landmarks((30, 33), (48, 33), (39, 40), (32, 50), (46, 50))
    assert is_cut_off(found, size_wh) is cut
    (verdict,) = judged([found], size_wh, CERTAIN, MINI, 0.5)
    assert verdict.certain is not cut


def test_a_nose_tip_beyond_the_border_or_no_landmarks_cut_nothing_off():
    assert not is_cut_off(
        with_landmarks((30, 33), (48, 33), (-5, 40), (32, 50), (46, 50)), (90, 90)
    )
    assert not is_cut_off(face(-20, -20, 30, 30), (60, 60))


def cut(name: str, left: float, top: float, right: float, bottom: float) -> RGBImage:
    """A portrait without these shares of its face at its sides; below 0, so much more is left."""
    x0, y0, x1, y1 = PORTRAITS[name]
    width, height = x1 - x0, y1 - y0
    image = photo(name)
    return np.ascontiguousarray(
        image[
            max(0, round(y0 + top * height)) : round(y1 - bottom * height),
            max(0, round(x0 + left * width)) : round(x1 - right * width),
        ]
    )


@pytest.fixture(scope="module", params=["embedded", "yunet"])
def detector(request: pytest.FixtureRequest) -> FaceDetector:
    if request.param == "embedded":
        return detectors.embedded()
    return detectors.of_hub(request.getfixturevalue("yunet_file"))


def certain_faces(detector: FaceDetector, image: RGBImage) -> list[bool]:
    size_wh = image.shape[1], image.shape[0]
    faces = detector.detect(image)
    return [judged([each], size_wh, CERTAIN, MINI, 0.5)[0].certain for each in faces]


@pytest.mark.parametrize("name", PORTRAITS)
@pytest.mark.parametrize(
    "sides",
    [
        pytest.param((-0.3, 0.5, -0.3, -0.2), id="only the mouth"),
        pytest.param((-0.3, 0.42, -0.3, -0.2), id="eyes cut through"),
        pytest.param((-0.3, -0.3, -0.3, 0.45), id="only the eyes"),
        pytest.param((-0.3, -0.3, -0.3, 0.35), id="mouth cut through"),
        pytest.param((0.5, -0.3, -0.3, -0.2), id="right half of the picture"),
        pytest.param((-0.3, -0.3, 0.5, -0.2), id="left half of the picture"),
    ],
)
def test_half_a_face_is_never_certain(detector, name, sides):
    assert not any(certain_faces(detector, cut(name, *sides)))


@pytest.mark.parametrize("name", PORTRAITS)
@pytest.mark.parametrize(
    "sides",
    [
        pytest.param((-0.5, -0.5, -0.5, -0.5), id="the whole head"),
        pytest.param((-0.3, 0.0, -0.3, -0.3), id="without hair"),
        pytest.param((-0.3, 0.12, -0.3, -0.3), id="without forehead"),
        pytest.param((-0.3, -0.3, -0.3, 0.12), id="without chin"),
        pytest.param((0.0, 0.0, 0.0, 0.0), id="the bare face"),
    ],
)
def test_a_face_without_hair_or_chin_stays_certain(detector, name, sides):
    assert certain_faces(detector, cut(name, *sides)) == [True]
