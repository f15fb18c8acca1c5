"""The photo grows under a wheel, a double click and two fingers, and is moved by one."""

from __future__ import annotations

import pytest

from tests.e2e.conftest import EXAMPLES
from tests.e2e.scene import SCENE, touch, wait_for_zoom, zoom_of
from tests.e2e.test_faces import MUSICIANS, PHONE
from tests.e2e.test_photo import DESKTOP, read

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect

pytestmark = pytest.mark.browser


def test_ctrl_and_the_wheel_make_the_photo_larger_and_a_plain_wheel_scrolls(open_page):
    page = open_page(viewport=PHONE)
    read(page, MUSICIANS)
    page.locator("#photo .picture").hover()
    top = page.evaluate("window.scrollY")
    page.mouse.wheel(0, 120)
    page.wait_for_function("(top) => window.scrollY > top", arg=top)
    assert zoom_of(page) == pytest.approx(1)

    page.locator("#photo .hits button").nth(1).hover()
    top = page.evaluate("window.scrollY")
    before = page.evaluate(SCENE)["faces"][1]
    page.keyboard.down("Control")
    for _ in range(4):
        page.mouse.wheel(0, -120)
    page.keyboard.up("Control")
    wait_for_zoom(page, "> 2")
    assert page.evaluate("window.scrollY") == top
    after = page.evaluate(SCENE)
    box = after["faces"][1]
    middle = [(before[side] + before[side + 2]) / 2 for side in (0, 1)]
    assert box[0] < middle[0] < box[2]
    assert box[1] < middle[1] < box[3]
    label = next(each for each in after["labels"] if each["face"] == 2)
    assert not touch(label["box"], box)


def test_a_double_click_makes_the_photo_larger_and_whole_again_and_dragging_moves_it(open_page):
    page = open_page(viewport=DESKTOP)
    read(page, MUSICIANS)
    picture = page.locator("#photo .picture")
    picture.dblclick(position={"x": 300, "y": 220})
    wait_for_zoom(page, "> 2")
    before = page.evaluate(SCENE)
    left, top, right, bottom = before["picture"]
    x, y = (left + right) / 2, (top + bottom) / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 40, y + 10)
    page.mouse.move(x - 80, y + 20)
    page.mouse.up()
    after = page.evaluate(SCENE)["faces"][1]
    assert after[0] - before["faces"][1][0] == pytest.approx(-80, abs=2)
    assert after[1] - before["faces"][1][1] == pytest.approx(20, abs=2)
    picture.dblclick(position={"x": 300, "y": 220})
    wait_for_zoom(page, "== 1")


def test_two_fingers_make_the_photo_larger_and_one_moves_it(open_page):
    page = open_page(viewport=PHONE, has_touch=True)
    read(page, EXAMPLES / "astronaut.jpg")
    page.locator("#photo .picture").scroll_into_view_if_needed()
    box = page.locator("#photo .picture").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    hand = page.context.new_cdp_session(page)

    def touches(kind: str, *points: tuple[float, float]) -> None:
        fingers = [{"x": x + across, "y": y + down} for across, down in points]
        hand.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": fingers})

    touches("touchStart", (-20, 0), (20, 0))
    for apart in (30, 40, 50, 60):
        touches("touchMove", (-apart, 0), (apart, 0))
    touches("touchEnd")
    wait_for_zoom(page, "> 2.5")
    before = page.evaluate(SCENE)["faces"][0]
    scrolled = page.evaluate("window.scrollY")
    touches("touchStart", (0, 0))
    for down in (15, 30, 45):
        touches("touchMove", (0, down))
    touches("touchEnd")
    assert page.evaluate(SCENE)["faces"][0][1] > before[1] + 20
    assert page.evaluate("window.scrollY") == scrolled
    page.locator("#photo [data-do=whole]").tap()
    wait_for_zoom(page, "== 1")
    expect(page.locator("#photo [data-do=whole]")).to_be_hidden()


def test_the_photo_glides_but_not_for_who_wants_no_motion(open_page):
    for choice, seconds in (("no-preference", 0.3), ("reduce", 0)):
        page = open_page(viewport=DESKTOP, reduced_motion=choice)
        read(page, MUSICIANS)
        page.evaluate(
            """() => new MutationObserver(() => {
              if (!document.querySelector(".picture.gliding")) return;
              const layer = document.querySelector(".picture.gliding .hits");
              window.took ??= parseFloat(getComputedStyle(layer).transitionDuration);
            }).observe(document.querySelector("#photo .picture"), { attributes: true })"""
        )
        page.locator("#photo .picture").dblclick(position={"x": 300, "y": 220})
        page.wait_for_function("window.took !== undefined")
        assert page.evaluate("window.took") == seconds
