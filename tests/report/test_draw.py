from __future__ import annotations

import numpy as np
import pytest
from PIL import ImageDraw

from mood.report.draw import annotate, label_of, percent
from mood.report.palette import COLOURS, UNCERTAIN_COLOUR, ink, looks, rgb
from mood.types import Analysis, Expression, FaceExpression, Quality, Reason, Source, Verdict
from mood.vision.boxes import iou
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


BESIDE = [verdict((100 + 50 * at, 200, 148 + 50 * at, 260)) for at in range(10)]
WORDS = ["desprecio claro 93 %"] * 10


def test_captions_are_written_in_the_language_of_who_asks_as_far_as_there_are_letters():
    image = np.zeros((480, 640, 3), dtype=np.uint8)
    one = analysis(verdict((200, 200, 300, 330)))
    english = annotate(image, one)
    assert (annotate(image, one, captions=["ira 93 %"]) != english).any()
    for captions in (["غضب 93%"], ["Ärger 93 %"], ["愤怒 93%"], ["😠 93 %"], [], ["a", "b"]):
        assert (annotate(image, one, captions=captions) == english).all(), captions


def test_labels_that_became_numbers_stand_in_a_key_below_the_picture():
    image = np.zeros((480, 640, 3), dtype=np.uint8)
    plain = annotate(image, analysis(*BESIDE), captions=WORDS)
    assert plain.shape == (480, 640, 3)
    keyed = annotate(image, analysis(*BESIDE), captions=WORDS, key=True)
    assert (keyed[:480] == plain).all()
    key = keyed[480:]
    squares = has(key, COLOURS[Expression.ANGER])
    assert squares.sum() > 100
    for left in np.flatnonzero(np.diff(squares.any(axis=0).astype(int)) == 1):
        assert (key[:, left - 5 : left - 1] == 255).all(), "no words run into the next ones"
    roomy = analysis(verdict((100, 200, 160, 280)), verdict((400, 200, 460, 280)))
    assert annotate(image, roomy, key=True).shape == (480, 640, 3)


def test_no_label_lies_on_another_or_on_a_face(monkeypatch):
    plates = []

    def note(pen, box, *_, fill=None, **__):
        if fill:
            plates.append(box)

    monkeypatch.setattr(ImageDraw.ImageDraw, "rounded_rectangle", note)
    annotate(np.zeros((480, 640, 3), dtype=np.uint8), analysis(*BESIDE), captions=WORDS)
    assert len(plates) == len(BESIDE)
    boxes = np.array([*plates, *(each.face.bbox_xyxy for each in BESIDE)], dtype=np.float32)
    assert (iou(boxes, boxes) == np.eye(len(boxes))).all()


def test_every_expression_has_its_own_colour_and_readable_ink():
    assert set(COLOURS) == set(Expression)
    assert list(looks()) == [*Expression, "uncertain"]
    assert len(set(COLOURS.values())) == len(Expression)
    assert ink("#F0E442") == "#000000"
    assert ink("#0072B2") == "#FFFFFF"
