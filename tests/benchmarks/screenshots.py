"""Pictures of the page: ``python tests/benchmarks/screenshots.py [FOLDER]``.

Starts the program with its embedded networks, opens it in Chromium at three widths, light and dark,
and writes each tab with a result into FOLDER (``runs/screenshots``). With ``--docs`` it writes the
README's one into ``examples/screenshots`` instead, with ``--app`` the icons of the page and the
picture that a link to it shows into ``mood/page/static/app``, with ``--sheet`` one picture of all
states of the page into ``docs``. The camera is a film made of the example photos.
"""

from __future__ import annotations

import io
import math
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw, ImageFont
from playwright.sync_api import expect, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.e2e.conftest import (
    CHROMIUM_OPTIONS,
    EXAMPLES,
    ROOT,
    camera_options,
    chromium,
    serving,
)
from tests.e2e.fake_camera import write_film
from tests.e2e.live_tab import turn_on
from tests.e2e.states import DESKTOP, STATES

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.e2e.states import State

SIZES = {
    "desktop": {"width": 1280, "height": 860},
    "phone": {"width": 390, "height": 844},
    "narrow": {"width": 360, "height": 740},
    "preview": {"width": 1200, "height": 630},  # as those who show previews want it
}
WAIT_MS = 60_000
_COLUMNS = 4
_SHOT_WH = (640, 440)  # pixels of a state on the sheet
_EDGE = 16
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
    turn_on(page)
    page.wait_for_function(
        "(least) => Number(document.querySelector('.rows .band')?.dataset.points) >= least",
        arg=points,
    )
    expect(page.locator(".live .box")).to_have_count(2)


def for_readme(browser: Browser, url: str, folder: Path) -> None:
    page = open_page(browser, url, "desktop", "light")
    read(page, "mariachi")
    save(page, folder / "desktop.jpg", whole=False)
    page.context.close()


def for_app(browser: Browser, url: str, folder: Path) -> None:
    """The icons: PNG for those who take no SVG, the logo within what masks leave; the preview."""
    page = browser.new_page(viewport={"width": 512, "height": 512})
    logo = (folder / "logo.svg").read_text("utf-8")
    page.set_content(
        "<style>body { margin: 0; display: grid; place-items: center; height: 100vh;"
        f" background: #f6f7f9 }} svg {{ width: 66% }}</style>{logo}"
    )
    icon = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    for side in (192, 512):
        small = icon.resize((side, side), Image.Resampling.LANCZOS)
        small.quantize(64).save(folder / f"icon-{side}.png", optimize=True)
    page.close()
    page = open_page(browser, url, "preview", "light")
    read(page, "astronaut")
    save(page, folder / "preview.jpg", whole=False)
    page.context.close()


def sheet(browser: Browser, url: str, folder: Path) -> None:
    """One picture of all states, each named, in rows."""
    path = folder / "states.jpg"
    with tempfile.TemporaryDirectory() as files:
        cells = [_cell(browser, url, state, Path(files)) for state in STATES]
    rows = math.ceil(len(cells) / _COLUMNS)
    width, height = cells[0].size
    whole = Image.new("RGB", (_COLUMNS * width, rows * height), "white")
    for at, cell in enumerate(cells):
        whole.paste(cell, (at % _COLUMNS * width, at // _COLUMNS * height))
    path.parent.mkdir(parents=True, exist_ok=True)
    whole.save(path, quality=80, optimize=True)
    print(path, whole.size, f"{path.stat().st_size / 1000:.0f} kB", flush=True)


def _cell(browser: Browser, url: str, state: State, folder: Path) -> Image.Image:
    context = browser.new_context(**{"viewport": DESKTOP, "locale": "en-GB"} | state.options)
    context.set_default_timeout(WAIT_MS)
    page = context.new_page()
    page.goto(url)
    page.locator("#photo .drop").wait_for()
    state.reach(page, folder)
    page.wait_for_timeout(600)  # what fades in has
    shot = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    context.close()
    print(state.name, flush=True)
    shot.thumbnail(_SHOT_WH)
    width, height = _SHOT_WH
    cell = Image.new("RGB", (width + 2 * _EDGE, height + 3 * _EDGE), "#d5d9e0")
    cell.paste(shot, ((cell.width - shot.width) // 2, 2 * _EDGE))
    place, font = (_EDGE, _EDGE // 2), ImageFont.load_default(_EDGE)
    ImageDraw.Draw(cell).text(place, state.name, "#20242c", font)
    return cell


_WISHES = {
    "": (every_view, "runs/screenshots"),
    "--docs": (for_readme, "examples/screenshots"),
    "--app": (for_app, "mood/page/static/app"),
    "--sheet": (sheet, "docs"),
}
"""Argument → what is taken, and the folder where it goes."""


def main() -> None:
    wish = next((argument for argument in sys.argv[1:] if argument in _WISHES), "")
    view, usual = _WISHES[wish]
    named = [Path(argument) for argument in sys.argv[1:] if not argument.startswith("--")]
    folder = named[0] if named else ROOT / usual
    expect.set_options(timeout=WAIT_MS)
    with (
        tempfile.TemporaryDirectory() as temporary,
        serving(Path(temporary), MOOD_LIVE="auto") as server,
        sync_playwright() as playwright,
    ):
        film = write_film(Path(temporary) / "camera.mjpeg", FILM)
        browser = playwright.chromium.launch(
            executable_path=chromium(), args=[*CHROMIUM_OPTIONS, *camera_options(film)]
        )
        view(browser, server.url, folder)
        browser.close()


if __name__ == "__main__":
    main()
