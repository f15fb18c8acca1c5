"""The browser's engine says what Python says: pixels, boxes and networks."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from mood.errors import ModelError
from mood.examples import EXAMPLES
from mood.models.catalogue import MINI, READABLE
from mood.training.data import load
from mood.vision import crops
from mood.vision.quality import how_sharp
from mood.vision.session import OnnxSession
from tests import detectors
from tests.page import engine

pytestmark = pytest.mark.skipif(engine.NODE is None, reason="node is not installed")


@pytest.fixture(autouse=True, scope="module")
def _weights():
    try:
        engine.weights()
    except ModelError as error:
        pytest.skip(str(error))


def noise(seed: int, height: int, width: int):
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def grey(picture):
    return cv2.cvtColor(np.ascontiguousarray(picture), cv2.COLOR_RGB2GRAY)


BOXES = [
    (100, 100, 196, 196),  # twice
    (10.4, 20.6, 154.4, 164.6),  # three times
    (300, 200, 348, 248),  # as it is
    (300.2, 200.7, 320.9, 221.4),  # enlarged
    (300, 200, 347, 248),
    (50, 60, 151.3, 160.8),  # by area
    (0, 0, 479, 480),
    (-60, -40, 50, 70),  # beyond the border
    (600, 400, 760, 560),
    (600, 440, 696, 536),
    (-300, -300, -200, -200),
    (5, 5, 5, 5),
    (200, 100, 249, 148),
]


@pytest.mark.parametrize("size", [(480, 640), (99, 151)])
def test_crops_are_opencv_s(size):
    picture = noise(1, *size)
    calls = [call for box in BOXES for call in (("square", *box), ("crop",))]
    (said,) = engine.answers([picture], [calls])
    for box, crop in zip(BOXES, said[1::2], strict=True):
        cut = crops.cut_out(picture, np.array(box, dtype=np.float32))
        wanted = grey(crops.resize(cut, (48, 48)))
        assert np.array_equal(np.reshape(crop, (48, 48)), wanted), box


def test_turned_crops_are_opencv_s():
    random = np.random.default_rng(2)
    frame = crops.turned_corners(np.array([0, 0, 48, 48], dtype=np.float32), 0.0) - 0.5
    picture, calls, wanted = noise(3, 300, 400), [], []
    for side in (30, 45, 60, 110, 150, 200, 260):
        left, top = random.uniform(-30, 250, 2)
        square = np.array([left, top, left + side, top + side], dtype=np.float32)
        corners = crops.turned_corners(square, random.uniform(-1, 1)) - np.float32(0.5)
        step = max(1, side // 48)
        shrunk = round(400 / step), round(300 / step)
        scale = np.array([shrunk[0] / 400, shrunk[1] / 300], dtype=np.float32)
        points = corners if step == 1 else ((corners + 0.5) * scale - 0.5).astype(np.float32)
        matrix = crops.similarity_transform(points, frame)
        calls += [("warp", step, *matrix.ravel().tolist()), ("crop",)]
        wanted.append(grey(crops.align(picture, corners, frame, (48, 48))))
    (said,) = engine.answers([picture], [calls])
    for crop, want in zip(said[1::2], wanted, strict=True):
        assert np.array_equal(np.reshape(crop, (48, 48)), want)


SIZES = [
    (640, 480, 320, 240),
    (640, 480, 640, 480),
    (1280, 720, 320, 180),
    (1280, 720, 640, 360),
    (801, 599, 320, 239),
    (320, 70, 320, 70),
    (40, 60, 40, 60),
]


@pytest.mark.parametrize("size", SIZES)
def test_faces_are_those_of_the_detector(size):
    detector = detectors.embedded()
    photos = [cv2.imread(str(path))[:, :, ::-1] for path in sorted(EXAMPLES.glob("*.jpg"))]
    photos = [cv2.resize(photo, size[:2], interpolation=cv2.INTER_AREA) for photo in photos]
    said = engine.answers(photos, [[("look", *size[2:])]] * len(photos))
    for photo, (finds,) in zip(photos, said, strict=True):
        small = np.ascontiguousarray(crops.resize(photo, size[2:]))
        wanted = detector._look(detector._new_session, small)
        assert len(finds) == len(wanted)
        for find, face in zip(finds, wanted, strict=True):
            assert find["confidence"] == pytest.approx(face.confidence, abs=1e-5)
            assert np.allclose(find["box"], face.bbox_xyxy, atol=1e-3)
            assert np.allclose(find["landmarks"], face.landmarks, atol=1e-3)


FER = Path(__file__).parents[3] / "shared" / "data" / "ferplus.npz"


@pytest.fixture(scope="module")
def some_faces():
    """(N, 48, 48) grey: test faces of FER+ where they are here, else crops of the examples."""
    if FER.is_file():
        return load(FER, "test").images[::8]
    photos = [grey(cv2.imread(str(path))) for path in sorted(EXAMPLES.glob("*.jpg"))]
    parts = (photo[at : at + 96, at : at + 96] for photo in photos for at in range(0, 200, 20))
    return np.stack([cv2.resize(part, (48, 48)) for part in parts])


def said_of(pictures, *calls):
    whole = [("square", 0, 0, 48, 48), *calls]
    colour = [np.repeat(picture[:, :, None], 3, axis=2) for picture in pictures]
    return [answers[1:] for answers in engine.answers(colour, [whole] * len(pictures))]


def test_networks_say_what_onnx_runtime_says(some_faces):
    both, readable = (OnnxSession(spec.origin.path) for spec in (MINI, READABLE))
    said = said_of(some_faces, ("mini", True), ("mini", False), ("readable",))
    batch = some_faces[:, None].astype(np.float32)
    logits, wanted = np.array([each[0] for each in said]), both.run(batch)
    off = np.abs(logits - wanted).max(axis=1)
    # Most are equal but for the last bits of floats; where those move a rounding, a little more.
    assert (off < 1e-4).mean() > 0.85
    assert off.max() < 0.1
    assert (logits.argmax(axis=1) == wanted.argmax(axis=1)).mean() > 0.995
    assert np.allclose([each[2] for each in said], readable.run(batch)[:, 0], atol=1e-3)
    mirrored = said_of(some_faces[:, :, ::-1], ("mini", False))
    means = [(one[1] + np.array(other[0])) / 2 for one, other in zip(said, mirrored, strict=True)]
    assert np.allclose(logits, means, atol=1e-5)


def test_how_sharp_a_crop_is(some_faces):
    said = said_of(some_faces, ("sharpness",), ("tone",))
    for picture, (sharpness, tone) in zip(some_faces, said, strict=True):
        assert sharpness == pytest.approx(how_sharp(picture), rel=1e-9)
        assert tone["deviation"] == pytest.approx(picture.std(), rel=1e-9)
        assert tone["white"] == (picture >= 250).mean()
