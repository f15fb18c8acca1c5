"""PIL images that were opened and not loaded: as good as the path of their file."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFile

from mood.errors import ImageTooLargeError, UnreadableImageError
from mood.settings import Settings
from mood.vision.picture import read_image
from tests.kinds import colours

SETTINGS = Settings()
KINDS = ["JPEG", "PNG", "WEBP", "AVIF", "GIF", "BMP", "TIFF"]


def file_of(kind: str, size: tuple[int, int] = (64, 48), **options: object) -> io.BytesIO:
    file = io.BytesIO()
    colours(size).save(file, kind, **options)
    return file


@pytest.mark.parametrize("by", ["path", "file"])
@pytest.mark.parametrize("kind", KINDS)
def test_it_is_read_as_its_file_is_and_stays_whole(kind, by, tmp_path: Path):
    file = file_of(kind, (2000, 1200))
    path = tmp_path / "picture"
    path.write_bytes(file.getvalue())
    with Image.open(path) as other:
        untouched = other.convert("RGB").tobytes()
    with Image.open(path if by == "path" else file) as image:
        wanted = read_image(path, SETTINGS)
        for _ in range(2):
            picture = read_image(image, SETTINGS)
            assert picture.size_wh == (2000, 1200)
            assert np.array_equal(picture.pixels, wanted.pixels)
        assert image.size == (2000, 1200)
        assert image.convert("RGB").tobytes() == untouched
        assert read_image(image, SETTINGS).pixels.shape == (960, 1600, 3)  # now it is loaded


def test_a_jpeg_is_decoded_no_larger_than_it_must_and_others_have_the_limit_of_a_file():
    settings = Settings(max_decoded_megapixels=6.0, max_side=640)
    image = Image.open(file_of("JPEG", (4000, 2500)))
    assert read_image(image, settings).size_wh == (4000, 2500)
    with pytest.raises(ImageTooLargeError, match="JPEG"):
        read_image(Image.open(file_of("PNG", (4000, 2500))), settings)
    noise = Image.effect_noise((1200, 1200), 90)
    file = io.BytesIO()
    noise.save(file, "PNG")
    with pytest.raises(ImageTooLargeError, match="at most 1 MB"):
        read_image(Image.open(file), Settings(max_upload_mb=1))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "BMP", "GIF", "PPM"])
def test_one_that_breaks_off_is_damaged_however_often_it_is_tried(kind):
    file = io.BytesIO()
    Image.effect_noise((300, 300), 90).save(file, kind)
    image = Image.open(io.BytesIO(file.getvalue()[: file.tell() // 2]))
    for _ in range(2):
        with pytest.raises(UnreadableImageError, match="damaged"):
            read_image(image, SETTINGS)
    with pytest.raises((OSError, TypeError, SyntaxError)):
        image.load()
    with pytest.raises(UnreadableImageError, match="damaged"):
        read_image(image, SETTINGS)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF", "TIFF"])
def test_it_stands_upright_as_its_file_does(kind):
    exif = Image.Exif()
    exif[0x0112] = 6
    image = Image.open(file_of(kind, exif=exif))
    assert read_image(image, SETTINGS).size_wh == (48, 64)


def test_a_draft_is_what_was_given():
    image = Image.open(file_of("JPEG", (3200, 2000)))
    image.draft("RGB", (800, 500))
    picture = read_image(image, SETTINGS)
    assert picture.size_wh == (800, 500)


def test_a_later_frame_is_not_taken_for_the_first():
    file, frames = io.BytesIO(), [Image.new("RGB", (64, 64), name) for name in ("red", "blue")]
    frames[0].save(file, "GIF", save_all=True, append_images=frames[1:])
    image = Image.open(file)
    image.seek(1)
    assert read_image(image, SETTINGS).pixels[5, 5].argmax() == 2
    image.seek(0)
    assert read_image(image, SETTINGS).pixels[5, 5].argmax() == 0


def test_formats_that_pillow_alone_knows_are_read_within_the_limits():
    assert read_image(Image.open(file_of("PPM")), SETTINGS).size_wh == (64, 48)
    large = Image.open(file_of("PPM", (400, 400)))
    with pytest.raises(ImageTooLargeError):
        read_image(large, Settings(max_decoded_megapixels=0.1))
    assert isinstance(large, ImageFile.ImageFile)
    assert large.getpixel((0, 0))  # it can still be loaded


def test_one_whose_file_cannot_be_read_twice_is_loaded():
    class Pipe(io.BytesIO):
        def tell(self) -> int:
            raise io.UnsupportedOperation("tell")

    image = Image.open(file_of("BMP"))
    image.fp = Pipe(image.fp.getvalue())
    assert read_image(image, SETTINGS).size_wh == (64, 48)
