"""Paper, colours that the system forces, and large text: nothing that is said is lost."""

from __future__ import annotations

import io
from itertools import pairwise

import pytest
from PIL import Image

from tests.e2e.conftest import EXAMPLES
from tests.e2e.states import DESKTOP, NARROW
from tests.e2e.test_photo import read

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect

pytestmark = pytest.mark.browser

BACKGROUND = "(node) => getComputedStyle(node).backgroundColor"


def colours(page, selector: str) -> set[tuple[int, int, int]]:
    """The colours that cover at least a twentieth of an element, as they are seen."""
    picture = Image.open(io.BytesIO(page.locator(selector).first.screenshot())).convert("RGB")
    counted = picture.getcolors(picture.width * picture.height) or []
    least = picture.width * picture.height / 20
    return {colour for count, colour in counted if count >= least}  # type: ignore[misc]


def colourful(found: set[tuple[int, int, int]]) -> bool:
    return any(max(colour) - min(colour) > 60 for colour in found)


def test_bars_and_legend_keep_their_colours_where_the_system_forces_its_own(open_page):
    page = open_page(viewport=DESKTOP, forced_colors="active")
    read(page, EXAMPLES / "mariachi.jpg")
    for part in (".card .bar > span", ".shows .whole", ".hits .tag"):
        assert colourful(colours(page, f"#photo {part}")), part


def test_what_is_chosen_is_seen_where_the_system_forces_its_colours(open_page):
    page = open_page(viewport=DESKTOP, forced_colors="active")
    read(page, EXAMPLES / "mariachi.jpg")
    page.locator("#photo .shows .legend button").first.click()
    page.mouse.move(0, 0)
    style = "(node, name) => getComputedStyle(node)[name]"
    for chosen, other, name in (
        ("[role=tab][aria-selected=true]", "[role=tab][aria-selected=false]", "color"),
        (".card.chosen", ".card:not(.chosen)", "outlineStyle"),
        (
            ".shows .legend button[aria-pressed=true]",
            ".shows .legend button[aria-pressed=false]",
            "backgroundColor",
        ),
    ):
        looks = [
            page.locator(f"{each} >> visible=true").first.evaluate(style, name)
            for each in (chosen, other)
        ]
        assert looks[0] != looks[1], chosen


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_one_photo_and_its_cards_are_printed_black_on_white(open_page, scheme):
    page = open_page(viewport=DESKTOP, color_scheme=scheme)
    read(page, EXAMPLES / "mariachi.jpg", EXAMPLES / "astronaut.jpg")
    page.emulate_media(media="print")
    for part in ("body", "#photo .card"):
        assert page.locator(part).first.evaluate(BACKGROUND) == "rgb(255, 255, 255)", part
    ink = page.locator("#photo .right h2").first.evaluate("(node) => getComputedStyle(node).color")
    assert ink == "rgb(0, 0, 0)"
    expect(page.locator("#photo .picture img")).to_have_count(1)
    for part in (".tools", ".gallery", ".room", "[data-do=why]"):
        assert not page.locator(f"#photo {part}").first.is_visible(), part
    assert not page.locator("[role=tab]").first.is_visible()
    assert page.locator("#photo .card").first.is_visible()
    assert colourful(colours(page, "#photo .card .bar > span"))


def test_the_chosen_face_is_not_painted_over_on_paper(open_page):
    page = open_page(viewport=DESKTOP)
    read(page, EXAMPLES / "mariachi.jpg")
    chosen = page.locator("#photo .hits button[aria-pressed=true]").first
    painted = '(node) => getComputedStyle(node, "::before").backgroundColor'
    assert chosen.evaluate(painted) != "rgba(0, 0, 0, 0)"
    page.emulate_media(media="print")
    assert chosen.evaluate(painted) == "rgba(0, 0, 0, 0)"


@pytest.mark.parametrize("zoom", [1, 2])
@pytest.mark.parametrize("locale", ["de-DE", "ar-EG"])
def test_nothing_is_wider_than_320_pixels_or_a_window_at_200_per_cent(open_page, zoom, locale):
    size = NARROW if zoom == 1 else {side: DESKTOP[side] // zoom for side in DESKTOP}
    page = open_page(viewport=size, locale=locale, device_scale_factor=zoom)
    too_wide = "document.documentElement.scrollWidth - window.innerWidth"
    assert page.evaluate(too_wide) <= 0
    read(page, EXAMPLES / "mariachi.jpg")
    assert page.evaluate(too_wide) <= 0
    for place in (1, 2):
        page.get_by_role("tab").nth(place).click()
        page.wait_for_timeout(300)
        assert page.evaluate(too_wide) <= 0, place


def test_arrow_keys_go_from_tab_to_tab(open_page):
    page = open_page()
    tab = page.get_by_role("tab")
    tab.first.focus()
    page.keyboard.press("ArrowRight")
    expect(tab.nth(1)).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(tab.nth(0)).to_be_focused()
    page.keyboard.press("End")
    expect(tab.nth(2)).to_be_focused()


def test_headings_stand_in_order(open_page):
    page = open_page(viewport=DESKTOP)
    read(page, EXAMPLES / "mariachi.jpg", EXAMPLES / "astronaut.jpg")
    levels = page.evaluate(
        """() => [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")]
          .filter((node) => node.checkVisibility())
          .map((node) => Number(node.tagName[1]))"""
    )
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
