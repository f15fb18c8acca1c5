"""Where things stand: the photo has the window, and all else is one bar."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.e2e.conftest import EXAMPLES
from tests.e2e.test_photo import read

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}
TABLET = {"width": 820, "height": 1180}
DESKTOP = {"width": 1440, "height": 900}
LYING = {"width": 844, "height": 390}
WINDOWS = {"phone": PHONE, "tablet": TABLET, "desktop": DESKTOP, "lying": LYING}
MARIACHI, OPERA = EXAMPLES / "mariachi.jpg", EXAMPLES / "opera.jpg"

every_window = pytest.mark.parametrize("viewport", WINDOWS.values(), ids=WINDOWS)
beside = pytest.mark.parametrize("viewport", [DESKTOP, LYING], ids=["desktop", "lying"])
below = pytest.mark.parametrize("viewport", [PHONE, TABLET], ids=["phone", "tablet"])


def box(page, selector: str) -> dict[str, float]:
    """Where something is in the window; of the first that is so called."""
    return page.locator(selector).first.evaluate("(node) => node.getBoundingClientRect().toJSON()")


def touch(open_page, viewport: dict[str, int], **options: Any):
    """The page on something with a touch screen."""
    return open_page(viewport=viewport, has_touch=True, is_mobile=True, **options)


@every_window
def test_all_but_the_photo_and_its_cards_is_one_bar(open_page, viewport):
    page = open_page(viewport=viewport)
    read(page, MARIACHI)
    bar, mat = box(page, "#photo .tools"), box(page, "#photo .mat")
    assert (bar["top"], bar["height"]) == (pytest.approx(0, abs=1), 56)
    assert mat["top"] == pytest.approx(56, abs=1)
    for name in (".drop", ".offers > summary", ".settings > summary", ".more > summary"):
        tool = box(page, f"#photo .tools > {name}")
        assert tool["width"] >= 40, name
        assert tool["height"] >= 40, name
        assert bar["top"] <= tool["top"] < tool["bottom"] <= bar["bottom"], name
    for name in (".sample", ".offers ul", ".settings .fields", ".more .actions", ".drop .hint"):
        expect(page.locator(f"#photo {name}").first).to_be_hidden()


@beside
def test_the_photo_has_the_window_and_its_cards_scroll_beside_it(open_page, viewport):
    page = open_page(viewport={**viewport, "height": min(500, viewport["height"])})
    read(page, MARIACHI)
    high = page.viewport_size["height"]
    picture, side = box(page, "#photo .picture"), box(page, "#photo .right")
    assert box(page, "#photo .mat")["height"] >= 0.8 * high
    assert picture["height"] >= 0.8 * high
    assert side["left"] >= picture["right"]
    assert side["bottom"] <= high
    page.mouse.move(side["left"] + side["width"] / 2, side["top"] + side["height"] / 2)
    page.mouse.wheel(0, 150)
    page.wait_for_function("document.querySelector('#photo .right').scrollTop >= 100")
    assert box(page, "#photo .picture") == picture
    assert page.evaluate("window.scrollY") == 0


@pytest.mark.parametrize("photos", [[OPERA], [MARIACHI, OPERA]], ids=["one", "two"])
def test_on_a_phone_that_lies_the_photo_has_two_thirds_of_the_height(open_page, photos):
    page = touch(open_page, LYING, locale="de-DE")
    read(page, *photos)
    assert box(page, "#photo .picture")["height"] >= LYING["height"] * 2 / 3
    assert box(page, "#photo .left")["bottom"] <= LYING["height"]


@below
def test_the_photo_stays_on_top_and_the_chosen_card_is_below_it(open_page, viewport):
    page = touch(open_page, viewport)
    read(page, MARIACHI)
    wide = viewport["width"] - 40
    assert box(page, "#photo .picture")["width"] >= wide
    page.evaluate("window.scrollTo(0, document.documentElement.scrollHeight)")
    picture = box(page, "#photo .picture")
    assert picture["top"] == pytest.approx(56, abs=1)
    assert picture["bottom"] < viewport["height"] * 0.7

    hit = page.locator("#photo .hits button:not(.unreadable)").first
    hit.click()
    card = page.locator("#photo .card.chosen")
    expect(card).to_have_attribute("data-face", "1")
    page.wait_for_function(
        """([card, photo]) => {
          const { top } = card.getBoundingClientRect();
          return photo.getBoundingClientRect().bottom <= top && top < innerHeight - 100;
        }""",
        arg=[card.element_handle(), page.locator("#photo .left").element_handle()],
    )
    tops = page.locator("#photo .card").evaluate_all(
        "(cards) => cards.map((card) => card.getBoundingClientRect().top)"
    )
    assert box(page, "#photo .card.chosen")["top"] == min(tops)


@every_window
def test_thumbnails_are_a_strip_below_the_photo(open_page, viewport):
    page = open_page(viewport=viewport)
    read(page, MARIACHI, OPERA, EXAMPLES / "astronaut.jpg")
    mat, strip = box(page, "#photo .mat"), box(page, "#photo .gallery")
    assert mat["bottom"] <= strip["top"] < strip["bottom"] <= viewport["height"]
    assert strip["height"] <= 80
    page.locator("#photo .gallery button").nth(1).click()
    expect(page.locator("#photo .picture img")).to_have_attribute("alt", re.compile("opera"))


def test_what_folds_out_of_the_bar_folds_in_again(open_page):
    page = open_page(viewport=DESKTOP)
    read(page, OPERA)
    settings, more = (page.locator(f"#photo .{name}") for name in ("settings", "more"))
    settings.locator("summary").click()
    expect(settings.locator(".fields")).to_be_visible()
    more.locator("summary").click()
    expect(more.locator("[data-save=csv]")).to_be_visible()
    expect(settings.locator(".fields")).to_be_hidden()
    page.keyboard.press("Escape")
    expect(more.locator("[data-save=csv]")).to_be_hidden()
    expect(more.locator("summary")).to_be_focused()
    page.keyboard.press("Enter")
    expect(more.locator("[data-save=csv]")).to_be_visible()
    page.mouse.click(200, 500)
    expect(more.locator("[data-save=csv]")).to_be_hidden()


def test_an_example_is_opened_from_the_bar(open_page):
    page = open_page(viewport=PHONE)
    read(page, OPERA)
    page.click("#photo .offers > summary")
    page.click("[data-example=astronaut]")
    expect(page.locator("#photo .offers ul")).to_be_hidden()
    expect(page.locator("#photo .card .verdict")).to_contain_text("happiness")


def test_a_photo_can_be_taken_where_there_is_a_touch_screen(open_page):
    page = touch(open_page, PHONE)
    taken = page.locator("#photo .take")
    expect(taken).to_be_visible()
    expect(taken).to_contain_text("Take a photo")
    camera = taken.locator("input")
    assert camera.get_attribute("capture") == "environment"
    camera.set_input_files(EXAMPLES / "astronaut.jpg")
    expect(page.locator("#photo .card .verdict")).to_contain_text("happiness")
    expect(taken).to_be_visible()
    expect(open_page(viewport=DESKTOP).locator("#photo .take")).to_be_hidden()


@pytest.mark.parametrize("locale", ["de-DE", "ar-EG"])
@every_window
def test_nothing_reaches_over_the_edge_of_the_window(open_page, viewport, locale):
    page = touch(open_page, viewport, locale=locale)
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(wide) == 0
    read(page, MARIACHI, OPERA)
    assert page.evaluate(wide) == 0
    over = page.evaluate(
        """() => [...document.querySelectorAll("#photo :is(.tools > *, .card, .card *, .room)")]
          .filter((node) => node.offsetWidth > 1)
          .filter((node) => {
            const { left, right } = node.getBoundingClientRect();
            return left < 0 || right > innerWidth;
          })
          .map((node) => node.className || node.tagName)"""
    )
    assert over == []
    for fold in ("settings", "more"):
        page.click(f"#photo .{fold} > summary")
        fields = box(page, f"#photo .{fold} > div")
        assert fields["left"] >= 0
        assert fields["right"] <= viewport["width"]
        assert fields["bottom"] <= viewport["height"]
        page.keyboard.press("Escape")


@every_window
def test_the_other_tabs_keep_their_header_and_the_photo_its_place(open_page, viewport):
    page = open_page(viewport=viewport)
    head = box(page, "h1")
    read(page, OPERA)
    before = box(page, "#photo .mat")
    page.get_by_role("tab").nth(1).click()
    expect(page.locator(".live [data-do=start]")).to_be_visible()
    page.evaluate("window.scrollTo(0, 0)")
    assert box(page, "h1") == pytest.approx(head, abs=1)
    page.get_by_role("tab").nth(0).click()
    page.locator("#photo .tools").evaluate("(node) => node.scrollIntoView()")
    expect(page.locator("#photo .mat")).to_be_visible()
    after = box(page, "#photo .mat")
    assert (after["width"], after["height"]) == (before["width"], before["height"])


@every_window
def test_an_empty_page_shows_an_example_that_is_read_already(open_page, viewport):
    asked: list[str] = []
    page = open_page(viewport=viewport)
    page.on("request", lambda request: asked.append(request.url))
    page.reload()
    sample = page.locator("#photo .sample")
    expect(sample).to_be_visible()
    expect(sample.locator("li")).to_have_count(3)
    for word in ("surprise", "anger", "happiness", "%"):
        expect(sample).to_contain_text(word)
    expect(sample.locator("img")).to_have_attribute("alt", re.compile("Three people.*surprise 96%"))
    drop, shown = box(page, "#photo .drop"), box(page, "#photo .sample")
    if viewport["width"] > 860:
        assert (shown["top"], shown["height"]) == (drop["top"], drop["height"])
        assert shown["left"] > drop["right"]
    else:
        assert drop["bottom"] < shown["top"]
    assert not [url for url in asked if "component_server" in url]
    read(page, OPERA)
    expect(sample).to_be_hidden()
