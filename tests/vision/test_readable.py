"""The photos of the page: a hand, a blob and a bracket never get a mood, the people do."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from mood.models.catalogue import MINI
from mood.settings import Settings
from mood.types import Face, RGBImage
from mood.vision.expression import ExpressionClassifier
from mood.vision.picture import read_image
from mood.vision.session import OnnxSession
from tests import detectors

EXAMPLES = Path(__file__).parents[2] / "examples"
ODD = {
    # a hand on a trumpet, two blobs, a bracket: x and y of the middle, in shares of the picture
    "mariachi": ((0.53, 0.54), (0.47, 0.37), (0.61, 0.43), (0.70, 0.17)),
    "musicians": (),
}
PEOPLE = {
    # faces that anybody can read
    "mariachi": ((0.40, 0.26), (0.86, 0.52)),
    "musicians": ((0.67, 0.37), (0.92, 0.38)),
}


def middle(face: Face, image: RGBImage, mirrored: bool) -> tuple[float, float]:
    left, top, right, bottom = face.bbox_xyxy
    x, y = (left + right) / 2 / image.shape[1], (top + bottom) / 2 / image.shape[0]
    return (1 - x if mirrored else x), y


def near(face: Face, image: RGBImage, mirrored: bool, spots: tuple) -> bool:
    here = middle(face, image, mirrored)
    return any(np.hypot(here[0] - x, here[1] - y) < 0.04 for x, y in spots)


@pytest.mark.parametrize("photo", ["mariachi", "musicians"])
@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("brighter", [1.0, 1.15])
@pytest.mark.parametrize("smaller", [1.0, 0.75, 0.5])
def test_what_is_no_face_gets_no_mood(judge, detector, photo, mirrored, brighter, smaller):
    image = read_image(EXAMPLES / f"{photo}.jpg", Settings()).pixels
    image = np.clip(image * brighter, 0, 255).astype(np.uint8)[:, :: -1 if mirrored else 1]
    image = cv2.resize(image, None, fx=smaller, fy=smaller, interpolation=cv2.INTER_AREA)
    faces = detector.detect(image)
    qualities = judge.judge(image, faces)
    readable = [face for face, said in zip(faces, qualities, strict=True) if said.reason is None]
    assert not [face for face in readable if near(face, image, mirrored, ODD[photo])]
    if smaller == 1:
        people = [face for face in readable if near(face, image, mirrored, PEOPLE[photo])]
        assert len(people) == len(PEOPLE[photo])


def test_what_mini_sees_is_what_the_judge_sees(judge):
    image = read_image(EXAMPLES / "mariachi.jpg", Settings()).pixels
    faces = detectors.embedded().detect(image)
    classifier = ExpressionClassifier(MINI, OnnxSession(MINI.origin.path))
    again = judge.judge(image, faces, classifier.crops(image, faces))
    for one, other in zip(judge.judge(image, faces), again, strict=True):
        assert (one.readable, one.reason) == (other.readable, other.reason)
