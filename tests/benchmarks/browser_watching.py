"""A Chromium that watches the live tab, and what is noted of it: for `browser.py`."""

from __future__ import annotations

import contextlib
import re
import socket
import statistics
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image, ImageOps

from tests.e2e.conftest import CHROMIUM_OPTIONS, EXAMPLES, camera_options, chromium
from tests.e2e.fake_camera import FPS, SCENES, SIZE_WH, write_film
from tests.e2e.live_tab import DESKTOP, turn_on

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Playwright

PROBES = Path(__file__).parent / "probes"
WAIT_MS = 120_000
_WARM_S = 3
_HEADS = {
    "astronaut": (122, 20, 322, 220),
    "grace_hopper": (98, 56, 438, 396),
    "mona_lisa": (88, 54, 288, 254),
}
"""Example → where the head is in it: left, top, right, bottom in pixels."""


@dataclass(frozen=True)
class Watched:
    """What a Chromium showed for a while; times in milliseconds.

    Attributes:
        rate: Frames a second that were read.
        camera: Pictures a second that the camera gave.
        faces: In the frames, at least and at most.
        delays: From the moment that a picture came until what was read in it was shown.
        since_capture: The same from the moment that the camera took it.
        parts: Medians of where the time of a frame goes.
        requests: What the page asked of the server meanwhile.
        long: How long each task took that kept the page busy for more than 50.
    """

    rate: float
    camera: float
    faces: tuple[int, int]
    delays: list[float]
    since_capture: list[float]
    parts: dict[str, float]
    requests: list[str]
    long: list[float]


def quantile(values: Sequence[float], share: float) -> float:
    """The value below which a share of the values lie."""
    return sorted(values)[min(int(share * len(values)), len(values) - 1)]


def two_people(folder: Path) -> Path:
    """A film with one face, then with two."""
    return write_film(folder / "two.mjpeg", SCENES[:3])


def six_people(folder: Path) -> Path:
    """A film with six faces."""
    frame = six_faces()
    still = folder / "six.jpg"
    frame.save(still, quality=85)
    film = folder / "six.mjpeg"
    film.write_bytes(still.read_bytes() * FPS)
    return film


def six_faces() -> Image.Image:
    """Three people, each beside their mirror image."""
    frame = Image.new("RGB", SIZE_WH, (120, 126, 132))
    for column, (name, box) in enumerate(_HEADS.items()):
        head = Image.open(EXAMPLES / f"{name}.jpg").convert("RGB").crop(box).resize((200, 200))
        for row, each in enumerate((head, ImageOps.mirror(head))):
            frame.paste(each, (213 * column + 6, 240 * row + 20))
    return frame


@contextlib.contextmanager
def browsing(playwright: Playwright, film: Path | None = None) -> Iterator[Browser]:
    """A Chromium whose camera shows a film."""
    options = [*CHROMIUM_OPTIONS, *(camera_options(film) if film else [])]
    browser = playwright.chromium.launch(executable_path=chromium(), args=options)
    try:
        yield browser
    finally:
        browser.close()


def open_live(page: Page, url: str, reads: bool = True) -> None:
    """Opens the live tab, whose camera is off; without a worker unless it `reads`."""
    if not reads:
        page.add_init_script("delete globalThis.Worker")
    page.goto(url)
    page.locator("#photo .settings summary").wait_for()
    page.get_by_role("tab").nth(1).click()
    page.locator(".live [data-do=start]").wait_for()


def watch(page: Page) -> None:
    """Turns the camera on, and waits until what is shown is in its stride."""
    turn_on(page)
    page.locator(".live .box").first.wait_for()
    page.wait_for_timeout(1000 * _WARM_S)


def show_camera(page: Page) -> None:
    """Shows the camera's picture in the live tab, which nobody reads."""
    page.evaluate(
        """async () => {
          const video = document.querySelector(".live video");
          video.srcObject = await navigator.mediaDevices.getUserMedia({ video: true });
          await video.play();
        }"""
    )


def new_page(browser: Browser) -> Page:
    """A page of a visitor who was never there."""
    page = browser.new_context(viewport=DESKTOP, locale="en-GB").new_page()
    page.set_default_timeout(WAIT_MS)
    return page


def watched(browser: Browser, url: str, seconds: float) -> Watched:
    """What is noted where the browser reads."""
    page = new_page(browser)
    page.add_init_script(path=PROBES / "watched.js")
    requests: list[str] = []
    open_live(page, url)
    watch(page)
    page.on("request", lambda request: requests.append(request.url))
    page.evaluate("for (const list of Object.values(watched)) list.length = 0")
    page.wait_for_timeout(1000 * seconds)
    told: dict[str, list[dict[str, Any]]] = page.evaluate("watched")
    page.context.close()
    return _summed(told, requests, seconds)


def _summed(told: dict[str, list[dict[str, Any]]], requests: list[str], seconds: float) -> Watched:
    frames = told["frames"]
    took = [frame["took"] for frame in frames]
    spans = {
        "waits for its turn": [frame["asked"] - frame["came"] for frame in frames],
        "pixels": [each["picture"] for each in took],
        "finding": [each["detect"] for each in took],
        "reading": [each["faces"] for each in took],
        "there and back": [
            frame["answered"] - frame["asked"] - each["all"]
            for frame, each in zip(frames, took, strict=True)
        ],
        "drawing": [frame["shown"] - frame["answered"] for frame in frames],
    }
    counts = [frame["faces"] for frame in frames]
    captured = [frame for frame in frames if frame["captured"] is not None]
    return Watched(
        rate=len(frames) / seconds,
        camera=len(told["pictures"]) / seconds,
        faces=(min(counts), max(counts)),
        delays=[frame["shown"] - frame["came"] for frame in frames],
        since_capture=[frame["shown"] - frame["captured"] for frame in captured],
        parts={name: statistics.median(each) for name, each in spans.items()},
        requests=requests,
        long=[each["ms"] for each in told["long"]],
    )


def by_server(browser: Browser, url: str, seconds: float) -> tuple[float, float]:
    """Frames a second and round trips in milliseconds, medians of what the page itself says."""
    page = new_page(browser)
    open_live(page, url)
    watch(page)
    rates, trips = [], []
    for _ in range(round(seconds)):
        page.wait_for_timeout(1000)
        figures = page.evaluate("({ ...document.querySelector('.live').dataset })")
        rates.append(float(figures["fps"]))
        trips.append(float(figures["roundTrip"]))
    page.context.close()
    return statistics.median(rates), statistics.median(trips)


def renderer_mb(browser: Browser, page: Page) -> float:
    """Megabytes (10^6 bytes) that the process of the page has written, for itself alone."""
    page.context.new_cdp_session(page).send("HeapProfiler.collectGarbage")
    told = browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")
    renderers = [each["id"] for each in told["processInfo"] if each["type"] == "renderer"]
    return max(_private_mb(process) for process in renderers)


def _private_mb(process: int) -> float:
    text = Path(f"/proc/{process}/smaps_rollup").read_text()
    return sum(map(int, re.findall(r"^Private_Dirty: +(\d+) kB", text, re.M))) * 1024 / 1e6


class Wire:
    """A line to a server that counts what comes back over it, and notes what is asked for."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.bytes = 0
        self.paths: list[str] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                browser, _ = self._listener.accept()
                server = socket.create_connection(("127.0.0.1", self._port))
                for ends in ((browser, server), (server, browser)):
                    threading.Thread(target=self._carry, args=ends, daemon=True).start()

    def _carry(self, source: socket.socket, target: socket.socket) -> None:
        back = source.getpeername()[1] == self._port
        with contextlib.suppress(OSError):
            while chunk := source.recv(65536):
                if back:
                    self.bytes += len(chunk)
                elif asked := re.match(rb"GET (\S+) HTTP", chunk):
                    self.paths.append(asked[1].decode())
                target.sendall(chunk)
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
