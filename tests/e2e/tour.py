"""A walk over all of the page, as a curious visitor with a camera would take it."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from tests.e2e.conftest import EXAMPLES, press
from tests.e2e.live_tab import turn_on

if TYPE_CHECKING:
    from playwright.sync_api import Page

DROP = """([name, type, content]) => {
  const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(new File([bytes], name, { type }));
  const place = document.querySelector("#photo .photo");
  place.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
}"""


def walk(page: Page, folder: Path) -> None:
    """Does all there is to do, on each tab; leaves files in `folder`."""
    photos(page, folder)
    live(page)
    about(page)
    api(page)


def photos(page: Page, folder: Path) -> None:
    from playwright.sync_api import expect

    content = base64.b64encode((EXAMPLES / "astronaut.jpg").read_bytes()).decode()
    page.evaluate(DROP, ["dropped.jpg", "image/jpeg", content])
    expect(page.locator("#photo .card .verdict")).to_contain_text("happiness")
    page.click("#photo [data-do=why]")
    expect(page.locator("#photo .card canvas")).to_be_visible()
    for kind in ("photo", "json", "csv"):
        with page.expect_download():
            press(page, f"[data-save={kind}]")
    press(page, "[data-do=share]")
    expect(page.locator(".code code")).to_contain_text("dropped.jpg")
    page.keyboard.press("Escape")
    page.click("#photo .settings summary")
    page.uncheck("#photo [data-set=labels]")
    page.keyboard.press("Escape")  # on a phone settings lie over the photos

    scan = folder / "scan.tiff"  # no browser opens it: it is uploaded, and drawn by the server
    Image.open(EXAMPLES / "astronaut.jpg").save(scan)
    page.set_input_files("#photo input[type=file]", [scan, EXAMPLES / "mariachi.jpg"])
    expect(page.locator("#photo .gallery .open")).to_have_count(3)
    expect(page.locator("#photo .busy")).to_be_hidden()
    page.locator("#photo .gallery .open").nth(1).click()
    image = page.locator("#photo .picture img")
    page.wait_for_function("(node) => node.naturalWidth >= 512", arg=image.element_handle())

    press(page, "[data-do=clear]")
    page.click("[data-example=grace_hopper]")
    expect(page.locator("#photo .card .verdict")).to_contain_text("neutral")


def live(page: Page) -> None:
    from playwright.sync_api import expect

    page.get_by_role("tab").nth(1).click()
    turn_on(page)
    expect(page.locator(".live .box").first).to_be_visible()
    expect(page.locator(".live .rows figure").first).to_be_visible()
    expect(page.locator(".live .legend li").first).to_be_visible()
    for kind in ("csv", "json"):
        with page.expect_download():
            page.click(f".live [data-do={kind}]")
    page.click(".live [data-do=pause]")
    page.click(".live [data-do=clear]")
    page.click(".live [data-do=stop]")


def about(page: Page) -> None:
    from playwright.sync_api import expect

    page.get_by_role("tab").nth(2).click()
    expect(page.locator("#about dd").first).to_be_visible()


def api(page: Page) -> None:
    """Opens the code from the foot of the page and looks at each language in it."""
    from playwright.sync_api import expect

    page.locator(".foot a").first.click()
    code = page.locator(".code")
    for language in code.locator("[data-code]").all():
        language.click()
        expect(language).to_have_attribute("aria-pressed", "true")
    expect(code.locator("code")).to_contain_text("/gradio_api/")
    page.keyboard.press("Escape")
    expect(code).to_be_hidden()
