"""Pause is the shutter: the picture stands with its frames, and opens as a photo."""

from __future__ import annotations

import pytest

pytest.importorskip("playwright")

from playwright.sync_api import Page, expect

from tests.e2e.conftest import press
from tests.e2e.fake_camera import face_box
from tests.e2e.live_tab import DESKTOP, PHONE, frames_sent, start, turn_on, wait_for_the_first_scene
from tests.e2e.overlay import drawn_boxes, mirrored, overlap

pytestmark = pytest.mark.browser

PICTURE = "document.querySelector('.live .still').toDataURL()"


def pause(page: Page) -> None:
    page.click(".live [data-do=pause]")
    expect(page.locator(".live .status")).to_contain_text("Paused")


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_picture_stands_with_its_frames(open_live, size):
    page = open_live(size)
    start(page)
    number = wait_for_the_first_scene(page)
    expect(page.locator(f".faces article[data-face='{number}']")).to_be_visible()
    pause(page)
    expect(page.locator(".live .still")).to_be_visible()
    boxes, picture = drawn_boxes(page), page.evaluate(PICTURE)
    assert overlap(boxes[number], mirrored(face_box("left", "smiling"))) > 0.7
    expect(page.locator(".live .tag").first).to_contain_text(f"{number} · ")
    expect(page.locator(f".faces article[data-face='{number}'] strong")).to_contain_text("happi")
    page.wait_for_timeout(4500)  # the second person has come meanwhile
    assert drawn_boxes(page) == boxes
    assert page.evaluate(PICTURE) == picture
    page.click(".live [data-do=pause]")
    expect(page.locator(".live .still")).to_be_hidden()
    expect(page.locator(".live .box").first).to_be_visible()


def test_nothing_is_sent_while_it_stands(open_live):
    page = open_live()
    sent = frames_sent(page)
    start(page)
    assert sent
    pause(page)
    sent.clear()
    page.wait_for_timeout(1500)
    assert not sent
    page.click(".live [data-do=pause]")
    expect(page.locator(".live .box").first).to_be_visible()
    assert sent


def test_the_picture_that_stands_opens_as_a_photo(open_live):
    page = open_live()
    start(page)
    wait_for_the_first_scene(page)
    expect(page.locator(".live [data-do=open]")).to_be_hidden()
    pause(page)
    page.get_by_role("button", name="Open as a photo").click()
    expect(page.get_by_role("tab").first).to_have_attribute("aria-selected", "true")
    card = page.locator("#photo .card")
    expect(card.locator(".verdict")).to_contain_text("happiness")
    card.get_by_role("button", name="Why?").click()
    expect(card.locator(".reason")).not_to_be_empty()
    with page.expect_download() as saved:
        press(page, "[data-save=csv]")
    assert saved.value.suggested_filename.startswith("camera-")
    row = saved.value.path().read_text().splitlines()[1].split(",")
    box = [float(side) for side in row[1:5]]
    assert overlap(box, face_box("left", "smiling")) > 0.7, "as the camera sees it"

    page.get_by_role("tab").nth(1).click()
    start(page)


def test_what_is_paused_before_anything_is_read_has_no_frames(open_live):
    page = open_live()
    page.route("**/component_server/**", lambda route: route.abort())
    turn_on(page)
    expect(page.locator(".live .status")).to_contain_text("does not answer")
    pause(page)
    expect(page.locator(".live .still")).to_be_visible()
    expect(page.locator(".live .box")).to_have_count(0)
    page.unroute_all(behavior="wait")
    page.click(".live [data-do=pause]")
    expect(page.locator(".live .box").first).to_be_visible()
