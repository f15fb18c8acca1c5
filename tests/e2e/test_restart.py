"""A server that ends and starts anew while the page is open: photos wait, and are read then."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from PIL import Image

from tests.e2e.conftest import EXAMPLES, WAIT_MS, serving
from tests.e2e.test_photo import choose, read

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect

pytestmark = pytest.mark.browser


def test_photos_wait_for_a_server_that_starts_anew(browser, tmp_path):
    context = browser.new_context(locale="en-GB")
    context.set_default_timeout(WAIT_MS)
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    scan = tmp_path / "scan.tiff"  # has to be uploaded
    Image.open(EXAMPLES / "grace_hopper.jpg").save(scan)

    first, second = tmp_path / "first", tmp_path / "second"
    with serving(first) as server:
        page.goto(server.url)
        page.locator("#photo .settings summary").wait_for()
        read(page, EXAMPLES / "astronaut.jpg")
    choose(page, EXAMPLES / "mona_lisa.jpg", scan)
    busy = page.locator("#photo .busy")
    expect(busy).to_have_text(re.compile("The server does not answer. Your photos wait"))
    photos = page.locator("#photo .gallery .open")
    photos.first.click()  # what was read can still be looked at
    expect(page.locator("#photo .card .verdict")).to_contain_text("happiness")
    with serving(second, PORT=str(urlsplit(server.url).port)):
        expect(busy).to_be_hidden(timeout=120_000)
        expect(photos).to_have_count(3)
        for at in range(3):
            photos.nth(at).click()
            expect(page.locator("#photo .card")).to_have_count(1)
    assert faults == []
    context.close()


def test_what_was_lost_can_be_tried_again(open_page):
    page = open_page(locale="de-DE")
    calls = []

    def answer(route) -> None:
        if "read_photo" in (route.request.post_data or ""):
            calls.append(route)
            if len(calls) <= 3:
                route.abort()
                return
        route.continue_()

    page.route("**/component_server/**", answer)
    choose(page, EXAMPLES / "astronaut.jpg")
    expect(page.locator("#photo .notice")).to_contain_text("Der Server antwortet nicht")
    retry = page.get_by_role("button", name="Noch einmal", exact=True)
    retry.click()
    expect(page.locator("#photo .card .verdict")).to_contain_text("Freude")
    expect(retry).to_be_hidden()
