"""Where to look closer, on a stand-in."""

from __future__ import annotations

import numpy as np
import pytest

from mood.settings import Settings
from mood.types import Face, RGBImage
from mood.vision.detection import find_faces
from tests.fakes import face

SETTINGS = Settings()


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


class Parts:
    """Remembers looks, and finds a face around each white line."""

    def __init__(self) -> None:
        self.shapes: list[tuple[int, int]] = []

    def __call__(self, image: RGBImage) -> list[Face]:
        self.shapes.append(image.shape[:2])
        # Of the whole, scaled down, no line is to be seen.
        rows = np.flatnonzero(image.min(axis=(1, 2)) == 255)
        return [face(100, row - 30, 150, row + 30) for row in rows]


@pytest.mark.parametrize(("length", "parts"), [(2000, 4), (5333, 11), (7840, 16)])
def test_a_long_picture_is_looked_at_in_parts_as_large_as_they_are(length, parts):
    look = Parts()
    find_faces(look, np.zeros((length, 480, 3), np.uint8), SETTINGS, quick=False)
    assert [max(shape) for shape in look.shapes] == [640, 960, *[640] * parts]


def test_sixteen_parts_are_the_most_and_video_is_never_cut():
    look, picture = Parts(), np.zeros((30_000, 480, 3), np.uint8)
    find_faces(look, picture, SETTINGS, quick=False)
    assert [max(shape) for shape in look.shapes] == [640, 960] * 17
    look = Parts()
    find_faces(look, picture, SETTINGS, quick=True)
    assert [max(shape) for shape in look.shapes] == [640]  # at 320 pixels it is a sliver


@pytest.mark.parametrize("row", [500, 560, 630, 640, 1100])
def test_a_face_in_two_parts_is_told_once(row):
    picture = np.zeros((3000, 480, 3), dtype=np.uint8)
    picture[row] = 255
    (found,) = find_faces(Parts(), picture, SETTINGS, quick=False)
    assert found.bbox_xyxy.tolist() == [100, row - 30, 150, row + 30]


def test_parts_are_looked_at_no_longer_than_an_inference_may_take():
    look, times = Parts(), iter(range(0, 1000, 10))
    picture = np.zeros((5333, 480, 3), dtype=np.uint8)
    unseen: list[int] = []
    clock = times.__next__
    find_faces(look, picture, SETTINGS, quick=False, unseen=unseen.append, clock=clock)
    assert look.shapes.count((640, 480)) == 3
    assert unseen == [11 - 3]
    find_faces(look, picture, SETTINGS, quick=False, unseen=unseen.append)
    assert unseen == [11 - 3], "nothing is said where all was seen"


def test_doubts_and_dwarfs_are_left_out():
    look = Looks(
        {
            640: [
                face(0, 0, 100, 130, 0.9),
                face(300, 0, 400, 130, 0.3),  # no face
            ]
        }
    )
    assert len(find_faces(look, LARGE, SETTINGS, quick=False)) == 1
    look = Looks({320: [face(0, 0, 12, 15)]})
    picture = np.zeros((320, 320, 3), dtype=np.uint8)
    assert find_faces(look, picture, SETTINGS, quick=False) == []
