"""What the page does while the server is busy: it says so, waits, and asks again by itself."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from PIL import Image

from tests.e2e.conftest import EXAMPLES, WAIT_MS, press, without_read_back
from tests.e2e.live_tab import turn_on

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect

pytestmark = pytest.mark.browser

BUSY = {"error": "busy", "message": "Too much is waiting.", "retry_after_s": 2}
SHARE = {**BUSY, "error": "share"}


def refuse(page, function: str, *answers: dict) -> Callable[[], int]:
    """Answers the first calls of a server function instead of the server; counts all of them."""
    left, calls = list(answers), []

    def answer(route) -> None:
        if json.loads(route.request.post_data)["fn_name"] != function:
            route.continue_()
            return
        calls.append(function)
        route.fulfill(json=left.pop(0)) if left else route.continue_()

    page.route("**/component_server/", answer)
    return lambda: len(calls)


def test_a_photo_is_read_after_a_while(open_page):
    page = open_page()
    calls = refuse(page, "read_photo", BUSY, SHARE)
    page.set_input_files("#photo input[type=file]", EXAMPLES / "astronaut.jpg")
    told = page.locator("#photo .busy")
    expect(told).to_contain_text("The server is busy. This page tries again by itself in 3 s.")
    expect(page.locator("#photo [data-part=announce]")).to_contain_text("The server is busy")
    expect(told).to_contain_text("Many photos from your connection are waiting already.")
    expect(page.locator("#photo .card .verdict")).to_contain_text("happiness")
    expect(told).to_be_hidden()
    assert calls() == 3


def test_the_visitor_reads_it_in_the_own_language(open_page):
    page = open_page(locale="fr-FR")
    refuse(page, "read_photo", BUSY)
    page.set_input_files("#photo input[type=file]", EXAMPLES / "astronaut.jpg")
    expect(page.locator("#photo .busy")).to_contain_text("Le serveur est occupé.")


def test_clearing_ends_the_waiting(open_page):
    page = open_page()
    page.set_input_files("#photo input[type=file]", EXAMPLES / "mona_lisa.jpg")
    expect(page.locator("#photo .card")).to_have_count(1)
    refuse(page, "read_photo", {**BUSY, "retry_after_s": 30})
    page.set_input_files(
        "#photo input[type=file]", [EXAMPLES / "astronaut.jpg", EXAMPLES / "mona_lisa.jpg"]
    )
    expect(page.locator("#photo .busy")).to_contain_text("The server is busy")
    press(page, "[data-do=clear]")
    expect(page.locator("#photo .busy")).to_be_hidden(timeout=5_000)


def test_the_framed_picture_and_the_reasons_come_after_a_while(open_page):
    page = open_page()
    page.set_input_files("#photo input[type=file]", EXAMPLES / "astronaut.jpg")
    expect(page.locator("#photo .card")).to_have_count(1)
    refuse(page, "annotate_photo", BUSY)
    without_read_back(page)
    with page.expect_download():
        press(page, "[data-save=photo]")
        expect(page.locator("#photo .notice")).to_contain_text("The server is busy")
    expect(page.locator("#photo .notice")).to_be_hidden()
    page.unroute("**/component_server/")
    refuse(page, "explain_face", BUSY)
    page.click("#photo [data-do=why]")
    expect(page.locator("#photo .reason")).to_contain_text("The server is busy")
    expect(page.locator("#photo .card canvas")).to_be_visible()
    expect(page.locator("#photo .reason")).not_to_contain_text("busy")


def test_a_file_that_does_not_get_through_is_sent_again(open_page, tmp_path):
    scan = tmp_path / "scan.tiff"
    Image.open(EXAMPLES / "astronaut.jpg").save(scan)
    page = open_page()
    page.route("**/upload*", lambda route: route.fulfill(status=503, body="busy"), times=1)
    page.set_input_files("#photo input[type=file]", scan)
    expect(page.locator("#photo .busy")).to_contain_text("The file did not get through.")
    expect(page.locator("#photo .card .verdict")).to_contain_text("happiness")


def test_a_file_that_is_too_large_is_refused_at_once_with_its_size(open_page, tmp_path):
    scan, zeros = tmp_path / "scan.tif", tmp_path / "zeros.jpg"
    scan.write_bytes(b"II*\0".ljust(21_000_000, b"\0"))
    zeros.write_bytes(bytes(25_000_000))
    page = open_page(locale="de-DE")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.set_input_files("#photo input[type=file]", [scan, zeros])
    told = page.locator("#photo .failures li")
    for at, begin in enumerate(["scan.tif: Diese Datei hat 21", "zeros.jpg: Diese Datei hat 25"]):
        expect(told.nth(at)).to_contain_text(f"{begin} MB; höchstens 20 MB werden angenommen.")
    expect(page.locator("#photo [data-do=retry-all]")).to_be_hidden()
    assert not [url for url in asked if "upload" in url]


def test_a_file_that_is_too_large_on_the_way_is_sent_once(open_page, tmp_path):
    scan = tmp_path / "scan.tiff"
    Image.open(EXAMPLES / "astronaut.jpg").save(scan)
    page = open_page()
    sent: list[str] = []

    def refuse_it(route) -> None:
        sent.append(route.request.url)
        route.fulfill(status=413, body="too large")

    page.route("**/upload*", refuse_it)
    page.set_input_files("#photo input[type=file]", scan)
    expect(page.locator("#photo .notice")).to_contain_text("This picture is too large.")
    assert len(sent) == 1


def test_the_live_tab_waits_and_goes_on(camera_browser, server):
    with camera_browser.new_context(locale="en-GB") as context:
        context.set_default_timeout(WAIT_MS)
        page = context.new_page()
        page.goto(server.url)
        page.get_by_role("tab").nth(1).click()
        refuse(page, "live_frame", BUSY, {"state": "busy", "retry_after_s": 2})
        turn_on(page)
        status = page.locator(".live .status")
        expect(status).to_contain_text("The server is busy. This page tries again by itself in 3 s")
        expect(page.locator(".live .box").first).to_be_visible()
        expect(status).to_have_text(re.compile(r"^\d faces?$"))
