from __future__ import annotations

import numpy as np
import pytest

from mood.report.draw import annotate, label_of, percent
from mood.report.palette import COLOURS, UNCERTAIN_COLOUR, ink, rgb
from mood.types import Analysis, Expression, FaceExpression, Quality, Reason, Source, Verdict
from tests.fakes import face


def verdict(
    box: tuple[float, float, float, float], said: Verdict = Verdict.CERTAIN
) -> FaceExpression:
    probabilities = dict.fromkeys(Expression, 0.01) | {Expression.ANGER: 0.93}
    reason = Reason.TOO_SMALL if said is Verdict.UNREADABLE else None
    return FaceExpression(face(*box), probabilities, said, quality=Quality(0.1, reason))


def analysis(*faces: FaceExpression, size: tuple[int, int] = (640, 480)) -> Analysis:
    return Analysis(faces, size, "mini", "yunet", Source.EMBEDDED, Source.EMBEDDED, 1.0, 0.5)


def has(pixels: np.ndarray, colour: str) -> np.ndarray:
    return np.all(pixels == np.array(rgb(colour), dtype=np.uint8), axis=-1)


@pytest.mark.parametrize("background", [0, 127, 255])
def test_frame_and_label_are_seen_on_any_background(background):
    image = np.full((480, 640, 3), background, dtype=np.uint8)
    drawn = annotate(image, analysis(verdict((200, 200, 300, 330))))
    frame = has(drawn, COLOURS[Expression.ANGER])
    assert frame[265, 195:206].any()  # left edge
    assert frame[265, 295:306].any()  # right edge
    assert not frame[230:300, 230:270].any()  # the face itself stays free
    assert frame[150:198].sum() > 300  # the plate above it
    dark = has(drawn, "#000000")
    assert dark[265, 190:212].any()  # the dark line beside the coloured one


def test_the_picture_that_was_given_stays_as_it_was():
    image = np.zeros((480, 640, 3), dtype=np.uint8)
    annotate(image, analysis(verdict((200, 200, 300, 330))))
    assert not image.any()


def test_an_uncertain_face_never_wears_the_colour_of_an_expression():
    image = np.zeros((480, 640, 3), dtype=np.uint8)
    face_ = verdict((200, 200, 300, 330), Verdict.UNCERTAIN)
    drawn = annotate(image, analysis(face_))
    assert not has(drawn, COLOURS[Expression.ANGER]).any()
    assert has(drawn, UNCERTAIN_COLOUR).any()
    assert label_of(face_) == "uncertain"


def test_what_cannot_be_read_has_a_thin_grey_outline_and_no_label():
    image = np.zeros((480, 640, 3), dtype=np.uint8)
    face_ = verdict((200, 200, 300, 330), Verdict.UNREADABLE)
    drawn = annotate(image, analysis(face_)).copy()
    assert has(drawn, UNCERTAIN_COLOUR)[265, 195:206].sum() == 1  # pixels wide
    drawn[199:332, 199:302] = 0
    assert not drawn.any()
    assert label_of(face_) == ""


def test_boxes_follow_the_scale_of_the_picture():
    half = np.zeros((480, 640, 3), dtype=np.uint8)
    drawn = annotate(half, analysis(verdict((400, 400, 600, 660)), size=(1280, 960)))
    assert has(drawn, COLOURS[Expression.ANGER])[265, 195:206].any()


def test_small_pictures_grow_until_labels_can_be_read():
    tiny = np.zeros((48, 64, 3), dtype=np.uint8)
    assert annotate(tiny, analysis(verdict((10, 10, 30, 40)), size=(64, 48))).shape == (360, 480, 3)


def test_labels_can_be_left_out():
    image = np.zeros((480, 640, 3), dtype=np.uint8)
    drawn = annotate(image, analysis(verdict((200, 200, 300, 330))), labels=False)
    assert not drawn[150:190].any()


@pytest.mark.parametrize("box", [(0, 0, 640, 480), (-20, -30, 40, 30), (620, 470, 660, 500)])
def test_faces_at_the_border_are_labelled_inside_the_picture(box):
    drawn = annotate(np.zeros((480, 640, 3), dtype=np.uint8), analysis(verdict(box)))
    assert has(drawn, COLOURS[Expression.ANGER]).sum() > 500


def test_no_face_leaves_the_picture_alone():
    image = np.random.default_rng(0).integers(0, 255, (500, 640, 3), dtype=np.uint8)
    assert np.array_equal(annotate(image, analysis()), image)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.974, "97 %"), (0.9949, "99 %"), (0.995, "> 99 %"), (1.0, "> 99 %"), (0.004, "0 %")],
)
def test_certainty_is_never_rounded_up_to_a_hundred(value, text):
    assert percent(value) == text


def test_every_expression_has_its_own_colour_and_readable_ink():
    assert set(COLOURS) == set(Expression)
    assert len(set(COLOURS.values())) == len(Expression)
    assert ink("#F0E442") == "#000000"
    assert ink("#0072B2") == "#FFFFFF"
