from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from mood.models.catalogue import MINI, MOBILEFACENET
from mood.models.specs import Preprocessing
from mood.types import Face
from mood.vision.boxes import similarity_transform
from mood.vision.crops import align, crop_face, cut_out, landmarks_in_crop, resize, seen
from tests.fakes import face


def boxes(*rows: tuple[float, float, float, float]) -> np.ndarray:
    return np.array(rows, dtype=np.float32).reshape(-1, 4)


def test_shrinking_averages_instead_of_picking_pixels():
    stripes = np.zeros((8, 8), dtype=np.uint8)
    stripes[:, ::2] = 200
    assert np.all(resize(stripes, (4, 4)) == 100)


def test_the_part_of_a_crop_beyond_the_border_repeats_the_edge():
    image = np.arange(16, dtype=np.uint8).reshape(4, 4)[..., None].repeat(3, axis=2)
    crop = cut_out(image, boxes((-2, -2, 2, 2))[0])
    assert crop[..., 0].tolist() == [[0, 0, 0, 1], [0, 0, 0, 1], [0, 0, 0, 1], [4, 4, 4, 5]]


@pytest.mark.parametrize("box", [(90, 90, 120, 120), (-50, -50, -40, -40), (3, 3, 3, 3)])
def test_a_crop_is_never_empty(box):
    crop = cut_out(np.zeros((20, 20, 3), dtype=np.uint8), boxes(box)[0])
    assert min(crop.shape[:2]) >= 1


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


def test_the_crop_shows_the_face_and_its_surroundings():
    image = np.zeros((100, 100, 3), dtype=np.uint8)
    image[40:60, 40:60] = 255
    half = crop_face(image, face(40, 40, 60, 60), Preprocessing((48, 48), crop_scale=2.0))
    assert half[24, 24].tolist() == [255, 255, 255]
    assert half[5, 5].tolist() == [0, 0, 0]
    assert (half > 128).mean() == pytest.approx(0.25, abs=0.02)


def slanted(degrees: float) -> tuple[np.ndarray, Face]:
    """A face whose upper half is white, turned clockwise by `degrees`, and its landmarks."""
    angle = np.radians(degrees)
    across = np.array([np.cos(angle), np.sin(angle)])
    down = np.array([-np.sin(angle), np.cos(angle)])
    y, x = np.mgrid[:200, :200]
    image = np.where((x - 100) * down[0] + (y - 100) * down[1] < 0, 255, 0).astype(np.uint8)
    places = [(-15, -20), (15, -20), (0, 0), (-12, 20), (12, 20)]
    landmarks = np.array([100 + u * across + v * down for u, v in places], dtype=np.float32)
    box = np.array([60, 60, 140, 140], dtype=np.float32)
    return np.repeat(image[..., None], 3, axis=2), Face(box, 0.9, landmarks)


@pytest.mark.parametrize("degrees", [-40, -16, 16, 40])
def test_a_face_that_leans_is_turned_level(degrees):
    crop = crop_face(*slanted(degrees), Preprocessing((48, 48)))
    assert crop[:22].min() > 200
    assert crop[26:].max() < 50


def test_a_face_that_hardly_leans_stays_as_it_is():
    image, turned = slanted(10)
    plain = dataclasses.replace(turned, landmarks=None)
    preprocessing = Preprocessing((48, 48))
    assert (crop_face(image, turned, preprocessing) == crop_face(image, plain, preprocessing)).all()


@pytest.mark.parametrize("turned_deg", [0, 90, 180, 270])
@pytest.mark.parametrize("degrees", [0, 10, 40])
@pytest.mark.parametrize(
    "preprocessing",
    [Preprocessing((48, 48), crop_scale=1.3, crop_shift_y=0.1), MOBILEFACENET.preprocessing],
    ids=["square", "template"],
)
def test_landmarks_lie_in_the_crop_where_they_are_seen(preprocessing, degrees, turned_deg):
    _, upright = slanted(degrees)
    found = upright.turned(-turned_deg % 360, (200, 200))
    assert found.turned_deg == turned_deg
    height, width = preprocessing.input_hw
    places = landmarks_in_crop(found, preprocessing, (200, 200))
    for (x, y), (u, v) in zip(found.landmarks, places, strict=True):
        image = np.zeros((200, 200, 3), dtype=np.uint8)
        image[round(y) - 5 : round(y) + 6, round(x) - 5 : round(x) + 6] = 255
        rows, columns = np.nonzero(crop_face(image, found, preprocessing)[..., 0] > 100)
        assert (columns.mean() + 0.5) / width == pytest.approx(u, abs=0.025)
        assert (rows.mean() + 0.5) / height == pytest.approx(v, abs=0.025)


def test_a_face_without_landmarks_has_none_in_its_crop():
    assert landmarks_in_crop(face(40, 40, 60, 60), Preprocessing((48, 48)), (100, 100)) is None


def test_a_grey_network_saw_grey_and_one_of_colour_saw_colour():
    picture = np.zeros((100, 100, 3), dtype=np.uint8)
    picture[:, :, 0] = 200
    found = face(20, 20, 80, 80)
    grey = seen(picture, found, MINI.preprocessing)
    assert grey.shape == (48, 48, 3)
    assert (grey[..., 0] == grey[..., 2]).all()
    colour = seen(picture, found, MOBILEFACENET.preprocessing)
    assert colour.shape == (112, 112, 3)
    assert (colour[..., 2] == 0).all()
    assert (colour[..., 0] == 200).all()
