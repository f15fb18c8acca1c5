"""Long words push no bar out of line: in German, on a phone and on a desktop, in both tabs."""

from __future__ import annotations

import pytest

from tests.e2e.conftest import EXAMPLES
from tests.e2e.live_tab import DESKTOP, turn_on
from tests.e2e.test_photo import read

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}
ROWS = """(rows) => rows.filter((row) => row.checkVisibility()).map((row) => {
  const [name, bar, value] = row.children;
  const right = (node) => {
    const words = document.createRange();
    words.selectNodeContents(node);
    return words.getBoundingClientRect().right;
  };
  const { left, right: end, width } = bar.getBoundingClientRect();
  return { left, width, name: right(name), end, value: right(value), row:
    row.getBoundingClientRect().right, start: value.getBoundingClientRect().left };
})"""

LENGTHEN = "(node) => { node.lastChild.textContent = 'Geringschätzung'; }"


def in_line(rows: list[dict[str, float]]) -> bool:
    """Whether bars of one card begin and end together, and nothing lies on them."""
    assert len(rows) > 1
    first = rows[0]
    return all(
        row["left"] == pytest.approx(first["left"], abs=1)
        and row["width"] == pytest.approx(first["width"], abs=1)
        and row["name"] <= row["left"]
        and row["end"] <= row["start"]
        and row["value"] <= row["row"] + 1
        for row in rows
    )


@pytest.mark.parametrize("size", [PHONE, DESKTOP])
def test_bars_of_a_photo_stay_in_line(open_page, size):
    page = open_page(viewport=size, locale="de-DE")
    read(page, EXAMPLES / "mariachi.jpg")
    cards = page.locator("#photo .card:has(.bars li:nth-child(2) .bar)")
    assert cards.count() > 0
    for card in cards.all():
        rows = card.locator("li:has(.bar)")
        page.evaluate(LENGTHEN, card.locator(".name").first.element_handle())
        assert in_line(rows.evaluate_all(ROWS))


@pytest.mark.parametrize("size", [PHONE, DESKTOP])
def test_bars_of_live_faces_stay_in_line(open_live, size):
    page = open_live(size, locale="de-DE")
    turn_on(page)
    rows = page.locator(".live .faces article").first.locator("li")
    expect(rows).to_have_count(8)
    assert in_line(rows.evaluate_all(ROWS))
