"""The symbols of the moods: to be told apart when small, and the same in text and on canvases."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from mood.types import Expression
from tests.e2e.conftest import EXAMPLES
from tests.e2e.test_photo import read, saved

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect

pytestmark = pytest.mark.browser

SIDE = 16  # pixels


def drawn(page, size: int) -> dict[str, np.ndarray]:
    """Each mood's symbol on a canvas, as (size, size) float from 0, which is nothing, to 1."""
    pictures = page.evaluate(
        """async ([moods, size]) => {
          const link = document.querySelector('link[href*="shared/symbols.js"]');
          const { drawSymbol } = await import(link.href);
          return moods.map((mood) => {
            const paper = Object.assign(document.createElement("canvas"),
              { width: size, height: size });
            const pen = paper.getContext("2d");
            drawSymbol(pen, mood, { left: 0, top: 0, size });
            return [...pen.getImageData(0, 0, size, size).data].filter((_, at) => at % 4 === 3);
          });
        }""",
        [[*Expression, "uncertain"], size],
    )
    names = [*map(str, Expression), "uncertain"]
    return {
        name: np.reshape(picture, (size, size)) / 255
        for name, picture in zip(names, pictures, strict=True)
    }


def test_each_symbol_is_told_from_the_others_at_16_pixels(open_page):
    symbols = drawn(open_page(), SIDE)
    for (one, first), (other, second) in itertools.combinations(symbols.items(), 2):
        differ = np.abs(first - second).sum() / max(first.sum(), second.sum())
        assert differ > 0.5, (one, other)


def test_neutral_is_quiet_and_what_expresses_something_is_strong(open_page):
    ink = {name: picture.sum() for name, picture in drawn(open_page(), SIDE).items()}
    expressive = [ink[name] for name in Expression if name is not Expression.NEUTRAL]
    assert ink["neutral"] < 0.6 * min(expressive)


def test_of_contempt_one_corner_of_the_mouth_is_raised(open_page):
    picture = drawn(open_page(), 8 * SIDE)["contempt"]
    mouth = picture[4 * SIDE + SIDE // 2 :]
    left, right = mouth[:, : 3 * SIDE], mouth[:, 5 * SIDE :]
    assert right.any(axis=1).argmax() + 2 * SIDE // 2 < left.any(axis=1).argmax() + SIDE // 4


def test_a_card_has_the_symbol_beside_the_word_for_eyes_only(open_page):
    page = open_page()
    read(page, EXAMPLES / "astronaut.jpg")
    verdict = page.locator("#photo .card .verdict")
    expect(verdict).to_have_text("happiness")
    assert verdict.locator("use").get_attribute("href") == "#mood-happiness"
    symbol = verdict.locator(".symbol")
    assert symbol.get_attribute("aria-hidden") == "true"
    size = symbol.bounding_box()
    assert size["width"] >= SIDE
    colour = "(node) => getComputedStyle(node).stroke"
    ink = verdict.evaluate("(node) => getComputedStyle(node).color")
    assert symbol.locator("use").evaluate(colour) == ink


def test_the_saved_photo_has_the_lines_of_the_symbol(open_page):
    page = open_page()
    read(page, EXAMPLES / "astronaut.jpg")
    page.evaluate(
        """() => {
          window.lines = [];
          window.Path2D = class extends Path2D {
            constructor(lines) {
              super(lines);
              window.lines.push(lines);
            }
          };
        }"""
    )
    saved(page, "photo")
    happy = page.locator("#mood-happiness path").get_attribute("d")
    assert page.evaluate("window.lines") == [happy]
