"""What the tests of the live tab have in common."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Download, Page, Request

VIEWERS = 2
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 780}


SETTLED = """() => {
  const live = document.querySelector(".live");
  return live.dataset.state !== "asking" || !live.querySelector(".ask").hidden;
}"""


def turn_on(page: Page) -> None:
    """Presses Start, and agrees that frames are sent where the page asks."""
    page.click(".live [data-do=start]")
    page.wait_for_function(SETTLED)
    agree = page.locator(".live [data-do=agree]")
    if agree.is_visible():
        agree.click()


def start(page: Page) -> None:
    """Turns the camera on, and waits for the first frame."""
    from playwright.sync_api import expect

    turn_on(page)
    expect(page.locator(".live .box").first).to_be_visible(timeout=60_000)


def frames_sent(page: Page) -> list[Request]:
    """Fills with the requests that carry a frame, from now on."""
    sent: list[Request] = []

    def note(request: Request) -> None:
        if "component_server" in request.url and "data:image" in (request.post_data or ""):
            sent.append(request)

    page.on("request", note)
    return sent


def text_of(download: Download) -> str:
    return Path(download.path()).read_text()


def wait_for_the_first_scene(page: Page) -> str:
    """Waits until the film begins anew, after the scene without anybody: the number of the face."""
    from playwright.sync_api import expect

    boxes = page.locator(".live .box")
    expect(boxes).to_have_count(0)
    expect(boxes).to_have_count(1)
    page.wait_for_timeout(300)
    return str(boxes.get_attribute("data-face"))
