from __future__ import annotations

import numpy as np
import pytest

from mood.types import Face, RGBImage
from mood.vision.detection import FaceDetector
from mood.vision.quality import QualityJudge, is_cut_off
from tests.fakes import face
from tests.staging import PORTRAITS, photo


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


def readable_faces(detector: FaceDetector, judge: QualityJudge, image: RGBImage) -> list[bool]:
    return [each.reason is None for each in judge.judge(image, detector.detect(image))]


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
def test_half_a_face_is_never_read(detector, judge, name, sides):
    assert not any(readable_faces(detector, judge, cut(name, *sides)))


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
def test_a_face_without_hair_or_chin_can_be_read(detector, judge, name, sides):
    assert readable_faces(detector, judge, cut(name, *sides)) == [True]
