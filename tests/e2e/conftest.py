"""The real program as a process of its own, and a real browser before it."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.fake_camera import write_film
from tests.e2e.live_tab import DESKTOP, VIEWERS
from tests.ports import free_port

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
CHROMIUM_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


WAIT_MS = 60_000
"""How long the page may take for anything, on a machine that has much else to do."""


@dataclass(frozen=True)
class Server:
    """A server that runs.

    Attributes:
        url: Where, without a slash at the end.
        uploads: Gradio's folder for temporary files.
        log: Everything that it said so far, in a file.
    """

    url: str
    uploads: Path
    log: Path


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """``python app.py`` on a free port, with the embedded networks and without the Hub.

    It reads live video itself, unless a test wants browsers to: see `test_live_browser.py`.
    """
    with serving(tmp_path_factory.mktemp("server")) as running:
        yield running


@contextlib.contextmanager
def serving(folder: Path, **variables: str) -> Iterator[Server]:
    """The same with environment variables of one's own; log and uploads go into `folder`.

    With ``PORT`` among them it takes the place of another one that has ended.
    """
    folder.mkdir(exist_ok=True)
    uploads, log = folder / "uploads", folder / "log.txt"
    port = int(variables.get("PORT", free_port()))
    environ = os.environ | {
        "PORT": str(port),
        "MOOD_HOST": "127.0.0.1",
        "MOOD_MODEL": "mini",
        "MOOD_DETECTOR": "libfacedetection",
        "MOOD_LIVE": "server",
        "HF_HUB_OFFLINE": "1",
        "GRADIO_TEMP_DIR": str(uploads),
    }
    url = f"http://127.0.0.1:{port}"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "app.py"],
            cwd=ROOT,
            env=environ | variables,
            stdout=output,
            stderr=output,
        )
        try:
            deadline = time.monotonic() + 120
            while not _healthy(url):
                assert process.poll() is None, f"the server ended:\n{log.read_text()}"
                assert time.monotonic() < deadline, f"the server did not start:\n{log.read_text()}"
                time.sleep(0.2)
            yield Server(url, uploads, log)
        finally:
            process.terminate()
            process.wait(30)


def _healthy(url: str) -> bool:
    try:
        urllib.request.urlopen(f"{url}/health", timeout=5).close()
    except urllib.error.HTTPError as answer:  # 503 while the page is built
        answer.close()
        return False
    except OSError:
        return False
    return True


def chromium() -> str | None:
    """The Chromium of this machine; the one without a window of its own opens pages much sooner."""
    names = ("chromium-headless-shell", "chromium", "chromium-browser")
    return next(filter(None, map(shutil.which, names)), None)


def camera_options(film: Path) -> list[str]:
    """Options for a Chromium whose camera shows a film, see `write_film`."""
    return [
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={film}",
    ]


@pytest.fixture(scope="package")
def launch() -> Iterator[Callable[..., Browser]]:
    """Starts a headless Chromium with further command line options."""
    pytest.importorskip("playwright", reason="playwright is not installed")
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=WAIT_MS)
    program = chromium()
    if program is None:
        pytest.skip("no Chromium on this machine")
    started: list[Browser] = []
    with sync_playwright() as playwright:

        def launch_one(*options: str) -> Browser:
            started.append(
                playwright.chromium.launch(
                    executable_path=program, args=[*CHROMIUM_OPTIONS, *options]
                )
            )
            return started[-1]

        yield launch_one
        for each in started:
            each.close()


@pytest.fixture(scope="package")
def browser(launch: Callable[..., Browser]) -> Browser:
    """A headless Chromium."""
    return launch()


@pytest.fixture(scope="package")
def camera_browser(
    launch: Callable[..., Browser], tmp_path_factory: pytest.TempPathFactory
) -> Browser:
    """A headless Chromium with a camera that sees two people come, change and go."""
    film = write_film(tmp_path_factory.mktemp("film") / "camera.mjpeg")
    return launch(*camera_options(film))


@pytest.fixture
def open_page(browser: Browser, server: Server) -> Iterator[Callable[..., Page]]:
    """Opens the page; options are those of `Browser.new_context`, English by default.

    The test fails where a script of the page does.
    """
    contexts = []
    faults: list[str] = []

    def open_one(**options: Any) -> Page:
        context = browser.new_context(**{"locale": "en-GB", **options})
        context.set_default_timeout(WAIT_MS)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(server.url)
        for part in ("h1", "#photo .settings summary"):
            page.locator(part).first.wait_for()  # Gradio draws the parts one after the other
        page.locator("#first").wait_for(state="detached")
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert not faults


def press(page: Page, button: str) -> None:
    """Presses one of the buttons that fold out of “More”, such as ``[data-save=csv]``."""
    page.click("#photo .more > summary")
    page.click(f"#photo .more {button}")


@pytest.fixture(scope="package")
def live_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The program with places for two viewers."""
    folder = tmp_path_factory.mktemp("live")
    with serving(folder, MOOD_LIVE_VIEWERS=str(VIEWERS)) as running:
        yield running


@pytest.fixture
def open_tab(camera_browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens the live tab; what is to happen before, and options of `Browser.new_context`."""
    from playwright.sync_api import expect

    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def open_one(
        url: str, script: str = "", before: Callable[[Page], object] | None = None, **options: Any
    ) -> Page:
        context = camera_browser.new_context(**{"locale": "en-GB", "viewport": DESKTOP} | options)
        context.set_default_timeout(WAIT_MS)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        if script:
            page.add_init_script(script)
        if before:
            before(page)
        page.goto(url)
        page.get_by_role("tab", selected=False).first.click()
        expect(page.locator(".live [data-do=start]")).to_be_visible()
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert not faults


@pytest.fixture
def open_live(open_tab: Callable[..., Page], live_server: Server) -> Callable[..., Page]:
    """Opens the live tab in a browser of its own: its size, and what runs before the page."""

    def open_page(size: dict[str, int] | None = None, script: str = "", **options: Any) -> Page:
        return open_tab(live_server.url, script, viewport=size or DESKTOP, **options)

    return open_page


def without_read_back(page: Page) -> None:
    """Has canvases of a page give back noise, as in browsers that resist fingerprinting."""
    page.evaluate(
        """() => {
          const noise = (length) => Uint8ClampedArray.from({ length }, () => 256 * Math.random());
          const pen = CanvasRenderingContext2D.prototype;
          pen.getImageData = (x, y, width, height) =>
            new ImageData(noise(4 * width * height), width, height);
          HTMLCanvasElement.prototype.toDataURL = () => "data:image/png;base64,bm9pc2U=";
          HTMLCanvasElement.prototype.toBlob = (done) => done(new Blob(["noise"]));
        }"""
    )
