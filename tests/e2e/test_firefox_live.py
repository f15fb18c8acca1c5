"""The live tab in Debian's Firefox, with a camera that sees one of the example photos."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.e2e.conftest import serving
from tests.e2e.fake_camera import SIZE_WH, still

pytest.importorskip("websockets", reason="websockets is not installed")

from tests.e2e.firefox import FirefoxPage, firefox, program

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(program() is None, reason="no Firefox on this machine"),
]

CAMERA = """
navigator.mediaDevices.getUserMedia = async () => {
  const picture = new Image();
  picture.src = "%s";
  await picture.decode();
  const paper = document.createElement("canvas");
  [paper.width, paper.height] = [%d, %d];
  const pen = paper.getContext("2d");
  const draw = () => pen.drawImage(picture, 0, 0);
  draw();
  setInterval(draw, 60);
  window.asked = true;
  return paper.captureStream();
};
"""
BOXES = "[...document.querySelectorAll('.live .box')].map((box) => box.getAttribute('style'))"
PICTURE = "document.querySelector('.live .still').toDataURL()"
POINTS = "Number(document.querySelector('.live .band')?.dataset.points ?? 0)"


def camera() -> str:
    """A script after which the camera sees somebody who smiles."""
    content = io.BytesIO()
    still({"left": "smiling"}).save(content, "JPEG", quality=90)
    address = "data:image/jpeg;base64," + base64.b64encode(content.getvalue()).decode()
    return CAMERA % (address, *SIZE_WH)


def open_tab(page: FirefoxPage, url: str) -> None:
    page.before_scripts(camera())
    page.size(1280, 900)
    page.open(url)
    page.wait("document.querySelector('#photo .settings summary')?.checkVisibility()")
    page.run("document.querySelectorAll('[role=tab]')[1].click()")


def show(page: FirefoxPage, url: str) -> None:
    open_tab(page, url)
    page.click(".live [data-do=start]")
    page.wait("!document.querySelector('.live .ask').hidden")
    page.click(".live [data-do=agree]")


@pytest.fixture
def page(tmp_path: Path) -> Iterator[FirefoxPage]:
    with firefox(tmp_path / "firefox") as page:
        yield page


def test_a_face_is_found_and_pause_opens_it_as_a_photo(page, server):
    show(page, server.url)
    page.says(".live .faces strong", "happiness")
    page.says(".live .tag", "happiness")
    page.click(".live [data-do=pause]")
    page.says(".live .status", "Paused")
    page.says(".live .tag", "happiness")
    stood = page.run(BOXES), page.run(PICTURE)
    assert len(stood[0]) == 1
    page.run("new Promise((done) => setTimeout(done, 1000))")
    assert (page.run(BOXES), page.run(PICTURE)) == stood
    page.click(".live [data-do=open]")
    page.says("#photo .card .verdict", "happiness")


def test_it_reads_by_itself_and_nothing_is_sent(page, tmp_path):
    with serving(tmp_path / "generous", MOOD_LIVE="auto") as server:
        open_tab(page, server.url)
        page.click(".live [data-do=start]")
        page.says(".live .faces strong", "happiness")
        page.says(".live .way summary", "no frame leaves this device")
        page.click(".live [data-do=pause]")
        page.says(".live .status", "Paused")
        page.says(".live .tag", "happiness")
        asked = "performance.getEntriesByType('resource').map(({ name }) => name)"
        assert not [name for name in page.run(asked) if "component_server" in name]


def test_the_chart_goes_on_when_the_server_starts_anew(page, tmp_path):
    first, second = tmp_path / "first", tmp_path / "second"
    with serving(first) as server:
        show(page, server.url)
        page.says(".live .facts", "Watched 0:03")
    page.says(".live .status", "does not answer")
    before = page.run(POINTS)
    with serving(second, PORT=str(urlsplit(server.url).port)):
        page.wait(f"{POINTS} > {before} + 5")
        assert page.run("document.querySelectorAll('.live .rows figure').length") == 1
        page.wait(
            r"/Watched 0:(0[5-9]|[1-5]\d)/.test(document.querySelector('.live .facts').innerText)"
        )


def test_noise_from_a_canvas_is_never_sent(server, tmp_path):
    with firefox(tmp_path / "firefox", privacy__resistFingerprinting=True) as page:
        show(page, server.url)
        page.says(".live .message", "gives out noise instead of the camera")
        assert not page.run("window.asked"), "nobody is asked for a camera in vain"
