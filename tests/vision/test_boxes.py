from __future__ import annotations

import numpy as np
import pytest

from mood.vision.boxes import (
    align,
    cut_out,
    fit_within,
    iou,
    reading_order,
    resize,
    similarity_transform,
    square_crop_xyxy,
    suppress_overlaps,
)


def boxes(*rows: tuple[float, float, float, float]) -> np.ndarray:
    return np.array(rows, dtype=np.float32).reshape(-1, 4)


@pytest.mark.parametrize(
    ("size", "side", "expected"),
    [
        ((640, 480), 640, (640, 480)),
        ((640, 480), 320, (320, 240)),
        ((100, 4000), 640, (16, 640)),
        ((1, 5000), 640, (1, 640)),
        ((10, 10), 640, (10, 10)),
    ],
)
def test_a_size_shrinks_to_fit_and_never_grows(size, side, expected):
    assert fit_within(size, side) == expected


def test_shrinking_averages_instead_of_picking_pixels():
    stripes = np.zeros((8, 8), dtype=np.uint8)
    stripes[:, ::2] = 200
    assert np.all(resize(stripes, (4, 4)) == 100)


def test_the_square_is_centred_on_the_box_and_moved_down():
    square = square_crop_xyxy(boxes((10, 20, 30, 100))[0], scale=1.5, shift_y=0.1)
    assert square[2] - square[0] == pytest.approx(60)  # 1.5 * sqrt(20 * 80)
    assert square[3] - square[1] == pytest.approx(60)
    assert (square[0] + square[2]) / 2 == pytest.approx(20)
    assert (square[1] + square[3]) / 2 == pytest.approx(68)


def test_the_part_of_a_crop_beyond_the_border_repeats_the_edge():
    image = np.arange(16, dtype=np.uint8).reshape(4, 4)[..., None].repeat(3, axis=2)
    crop = cut_out(image, boxes((-2, -2, 2, 2))[0])
    assert crop[..., 0].tolist() == [[0, 0, 0, 1], [0, 0, 0, 1], [0, 0, 0, 1], [4, 4, 4, 5]]


@pytest.mark.parametrize("box", [(90, 90, 120, 120), (-50, -50, -40, -40), (3, 3, 3, 3)])
def test_a_crop_is_never_empty(box):
    crop = cut_out(np.zeros((20, 20, 3), dtype=np.uint8), boxes(box)[0])
    assert min(crop.shape[:2]) >= 1


def test_a_similarity_is_found_again():
    source = np.array([[0, 0], [4, 0], [0, 3], [2, 2], [1, 5]], dtype=np.float32)
    angle, scale = 0.4, 2.5
    turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    matrix = similarity_transform(source, (source @ turn.T + [7, -3]).astype(np.float32))
    assert matrix == pytest.approx(np.column_stack([turn, [7, -3]]), abs=1e-4)


def test_alignment_brings_landmarks_to_the_template():
    image = np.zeros((100, 100, 3), dtype=np.uint8)
    landmarks = np.array([[30, 40], [60, 50], [42, 60], [30, 75], [52, 80]], dtype=np.float32)
    template = np.array([[10, 10], [25, 10], [17, 18], [11, 26], [24, 26]], dtype=np.float32)
    matrix = similarity_transform(landmarks, template)
    for x, y in landmarks.astype(int):
        image[:] = 0
        image[y - 2 : y + 3, x - 2 : x + 3] = 255
        warped = align(image, landmarks, template, (36, 36))
        rows, columns = np.nonzero(warped[..., 0] > 100)
        expected = matrix @ [x, y, 1]
        assert columns.mean() == pytest.approx(expected[0], abs=0.8)
        assert rows.mean() == pytest.approx(expected[1], abs=0.8)


def test_alignment_of_a_large_face_averages_what_is_too_fine_to_show():
    image = np.zeros((800, 800, 3), dtype=np.uint8)
    image[::2, ::2] = image[1::2, 1::2] = 255
    landmarks = np.array([[250, 300], [550, 300], [400, 450], [270, 600], [530, 600]], np.float32)
    warped = align(image, landmarks, landmarks / 20, (40, 40))
    assert warped.min() > 110
    assert warped.max() < 145


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        (boxes(), boxes(), (0, 0)),
        (boxes(), boxes((0, 0, 1, 1)), (0, 1)),
        (boxes((0, 0, 1, 1)), boxes(), (1, 0)),
    ],
)
def test_iou_of_nothing_is_an_empty_table(a, b, expected):
    assert iou(a, b).shape == expected


def test_iou_by_hand():
    table = iou(boxes((0, 0, 2, 2), (5, 5, 6, 6)), boxes((1, 0, 3, 2), (0, 0, 2, 2), (2, 2, 2, 2)))
    assert table == pytest.approx(np.array([[1 / 3, 1, 0], [0, 0, 0]]), abs=1e-6)


@pytest.mark.parametrize(
    ("candidates", "confidences", "kept"),
    [
        (boxes(), [], []),
        (boxes((0, 0, 10, 10), (20, 0, 30, 10)), [0.6, 0.9], [1, 0]),
        (boxes((0, 0, 10, 10), (1, 1, 11, 11)), [0.6, 0.9], [1]),
        (boxes((0, 0, 100, 100), (10, 10, 30, 30)), [0.9, 0.8], [0]),  # one inside the other
        (boxes((0, 0, 10, 10), (8, 0, 18, 10)), [0.9, 0.8], [0, 1]),  # cheek to cheek
    ],
)
def test_overlapping_boxes_leave_the_most_confident(candidates, confidences, kept):
    assert suppress_overlaps(candidates, confidences, 0.5) == kept


@pytest.mark.parametrize(
    ("places", "expected"),
    [
        ([], []),
        ([(0, 0, 10, 10)], [0]),
        ([(50, 2, 60, 12), (0, 0, 10, 10), (25, 5, 35, 15)], [1, 2, 0]),
        ([(50, 0, 60, 10), (0, 40, 10, 50), (0, 1, 10, 11)], [2, 0, 1]),
    ],
)
def test_faces_are_read_like_a_page(places, expected):
    assert reading_order([boxes(place)[0] for place in places]) == expected
