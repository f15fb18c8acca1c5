"""Photos that come, by whichever way, stand beside each other, go and come back."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.e2e.conftest import EXAMPLES, press
from tests.e2e.test_photo import PHONE, read

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect

pytestmark = pytest.mark.browser


def failing(tmp_path: Path, name: str = "notes.jpg") -> Path:
    """What is called a photo and is none."""
    path = tmp_path / name
    path.write_text("no picture at all")
    return path


def test_photos_are_added_and_the_newest_is_shown(open_page):
    page = open_page()
    read(page, EXAMPLES / "astronaut.jpg")
    read(page, EXAMPLES / "grace_hopper.jpg")
    thumbnails = page.locator("#photo .gallery .open")
    expect(thumbnails).to_have_count(2)
    expect(thumbnails.nth(1)).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#photo .card .verdict")).to_contain_text("neutral")


def test_a_thumbnail_shows_the_face(open_page):
    page = open_page()
    read(page, EXAMPLES / "astronaut.jpg")
    read(page, EXAMPLES / "grace_hopper.jpg")
    frame, image = page.locator("#photo .gallery .thumb").first.evaluate(
        """(thumb) => [thumb, thumb.querySelector("img")].map((node) => {
          const { left, top, width, height } = node.getBoundingClientRect();
          return [left, top, width, height];
        })"""
    )
    scale = image[2] / 512
    left, top, right, bottom = (each * scale for each in (178, 62, 268, 175))  # of her face
    assert image[0] + left >= frame[0]
    assert image[1] + top >= frame[1]
    assert image[0] + right <= frame[0] + frame[2]
    assert image[1] + bottom <= frame[1] + frame[3]
    assert (right - left) / frame[2] > 0.25
    assert image[3] == pytest.approx(image[2], rel=0.02)  # it is as square as the photo


def test_what_could_not_be_read_is_told_and_stands_behind_the_others(open_page, tmp_path):
    page = open_page()
    read(page, EXAMPLES / "astronaut.jpg", failing(tmp_path), EXAMPLES / "grace_hopper.jpg")
    told = page.locator("#photo .failures")
    expect(told).to_contain_text("1 of 3 photos could not be read")
    expect(told.locator("li")).to_have_text(re.compile("^notes.jpg: This is not a picture"))
    expect(page.locator("#photo .gallery .open").last).to_contain_text("notes.jpg")
    expect(page.locator("#photo .card .verdict")).to_contain_text("happiness")
    read(page, failing(tmp_path, "more.jpg"))  # the newest: told, and not shown
    expect(told).to_contain_text("2 of 4 photos could not be read")
    expect(page.locator("#photo .card")).to_have_count(1)
    for name in ("notes.jpg", "more.jpg"):
        page.get_by_role("button", name=f"Remove {name}").click()
    expect(told).to_be_hidden()


def test_where_nothing_can_be_read_the_start_stays_with_the_reason(open_page, tmp_path):
    page = open_page()
    (tmp_path / "notes.jpg").write_text("Buy milk.")
    page.set_input_files("#photo input[type=file]", tmp_path / "notes.jpg")
    notice = page.locator("#photo .notice")
    expect(notice).to_contain_text("notes.jpg: This is not a picture")
    for part in (".drop .strong", ".sample img", ".offers img >> nth=0"):
        expect(page.locator(f"#photo {part}")).to_be_visible()
    assert notice.bounding_box()["y"] < page.locator("#photo .drop").bounding_box()["y"]
    read(page, EXAMPLES / "astronaut.jpg")
    expect(page.locator("#photo .gallery")).to_be_hidden()
    expect(notice).to_be_hidden()


@pytest.mark.parametrize("viewport", [None, PHONE], ids=["desktop", "phone"])
def test_a_photo_that_was_removed_comes_back_with_what_was_read(open_page, viewport):
    page = open_page(viewport=viewport) if viewport else open_page()
    read(page, EXAMPLES / "astronaut.jpg", EXAMPLES / "grace_hopper.jpg")
    page.get_by_role("button", name="Remove astronaut.jpg").click()
    toast = page.locator("#photo .toast")
    expect(toast).to_contain_text("astronaut.jpg was removed")
    expect(page.locator("#photo .card .verdict")).to_contain_text("neutral")
    expect(page.locator("#photo .gallery")).to_be_hidden()
    toast.get_by_role("button", name="Undo").click()
    expect(toast).to_be_hidden()
    expect(page.locator("#photo .card .verdict")).to_contain_text("happiness")
    expect(page.locator("#photo .gallery .open").first).to_contain_text("astronaut.jpg")
    press(page, "[data-do=clear]")
    expect(page.locator("#photo .detail")).to_be_hidden()
    toast.get_by_role("button", name="Undo").click()
    expect(page.locator("#photo .gallery .open")).to_have_count(2)
    expect(page.locator("#photo .card")).to_have_count(1)
    image = page.locator("#photo .picture img")
    page.wait_for_function("(node) => node.naturalWidth > 0", arg=image.element_handle())
    thumbnails = page.locator("#photo .gallery .open img").evaluate_all(
        "(all) => all.map(({src}) => src)"
    )
    again = "(src) => Object.assign(new Image(), {src}).decode().then(() => true, () => false)"
    assert all(page.evaluate(again, each) for each in thumbnails), "what was forgotten is drawn"


def drop(page, selector: str, *, files: tuple[Path, ...] = (), address: str = "") -> None:
    """Drops something on a part of the page, as a hand does."""
    area = page.locator(selector).bounding_box()
    devtools = page.context.new_cdp_session(page)
    items = [{"mimeType": "text/uri-list", "data": address}] if address else []
    data = {"items": items, "files": [str(each) for each in files], "dragOperationsMask": 1}
    middle = {"x": area["x"] + area["width"] / 2, "y": area["y"] + area["height"] / 2}
    for kind in ("dragEnter", "dragOver", "drop"):
        devtools.send("Input.dispatchDragEvent", {"type": kind, "data": data, **middle})


def test_a_photo_is_taken_wherever_it_is_dropped_and_whichever_tab_is_open(open_page):
    page = open_page()
    address = page.url
    drop(page, "h1", files=(EXAMPLES / "astronaut.jpg",))
    expect(page.locator("#photo .card .verdict")).to_contain_text("happiness")
    page.get_by_role("tab").nth(2).click()
    expect(page.locator("#photo .picture")).to_be_hidden()
    drop(page, "#about h2 >> nth=0", files=(EXAMPLES / "grace_hopper.jpg",))
    expect(page.locator("#photo .card .verdict")).to_contain_text("neutral")
    assert page.url.split("#")[0] == address


def test_a_photo_that_is_dropped_before_the_page_is_there_is_taken_when_it_is(open_page):
    page = open_page()
    held: list = []
    free: list[bool] = []
    page.route(
        "**/photo/photo.js",
        lambda route: route.continue_() if free else held.append(route),
    )
    page.goto(page.url, wait_until="commit")
    page.locator("#first .drop").wait_for()
    address = page.url
    drop(page, "#first .drop", files=(EXAMPLES / "astronaut.jpg",))
    page.wait_for_function("window.dropped.length")
    while not held:  # the page asks for it, and gets it now
        page.wait_for_timeout(50)
    free.append(True)
    for route in held:
        route.continue_()
    expect(page.locator("#photo .card .verdict")).to_contain_text("happiness")
    assert page.url == address


def test_the_only_photo_can_be_taken_away_and_put_back(open_page):
    page = open_page()
    read(page, EXAMPLES / "astronaut.jpg")
    press(page, "[data-do=clear]")
    expect(page.locator("#photo .detail")).to_be_hidden()
    expect(page.locator("#photo .sample")).to_be_visible()
    toast = page.locator("#photo .toast")
    expect(toast).to_contain_text("astronaut.jpg was removed")
    toast.get_by_role("button", name="Undo").click()
    expect(page.locator("#photo .card .verdict")).to_contain_text("happiness")


def test_a_picture_of_another_page_that_comes_as_an_address_gets_a_sentence(open_page):
    page = open_page()
    address = page.url
    drop(page, "h1", address="https://example.org/smile.jpg")
    complaint = page.locator("#photo .complaint")
    expect(complaint).to_contain_text("copy the picture and paste it here")
    assert page.url == address
