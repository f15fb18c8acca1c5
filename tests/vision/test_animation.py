"""Of animations that begin blank, the first frame that shows something is read."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from mood.analyzer import MoodAnalyzer
from mood.settings import Settings
from mood.types import Expression
from mood.vision.picture import read_image
from tests.vision.test_formats import canvas, webp

EXAMPLES = Path(__file__).parents[2] / "examples"
SETTINGS = Settings()
KINDS = ["GIF", "PNG", "WEBP", "AVIF"]
OPTIONS = {"WEBP": {"lossless": True}, "AVIF": {"quality": 90, "speed": 10}}


def blank(number: int, colour: str = "black", size: tuple[int, int] = (256, 256)) -> Image.Image:
    """A frame of one colour but for two pixels, or encoders would leave most of it out."""
    image = Image.new("RGB", size, colour)
    for place in (0, number + 1), (size[0] - 1, size[1] - 1 - number):
        image.putpixel((place[0], place[1] % size[1]), (90, 90, 90))
    return image


def face() -> Image.Image:
    with Image.open(EXAMPLES / "astronaut.jpg") as photo:
        return photo.crop((100, 0, 356, 256))


def animated(kind: str, frames: list[Image.Image], **options: object) -> bytes:
    file = io.BytesIO()
    frames[0].save(
        file, kind, save_all=True, append_images=frames[1:], **OPTIONS.get(kind, {}), **options
    )
    return file.getvalue()


@pytest.mark.parametrize("colour", ["black", "white"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_face_behind_blank_frames_is_found(kind, colour):
    content = animated(kind, [*(blank(n, colour) for n in range(3)), face(), blank(3)])
    analysis = MoodAnalyzer(Settings(model="mini", detector="libfacedetection")).analyze(content)
    (found,) = analysis.faces
    assert found.top is Expression.HAPPINESS
    assert (analysis.frame, analysis.to_dict()["frame"]) == (3, 3)
    assert analysis.size_wh == (256, 256)


def test_a_picture_that_fades_in_is_read_when_it_can_be_seen():
    black = Image.new("RGB", (256, 256))
    frames = [Image.blend(black, face(), share / 20) for share in range(21)]
    picture = read_image(animated("GIF", frames), SETTINGS)
    assert 1 <= picture.frame <= 6
    assert picture.pixels.max() > 30


@pytest.mark.parametrize("kind", KINDS)
def test_the_first_frame_is_read_where_it_shows_something(kind):
    picture = read_image(animated(kind, [face(), blank(0), face().rotate(180)]), SETTINGS)
    assert picture.frame == 0
    assert np.abs(picture.pixels.astype(int) - np.asarray(face())).mean() < 6


@pytest.mark.parametrize("kind", KINDS)
def test_an_animation_that_shows_nothing_at_all_is_a_picture_like_others(kind):
    assert read_image(animated(kind, [blank(0), blank(1)]), SETTINGS).size_wh == (256, 256)


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP"])
def test_a_search_ends_after_a_hundred_frames(kind):
    """Of a film that is black for minutes, no more is decoded than this."""
    frames = [blank(n, size=(32, 32)) for n in range(101)]
    assert read_image(animated(kind, [*frames[:99], face().resize((32, 32))]), SETTINGS).frame == 99
    assert read_image(animated(kind, [*frames, face().resize((32, 32))]), SETTINGS).frame < 99


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP"])
def test_a_search_ends_after_forty_megapixels(kind):
    options = {"method": 0, "quality": 0} if kind == "WEBP" else {}
    frames = [blank(n, size=(3000, 3000)).convert("L") for n in range(5)]
    frames[4].paste("white", (0, 0, 3000, 1500))
    content = animated(kind, frames, **options)
    assert read_image(content, SETTINGS).frame < 4


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP"])
def test_of_large_animations_only_the_first_frame_is_decoded(kind):
    options = {"method": 0, "quality": 0} if kind == "WEBP" else {}
    frames = [blank(n, size=(3600, 3600)).convert("L") for n in range(2)]
    frames[1].paste("white", (0, 0, 3600, 1800))
    assert read_image(animated(kind, frames, **options), SETTINGS).frame == 0


def parts_that_move() -> list[Image.Image]:
    """Frames with a hole and small changes, none of which shows much before the last."""
    frames = []
    for n in range(4):
        image = Image.new("RGBA", (120, 80), (250, 250, 250, 255))
        ImageDraw.Draw(image).rectangle((8 * n, 6, 8 * n + 2, 8), fill=(0, 90, 200, 255))
        frames.append(image)
    last = Image.new("RGBA", (120, 80))
    ImageDraw.Draw(last).rectangle((20, 20, 90, 70), fill=(200, 30, 30, 255))
    return [*frames, last]


@pytest.mark.parametrize("disposal", [0, 1, 2])
@pytest.mark.parametrize("blend", [0, 1])
def test_frames_of_a_png_are_laid_over_each_other_as_it_says(disposal, blend):
    content = animated("PNG", parts_that_move(), disposal=disposal, blend=blend)
    assert_as_pillow_shows_it(content)


@pytest.mark.parametrize("disposal", [1, 2, 3])
def test_frames_of_a_gif_are_laid_over_each_other_as_it_says(disposal):
    assert_as_pillow_shows_it(animated("GIF", parts_that_move(), disposal=disposal))


def test_frames_of_a_webp_are_laid_over_each_other_as_it_says():
    assert_as_pillow_shows_it(animated("WEBP", parts_that_move()))


def assert_as_pillow_shows_it(content: bytes) -> None:
    picture = read_image(content, SETTINGS)
    assert picture.frame == 4
    with Image.open(io.BytesIO(content)) as image:
        image.seek(picture.frame)
        wanted = Image.new("RGBA", image.size, "white")
        wanted.alpha_composite(image.convert("RGBA"))
    difference = np.abs(picture.pixels.astype(int) - np.asarray(wanted.convert("RGB")))
    assert difference.max() <= 5  # what is cleared is white, and in a GIF of Pillow's nearly


def behind_blank(kind: str, damage: Callable[[bytes], bytes]) -> bytes:
    return damage(animated(kind, [blank(0), blank(1), face()]))


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP"])
def test_a_damaged_later_frame_costs_no_picture(kind):
    content = behind_blank(kind, lambda whole: whole[: len(whole) * 3 // 4])
    assert read_image(content, SETTINGS).size_wh == (256, 256)


def test_a_grey_gif_is_scaled_down_with_what_it_leaves_transparent():
    frames = [blank(n, size=(2000, 1000)).convert("L") for n in range(2)]
    frames.append(Image.linear_gradient("L").resize((2000, 1000)))
    picture = read_image(animated("GIF", frames), SETTINGS)
    assert picture.frame == 2
    assert picture.pixels[0, 800].max() < 10
    assert picture.pixels[-1, 800].min() > 245


def test_a_later_frame_that_reaches_over_the_border_is_not_decoded():
    """A decoder would make room for 4,000 megapixels."""
    whole = animated("GIF", [blank(0), face()])
    place = whole.rindex(b",\0\0\0\0\0\1\0\1")
    huge = whole[: place + 5] + struct.pack("<HH", 65_535, 65_535) + whole[place + 9 :]
    assert read_image(huge, SETTINGS).frame == 0


def test_a_huge_canvas_with_tiny_frames_that_begin_blank_is_not_searched():
    frame = animated("WEBP", [Image.new("RGB", (16, 16))])[12:]
    place = bytes(6) + (15).to_bytes(3, "little") * 2 + bytes(4) + frame
    content = webp(canvas(5000, 5000, 2), *[(b"ANMF", place)] * 400)
    picture = read_image(content, SETTINGS)
    assert (picture.size_wh, picture.frame) == ((5000, 5000), 0)


def test_a_gif_of_a_million_blocks_is_read_by_its_first_frame():
    tail = b"!\xfe" + b"\x01x" * 200_001 + b"\0;"
    assert read_image(animated("GIF", [blank(0)])[:-1] + tail, SETTINGS).frame == 0


def test_an_opened_image_is_searched_as_its_file_is():
    with Image.open(io.BytesIO(animated("PNG", [blank(0), face()]))) as image:
        assert read_image(image, SETTINGS).frame == 1
        image.seek(0)
        image.load()
        assert read_image(image, SETTINGS).pixels.max() < 100, "what is loaded is what is meant"
