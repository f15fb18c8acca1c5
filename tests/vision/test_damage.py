"""Damaged pictures: a picture or a sentence, whatever decoders raise, and nothing left behind."""

from __future__ import annotations

import contextlib
import gc
import io
import struct
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mood.analyzer import MoodAnalyzer
from mood.errors import ImageError, UnreadableImageError
from mood.settings import Settings
from mood.vision.picture import read_image
from tests.kinds import KINDS
from tests.vision.mutations import escape, sources

SETTINGS = Settings()
EXAMPLES = Path(__file__).parents[2] / "examples"
SEEDS = range(2_000)


@pytest.fixture(scope="module")
def whole() -> list[bytes]:
    return sources()


@pytest.mark.parametrize("hundred", range(SEEDS.start, SEEDS.stop, 100))
def test_mutated_files_are_a_picture_or_a_sentence(hundred, whole):
    escaped = {seed: escape(whole, seed) for seed in range(hundred, hundred + 100)}
    assert {seed: error for seed, error in escaped.items() if error is not None} == {}


def broken(name: str) -> bytes:
    content = KINDS[name]((300, 200))
    return content[: len(content) * 2 // 3]


@pytest.mark.parametrize("name", KINDS)
def test_a_damaged_picture_leaves_nothing_for_the_garbage_collector(name):
    content = broken(name)
    gc.collect()
    gc.disable()
    try:
        before = sys.getrefcount(content), pictures()
        with contextlib.suppress(ImageError):
            read_image(content, SETTINGS)
        assert (sys.getrefcount(content), pictures()) == before
    finally:
        gc.enable()


def pictures() -> int:
    """How many pictures of Pillow there are."""
    # By their type: asked for its class, a module of torch warns.
    return sum(issubclass(type(each), Image.Image) for each in gc.get_objects())


def test_a_decoder_s_own_error_is_not_kept_with_its_frames():
    with pytest.raises(UnreadableImageError, match="damaged") as caught:
        read_image(broken("PNG RGB"), SETTINGS)
    assert caught.value.__context__ is None
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("size", [(833_333, 30), (30, 833_333), (120_000, 34), (1, 5_000_000)])
def test_strips_are_read_and_looked_through(size):
    """Scaled down they are one pixel high, or wide."""
    file = io.BytesIO()
    Image.new("RGB", size, (90, 90, 90)).save(file, "PNG", compress_level=1)
    analyzer = MoodAnalyzer(Settings(model="mini", detector="libfacedetection"))
    analysis = analyzer.analyze(file.getvalue())
    assert analysis.size_wh == size
    assert analysis.faces == ()


# What fuzzing found once: none of them may come back.
FOUND = (1_034_405, 1_094_234, 1_100_947, 1_230_062, 1_414_694)


@pytest.mark.parametrize("seed", FOUND)
def test_what_a_fuzzer_found_stays_mended(seed, whole):
    assert escape(whole, seed) is None


def plain_jpeg() -> bytes:
    file = io.BytesIO()
    with Image.open(EXAMPLES / "grace_hopper.jpg") as photo:
        photo.convert("RGB").save(file, "JPEG", quality=90)
    return file.getvalue()


def test_a_jpeg_is_read_to_the_very_pixels_that_pillow_gives():
    content = plain_jpeg()
    wrong = bytearray(content)
    wrong[len(wrong) // 2 : len(wrong) // 2 + 30] = bytes(range(60, 90))  # no marker among them
    for each in (content, bytes(wrong)):
        with Image.open(io.BytesIO(each)) as photo:
            expected = np.asarray(photo.convert("RGB"))
        assert np.array_equal(read_image(each, SETTINGS).pixels, expected)


@pytest.mark.parametrize("at", [0.3, 0.6, 0.9])
@pytest.mark.parametrize("marker", [b"", b"\xff\xc4", b"\xff\xda"])
def test_a_jpeg_that_breaks_off_or_has_a_foreign_marker_is_no_picture(at, marker):
    content = plain_jpeg()
    place = round(len(content) * at)
    rest = content[place + 2 :] if marker else b""
    with pytest.raises(UnreadableImageError):
        read_image(content[:place] + marker + rest, SETTINGS)


def half_a_jpeg() -> bytes:
    content = plain_jpeg()
    return content[: len(content) // 2] + content[-2:]


def png_of_odd_rows() -> bytes:
    """So large that OpenCV halves it; its rows have a filter that there is not."""
    image = Image.new("RGB", (4000, 4000))
    file = io.BytesIO()
    image.save(file, "PNG")
    whole, rows = file.getvalue(), zlib.compress((b"\x09" + bytes(4000 * 3)) * 4000)
    head = whole[: whole.index(b"IDAT") - 4]
    chunks = [(b"IDAT", rows), (b"IEND", b"")]
    parts = [
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    ]
    return head + b"".join(parts)


@pytest.mark.skipif(sys.platform != "linux", reason="needs glibc")
@pytest.mark.parametrize("content", [half_a_jpeg, png_of_odd_rows])
def test_what_a_decoder_says_of_a_damaged_picture_is_told_to_nobody(capfd, content):
    with contextlib.suppress(UnreadableImageError):
        read_image(content(), SETTINGS)
    print("mine", file=sys.stderr)
    assert capfd.readouterr().err == "mine\n"
