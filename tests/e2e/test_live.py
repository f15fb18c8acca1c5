"""The live tab in a real Chromium with a fake camera, against a real server process."""

from __future__ import annotations

import csv
import io
import json
import re
import time

import pytest

pytest.importorskip("playwright")

from playwright.sync_api import expect

from mood.types import Expression
from tests.e2e.fake_camera import face_box
from tests.e2e.live_tab import (
    DESKTOP,
    PHONE,
    frames_sent,
    start,
    text_of,
    turn_on,
    wait_for_the_first_scene,
)
from tests.e2e.overlay import drawn_boxes, mirrored, overlap

pytestmark = pytest.mark.browser

REAR_CAMERA = """
const own = MediaStreamTrack.prototype.getSettings;
MediaStreamTrack.prototype.getSettings = function () {
  return { ...own.call(this), facingMode: "environment" };
};
"""


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_two_people_come_change_and_go(open_live, size):
    page = open_live(size)
    start(page)
    one = wait_for_the_first_scene(page)
    assert overlap(drawn_boxes(page)[one], mirrored(face_box("left", "smiling"))) > 0.7
    expect(page.locator(f".box[data-face='{one}']")).to_contain_text("happiness")
    card = page.locator(f".faces article[data-face='{one}']")
    names = card.locator("li")
    expect(names).to_have_count(len(Expression))
    order = names.evaluate_all("rows => rows.map((row) => row.dataset.expression)")
    assert order == list(Expression)

    expect(page.locator(".live .box")).to_have_count(2)
    page.wait_for_timeout(300)
    both = drawn_boxes(page)
    (two,) = set(both) - {one}
    assert overlap(both[one], mirrored(face_box("left", "smiling"))) > 0.7
    assert overlap(both[two], mirrored(face_box("right", "calm"))) > 0.7

    expect(page.locator(f".box[data-face='{one}']")).to_contain_text("neutral")
    expect(page.locator(f".faces article[data-face='{one}'] strong")).to_contain_text("neutral")

    expect(page.locator(".live .box")).to_have_count(0)
    expect(page.locator(".live .status")).to_contain_text("No face in sight")
    for number in (one, two):
        expect(page.locator(f".rows figure[data-face='{number}']")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_what_cannot_be_read_has_a_thin_outline_and_no_row(open_live):
    page = open_live()
    dark = {"verdict": "unreadable", "reason": "too_dark", "expression": None}
    said = [dark]

    def answer(route) -> None:
        if "data:image" not in (route.request.post_data or ""):
            route.continue_()
            return
        response = route.fetch()
        content = response.json()
        for face in content.get("faces", []):
            face |= said[0]
        route.fulfill(response=response, json=content)

    page.route("**/component_server/**", answer)
    start(page)
    box = page.locator(".live .box").first
    expect(box).to_have_css("border-top-width", "1px")
    expect(page.locator(".live .status")).to_contain_text("No readable face")
    expect(page.locator(".live .tag").first).to_be_hidden()
    expect(page.locator(".live .faces article")).to_have_count(0)
    expect(page.locator(".live .rows figure")).to_have_count(0)
    expect(page.locator(".live [aria-live=polite]")).to_be_empty()

    said[0] = {"verdict": "certain", "reason": None, "expression": "fear"}
    expect(page.locator(".live .faces article strong").first).to_contain_text("fear")
    expect(page.locator(".live .tag").first).to_be_visible()
    said[0] = dark
    expect(page.locator(".live .faces article")).to_have_count(0)
    expect(page.locator(".live [aria-live=polite]")).to_contain_text("cannot be read: too dark")
    page.click(".live [data-do=stop]")
    page.unroute_all(behavior="wait")


def test_labels_can_be_read_in_the_mirrored_view(open_live):
    page = open_live()
    start(page)
    assert page.evaluate("getComputedStyle(document.querySelector('.live video')).transform") == (
        "matrix(-1, 0, 0, 1, 0, 0)"
    )
    for selector in (".overlay", ".box", ".tag"):
        transform = page.evaluate(
            f"getComputedStyle(document.querySelector('.live {selector}')).transform"
        )
        assert transform == "none" or transform.startswith("matrix(1,")


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_rear_camera_is_not_mirrored(open_live, size):
    page = open_live(size, REAR_CAMERA)
    start(page)
    page.wait_for_timeout(500)
    assert page.evaluate("getComputedStyle(document.querySelector('.live video')).transform") == (
        "none"
    )
    real = [face_box("left", "smiling"), face_box("left", "calm"), face_box("right", "calm")]
    for box in drawn_boxes(page).values():
        assert max(overlap(box, each) for each in real) > 0.7


def test_the_timeline_fills_and_can_be_saved_and_cleared(open_live):
    page = open_live()
    start(page)
    band = page.locator(".rows figure[data-face='1'] .band")
    page.wait_for_function("Number(document.querySelector('.rows .band')?.dataset.points) >= 8")
    expect(band.locator("[data-mood]").first).to_be_visible()
    assert "Face 1, the last two minutes: mostly" in band.get_attribute("aria-label")
    expect(page.locator(".session .shares li").first).to_contain_text("%")

    with page.expect_download() as saved:
        page.click(".live [data-do=csv]")
    assert saved.value.suggested_filename == "mood-session.csv"
    rows = list(csv.DictReader(io.StringIO(text_of(saved.value))))
    assert len(rows) >= 8
    times = [float(row["time_s"]) for row in rows]
    assert times == sorted(times)
    boxes = [[float(row[side]) for side in ("left", "top", "right", "bottom")] for row in rows]
    real = [face_box("left", "smiling"), face_box("left", "calm"), face_box("right", "calm")]
    for box in boxes:
        assert max(overlap(box, each) for each in real) > 0.7, "as the camera sees it"
    for row in rows:
        assert sum(float(row[each]) for each in Expression) == pytest.approx(1, abs=0.002)

    with page.expect_download() as saved:
        page.click(".live [data-do=json]")
    content = json.loads(text_of(saved.value))
    shares = content["summary"]["shares"]
    assert sum(shares.values()) + content["summary"]["uncertain"] == pytest.approx(1, abs=0.01)
    assert {point["face"] for point in content["points"]} >= {1}

    watched = page.locator(".session .facts b").first
    expect(watched).to_have_text(re.compile("0:0[3-9]"))
    page.click(".live [data-do=pause]")
    page.click(".live [data-do=clear]")
    expect(page.locator(".rows figure")).to_have_count(0)
    expect(page.locator(".live .session")).to_be_hidden()
    page.click(".live [data-do=pause]")
    expect(page.locator(".live .session")).to_be_visible()
    assert watched.inner_text() < "0:03"
    with page.expect_download() as saved:
        page.click(".live [data-do=csv]")
    assert float(next(csv.DictReader(io.StringIO(text_of(saved.value))))["time_s"]) < 2


KEEP_TRACKS = """
window.tracks = [];
const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = async (wanted) => {
  window.wanted = wanted;
  const stream = await open(wanted);
  window.tracks.push(...stream.getTracks());
  return stream;
};
"""


LEAVE = {
    "tab": "document.querySelector('[role=tab]').click()",
    "another window": """
      Object.defineProperty(document, "hidden", { value: true, configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
      delete document.hidden;
    """,
    "another page": "window.dispatchEvent(new Event('pagehide'))",
}


@pytest.mark.parametrize("way", ["stop", *LEAVE])
def test_stop_and_leaving_turn_the_camera_off(open_live, way):
    page = open_live(script=KEEP_TRACKS)
    sent = frames_sent(page)
    start(page)
    assert page.evaluate("tracks.map((track) => track.readyState)") == ["live"]
    assert page.evaluate("wanted.video.width.ideal") == 640
    if way == "stop":
        page.click(".live [data-do=stop]")
    else:
        page.evaluate(f"() => {{ {LEAVE[way]} }}")
    page.wait_for_function("tracks.every((track) => track.readyState === 'ended')")
    page.wait_for_timeout(500)
    sent.clear()
    page.wait_for_timeout(1000)
    assert not sent
    if way == "tab":
        page.get_by_role("tab").nth(1).click()
    if way != "stop":
        expect(page.locator(".live .message")).to_contain_text("left this page")
    start(page)


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        ("NotAllowedError", "allow the camera"),
        ("NotFoundError", "Plug one in"),
        ("NotReadableError", "Close other apps"),
        ("UnknownError", "Reload the page"),
    ],
)
def test_a_camera_that_does_not_start_says_what_to_do(open_live, error, sentence):
    page = open_live(
        script="navigator.mediaDevices.getUserMedia = async () => "
        f"{{ throw new DOMException('no', '{error}'); }};"
    )
    turn_on(page)
    expect(page.locator(".live .message")).to_contain_text(sentence)
    expect(page.locator(".live [data-do=start]")).to_be_enabled()


def test_a_page_without_https_says_what_to_do(open_live):
    page = open_live(script="Object.defineProperty(window, 'isSecureContext', { value: false });")
    turn_on(page)
    expect(page.locator(".live .message")).to_contain_text("https://")


def test_no_frame_is_written_to_disk(open_live, live_server):
    page = open_live()
    start(page)
    sent = frames_sent(page)
    deadline = time.monotonic() + 30
    while len(sent) < 10 and time.monotonic() < deadline:
        page.wait_for_timeout(100)
    assert len(sent) >= 10
    assert [path for path in live_server.uploads.rglob("*") if path.is_file()] == []


def test_the_keyboard_is_enough(open_live):
    page = open_live()
    page.get_by_role("tab").nth(1).focus()
    for _ in range(4):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.dataset.do") == "start":
            break
    page.keyboard.press("Enter")
    expect(page.locator(".live .ask")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".live .box").first).to_be_visible()
    expect(page.locator(".live [data-do=stop]")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".live .status")).to_contain_text("Paused")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".live [data-do=start]")).to_be_focused()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_verdicts_are_read_out_and_nothing_is_in_the_way(open_live, scheme):
    axe_package = pytest.importorskip("axe_playwright_python.sync_playwright")
    page = open_live(color_scheme=scheme)
    start(page)
    announced = page.locator(".live [aria-live=polite]")
    expect(announced).to_have_text(re.compile(r"Face \d+: (happiness|neutral|uncertain)"))
    found = axe_package.Axe().run(page).response["violations"]
    assert [each for each in found if each["impact"] in {"serious", "critical"}] == []


@pytest.mark.parametrize(("locale", "word"), [("de-AT", "Freude"), ("ar", "سعادة")])
def test_the_tab_speaks_the_language_of_the_browser(open_live, locale, word):
    page = open_live(locale=locale)
    start(page)
    expect(page.locator(".live .box").first).to_contain_text(word)
