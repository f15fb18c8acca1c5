from __future__ import annotations

import dataclasses

import cv2
import numpy as np
import onnx
import pytest

from mood.errors import ModelLoadError
from mood.models.catalogue import MINI, READABLE
from mood.types import Face, Quality, Reason
from mood.vision.quality import QualityJudge, how_sharp, how_turned, is_cut_off
from mood.vision.weighing import WEIGHING, Measures
from tests.fakes import FakeSession, face, judge

FINE = Measures(logit=3.0, confidence=0.92, side_px=80.0, turned=0.05, sharpness=0.5)
PICTURE = np.random.default_rng(0).integers(0, 255, (120, 160, 3)).astype(np.uint8)
FRONTAL = np.array([[60, 50], [90, 50], [75, 65], [64, 80], [86, 80]], dtype=np.float32)


def test_no_face_is_no_question():
    session = FakeSession(np.ones((1, 1), dtype=np.float32))
    assert QualityJudge(READABLE, session, WEIGHING).judge(PICTURE, []) == []
    assert session.seen == []


def test_faces_keep_their_order_beyond_one_batch():
    said = judge(*[30.0, -30.0] * 20).judge(PICTURE, [face(40, 20, 110, 100)] * 40)
    assert [each.reason is None for each in said] == [True, False] * 20
    assert all(0 <= each.readable <= 1 for each in said)


@pytest.mark.parametrize("field", ["logit", "confidence", "side_px", "sharpness"])
def test_more_of_what_speaks_for_a_face_never_makes_it_less_readable(field):
    for share in (0.1, 0.5, 0.9):
        less = dataclasses.replace(FINE, **{field: getattr(FINE, field) * share})
        assert WEIGHING.readable(less) <= WEIGHING.readable(FINE)


def test_a_plain_face_can_be_read_and_what_the_network_never_saw_cannot():
    assert WEIGHING.readable(FINE) >= WEIGHING.readable_from
    odd = dataclasses.replace(FINE, logit=-8.0, confidence=0.6)
    assert WEIGHING.readable(odd) < WEIGHING.readable_from


@pytest.mark.parametrize(
    ("measures", "reason"),
    [
        ({"side_px": 15.0}, Reason.TOO_SMALL),
        ({"confidence": 0.6}, Reason.NOT_A_FACE),
        ({"turned": 1.2}, Reason.TURNED_AWAY),
        ({"sharpness": 0.05}, Reason.TOO_BLURRED),
        ({"turned": 0.4}, Reason.TURNED_AWAY),  # nearest to it
        ({"side_px": 28.0}, Reason.TOO_SMALL),
    ],
)
def test_the_reason_is_what_is_plain_to_see_or_nearest_to_it(measures, reason):
    odd = dataclasses.replace(FINE, **measures)
    assert WEIGHING.reason(odd, PICTURE[:48, :48, 0]) is reason


@pytest.mark.parametrize("crop", [PICTURE[:48, :48, 0] // 64, np.full((48, 48), 255, np.uint8)])
def test_black_and_white_have_no_contrast_left(crop):
    assert WEIGHING.reason(FINE, crop) is Reason.TOO_DARK


def test_a_blurred_picture_is_less_sharp_whatever_its_contrast():
    large = cv2.resize(PICTURE[:8, :8, 0], (48, 48), interpolation=cv2.INTER_NEAREST)
    assert how_sharp(large // 2) == pytest.approx(how_sharp(large), rel=0.1)
    assert how_sharp(cv2.GaussianBlur(large, (0, 0), 3)) < how_sharp(large) / 4


def test_a_face_of_which_the_border_cuts_an_eye_away_is_cut_off_whatever_the_network_says():
    half = Face(np.array([-30, 20, 40, 100], dtype=np.float32), 0.95, FRONTAL - [70, 0])
    assert is_cut_off(half, (160, 120))
    (said,) = judge(30.0).judge(PICTURE, [half])
    assert said.reason is Reason.CUT_OFF
    whole = Face(np.array([45, 25, 105, 95], dtype=np.float32), 0.95, FRONTAL)
    assert judge(30.0).judge(PICTURE, [whole])[0].reason is None


@pytest.mark.parametrize(("nose_x", "turned"), [(75, 0.0), (60, 0.5), (90, 0.5), (105, 1.0)])
def test_how_far_a_face_is_turned(nose_x, turned):
    points = FRONTAL.copy()
    points[2, 0] = nose_x
    assert how_turned(points) == pytest.approx(turned)
    assert how_turned(points[:, ::-1].copy()) == pytest.approx(turned), "mirrored, on its side"


def test_eyes_in_one_place_are_turned_away_and_no_number_is_lost():
    assert how_turned(np.full((5, 2), 7, dtype=np.float32)) == 1.0


def test_a_network_of_another_size_or_answer_is_refused():
    with pytest.raises(ModelLoadError, match="readable wants input of shape"):
        QualityJudge(READABLE, FakeSession(np.ones((1, 1)), (None, 1, 64, 64)), WEIGHING)
    odd = QualityJudge(READABLE, FakeSession(np.ones((1, 8), dtype=np.float32)), WEIGHING)
    with pytest.raises(ModelLoadError, match="answers with shape"):
        odd.judge(PICTURE, [face(40, 20, 110, 100)])


def test_what_is_not_said_is_readable():
    assert (Quality().readable, Quality().reason) == (1.0, None)


def kinds(path) -> set[str]:
    return {node.op_type for node in onnx.load(path).graph.node}


def test_the_network_is_small_and_works_with_what_mini_works_with():
    path = READABLE.origin.path
    assert path.stat().st_size <= 250_000
    assert kinds(path) <= kinds(MINI.origin.path)
