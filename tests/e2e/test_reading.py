"""A photo while it is read: it stands where it will stay, large, with one bar that moves."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from tests.e2e.conftest import EXAMPLES
from tests.e2e.test_photo import DESKTOP, PHONE, choose, read

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect

pytestmark = pytest.mark.browser

WINDOWS = pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])


def hold(page, function: str = "") -> Callable[[], None]:
    """Keeps questions (to one function) from the server until the result is called."""
    held: list = []
    free: list[bool] = []

    def answer(route) -> None:
        if free or function not in (route.request.post_data or ""):
            route.continue_()
        else:
            held.append(route)

    def let_go() -> None:
        free.append(True)
        while held:
            held.pop().continue_()

    page.route("**/component_server/**", answer)
    return let_go


def shown(page) -> tuple[str | None, dict]:
    """The address of the picture that is shown, and where it stands in the page."""
    image = page.locator("#photo .picture img")
    page.wait_for_function("(node) => node.naturalWidth > 0", arg=image.element_handle())
    box = image.evaluate(
        """(node) => {
          const { left, top, width, height } = node.getBoundingClientRect();
          return { left, top: top + window.scrollY, width, height };
        }"""
    )
    return image.get_attribute("src"), box


@WINDOWS
def test_the_photo_stands_in_its_place_while_it_is_read_and_so_does_the_next_one(
    open_page, viewport
):
    page = open_page(viewport=viewport)
    seen = []
    for name in ("astronaut", "grace_hopper"):
        let_go = hold(page)
        choose(page, EXAMPLES / f"{name}.jpg")
        expect(page.locator("#photo .busy")).to_be_visible()
        expect(page.locator("#photo .skeleton")).to_have_count(2)
        expect(page.locator("#photo .hits button, #photo .card")).to_have_count(0)
        before = shown(page)
        let_go()
        expect(page.locator("#photo .busy")).to_be_hidden(timeout=60_000)
        expect(page.locator("#photo .hits button")).to_have_count(1)
        expect(page.locator("#photo .card")).to_have_count(1)
        expect(page.locator("#photo .skeleton")).to_have_count(0)
        assert shown(page) == before
        assert before[1]["width"] > viewport["width"] / 3
        seen.append(before[0])
    assert len(set(seen)) == 2


def test_the_bar_has_the_colours_of_the_page_and_moves(open_page):
    page = open_page()
    let_go = hold(page)
    choose(page, EXAMPLES / "astronaut.jpg")
    bar = page.locator("#photo progress")
    expect(bar).to_have_css("animation-name", "pass")
    accent = (0x43, 0x38, 0xCA)
    bar.evaluate("(node) => node.getAnimations().forEach((each) => each.pause())")
    places = []
    for milliseconds in (500, 800):
        bar.evaluate(
            "(node, at) => node.getAnimations().forEach((each) => { each.currentTime = at; })",
            milliseconds,
        )
        with Image.open(io.BytesIO(bar.screenshot())) as picture:
            row = np.asarray(picture.convert("RGB")).astype(int)[4]
        (painted,) = np.nonzero(np.abs(row - accent).max(axis=1) < 30)  # Gradio fades panels in
        assert 0.25 < len(painted) / len(row) < 0.45
        places.append(painted[0])
    assert places[0] != places[1]
    let_go()
    expect(page.locator("#photo .busy")).to_be_hidden(timeout=60_000)


def test_of_several_the_bar_says_how_many_are_done(open_page):
    page = open_page()
    let_go = hold(page)
    choose(page, EXAMPLES / "astronaut.jpg", EXAMPLES / "mona_lisa.jpg")
    expect(page.locator("#photo progress")).to_have_attribute("value", "0")
    expect(page.locator("#photo .busy")).to_contain_text("1 of 2")
    let_go()
    expect(page.locator("#photo .gallery .mood")).to_have_count(2)
    expect(page.locator("#photo .busy")).to_be_hidden(timeout=60_000)


def test_a_photo_that_cannot_be_read_again_keeps_its_picture(open_page):
    page = open_page()
    read(page, EXAMPLES / "astronaut.jpg")
    before = shown(page)
    page.route("**/component_server/**", lambda route: route.abort())
    page.click("#photo .settings summary")
    page.select_option("#photo [data-set=detector]", "auto")
    page.click("#photo [data-do=again]")
    expect(page.locator("#photo .busy")).to_contain_text("does not answer")
    assert shown(page)[0] == before[0]
    page.unroute("**/component_server/**")


@WINDOWS
@pytest.mark.parametrize("name", ["opera", "mariachi"])
def test_a_photo_is_as_large_as_there_is_room_for(open_page, viewport, name):
    page = open_page(viewport=viewport)
    read(page, EXAMPLES / f"{name}.jpg")
    _, box = shown(page)
    (room,) = page.locator("#photo .mat").evaluate_all("(mats) => mats.map((m) => m.clientWidth)")
    high = box["height"] > 0.7 * viewport["height"]
    assert high or box["width"] == pytest.approx(room, abs=1)
    with Image.open(EXAMPLES / f"{name}.jpg") as photo:
        shape = photo.width / photo.height
    assert box["width"] / box["height"] == pytest.approx(shape, rel=0.02)
