"""Pictures of the page: ``python -m tests.benchmarks.screenshots [FOLDER]``.

Starts the program with its embedded networks, opens it in Chromium at three widths, light and dark,
and writes each tab with a result into FOLDER (``runs/screenshots``). With ``--docs`` it writes the
README's two into ``examples/screenshots`` instead. The camera is a film made of the example photos.
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
from tests.e2e.fake_camera import write_film

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

SIZES = {
    "desktop": {"width": 1280, "height": 860},
    "phone": {"width": 390, "height": 844},
    "narrow": {"width": 360, "height": 740},
}
WAIT_MS = 60_000
FILM = [(12.0, {"left": "smiling", "right": "calm"}), (3.0, {"left": "smiling"})]


def read(page: Page, *names: str | Path) -> None:
    paths = [EXAMPLES / f"{name}.jpg" if isinstance(name, str) else name for name in names]
    page.set_input_files("#photo input[type=file]", paths)
    expect(page.locator("#photo .detail")).to_be_visible()
    expect(page.locator("#photo .busy")).to_be_hidden()


def open_page(browser: Browser, url: str, size: str, scheme: str, locale: str = "en-GB") -> Page:
    context = browser.new_context(
        viewport=SIZES[size], color_scheme=scheme, locale=locale, device_scale_factor=1
    )
    page = context.new_page()
    page.set_default_timeout(WAIT_MS)
    page.goto(url)
    page.locator("#photo .drop").wait_for()
    return page


def save(page: Page, path: Path, *, whole: bool = True) -> None:
    page.wait_for_timeout(400)  # Gradio fades in
    across = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    picture = Image.open(io.BytesIO(page.screenshot(full_page=whole))).convert("RGB")
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".jpg":
        picture.save(path, quality=78, optimize=True)
    else:
        picture.save(path)
    wide = f", {across} pixels too wide" if across > 0 else ""
    print(path, picture.size, f"{path.stat().st_size / 1000:.0f} kB{wide}", flush=True)


def every_view(browser: Browser, url: str, folder: Path) -> None:
    wall = folder / "wall.png"
    folder.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (640, 400), "#7a8794").save(wall)
    for size, scheme in (
        ("desktop", "light"),
        ("desktop", "dark"),
        ("phone", "light"),
        ("phone", "dark"),
        ("narrow", "light"),
    ):
        page = open_page(browser, url, size, scheme)
        stem = f"{size}-{scheme}"
        save(page, folder / f"{stem}-empty.png")
        read(page, wall)
        save(page, folder / f"{stem}-none.png")
        read(page, "mariachi")
        page.click("#photo .chosen [data-do=why]")
        expect(page.locator("#photo .chosen .reason")).not_to_be_empty()
        save(page, folder / f"{stem}-photo.png")
        read(page, "grace_hopper", "musicians")
        page.click("#photo .settings summary")
        page.click("#photo [data-do=share]")
        save(page, folder / f"{stem}-room.png")
        watch(page)
        save(page, folder / f"{stem}-live.png")
        page.click(".live [data-do=stop]")
        page.get_by_role("tab").nth(2).click()
        expect(page.locator("#about dl")).not_to_be_empty()
        save(page, folder / f"{stem}-about.png")
        page.context.close()
    page = open_page(browser, url, "desktop", "light", "ar-EG")
    read(page, "astronaut")
    save(page, folder / "desktop-light-arabic.png")
    page.context.close()


def watch(page: Page, points: int = 40) -> None:
    """Opens the live tab and waits until its chart shows something."""
    page.get_by_role("tab").nth(1).click()
    page.click(".live [data-do=start]")
    page.wait_for_function(
        "(least) => Number(document.querySelector('.rows canvas')?.dataset.points) >= least",
        arg=points,
    )
    expect(page.locator(".live .box")).to_have_count(2)


def for_readme(browser: Browser, url: str, folder: Path) -> None:
    page = open_page(browser, url, "desktop", "light")
    read(page, "mariachi")
    save(page, folder / "desktop.jpg", whole=False)
    page.context.close()
    page = open_page(browser, url, "phone", "dark")
    read(page, "astronaut")
    page.locator("#photo .mat").evaluate("node => node.scrollIntoView()")
    save(page, folder / "phone.jpg", whole=False)
    page.context.close()


def main() -> None:
    docs = "--docs" in sys.argv
    named = [argument for argument in sys.argv[1:] if not argument.startswith("--")]
    elsewhere = Path(named[0]) if named else ROOT / "runs" / "screenshots"
    folder = ROOT / "examples" / "screenshots" if docs else elsewhere
    expect.set_options(timeout=WAIT_MS)
    with (
        tempfile.TemporaryDirectory() as temporary,
        serving(Path(temporary)) as server,
        sync_playwright() as playwright,
    ):
        film = write_film(Path(temporary) / "camera.mjpeg", FILM)
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=[
                *CHROMIUM_OPTIONS,
                "--use-fake-device-for-media-stream",
                "--use-fake-ui-for-media-stream",
                f"--use-file-for-fake-video-capture={film}",
            ],
        )
        (for_readme if docs else every_view)(browser, server.url, folder)
        browser.close()


if __name__ == "__main__":
    main()
