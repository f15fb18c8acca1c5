"""Pictures of the page: ``python -m tests.benchmarks.screenshots [FOLDER]``.

Starts the program with its embedded networks, opens it in Chromium at two sizes, light and dark,
and writes each tab, and a photo that was read, as JPEG into FOLDER (``runs/screenshots``). With
``--docs`` it writes the two of the README into ``docs`` instead.
"""

from __future__ import annotations

import io
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image
from playwright.sync_api import expect, sync_playwright

from tests.e2e.conftest import CHROMIUM_OPTIONS, EXAMPLES, ROOT, serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

SIZES = {"desktop": {"width": 1280, "height": 860}, "phone": {"width": 390, "height": 844}}
TABS = ("photo", "live", "about")


def read(page: Page, *names: str) -> None:
    page.set_input_files("#photo input[type=file]", [EXAMPLES / f"{name}.jpg" for name in names])
    expect(page.locator("#photo .detail")).to_be_visible(timeout=60_000)
    expect(page.locator("#photo .busy")).to_be_hidden(timeout=60_000)


def open_page(browser: Browser, url: str, size: str, scheme: str, locale: str = "en-GB") -> Page:
    context = browser.new_context(
        viewport=SIZES[size], color_scheme=scheme, locale=locale, device_scale_factor=1
    )
    page = context.new_page()
    page.goto(url)
    page.locator("#photo .drop").wait_for()
    page.wait_for_timeout(300)
    return page


def save(page: Page, path: Path, *, whole: bool = True, quality: int = 80) -> None:
    page.wait_for_timeout(400)  # Gradio fades in
    picture = Image.open(io.BytesIO(page.screenshot(full_page=whole))).convert("RGB")
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.save(path, quality=quality, optimize=True)
    print(path, picture.size, f"{path.stat().st_size / 1000:.0f} kB")


def every_view(browser: Browser, url: str, folder: Path) -> None:
    for size in SIZES:
        for scheme in ("light", "dark"):
            page = open_page(browser, url, size, scheme)
            stem = f"{size}-{scheme}"
            save(page, folder / f"{stem}-empty.jpg")
            read(page, "astronaut")
            page.click("#photo [data-do=why]")
            expect(page.locator("#photo .reason")).not_to_be_empty(timeout=30_000)
            save(page, folder / f"{stem}-photo.jpg")
            read(page, "mariachi", "grace_hopper", "musicians")
            page.click("#photo .settings summary")
            page.click("#photo [data-do=share]")
            save(page, folder / f"{stem}-room.jpg")
            for place, tab in enumerate(TABS[1:], start=1):
                page.get_by_role("tab").nth(place).click()
                expect(page.locator(f"#{tab}")).to_be_visible()
                save(page, folder / f"{stem}-{tab}.jpg")
            page.context.close()
    page = open_page(browser, url, "desktop", "light", "ar-EG")
    read(page, "astronaut")
    save(page, folder / "desktop-light-arabic.jpg")
    page.context.close()


def for_readme(browser: Browser, url: str, folder: Path) -> None:
    page = open_page(browser, url, "desktop", "light")
    read(page, "mariachi")
    save(page, folder / "desktop.jpg", whole=False, quality=72)
    page.context.close()
    page = open_page(browser, url, "phone", "dark")
    read(page, "astronaut")
    page.locator("#photo .picture").evaluate("node => node.scrollIntoView()")
    save(page, folder / "phone.jpg", whole=False, quality=72)
    page.context.close()


def main() -> None:
    docs = "--docs" in sys.argv
    named = [argument for argument in sys.argv[1:] if not argument.startswith("--")]
    folder = ROOT / "docs" if docs else Path(named[0] if named else ROOT / "runs" / "screenshots")
    with (
        tempfile.TemporaryDirectory() as temporary,
        serving(Path(temporary)) as server,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=CHROMIUM_OPTIONS
        )
        (for_readme if docs else every_view)(browser, server.url, folder)
        browser.close()


if __name__ == "__main__":
    main()
