"""“Why?” below a face: a map, its legend, and a sentence that says what the map shows."""

from __future__ import annotations

import re

import pytest

from tests.e2e.conftest import EXAMPLES
from tests.e2e.test_photo import choose, read
from tests.e2e.test_reading import hold

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect

pytestmark = pytest.mark.browser


def test_why_draws_a_heat_map_and_says_what_counted(open_page):
    page = open_page()
    read(page, EXAMPLES / "astronaut.jpg")
    page.click("#photo [data-do=why]")
    reason = page.locator("#photo .reason")
    expect(reason).to_have_text("What counted most for “happiness”: mouth and chin.")
    heat = page.locator("#photo .card canvas")
    expect(heat).to_have_attribute("aria-label", re.compile("mouth and chin"))
    legend = page.locator("#photo .heat-legend li")
    expect(legend).to_have_text(["speaks for “happiness”", "speaks against it"])
    page.get_by_label("Map over the picture").uncheck()
    expect(heat).to_be_hidden()
    page.get_by_label("Map over the picture").check()
    expect(heat).to_be_visible()


def test_where_a_heat_map_glows_most_is_the_part_that_is_named(open_page):
    page = open_page()
    read(page, EXAMPLES / "astronaut.jpg")
    page.click("#photo [data-do=why]")
    heat = page.locator("#photo .card canvas")
    row = heat.evaluate(
        """(canvas) => {
          const { width, height } = canvas;
          const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
          const warm = (at) => data[4 * at] > 128 ? data[4 * at + 3] : 0;
          const all = Array.from({ length: width * height }, (_, at) => warm(at));
          return Math.floor(all.indexOf(Math.max(...all)) / width) / height;
        }"""
    )
    assert 0.55 < row < 0.9, "the mouth of the crop"


def test_where_the_network_wavers_both_expressions_are_explained(open_page):
    page = open_page()
    read(page, EXAMPLES / "grace_hopper.jpg")
    page.click("#photo .settings summary")
    page.locator("[data-set=certainty]").fill("95")
    page.keyboard.press("Escape")  # they lie over the cards
    expect(page.locator("#photo .card .verdict")).to_contain_text("uncertain")
    names = page.locator("#photo .card .bars .name").all_inner_texts()
    first, second = (name.split()[-1] for name in names[:2])
    page.click("#photo [data-do=why]")
    reason = page.locator("#photo .reason")
    expect(reason).to_contain_text(re.compile(f"{first}.*{second}", re.DOTALL))
    expect(page.locator("#photo .heat-legend .for")).to_contain_text(first)
    page.locator("#photo .explained").get_by_role("button", name=second).click()
    expect(page.locator("#photo .heat-legend .for")).to_contain_text(second)
    heat = page.locator("#photo .card canvas")
    expect(heat).to_have_attribute("aria-label", re.compile(second))


def test_a_heat_map_stays_while_other_photos_are_read(open_page):
    page = open_page()
    read(page, EXAMPLES / "astronaut.jpg")
    let_go = hold(page, "read_photo")
    choose(page, EXAMPLES / "grace_hopper.jpg", EXAMPLES / "mona_lisa.jpg")
    thumbnails = page.locator("#photo .gallery .open")
    thumbnails.first.click()
    page.click("#photo [data-do=why]")
    heat = page.locator("#photo .card canvas")
    expect(heat).to_be_visible()
    expect(page.locator("#photo .busy")).to_be_visible()
    let_go()
    expect(page.locator("#photo .busy")).to_be_hidden()
    expect(thumbnails.filter(has_text="neutral")).to_have_count(2)
    expect(heat).to_be_visible()
