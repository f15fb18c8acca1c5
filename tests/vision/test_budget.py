"""What decoding may take, kept by each format and mode in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from mood.vision.budget import budget
from mood.vision.formats.parts import Parts
from tests.kinds import ALONE, BLANK_FIRST, KINDS, LEAN

ROOT = Path(__file__).parents[2]
LARGE, FAIR, MIDDLE = (5000, 5000), (4000, 3000), (2800, 2800)
THIN = ((1, 10_000_000), (10_000_000, 1))
NOT_REDUCED = ("JPEG RGB", "PNG RGB", "PNG I;16", "TIFF F", "WEBP RGB", "WEBP RGBA", "AVIF RGB")

needs_proc = pytest.mark.skipif(
    not os.access("/proc/self/clear_refs", os.W_OK), reason="needs Linux's /proc"
)


def searched(name: str) -> tuple[int, int]:
    """Sides of the largest animation of which more than one frame is looked at, or nearly."""
    return (2400, 1700) if name.startswith("AVIF") else FAIR


@pytest.fixture(scope="module")
def measured() -> dict[tuple[str, tuple[int, int]], Any]:
    """Kind and size → what decoding it took."""
    cases = [(name, LARGE if name in LEAN else FAIR) for name in KINDS]
    cases += [(name, MIDDLE) for name in NOT_REDUCED]
    cases += [("PNG L", each) for each in THIN]
    cases += [(name, searched(name)) for name in BLANK_FIRST]
    named = [f"{name}/{width}x{height}" for name, (width, height) in cases]
    done = subprocess.run(
        [sys.executable, "-m", "tests.vision.peak", *named],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    return dict(zip(cases, answers, strict=True))


@needs_proc
@pytest.mark.parametrize("name", KINDS)
def test_no_picture_takes_more_than_its_budget(name, measured):
    size = LARGE if name in LEAN else FAIR
    answer = measured[name, size]
    assert sorted(answer.get("size_wh", [])) == sorted(size), answer
    assert answer["decoding_mb"] <= answer["budget_mb"]


@needs_proc
@pytest.mark.parametrize("name", NOT_REDUCED)
def test_nor_does_a_smaller_one_that_is_decoded_otherwise(name, measured):
    answer = measured[name, MIDDLE]
    assert sorted(answer.get("size_wh", [])) == sorted(MIDDLE), answer
    assert answer["decoding_mb"] <= answer["budget_mb"]


@needs_proc
@pytest.mark.parametrize("size", THIN)
def test_lines_of_one_pixel_have_a_price_of_their_own(size, measured):
    assert measured["PNG L", size]["decoding_mb"] <= measured["PNG L", size]["budget_mb"]


@needs_proc
@pytest.mark.parametrize("name", LEAN)
def test_25_megapixels_take_at_most_150_mb_where_a_decoder_can_do_with_less(name, measured):
    assert measured[name, LARGE]["peak_mb"] <= 150


@needs_proc
@pytest.mark.parametrize("name", BLANK_FIRST)
def test_looking_for_a_frame_that_shows_something_keeps_to_its_budget_and_to_150_mb(name, measured):
    answer = measured[name, searched(name)]
    assert answer["frame"] > 0
    assert answer["decoding_mb"] <= answer["budget_mb"]
    assert answer["search_mb"] <= answer["search_budget_mb"]
    assert answer["peak_mb"] <= 150


@needs_proc
@pytest.mark.parametrize("name", ALONE)
def test_a_budget_is_not_so_high_that_pictures_are_refused_in_vain(name, measured):
    answer = measured[name, FAIR]
    assert answer["budget_mb"] <= 1.5 * answer["peak_mb"] + 30


def test_a_budget_tells_how_large_a_picture_of_its_kind_may_be():
    size = (5000, 5000)
    needed = budget("AVIF", "RGBA", size, size, (1600, 1600), Parts(b"", kind="deep full"))
    most = needed.most_megapixels(300)
    smaller = (int((most * 1e6) ** 0.5),) * 2
    again = budget("AVIF", "RGBA", smaller, smaller, (1600, 1600), Parts(b"", kind="deep full"))
    assert again.total_mb == pytest.approx(300, abs=1)
    assert needed.total_mb > 300


def test_the_coefficients_of_a_progressive_picture_count_however_small_it_is_decoded():
    parts = Parts(b"", buffers=400_000_000, kind="progressive")
    needed = budget("JPEG", "CMYK", (7071, 7071), (1768, 1768), (1600, 1600), parts)
    assert needed.total_mb > 400
    assert needed.what == "progressive JPEG in CMYK"
