from __future__ import annotations

import contextlib
import io
import struct
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

from mood.errors import ImageTooLargeError, UnreadableImageError, UnsupportedImageError
from mood.settings import Settings
from mood.vision.budget import Budget
from mood.vision.picture import read_image
from tests.vision.test_formats import chunk

SETTINGS = Settings()


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def halves(size: tuple[int, int] = (64, 32)) -> Image.Image:
    """Red on the left, blue on the right."""
    image = Image.new("RGB", size, (200, 0, 0))
    image.paste((0, 0, 200), (size[0] // 2, 0, *size))
    return image


def colours(pixels: np.ndarray) -> tuple[str, str]:
    """The colour of the left and of the right half: r, g, b, or w for white."""

    def name(part: np.ndarray) -> str:
        mean = part.reshape(-1, 3).mean(axis=0)
        return "w" if mean.min() > 240 else "rgb"[int(mean.argmax())]

    middle = pixels.shape[1] // 2
    return name(pixels[:, : middle - 2]), name(pixels[:, middle + 2 :])


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF", "GIF", "BMP", "TIFF"])
def test_every_format_comes_out_as_rgb(kind):
    picture = read_image(encoded(halves(), kind), SETTINGS)
    assert picture.pixels.dtype == np.uint8
    assert picture.pixels.shape == (32, 64, 3)
    assert colours(picture.pixels) == ("r", "b")


def test_a_path_a_string_bytes_a_pil_image_and_an_array_are_the_same(tmp_path: Path):
    path = tmp_path / "a.png"
    halves().save(path)
    wanted = np.asarray(halves())
    for source in (path, str(path), path.read_bytes(), halves(), wanted):
        assert np.array_equal(read_image(source, SETTINGS).pixels, wanted)


def test_reading_does_not_change_the_pil_image_that_was_given():
    image = Image.new("RGB", (3000, 2000))
    read_image(image, SETTINGS)
    assert image.size == (3000, 2000)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF", "TIFF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_photos_from_phones_stand_upright(kind, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    upright = halves()
    upright.paste((0, 200, 0), (0, 16, 32, 32))  # green at the bottom left
    as_taken = ImageOps.exif_transpose(upright_by(orientation, upright))
    options = {"quality": 95} if kind == "JPEG" else {}
    picture = read_image(encoded(as_taken, kind, exif=exif, **options), SETTINGS)
    assert picture.size_wh == (64, 32)
    corners = picture.pixels[[4, 4, 27, 27], [4, 59, 4, 59]].argmax(axis=1)
    assert "".join("rgb"[k] for k in corners) == "rbgb"


def upright_by(orientation: int, image: Image.Image) -> Image.Image:
    """A copy that asks to be turned as a camera must have been for `orientation` to be right."""
    inverse = {6: 8, 8: 6}.get(orientation, orientation)
    copy = image.copy()
    copy.getexif()[0x0112] = inverse
    return copy


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_damaged_exif_does_not_cost_the_picture(kind):
    exif = b"Exif\0\0MM\0\xfa\0\0\0\x08\0\x01"
    assert colours(read_image(encoded(halves(), kind, exif=exif), SETTINGS).pixels) == ("r", "b")


def test_large_turned_photos_keep_their_turn_and_their_size():
    exif = Image.Exif()
    exif[0x0112] = 6
    picture = read_image(encoded(halves((4000, 2000)), "JPEG", exif=exif), SETTINGS)
    assert picture.size_wh == (2000, 4000)
    assert picture.pixels.shape == (1600, 800, 3)
    assert picture.pixels[:700].reshape(-1, 3).mean(axis=0).argmax() == 0


def test_transparency_lies_on_white():
    image = halves().convert("RGBA")
    image.paste((0, 255, 0, 0), (0, 0, 32, 32))
    assert colours(read_image(encoded(image, "PNG"), SETTINGS).pixels) == ("w", "b")


def test_a_palette_keeps_its_colours():
    picture = read_image(encoded(halves().quantize(4), "GIF"), SETTINGS)
    assert colours(picture.pixels) == ("r", "b")


def test_sixteen_bits_become_eight():
    values = np.linspace(0, 65535, 64).astype(np.uint16)[None].repeat(32, axis=0)
    pixels = read_image(encoded(Image.fromarray(values), "PNG"), SETTINGS).pixels
    assert pixels[0, 0].tolist() == [0, 0, 0]
    assert pixels[0, -1].tolist() == [255, 255, 255]
    assert 110 < pixels[0, 32, 0] < 145


@pytest.mark.parametrize("mode", ["L", "CMYK", "LA", "1", "P"])
def test_other_modes_are_read(mode):
    kind = "TIFF" if mode == "CMYK" else "PNG"
    picture = read_image(encoded(halves().convert(mode), kind), SETTINGS)
    assert picture.pixels.shape == (32, 64, 3)


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_large_pictures_are_scaled_down(kind):
    picture = read_image(encoded(halves((4000, 2000)), kind), SETTINGS)
    assert picture.size_wh == (4000, 2000)
    assert picture.pixels.shape == (800, 1600, 3)
    assert colours(picture.pixels) == ("r", "b")


LONG = [  # what is sent, and what is looked at: never more than 1600 × 1600 pixels
    ((3000, 1000), (1600, 533)),
    ((4000, 1000), (2133, 533)),
    ((1080, 12000), (480, 5333)),
    ((20000, 2000), (5060, 506)),
    ((30000, 300), (8000, 80)),
    ((300, 2000), (300, 2000)),
]


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
@pytest.mark.parametrize(("size", "wanted"), LONG)
def test_long_pictures_keep_a_shorter_side_in_which_faces_can_be_seen(kind, size, wanted):
    picture = read_image(encoded(halves(size), kind), Settings(max_decoded_megapixels=45))
    assert picture.size_wh == size
    assert picture.pixels.shape == (wanted[1], wanted[0], 3)
    assert colours(picture.pixels) == ("r", "b")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP"])
@pytest.mark.parametrize("size", [(1, 16_000), (16_000, 1), (3, 16_000), (16_000, 7)])
def test_strips_of_a_few_pixels_are_pictures(kind, size):
    assert read_image(encoded(Image.new("RGB", size), kind), SETTINGS).size_wh == size


def png_header(width: int, height: int) -> bytes:
    """A PNG that says it has so many pixels and holds none of them."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


@pytest.mark.parametrize("size", [(9000, 9000), (13000, 13000), (60000, 60000)])
def test_a_bomb_is_refused_by_its_header(size):
    with pytest.raises(ImageTooLargeError, match="smaller copy"):
        read_image(png_header(*size), SETTINGS)


def test_jpeg_may_be_larger_than_what_is_decoded_at_once():
    settings = Settings(max_decoded_megapixels=6.0, max_side=640)
    large = halves((4000, 2500))
    assert read_image(encoded(large, "JPEG"), settings).size_wh == (4000, 2500)
    with pytest.raises(ImageTooLargeError, match="JPEG"):
        read_image(encoded(large, "PNG"), settings)


@pytest.mark.parametrize(
    ("data", "error", "words"),
    [
        (b"", UnreadableImageError, "empty"),
        (b"hello, this is text", UnreadableImageError, "not a picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", UnsupportedImageError, "JPEG, PNG"),
        (b"%PDF-1.7", UnsupportedImageError, "JPEG, PNG"),
        (png_header(64, 64), UnreadableImageError, "damaged"),
    ],
)
def test_what_is_no_picture_gets_a_sentence(data, error, words):
    with pytest.raises(error, match=words):
        read_image(data, SETTINGS)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_truncated_file_is_called_damaged(kind):
    noise = np.random.default_rng(0).integers(0, 255, (200, 200, 3), dtype=np.uint8)
    data = encoded(Image.fromarray(noise), kind)
    with pytest.raises(UnreadableImageError, match="damaged"):
        read_image(data[: len(data) // 2], SETTINGS)


def test_a_file_over_the_limit_is_not_opened(tmp_path: Path):
    path = tmp_path / "a.jpg"
    path.write_bytes(b"\xff" * 1_500_000)
    with pytest.raises(ImageTooLargeError, match="at most 1 MB"):
        read_image(path, Settings(max_upload_mb=1))


def test_a_missing_file_and_a_folder(tmp_path: Path):
    with pytest.raises(UnreadableImageError, match="No such file"):
        read_image(tmp_path / "none.jpg", SETTINGS)
    with pytest.raises(UnreadableImageError, match="a folder"):
        read_image(tmp_path, SETTINGS)


@pytest.mark.parametrize(
    "array",
    [
        np.zeros((4, 4), dtype=np.uint8),
        np.zeros((4, 4, 4), dtype=np.uint8),
        np.zeros((4, 4, 3), dtype=np.float32),
        np.zeros((0,), dtype=np.uint8),
    ],
)
def test_an_array_of_another_kind_is_refused(array):
    with pytest.raises(UnreadableImageError, match=r"\(height, width, 3\) uint8"):
        read_image(array, SETTINGS)


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_a_large_one_is_decoded_leanly_and_right(kind):
    large = halves((3000, 2000))
    picture = read_image(encoded(large, kind), SETTINGS)
    assert picture.size_wh == (3000, 2000)
    assert picture.pixels.shape[:2] in {(1067, 1600), (1066, 1600), (1000, 1500)}
    assert colours(picture.pixels) == ("r", "b")


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_a_large_one_on_its_side_and_one_with_transparency(kind):
    exif = Image.Exif()
    exif[0x0112] = 3  # upside down
    picture = read_image(encoded(halves((3000, 2000)), kind, exif=exif), SETTINGS)
    assert colours(picture.pixels) == ("b", "r")
    clear = Image.new("RGBA", (3000, 2000), (0, 0, 200, 0))
    assert colours(read_image(encoded(clear, kind, lossless=True), SETTINGS).pixels) == ("w", "w")


def test_a_large_png_file_is_turned_by_exif_behind_its_pixels():
    exif = Image.Exif()
    exif[0x0112] = 3
    content = encoded(halves((3000, 2000)), "PNG", exif=exif)
    pixels, orientation = content.index(b"IDAT") - 4, content.index(b"eXIf") - 4
    assert orientation < pixels  # as Pillow writes it; here it moves to just before IEND
    turn, end = content[orientation:pixels], len(content) - 12
    content = content[:orientation] + content[pixels:end] + turn + content[end:]
    assert colours(read_image(content, SETTINGS).pixels) == ("b", "r")


def test_a_large_damaged_one_is_refused():
    content = encoded(Image.effect_noise((2400, 2000), 90).convert("RGB"), "WEBP")
    with pytest.raises(UnreadableImageError):
        read_image(content[: len(content) // 2], SETTINGS)


def test_a_file_is_held_once_while_its_pixels_are_decoded(tmp_path: Path):
    """A camera's PNG of 10 MB, twice beside 72 MB of pixels, is what broke the small host."""
    path = tmp_path / "noise.png"
    noise = np.random.default_rng(0).integers(0, 255, (1000, 1000, 3), np.uint8)
    Image.fromarray(noise).save(path, compress_level=0)
    held = []

    @contextlib.contextmanager
    def room(_: Budget) -> Iterator[None]:
        held.append(tracemalloc.get_traced_memory()[0])
        yield

    tracemalloc.start()
    try:
        read_image(path, Settings(), room)
    finally:
        tracemalloc.stop()
    assert held[0] < 1.5 * path.stat().st_size
