"""HEIC, with the extra that reads it and without."""

from __future__ import annotations

import io
import sys

import numpy as np
import pytest
from PIL import Image

from mood.errors import ImageTooLargeError, UnreadableImageError, UnsupportedImageError
from mood.settings import Settings
from mood.vision.picture import read_image
from tests import kinds

SETTINGS = Settings()


def container(brand: bytes, *like: bytes) -> bytes:
    brands = b"".join(like)
    return (16 + len(brands)).to_bytes(4, "big") + b"ftyp" + brand + bytes(4) + brands + bytes(60)


@pytest.mark.parametrize(
    "content",
    [container(b"heic"), container(b"mif1", b"mif1", b"heic"), container(b"msf1", b"hevc")],
)
def test_without_the_extra_it_is_named_and_who_runs_the_program_told_what_to_do(
    content, monkeypatch
):
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    with pytest.raises(UnsupportedImageError, match=r"HEIC.*JPEG.*pip install pillow-heif"):
        read_image(content, SETTINGS)


def test_avif_that_calls_itself_by_a_common_name_is_no_heic():
    with pytest.raises(UnreadableImageError):
        read_image(container(b"mif1", b"mif1", b"avif"), SETTINGS)


@pytest.fixture(scope="module", params=["L", "RGB", "RGBA"])
def mode(request):
    pytest.importorskip("pillow_heif", reason="needs the extra heic")
    return request.param


@pytest.mark.parametrize("deep", [False, True])
def test_its_pixels_are_those_of_a_png(mode, deep):
    size = (2000, 1000)
    file = io.BytesIO()
    kinds.colours(size, mode).save(file, "PNG")
    wanted = read_image(file.getvalue(), SETTINGS)
    picture = read_image(kinds.heic(mode, deep=deep)(size), SETTINGS)
    assert picture.size_wh == size
    assert picture.pixels.shape == wanted.pixels.shape
    assert np.abs(picture.pixels.astype(int) - wanted.pixels).mean() < 3


@pytest.fixture
def heif():
    return pytest.importorskip("pillow_heif", reason="needs the extra heic")


def test_it_stands_upright_and_only_once(heif):
    upright = Image.new("RGB", (256, 128), "red")
    upright.paste((0, 0, 255), (128, 0, 256, 128))
    exif = Image.Exif()
    exif[0x0112] = 6
    file = io.BytesIO()
    heif.from_pillow(upright.rotate(90, expand=True)).save(file, exif=exif.tobytes())
    picture = read_image(file.getvalue(), SETTINGS)
    assert picture.size_wh == (256, 128)
    assert picture.pixels[64, 32].argmax() == 0
    assert picture.pixels[64, 224].argmax() == 2


def test_it_has_the_limits_of_all_others_and_is_damaged_as_they_are(heif):
    content = kinds.heic()((1000, 800))
    with pytest.raises(ImageTooLargeError, match="1000 × 800"):
        read_image(content, Settings(max_decoded_megapixels=0.5))
    for length in (64, len(content) // 2):
        with pytest.raises(UnreadableImageError, match="damaged"):
            read_image(content[:length], SETTINGS)
