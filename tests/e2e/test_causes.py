"""What goes wrong with a photo, said with its cause."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from tests.e2e.conftest import EXAMPLES
from tests.e2e.test_photo import read

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect

pytestmark = pytest.mark.browser


def drop(page, *paths: Path) -> None:
    """Drops files and folders on the page, as a hand does from a file manager."""
    area = page.locator("#photo .drop").bounding_box()
    devtools = page.context.new_cdp_session(page)
    for kind in ("dragEnter", "dragOver", "drop"):
        devtools.send(
            "Input.dispatchDragEvent",
            {
                "type": kind,
                "x": area["x"] + area["width"] / 2,
                "y": area["y"] + area["height"] / 2,
                "data": {
                    "items": [],
                    "files": [str(each) for each in paths],
                    "dragOperationsMask": 1,
                },
            },
        )


def test_a_dropped_folder_gets_a_sentence_and_the_photos_beside_it_are_read(open_page, tmp_path):
    folder = tmp_path / "Holiday 2024"
    folder.mkdir()
    page = open_page()
    drop(page, folder)
    complaint = page.locator("#photo .complaint")
    expect(complaint).to_have_text(re.compile("^Holiday 2024 is a folder"))
    expect(page.locator("#photo .detail")).to_be_hidden()
    drop(page, folder, EXAMPLES / "astronaut.jpg")
    expect(page.locator("#photo .card .verdict")).to_contain_text("happiness")
    expect(complaint).to_be_visible()
    expect(page.locator("#photo .gallery")).to_be_hidden()
    drop(page, EXAMPLES / "grace_hopper.jpg")
    expect(page.locator("#photo .card .verdict")).to_contain_text("neutral")
    expect(complaint).to_be_hidden()
    expect(page.locator("#photo .gallery .open")).to_have_count(2)


def test_a_file_that_is_gone_is_said_to_be(open_page, tmp_path):
    photo = tmp_path / "photo.jpg"
    shutil.copy(EXAMPLES / "astronaut.jpg", photo)
    page = open_page()
    read(page, photo)
    photo.unlink()
    page.click("#photo .settings summary")
    page.select_option("#photo [data-set=detector]", "auto")
    page.click("#photo [data-do=again]")
    notice = page.locator("#photo .notice")
    expect(notice).to_contain_text("cannot be read any more: it was moved, deleted or changed")
    expect(page.locator("#photo .card")).to_have_count(1)


def test_an_example_that_cannot_be_had_leaves_the_last_result(open_page):
    page = open_page()
    read(page, EXAMPLES / "astronaut.jpg")
    page.route("**/examples/**", lambda route: route.fulfill(status=503, body="waking"))
    page.click("#photo .offers > summary")
    page.click("[data-example=grace_hopper]")
    expect(page.locator("#photo .complaint")).to_contain_text("The server does not answer")
    expect(page.locator("#photo .card .verdict")).to_contain_text("happiness")


def test_a_network_that_cannot_be_had_leaves_the_last_result_and_names_no_variables(open_page):
    page = open_page()
    read(page, EXAMPLES / "astronaut.jpg")
    page.click("#photo .settings summary")
    ferplus = page.locator("#photo [data-set=model] [value=ferplus]")
    expect(ferplus).to_be_disabled()  # the server may not ask the Hub
    ferplus.evaluate("(node) => { node.disabled = false; }")  # as if that had come later
    page.select_option("#photo [data-set=model]", "ferplus")
    page.click("#photo [data-do=again]")
    notice = page.locator("#photo .notice")
    expect(notice).to_contain_text("The chosen network cannot be used right now")
    expect(notice).to_contain_text("What you see here was read before")
    expect(page.locator("#photo")).not_to_contain_text(re.compile("MOOD_|HF_HUB"))
    expect(page.locator("#photo .card .verdict")).to_contain_text("happiness")
    expect(page.locator("#photo [data-part=answered]")).to_contain_text("Read by mini")
    page.click("#photo .settings summary")
    page.select_option("#photo [data-set=model]", "mini")
    page.keyboard.press("Escape")
    page.click("#photo [data-do=retry]")
    expect(notice).to_be_hidden()
    expect(page.locator("#photo [data-do=retry]")).to_be_hidden()
