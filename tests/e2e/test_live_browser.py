"""Live video that the visitor's own browser reads: nothing is sent, unless the visitor agrees."""

from __future__ import annotations

import base64
import csv
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

pytest.importorskip("playwright")

from playwright.sync_api import Page, Request, expect

from tests.e2e.conftest import WAIT_MS, Server, serving
from tests.e2e.fake_camera import face_box, still
from tests.e2e.live_tab import DESKTOP, PHONE, frames_sent, start, text_of, turn_on
from tests.e2e.overlay import drawn_boxes, mirrored, overlap
from tests.e2e.recorder import recording

pytestmark = pytest.mark.browser

LINE = ".way summary .on"
FILM_S = 12
FILM_FPS = 10

DROP = """([name, type, content]) => {
  const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(new File([bytes], name, { type }));
  const place = document.querySelector(".live .stage");
  place.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
}"""


@pytest.fixture(scope="module")
def generous(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that lets browsers read where they can."""
    with serving(tmp_path_factory.mktemp("generous"), MOOD_LIVE="auto") as running:
        yield running


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that takes no frames."""
    with serving(tmp_path_factory.mktemp("strict"), MOOD_LIVE="browser") as running:
        yield running


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six seconds of a smile on the left, then six of a calm face on the right."""
    path = tmp_path_factory.mktemp("film") / "two people.webm"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"VP80"), FILM_FPS, (640, 480))
    for people in ({"left": "smiling"}, {"right": "calm"}):
        frame = cv2.cvtColor(np.asarray(still(people)), cv2.COLOR_RGB2BGR)
        for _ in range(FILM_S * FILM_FPS // 2):
            writer.write(frame)
    writer.release()
    return path


def asked(page: Page) -> list[Request]:
    """Fills with all that the page asks of the server from now on."""
    requests: list[Request] = []

    def note(request: Request) -> None:
        if request.url.startswith("http"):
            requests.append(request)

    page.on("request", note)
    return requests


def open_film(page: Page, film: Path) -> None:
    page.set_input_files(".live [data-part=file]", film)
    expect(page.locator(".live .box").first).to_be_visible()


def time_of(page: Page) -> float:
    return float(page.evaluate("document.querySelector('.live video').currentTime"))


def wait_for_points(page: Page, points: int) -> None:
    page.wait_for_function(
        "(least) => Number(document.querySelector('.rows .band')?.dataset.points) >= least",
        arg=points,
    )


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_it_reads_and_asks_the_server_nothing(open_tab, generous, size):
    page = open_tab(generous.url, viewport=size)
    expect(page.locator(".curtain .private")).to_have_text(
        "Read in your browser: no frame leaves this device"
    )
    page.wait_for_load_state("networkidle")
    sent = asked(page)
    start(page)
    expect(page.locator(LINE)).to_have_text("Read in your browser: no frame leaves this device")
    wait_for_points(page, 8)
    real = [face_box("left", "smiling"), face_box("left", "calm"), face_box("right", "calm")]
    expect(page.locator(".live .box").first).to_be_visible()
    for box in drawn_boxes(page).values():
        assert max(overlap(box, mirrored(each)) for each in real) > 0.7
    expect(page.locator(".live .faces strong").first).to_contain_text(
        re.compile("happiness|neutral")
    )
    page.click(".live [data-do=pause]")
    expect(page.locator(".live .status")).to_contain_text("Paused")
    page.click(".live [data-do=pause]")
    wait_for_points(page, 16)
    page.click(".live [data-do=stop]")
    assert [each.url for each in sent] == []


def test_the_record_is_saved_and_cleared_in_the_browser(open_tab, generous):
    page = open_tab(generous.url)
    sent = asked(page)
    start(page)
    wait_for_points(page, 8)
    expect(page.locator(".session .shares li").first).to_contain_text("%")
    with page.expect_download() as saved:
        page.click(".live [data-do=csv]")
    rows = list(csv.DictReader(io.StringIO(text_of(saved.value))))
    assert len(rows) >= 8
    times = [float(row["time_s"]) for row in rows]
    assert times == sorted(times)
    with page.expect_download() as saved:
        page.click(".live [data-do=json]")
    content = json.loads(text_of(saved.value))
    assert content["summary"]["watched_s"] > 0
    assert {point["face"] for point in content["points"]} >= {1}
    page.click(".live [data-do=pause]")
    page.click(".live [data-do=clear]")
    expect(page.locator(".rows figure")).to_have_count(0)
    expect(page.locator(".live .session")).to_be_hidden()
    assert not [each for each in sent if "component_server" in each.url]


def other_bytes(page: Page) -> None:
    page.route("**/vision/mini-*", lambda route: route.fulfill(body=b"other numbers" * 100))


def no_bytes(page: Page) -> None:
    page.route("**/vision/mini-*", lambda route: route.abort())


def no_script(page: Page) -> None:
    page.route("**/vision/worker.js", lambda route: route.fulfill(status=404))


FALLBACKS = {
    "no worker": ("delete window.Worker;", None, "no work in the background"),
    "no SIMD": ("WebAssembly.validate = () => false;", None, "SIMD"),
    "no script": ("", no_script, "no work in the background"),
    "no weights fetched": ("", no_bytes, "could be fetched"),
    "other weights": ("", other_bytes, "not what the server described"),
}


@pytest.mark.parametrize("fault", FALLBACKS)
def test_a_browser_that_cannot_read_says_why_and_asks_before_it_sends(open_tab, generous, fault):
    script, before, reason = FALLBACKS[fault]
    page = open_tab(generous.url, script, before)
    sent = frames_sent(page)
    page.click(".live [data-do=start]")
    ask = page.get_by_role("alertdialog")
    expect(ask).to_contain_text(reason)
    expect(ask).to_contain_text("forgotten at once")
    page.wait_for_timeout(500)
    assert not sent
    page.click(".live [data-do=decline]")
    expect(page.locator(".live .message")).to_contain_text("nothing was sent")
    expect(page.locator(".curtain .private")).to_contain_text("asked before any frame is sent")
    page.click(".live [data-do=start]")
    page.click(".live [data-do=agree]")
    expect(page.locator(".live .box").first).to_be_visible()
    expect(page.locator(LINE)).to_contain_text("sent to the server, read and forgotten")
    assert sent
    page.click(".live .way summary")
    expect(page.locator(".live .way")).to_contain_text(reason)
    expect(page.locator("[data-set=browser]")).to_be_hidden()

    page.click(".live [data-do=stop]")
    page.click(".live [data-do=start]")
    expect(page.locator(".live .box").first).to_be_visible()
    expect(ask).to_be_hidden()


@pytest.mark.parametrize(
    ("variables", "reason"),
    [
        ({"MOOD_LIVE": "server"}, "set up to read live video itself"),
        ({"MOOD_LIVE": "auto", "MOOD_DETECTOR": "none"}, "does not run in browsers"),
    ],
    ids=["operator", "network"],
)
def test_what_the_server_does_not_hand_out_is_said(open_tab, tmp_path, variables, reason):
    with serving(tmp_path, **variables) as server:
        fetched: list[str] = []
        page = open_tab(
            server.url, before=lambda page: page.on("request", lambda r: fetched.append(r.url))
        )
        page.click(".live [data-do=start]")
        expect(page.get_by_role("alertdialog")).to_contain_text(reason)
        page.keyboard.press("Escape")
        expect(page.locator(".live [data-do=start]")).to_be_focused()
        assert not [url for url in fetched if "/vision/" in url]


def test_a_server_that_takes_no_frames_is_sent_none(open_tab, strict):
    page = open_tab(strict.url, "delete window.Worker;")
    sent = frames_sent(page)
    page.click(".live [data-do=start]")
    expect(page.locator(".live .message")).to_contain_text("in the browser only")
    page.click(".live .way summary")
    expect(page.locator(".live .way")).to_contain_text("no work in the background")
    page.wait_for_timeout(1000)
    assert not sent
    page = open_tab(strict.url)
    start(page)
    page.click(".live .way summary")
    expect(page.locator("[data-set=browser]")).to_be_hidden()


def test_the_switch_leads_to_the_server_and_back(open_tab, generous):
    page = open_tab(generous.url)
    sent = frames_sent(page)
    start(page)
    page.click(".live .way summary")
    switch = page.get_by_label("Read in this browser")
    switch.uncheck()
    ask = page.get_by_role("alertdialog")
    expect(ask).to_contain_text("You have chosen the server")
    page.click(".live [data-do=decline]")
    expect(switch).to_be_checked()
    expect(page.locator(".live .box").first).to_be_visible()
    assert not sent
    switch.uncheck()
    page.click(".live [data-do=agree]")
    expect(page.locator(LINE)).to_contain_text("sent to the server")
    expect(page.locator(".live .box").first).to_be_visible()
    page.wait_for_timeout(500)
    assert sent
    switch.check()
    expect(page.locator(LINE)).to_contain_text("no frame leaves")
    expect(page.locator(".live .box").first).to_be_visible()
    page.wait_for_timeout(300)
    sent.clear()
    page.wait_for_timeout(1000)
    assert not sent


def test_a_worker_that_ends_amid_a_session_has_the_visitor_asked(open_tab, generous):
    keep = """
      const Own = window.Worker;
      window.Worker = class extends Own {
        constructor(...given) { super(...given); window.kept = this; }
      };
    """
    page = open_tab(generous.url, keep)
    start(page)
    page.evaluate("window.kept.dispatchEvent(new ErrorEvent('error'))")
    expect(page.get_by_role("alertdialog")).to_contain_text("no work in the background")
    page.click(".live [data-do=agree]")
    expect(page.locator(".live .box").first).to_be_visible()
    expect(page.locator(LINE)).to_contain_text("sent to the server")


def test_a_film_is_read_and_its_timeline_leads_to_each_moment(open_tab, generous, film):
    page = open_tab(generous.url)
    page.wait_for_load_state("networkidle")
    sent = asked(page)
    open_film(page, film)
    expect(page.locator(".live .status")).to_contain_text("1 face")
    expect(page.locator(".time h3")).to_have_text("The whole video")
    page.select_option(".reel select", "2")
    expect(page.locator(".live .status")).to_have_text("The video is over.")
    assert time_of(page) == pytest.approx(FILM_S, abs=0.5)
    expect(page.locator(".rows figure")).to_have_count(2)

    band = page.locator(".rows .band").first
    box = band.bounding_box()
    band.click(position={"x": box["width"] * 0.25, "y": box["height"] / 2})
    expect(page.locator(".live .faces strong")).to_contain_text("happiness")
    assert time_of(page) == pytest.approx(FILM_S * 0.25, abs=0.3)
    expect(page.locator(".reel [data-part=at]")).to_have_text("0:03")
    expect(page.locator(".rows figure")).to_have_count(2)
    assert overlap(next(iter(drawn_boxes(page).values())), face_box("left", "smiling")) > 0.7
    band.click(position={"x": box["width"] * 0.75, "y": box["height"] / 2})
    expect(page.locator(".live .faces strong")).to_contain_text("neutral")
    assert overlap(next(iter(drawn_boxes(page).values())), face_box("right", "calm")) > 0.7
    expect(page.locator(".rows figure")).to_have_count(2)

    axis = page.locator(".live .axis")
    axis.focus()
    at = time_of(page)
    page.keyboard.press("ArrowLeft")
    page.wait_for_function(
        "(at) => document.querySelector('.live video').currentTime < at - 0.5", arg=at
    )
    with page.expect_download() as saved:
        page.click(".live [data-do=csv]")
    times = [float(row["time_s"]) for row in csv.DictReader(io.StringIO(text_of(saved.value)))]
    assert times == sorted(times)
    assert times[0] < 2
    assert times[-1] > FILM_S - 2, "who went back loses nothing"
    assert [each.url for each in sent] == []


def test_a_film_is_paused_sought_and_opened_as_a_photo(open_tab, generous, film):
    page = open_tab(generous.url)
    content = base64.b64encode(film.read_bytes()).decode()
    page.evaluate(DROP, ["dropped.webm", "video/webm", content])
    expect(page.locator(".live .box").first).to_be_visible()
    expect(page.get_by_role("tab", name="Live")).to_have_attribute("aria-selected", "true")
    page.click(".live [data-do=pause]")
    at = time_of(page)
    page.wait_for_timeout(500)
    assert time_of(page) == at
    slider = page.get_by_label("Position in the video")
    slider.fill("750")
    expect(page.locator(".live .faces strong")).to_contain_text("neutral")
    slider.press("ArrowRight")
    expect(slider).to_have_attribute("aria-valuetext", "0:10")
    page.get_by_role("button", name="Open as a photo").click()
    expect(page.locator("#photo .card .verdict")).to_contain_text("neutral")
    page.get_by_role("tab", name="Live").click()
    page.click(".live [data-do=pause]")
    expect(page.locator(".live .status")).to_contain_text("1 face")
    page.get_by_role("button", name="Close").click()
    expect(page.locator(".live .message")).to_have_text("The video is closed.")
    start(page)
    expect(page.locator(".time h3")).to_have_text("The last two minutes")
    expect(page.locator(".reel")).to_be_hidden()


def test_what_is_no_film_is_said(open_tab, generous, tmp_path):
    page = open_tab(generous.url)
    odd = tmp_path / "odd.mp4"
    odd.write_bytes(b"no film at all" * 100)
    page.set_input_files(".live [data-part=file]", odd)
    expect(page.locator(".live .message")).to_contain_text("cannot play that file")
    start(page)


def test_a_film_is_never_sent(open_tab, generous, film):
    page = open_tab(generous.url, "delete window.Worker;")
    turn_on(page)
    expect(page.locator(".live .box").first).to_be_visible()
    page.click(".live [data-do=stop]")
    sent = frames_sent(page)
    page.set_input_files(".live [data-part=file]", film)
    expect(page.locator(".live .message")).to_contain_text("never sent")
    page.wait_for_timeout(500)
    assert not sent


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("shown", ["ask", "film"])
def test_nothing_is_in_the_way_of_who_does_not_see(open_tab, generous, film, shown, scheme):
    axe_package = pytest.importorskip("axe_playwright_python.sync_playwright")
    script = "delete window.Worker;" if shown == "ask" else ""
    page = open_tab(generous.url, script, color_scheme=scheme)
    if shown == "ask":
        page.click(".live [data-do=start]")
        expect(page.get_by_role("alertdialog")).to_be_focused()
    else:
        open_film(page, film)
        page.click(".live [data-do=pause]")
    page.click(".live .way summary")
    found = axe_package.Axe().run(page).response["violations"]
    assert [each for each in found if each["impact"] in {"serious", "critical"}] == []


def test_the_second_visit_fetches_nothing_and_the_first_not_before_the_tab_opens(
    camera_browser, generous
):
    with (
        recording(generous.url) as proxy,
        camera_browser.new_context(locale="en-GB") as context,
    ):
        context.set_default_timeout(WAIT_MS)

        def visit() -> list[str]:
            proxy.seen.clear()
            page = context.new_page()
            page.goto(proxy.url)
            page.locator("#photo .settings summary").wait_for()
            page.wait_for_load_state("networkidle")
            assert not [each.path for each in proxy.seen if "/vision/" in each.path]
            page.get_by_role("tab", selected=False).first.click()
            expect(page.locator(".live [data-do=start]")).to_be_visible()
            start(page)
            page.close()
            return [each.path for each in proxy.seen if "/vision/" in each.path]

        first = visit()
        assert len([path for path in first if path.endswith((".bin", ".wasm"))]) == 4
        assert visit() == []


def test_the_about_tab_names_the_licences_of_what_browsers_get(open_tab, generous):
    page = open_tab(generous.url)
    page.get_by_role("tab", name="About").click()
    given = page.locator("#about [data-part=given]")
    expect(given).to_contain_text("libfacedetection")
    expect(given.locator("a").first).to_contain_text("licence: BSD-3-Clause")
    answer = page.request.get(given.locator("a").first.get_attribute("href"))
    assert "Redistributions in binary form" in answer.text()
