"""What stands beside and below the video: cards, the line of time, the place in the queue."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest

pytest.importorskip("playwright")

from playwright.sync_api import expect

from tests.e2e.conftest import WAIT_MS, serving
from tests.e2e.live_tab import (
    DESKTOP,
    PHONE,
    VIEWERS,
    frames_sent,
    start,
    turn_on,
    wait_for_the_first_scene,
)

pytestmark = pytest.mark.browser

TABLET = {"width": 820, "height": 1100}
SIZES = pytest.mark.parametrize("size", [PHONE, TABLET, DESKTOP], ids=["390", "820", "1280"])


@SIZES
def test_panels_come_with_what_they_show(open_live, size):
    page = open_live(size)
    expect(page.locator(".live .panel:visible")).to_have_count(0)
    start(page)
    for part in (".faces article", ".session .shares li", ".time .band"):
        expect(page.locator(f".live {part}").first).to_be_visible()
    expect(page.locator(".live .status")).to_have_text(re.compile(r"\d faces?"))
    expect(page.get_by_text("frames a second")).to_be_hidden()
    page.click(".live .way summary")
    expect(page.get_by_text("frames a second")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@SIZES
def test_labels_and_bars_cover_no_face_and_no_other_label(open_live, size):
    page = open_live(size)
    start(page)
    for people in (1, 2):  # the second has just come
        expect(page.locator(".live .box")).to_have_count(people)
    page.wait_for_timeout(1500)
    page.click(".live [data-do=pause]")
    expect(page.locator(".live .status")).to_contain_text("Paused")
    covered = page.evaluate(
        """() => {
          const all = [...document.querySelectorAll(".live .box, .live .tag, .live .meter")];
          const shown = all.filter((node) => node.getClientRects().length);
          const touch = (a, b) =>
            a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
          return shown.flatMap((node, at) => shown.slice(at + 1)
            .filter((other) => touch(node.getBoundingClientRect(), other.getBoundingClientRect()))
            .map((other) => `${node.className} ${other.className}`));
        }"""
    )
    assert covered == []
    numbers = page.locator(".live .box").evaluate_all("boxes => boxes.map((b) => b.dataset.face)")
    for number in numbers:
        tag = page.locator(f".live .box[data-face='{number}'] .tag")
        expect(tag).to_have_text(re.compile(rf"^{number}( · |$)"))
        name = page.locator(f".live .faces article[data-face='{number}'] h4")
        expect(name).to_have_text(f"Face {number}")


def test_whoever_comes_back_soon_has_the_same_row(open_live):
    page = open_live()
    start(page)
    first = wait_for_the_first_scene(page)
    assert wait_for_the_first_scene(page) == first
    expect(page.locator(".live .rows figure")).to_have_count(2)


@SIZES
def test_the_line_of_time_grows_from_the_left_and_is_read_out(open_live, size):
    page = open_live(size)
    start(page)
    axis = page.get_by_role("slider")
    expect(axis.locator("span").first).to_have_text("0:00")
    expect(axis.locator("span").last).to_have_text("0:30")
    piece = page.locator(".live .band [data-mood]").first
    expect(piece).to_be_visible()
    right = piece.bounding_box()["x"] + piece.bounding_box()["width"]
    band = page.locator(".live .band").first.bounding_box()
    assert right < band["x"] + band["width"] * 0.8, "the future is empty"
    piece.hover()
    told = page.locator(".live .told")
    expect(told).to_have_text(re.compile(r"Face 1: .*(happiness|neutral|uncertain)"))
    expect(page.locator(".live .cursor")).to_be_visible()
    page.mouse.move(1, 1)
    expect(told).to_be_empty()
    page.wait_for_timeout(2500)
    axis.focus()
    page.keyboard.press("ArrowLeft")
    expect(axis).to_have_attribute("aria-valuetext", re.compile(r"^0:\d\d; Face 1: "))


def test_one_viewer_too_many_is_told_to_wait_and_let_in_when_one_closes(open_live):
    pages = [open_live() for _ in range(VIEWERS)]
    for page in pages:
        start(page)
    late = open_live()
    sent = frames_sent(late)
    turn_on(late)
    expect(late.locator(".live .status")).to_contain_text("number 1 in line")
    place = late.locator("#live").get_by_text("1", exact=True)
    expect(place).to_be_visible()
    assert place.bounding_box()["height"] >= 72, "it is said large"
    sent.clear()
    late.wait_for_timeout(2000)
    assert not sent, "who waits sends no pictures"
    pages[0].context.close()
    expect(late.locator(".live .box").first).to_be_visible(timeout=30_000)
    expect(place).to_be_hidden()


@pytest.mark.parametrize("locale", ["de-AT", "ar"])
def test_a_label_reads_in_the_direction_of_its_script(open_live, locale):
    page = open_live(locale=locale)
    start(page)
    card = page.locator(".live .faces article").first
    expect(card).to_be_visible()
    tag = page.locator(f".live .box[data-face='{card.get_attribute('data-face')}'] .tag")
    expect(tag).to_have_css("direction", "rtl" if locale == "ar" else "ltr")
    share = re.compile(r"^\d+ · \S+ (>\s?)?\d+\W*%\W*$")
    expect(tag).to_have_text(share)


def test_chart_and_times_go_on_when_the_server_starts_anew(camera_browser, tmp_path):
    context = camera_browser.new_context(locale="en-GB", viewport=DESKTOP)
    context.set_default_timeout(WAIT_MS)
    page = context.new_page()
    folders = [tmp_path / "first", tmp_path / "second"]
    for folder in folders:
        folder.mkdir()
    with serving(folders[0]) as server:
        page.goto(server.url)
        page.get_by_role("tab").nth(1).click()
        start(page)
        card = page.locator(".live .faces article").first
        expect(card).to_be_visible()
        expect(page.locator(".live .facts")).to_contain_text("Watched 0:03")
    expect(page.locator(".live .status")).to_contain_text("does not answer")
    assert float(page.locator(".live .faces").evaluate("n => getComputedStyle(n).opacity")) < 0.6
    expect(page.locator(".live .box")).to_have_count(0)
    with serving(folders[1], PORT=str(urlsplit(server.url).port)):
        expect(page.locator(".live .box").first).to_be_visible()
        expect(page.locator(".live .faces")).to_have_css("opacity", "1")
        before = int(page.locator(".live .band").first.get_attribute("data-points"))
        page.wait_for_function(
            "(n) => Number(document.querySelector('.live .band').dataset.points) > n + 5",
            arg=before,
        )
        page.wait_for_function(
            r"/Watched 0:(0[6-9]|[1-5]\d)/.test(document.querySelector('.live .facts').textContent)"
        )
        with page.expect_download() as saved:
            page.click(".live [data-do=csv]")
        times = [
            float(row.split(",")[0]) for row in saved.value.path().read_text().splitlines()[1:]
        ]
        assert times[0] > 4, "the session goes on where it was"
    context.close()
