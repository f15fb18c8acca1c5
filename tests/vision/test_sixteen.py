"""Colours of 10, 12 and 14 bits that lie in 16: as bright as those of 8 bits."""

from __future__ import annotations

import io
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from mood.analyzer import MoodAnalyzer
from mood.settings import Settings
from mood.vision import sixteen
from mood.vision.picture import read_image
from tests.kinds import colours
from tests.vision.test_formats import chunk

EXAMPLES = Path(__file__).parents[2] / "examples"
SETTINGS = Settings(max_upload_mb=100)
FORMS = ["PNG RGB", "PNG RGBA", "TIFF RGB", "TIFF RGBA", "TIFF plain", "TIFF deflated"]
COMPRESSIONS = {"plain": 1, "deflated": 8}  # as TIFF numbers them; OpenCV's own is LZW


def stored(rgba: npt.NDArray[np.uint16], form: str) -> bytes:
    """Colours of 16 bits as a file, which Pillow cannot write."""
    kind, layout = form.split()
    bgra = rgba[:, :, [2, 1, 0, 3][: 4 if layout == "RGBA" else 3]]
    options = [259, COMPRESSIONS[layout]] if layout in COMPRESSIONS else []
    ending = {"PNG": ".png", "TIFF": ".tif"}[kind]
    return bytes(cv2.imencode(ending, np.ascontiguousarray(bgra), options)[1])


def lower(image: Image.Image, bits: int) -> npt.NDArray[np.uint16]:
    """A picture in the lower bits of 16."""
    values = np.asarray(image.convert("RGBA")).astype(np.float64) * ((1 << bits) - 1) / 255
    return np.round(values).astype(np.uint16)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("bits", [10, 12])
def test_a_face_is_that_of_the_same_photo_in_8_bits(form, bits):
    analyzer = MoodAnalyzer(Settings(model="mini", detector="libfacedetection"))
    with Image.open(EXAMPLES / "astronaut.jpg") as photo:
        (wanted,) = analyzer.analyze(photo.convert("RGB")).faces
        content = stored(lower(photo, bits), form)
    (found,) = analyzer.analyze(content).faces
    assert np.abs(found.face.bbox_xyxy - wanted.face.bbox_xyxy).max() < 2
    assert found.top is wanted.top
    assert found.certain


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("bits", [10, 12, 16])
@pytest.mark.parametrize("size", [(90, 60), (3000, 1100)])
def test_colours_are_those_of_8_bits_in_every_size(form, bits, size):
    image = colours(size)
    found = read_image(stored(lower(image, bits), form), SETTINGS).pixels
    wanted = read_image(image, SETTINGS).pixels
    assert found.shape == wanted.shape
    assert np.abs(found.astype(int) - wanted).mean() < 3


@pytest.mark.parametrize("bits", [10, 12])
def test_what_is_transparent_lies_on_white(bits):
    image = Image.new("RGBA", (64, 32), (200, 0, 0, 255))
    image.paste((0, 0, 0, 0), (32, 0, 64, 32))
    pixels = read_image(stored(lower(image, bits), "PNG RGBA"), SETTINGS).pixels
    assert np.abs(pixels[16, 8].astype(int) - [200, 0, 0]).max() < 4
    assert pixels[16, 56].min() > 250


def test_what_is_opaque_in_full_scale_stays_opaque():
    values = lower(colours((64, 48)), 10)
    values[:, :, 3] = 65_535
    pixels = read_image(stored(values, "PNG RGBA"), SETTINGS).pixels
    assert np.abs(pixels.astype(int) - np.asarray(colours((64, 48)))).mean() < 3


def with_bits(png: bytes, bits: int) -> bytes:
    return png[:33] + chunk(b"sBIT", bytes((bits,) * 3)) + png[33:]


def test_fourteen_bits_are_told_by_the_file():
    values = lower(colours((64, 48)), 14)
    wanted = np.asarray(colours((64, 48))).astype(int)
    png = with_bits(stored(values, "PNG RGB"), 14)
    assert np.abs(read_image(png, SETTINGS).pixels - wanted).mean() < 3
    file = io.BytesIO()
    grey = np.asarray(Image.linear_gradient("L")).astype(np.uint16) * 64
    Image.fromarray(grey).save(file, "TIFF", tiffinfo={281: 16_383})
    assert read_image(file.getvalue(), SETTINGS).pixels[-1].min() > 250


def test_bits_that_are_scaled_up_as_png_wants_it_stay_as_they_are():
    png = stored(lower(colours((64, 48)), 16), "PNG RGB")
    told = read_image(with_bits(png, 10), SETTINGS).pixels
    assert np.array_equal(told, read_image(png, SETTINGS).pixels)


def test_an_ordinary_photo_of_16_bits_is_decoded_once(monkeypatch):
    def again(*_):
        raise AssertionError("decoded a second time")

    monkeypatch.setattr(sixteen, "_averaged", again)
    for form in FORMS:
        for size in ((64, 48), (3000, 1100)):
            read_image(stored(lower(colours(size), 16), form), SETTINGS)
