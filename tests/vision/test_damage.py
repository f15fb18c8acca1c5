"""Damaged pictures: a picture or a sentence, whatever decoders raise, and nothing left behind."""

from __future__ import annotations

import contextlib
import gc
import io
import sys

import pytest
from PIL import Image

from mood.analyzer import MoodAnalyzer
from mood.errors import ImageError, UnreadableImageError
from mood.settings import Settings
from mood.vision.picture import read_image
from tests.kinds import KINDS
from tests.vision.mutations import escape, sources

SETTINGS = Settings()
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
