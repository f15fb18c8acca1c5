"""Photos on their side or head: the policy on a stand-in, both detectors on the examples."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from PIL import Image

from mood.analyzer import MoodAnalyzer
from mood.options import Options
from mood.report.draw import annotate
from mood.settings import Settings
from mood.types import Face, RGBImage
from mood.vision.detection import find_faces
from mood.vision.turning import find_upright
from tests.fakes import face
from tests.staging import PORTRAITS, photo, scaled, turned

SETTINGS = Settings(model="mini", detector="libfacedetection")
PICTURE = np.zeros((120, 200, 3), dtype=np.uint8)
LYING, FOUR_WAYS = (200, 120), (128, 128)


class Looks:
    """Gives one answer after the other, and remembers at what it looked."""

    def __init__(self, *answers: list[Face]) -> None:
        self.answers = list(answers)
        self.shapes: list[tuple[int, ...]] = []

    def __call__(self, image: RGBImage) -> list[Face]:
        self.shapes.append(image.shape[:2])
        return self.answers.pop(0)


def upright(look: Looks) -> list[Face]:
    find = partial(find_faces, image=PICTURE, settings=SETTINGS, quick=False)
    return find_upright(look, find, PICTURE, SETTINGS.detection_side)


def doubtful(confidence: float) -> list[Face]:
    return [face(60, 30, 100, 80, confidence)]


def tile(row: int, column: int, confidence: float) -> Face:
    x, y = 64 * column, 64 * row
    return face(x + 12, y + 12, x + 52, y + 52, confidence)


def test_beside_a_sure_face_nothing_more_is_looked_at():
    look = Looks([*doubtful(0.6), face(10, 10, 40, 50, 0.93)])
    assert len(upright(look)) == 2
    assert look.shapes == [(120, 200)]


def test_one_small_look_is_enough_for_a_face_that_is_upright_and_not_so_sure():
    look = Looks(doubtful(0.8), [tile(0, 0, 0.85), tile(1, 0, 0.87)])
    (found,) = upright(look)
    assert found.turned_deg == 0
    assert look.shapes == [(120, 200), FOUR_WAYS]


@pytest.mark.parametrize(
    ("place", "degrees", "shape", "box"),
    [
        ((0, 1), 90, LYING, [120, 70, 180, 110]),
        ((1, 0), 180, (120, 200), [140, 60, 180, 110]),
        ((1, 1), 270, LYING, [20, 10, 80, 50]),
    ],
)
def test_a_face_that_is_clearly_surer_turned_turns_the_picture(place, degrees, shape, box):
    standing = face(10, 120, 50, 180, 0.94) if shape == LYING else face(20, 10, 60, 60, 0.94)
    look = Looks(doubtful(0.8), [tile(0, 0, 0.8), tile(*place, 0.93)], [standing])
    (found,) = upright(look)
    assert look.shapes == [(120, 200), FOUR_WAYS, shape]
    assert found.turned_deg == degrees
    assert found.confidence == 0.94
    assert found.bbox_xyxy.tolist() == box


def test_a_turn_that_does_not_make_the_whole_picture_surer_is_not_made():
    look = Looks(doubtful(0.8), [tile(0, 0, 0.8), tile(1, 0, 0.93)], doubtful(0.81))
    (found,) = upright(look)
    assert (found.turned_deg, found.confidence) == (0, 0.8)


def test_a_find_at_a_seam_of_the_small_look_turns_nothing():
    look = Looks(doubtful(0.8), [face(44, 80, 84, 120, 0.95)])
    assert upright(look)[0].turned_deg == 0


def test_where_there_is_no_face_the_picture_is_looked_at_in_all_ways_and_the_surest_counts():
    found = [face(10, 120, 50, 180, 0.88)]
    look = Looks([], [face(10, 20, 50, 80, 0.83)], found, [], found)
    assert [each.turned_deg for each in upright(look)] == [270]
    assert look.shapes == [(120, 200), LYING, LYING, (120, 200), LYING]


def test_what_is_hardly_a_face_turns_no_picture_without_faces():
    look = Looks([], doubtful(0.7), doubtful(0.75), [])
    assert upright(look) == []


def test_a_false_face_does_not_hide_that_the_picture_lies_on_its_side():
    standing = [face(10, 120, 50, 180, 0.93)]
    look = Looks(doubtful(0.55), [], standing, standing)
    assert [each.turned_deg for each in upright(look)] == [90]


@pytest.mark.parametrize("degrees", [90, 180, 270])
@pytest.mark.parametrize("name", [*PORTRAITS, "musicians"])
@pytest.mark.parametrize("which", ["embedded", "yunet"])
def test_turned_photos_show_the_faces_of_the_upright_ones(which, name, degrees, request):
    detector, image = request.getfixturevalue(which), photo(name)
    size_wh = image.shape[1], image.shape[0]
    wanted = [each.turned(degrees, size_wh) for each in detector.detect(image)]
    found = detector.detect(turned(image, degrees))
    assert len(found) == len(wanted)
    for each in found:
        assert each.turned_deg == 360 - degrees
        nearest = min(wanted, key=lambda w: abs(w.bbox_xyxy - each.bbox_xyxy).sum())
        limit = 0.1 * nearest.size_wh[0]
        assert each.bbox_xyxy == pytest.approx(nearest.bbox_xyxy, abs=limit)
        assert each.landmarks == pytest.approx(nearest.landmarks, abs=limit)


@pytest.mark.parametrize("factor", [1.5, 1.0, 0.5, 0.25])
@pytest.mark.parametrize("name", [*PORTRAITS, "musicians", "mariachi"])
@pytest.mark.parametrize("which", ["embedded", "yunet"])
def test_upright_photos_are_never_turned(which, name, factor, request):
    image = scaled(photo(name), factor)
    assert all(each.turned_deg == 0 for each in request.getfixturevalue(which).detect(image))


def test_frames_of_a_video_are_never_turned(embedded):
    frame = turned(photo("grace_hopper"), 90)
    assert embedded.detect(frame, quick=True) == []
    assert len(embedded.detect(frame)) == 1


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_a_turned_photo_is_read_as_the_upright_one_and_says_so(degrees):
    analyzer, image = MoodAnalyzer(SETTINGS), photo("grace_hopper")
    wanted, reading = analyzer.read(image), analyzer.read(turned(image, degrees))
    analysis = reading.analysis
    assert analysis.turned_deg == 360 - degrees
    assert analysis.size_wh == turned(image, degrees).shape[1::-1]
    ((was,), (now,)) = wanted.analysis.faces, analysis.faces
    assert now.certain
    assert now.top is was.top
    assert now.top_probability == pytest.approx(was.top_probability, abs=0.05)
    difference = reading.crops[0].astype(int) - wanted.crops[0]
    assert abs(difference).mean() < 4  # the same crop, upright
    assert wanted.analysis.turned_deg == 0


def test_a_turned_photo_is_framed_as_it_was_given():
    image = turned(photo("astronaut"), 180)
    analysis = MoodAnalyzer(SETTINGS).analyze(image)
    framed = annotate(image, analysis, labels=False)
    changed = np.argwhere((framed != image).any(axis=2))
    (top, left), (bottom, right) = changed.min(axis=0), changed.max(axis=0)
    box = analysis.faces[0].face.bbox_xyxy
    assert [left, top, right, bottom] == pytest.approx(box.tolist(), abs=6)
    assert box[1] > 256  # her head is below


def test_exif_still_turns_the_photo_first(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned clockwise by 90 degrees
    lying = Image.fromarray(turned(photo("grace_hopper"), 270))
    lying.save(tmp_path / "photo.jpg", exif=exif)
    analysis = MoodAnalyzer(SETTINGS).analyze(tmp_path / "photo.jpg", Options())
    assert (len(analysis.faces), analysis.turned_deg) == (1, 0)
