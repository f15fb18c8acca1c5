"""What the page can look like: each state, and how a visitor gets there."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.e2e.conftest import EXAMPLES
from tests.e2e.crowd import draw_crowd
from tests.e2e.live_tab import turn_on
from tests.e2e.test_unreadable import make_unreadable

if TYPE_CHECKING:
    from playwright.sync_api import Page

DESKTOP = {"width": 1440, "height": 900}
TABLET = {"width": 820, "height": 1180}
PHONE = {"width": 390, "height": 844}
LANDSCAPE = {"width": 844, "height": 390}
NARROW = {"width": 320, "height": 640}


@dataclass(frozen=True)
class State:
    """A state of the page.

    Attributes:
        name: What people call it.
        reach: Brings a page that was just opened there; may leave files in a folder.
        options: Those of `Browser.new_context` that belong to it.
    """

    name: str
    reach: Callable[[Page, Path], None]
    options: dict[str, Any] = field(default_factory=dict)


def _read(page: Page, *photos: str | Path) -> None:
    from playwright.sync_api import expect

    paths = [EXAMPLES / f"{photo}.jpg" if isinstance(photo, str) else photo for photo in photos]
    page.set_input_files("#photo input[type=file]", paths)
    expect(page.locator("#photo .detail")).to_be_visible()
    expect(page.locator("#photo .busy")).to_be_hidden()


def _empty(page: Page, folder: Path) -> None:
    page.locator("#photo .drop").wait_for()


def _reading(page: Page, folder: Path) -> None:
    page.route("**/component_server/**", lambda _: None)
    page.set_input_files("#photo input[type=file]", EXAMPLES / "mariachi.jpg")
    page.locator("#photo .skeleton").first.wait_for()


def _one(page: Page, folder: Path) -> None:
    from playwright.sync_api import expect

    _read(page, "mariachi")
    page.click("#photo .chosen [data-do=why]")
    expect(page.locator("#photo .chosen .reason")).not_to_be_empty()


def _ten(page: Page, folder: Path) -> None:
    names = ("three_people", "astronaut", "opera", "mariachi", "grace_hopper", "mona_lisa")
    _read(page, "musicians", *names, *names[:3])


def _crowd(page: Page, folder: Path) -> None:
    _read(page, draw_crowd(folder / "crowd.jpg"))


def _failed(page: Page, folder: Path) -> None:
    letter = folder / "letter.jpg"
    letter.write_text("Dear friend,")
    _read(page, "astronaut")
    page.set_input_files("#photo input[type=file]", letter)
    page.get_by_text("not a picture").first.wait_for()


def _unreadable(page: Page, folder: Path) -> None:
    make_unreadable(page, dict.fromkeys(range(12), "too_small"))
    _read(page, "musicians")


def _filtered(page: Page, folder: Path) -> None:
    _ten(page, folder)
    page.locator("#photo .legend button").first.click()


def _live(page: Page, folder: Path) -> None:
    page.get_by_role("tab").nth(1).click()
    turn_on(page)
    page.locator(".live .box").first.wait_for()
    page.wait_for_timeout(6000)  # there is something to see in the timeline


def _paused(page: Page, folder: Path) -> None:
    _live(page, folder)
    page.click(".live [data-do=pause]")


def _print(page: Page, folder: Path) -> None:
    _read(page, "mariachi")
    page.emulate_media(media="print")


STATES = [
    State("empty", _empty),
    State("empty, phone", _empty, {"viewport": PHONE}),
    State("reading", _reading),
    State("one", _one),
    State("one, tablet", _one, {"viewport": TABLET}),
    State("one, phone", _one, {"viewport": PHONE}),
    State("landscape", _one, {"viewport": LANDSCAPE}),
    State("ten", _ten),
    State("crowd", _crowd),
    State("failed", _failed),
    State("unreadable", _unreadable),
    State("filtered", _filtered),
    State("live", _live),
    State("live, phone", _live, {"viewport": PHONE}),
    State("paused", _paused),
    State("dark", _one, {"color_scheme": "dark"}),
    State("live, dark", _live, {"color_scheme": "dark"}),
    State("right to left", _one, {"locale": "ar-EG"}),
    State("print", _print),
    State("print, dark", _print, {"color_scheme": "dark"}),
    State("forced colours", _ten, {"forced_colors": "active"}),
    State("forced colours, live", _live, {"forced_colors": "active"}),
    State("320 pixels, German", _one, {"viewport": NARROW, "locale": "de-DE"}),
]


def title(state: State) -> str:
    """The name for a file or a test."""
    return re.sub(r"\W+", "-", state.name)
