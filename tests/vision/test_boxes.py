from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from mood.vision.boxes import (
    fit_within,
    iou,
    reading_order,
    similarity_transform,
    square_crop_xyxy,
    suppress_overlaps,
    tiles,
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


def test_the_square_is_centred_on_the_box_and_moved_down():
    square = square_crop_xyxy(boxes((10, 20, 30, 100))[0], scale=1.5, shift_y=0.1)
    assert square[2] - square[0] == pytest.approx(60)  # 1.5 * sqrt(20 * 80)
    assert square[3] - square[1] == pytest.approx(60)
    assert (square[0] + square[2]) / 2 == pytest.approx(20)
    assert (square[1] + square[3]) / 2 == pytest.approx(68)


def test_a_similarity_is_found_again():
    source = np.array([[0, 0], [4, 0], [0, 3], [2, 2], [1, 5]], dtype=np.float32)
    angle, scale = 0.4, 2.5
    turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    matrix = similarity_transform(source, (source @ turn.T + [7, -3]).astype(np.float32))
    assert matrix == pytest.approx(np.column_stack([turn, [7, -3]]), abs=1e-4)


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
    nowhere = np.full((len(candidates), 5, 2), np.nan, dtype=np.float32)
    assert suppress_overlaps(candidates, np.array(confidences), nowhere, 0.5) == kept


@pytest.mark.parametrize(
    ("points", "confidence", "kept"),
    [
        (((30, 35), (70, 35), (50, 55), (35, 70), (65, 70)), 0.9, [0]),  # those of the large face
        (((32, 37), (72, 37), (52, 57), (37, 72), (67, 72)), 0.9, [0]),
        (((82, 84), (92, 84), (87, 88), (83, 94), (91, 94)), 0.9, [0, 1]),  # its own
        (((82, 84), (92, 84), (87, 88), (83, 94), (91, 94)), 0.6, [0]),  # of what is hardly a face
    ],
)
def test_a_face_before_another_has_landmarks_of_its_own(points, confidence, kept):
    large = ((30, 35), (70, 35), (50, 55), (35, 70), (65, 70))
    landmarks = np.array([large, points], dtype=np.float32)
    candidates = boxes((0, 0, 100, 100), (75, 75, 100, 105))
    assert suppress_overlaps(candidates, np.array([0.95, confidence]), landmarks, 0.5) == kept


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


@pytest.mark.parametrize("length", [1, 639, 640, 641, 1120, 1121, 5333, 7840, 7841, 100_000])
def test_parts_cover_a_length_and_overlap(length):
    parts = tiles(length, 640, 160, 16)
    assert parts[0][0] == 0
    assert parts[-1][1] == length
    assert len(parts) <= 16
    for (_, end), (begin, _) in pairwise(parts):
        assert end - begin >= 159
    assert all(end - begin >= min(length, 640) for begin, end in parts)


def test_there_are_no_more_parts_than_are_needed():
    assert [len(tiles(length, 640, 160, 16)) for length in (640, 641, 1120, 1121)] == [1, 2, 2, 3]
