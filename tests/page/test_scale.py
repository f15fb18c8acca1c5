"""One scale for all sheets: sizes of text, weights, corners and paces are those of `page.css`."""

from __future__ import annotations

import re

import pytest

from mood.page.assets import STATIC

SHEETS = sorted(path.relative_to(STATIC).as_posix() for path in STATIC.rglob("*.css"))
FIRST = "first.css"  # painted before the page's own sheet is there
PACES = [name for name in SHEETS if name.startswith(("photo/", "shared/", "about/"))]

_RULES = {
    "font-size": r"var\(--text-(small|usual|large)\)|inherit",
    "font-weight": r"var\(--weight-(usual|strong)\)|inherit",
    "font": r"inherit",
    # Bars and swatches have small corners of their own, frames and dots shares of their size.
    "border-radius": r"((var\(--corner(-small|-large)?\)|0|[1-5]px|10%|50%) ?)+",
}
_ALLOWED = {
    ("live/live.css", "font-size", "clamp(72px, 14vw, 144px)"),  # the countdown, seen from afar
}
_LONG_SINCE = "infinite"  # what shows that something goes on has the pace that it needs


def declared(sheet: str) -> list[tuple[str, str]]:
    """Properties and values of a sheet, without the names of its own."""
    text = re.sub(r"/\*.*?\*/", "", (STATIC / sheet).read_text("utf-8"), flags=re.DOTALL)
    found = re.findall(r"(?<![\w-])([a-z-]+):\s*([^;{}]+);", text)
    return [(name, " ".join(value.split())) for name, value in found]


def test_the_scale_is_the_one_that_was_agreed():
    text = (STATIC / "shared/page.css").read_text("utf-8")
    scale = dict(re.findall(r"--((?:text|weight|corner)[\w-]*): (\d+)(?:px)?;", text))
    assert scale == {
        "text-small": "13",
        "text-usual": "15",
        "text-large": "20",
        "weight-usual": "400",
        "weight-strong": "600",
        "corner-small": "8",
        "corner": "12",
        "corner-large": "16",
    }


@pytest.mark.parametrize("sheet", [name for name in SHEETS if name != FIRST])
def test_no_sheet_has_sizes_weights_or_corners_of_its_own(sheet):
    own = [
        f"{name}: {value}"
        for name, value in declared(sheet)
        if name in _RULES and not re.fullmatch(_RULES[name], value)
        if (sheet, name, value) not in _ALLOWED
    ]
    assert own == []


def test_the_first_paint_has_the_same_ones_in_numbers():
    scale = {"font-size": {"13px", "20px"}, "font-weight": {"600"}}
    scale["border-radius"] = {"8px", "12px", "16px"}
    for name, value in declared(FIRST):
        assert value in scale.get(name, {value}), f"{name}: {value}"


@pytest.mark.parametrize("sheet", PACES)
def test_what_appears_and_what_grows_have_one_pace_each(sheet):
    for name, value in declared(sheet):
        if name.startswith(("animation", "transition")) and _LONG_SINCE not in value:
            assert not re.search(r"\dm?s\b", value), f"{name}: {value}"


def test_nothing_moves_for_who_wants_no_motion():
    text = " ".join((STATIC / "shared/page.css").read_text("utf-8").split())
    calm = text[text.index("@media (prefers-reduced-motion: reduce)") :]
    assert "animation: none !important" in calm
    assert "transition: none !important" in calm
