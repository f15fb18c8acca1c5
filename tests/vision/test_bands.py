"""What is white in a picture of more than 8 bits."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mood.settings import Settings
from mood.vision.picture import read_image
from tests import detectors

SETTINGS = Settings()
PHOTO = Path(__file__).parents[2] / "examples" / "astronaut.jpg"


def grey() -> np.ndarray:
    """A photo, float64 from 0 to 1."""
    values = np.asarray(Image.open(PHOTO).convert("L")).astype(np.float64)
    return values / values.max()


def saved(values: np.ndarray, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    Image.fromarray(values).save(file, kind, **options)
    return file.getvalue()


DEEP = {
    "float 0 to 1": lambda: saved(grey().astype(np.float32), "TIFF"),
    "float 0 to 1.3": lambda: saved((1.3 * grey()).astype(np.float32), "TIFF"),
    "float 0 to 255": lambda: saved((255 * grey()).astype(np.float32), "TIFF"),
    "float 0 to 65535": lambda: saved((65535 * grey()).astype(np.float32), "TIFF"),
    "10 bits in 16, PNG": lambda: saved((1023 * grey()).astype(np.uint16), "PNG"),
    "12 bits in 16, TIFF": lambda: saved((4095 * grey()).astype(np.uint16), "TIFF"),
    "12 bits in 32, TIFF": lambda: saved((4095 * grey()).astype(np.int32), "TIFF"),
    "14 bits, as a tag says": lambda: saved(
        (16383 * grey()).astype(np.uint16), "TIFF", tiffinfo={281: 16383}
    ),
    "float 0 to 100, as a tag says": lambda: saved(
        (100 * grey()).astype(np.float32), "TIFF", tiffinfo={341: 100.0}
    ),
    "16 bits": lambda: saved((65535 * grey()).astype(np.uint16), "PNG"),
}


@pytest.mark.parametrize("name", DEEP)
def test_a_face_is_found_whatever_the_range(name):
    pixels = read_image(DEEP[name](), SETTINGS).pixels
    assert pixels.max() > 250
    assert len(detectors.embedded(SETTINGS).detect(pixels)) == 1


def test_a_dark_honest_picture_stays_as_dark_as_it_was_taken():
    pixels = read_image(saved((13_000 * grey()).astype(np.uint16), "PNG"), SETTINGS).pixels
    assert 48 < pixels.max() < 53


def test_a_tag_that_says_less_than_there_is_is_not_believed():
    values = (65535 * grey()).astype(np.uint16)
    pixels = read_image(saved(values, "TIFF", tiffinfo={281: 4095}), SETTINGS).pixels
    assert pixels.mean() == pytest.approx(255 * grey().mean(), abs=2)


def test_what_is_no_number_decides_nothing():
    values = grey().astype(np.float32)
    values[:4], values[4:8] = np.nan, np.inf
    pixels = read_image(saved(values, "TIFF"), SETTINGS).pixels
    assert pixels[10:].mean() == pytest.approx(255 * grey()[10:].mean(), abs=2)
