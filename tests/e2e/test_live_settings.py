"""The settings hold for the live tab too, and act at once: on the picture that stands as well."""

from __future__ import annotations

import csv
import io

import pytest

pytest.importorskip("playwright")

from playwright.sync_api import Page, expect

from tests.e2e.live_tab import DESKTOP, PHONE, frames_sent, start, text_of, wait_for_the_first_scene

pytestmark = pytest.mark.browser


def paused(page: Page) -> None:
    """Stands at a face that smiles, with the settings open."""
    start(page)
    wait_for_the_first_scene(page)
    expect(page.locator(".live .faces strong").first).to_contain_text("happiness")
    page.click(".live [data-do=pause]")
    expect(page.locator(".live .status")).to_contain_text("Paused")
    page.click(".live .settings > summary")


def verdicts(page: Page) -> set[str]:
    """Of all rows that would be saved and could be read."""
    with page.expect_download() as saved:
        page.click(".live [data-do=csv]")
    rows = csv.DictReader(io.StringIO(text_of(saved.value)))
    return {row["expression"] for row in rows if row["verdict"] != "unreadable"}


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_what_counts_acts_on_all_that_is_shown_and_saved(open_live, size):
    page = open_live(size)
    paused(page)
    sent = frames_sent(page)
    page.uncheck(".live .settings [value=happiness]")
    page.uncheck(".live .settings [value=neutral]")
    expect(page.locator(".live .faces strong").first).not_to_contain_text("happiness")
    expect(page.locator(".live .faces li[data-expression=happiness] .value").first).to_have_text(
        "< 1%"
    )
    expect(page.locator(".live .tag").first).not_to_contain_text("happiness")
    for mood in ("happiness", "neutral"):
        expect(page.locator(f".live .band [data-mood={mood}]")).to_have_count(0)
    assert not verdicts(page) & {"happiness", "neutral"}
    page.check(".live .settings [value=happiness]")
    page.check(".live .settings [value=neutral]")
    expect(page.locator(".live .faces strong").first).to_contain_text("happiness")
    assert "happiness" in verdicts(page)
    assert not sent, "nothing is read again"
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_certainty_smallest_face_and_labels_act_at_once(open_live):
    page = open_live()
    paused(page)
    page.locator(".live [data-set=certainty]").fill("95")
    expect(page.locator(".live .tag").first).to_be_visible()
    page.locator(".live [data-set=labels]").uncheck()
    expect(page.locator(".live :is(.tag, .meter):visible")).to_have_count(0)
    expect(page.locator(".live .box").first).to_be_visible()
    page.locator(".live [data-set=smallest]").fill("200")
    for part in (".box", ".faces article", ".rows figure"):
        expect(page.locator(f".live {part}")).to_have_count(0)
    page.locator(".live [data-set=smallest]").fill("16")
    for part in (".box", ".faces article", ".rows figure"):
        expect(page.locator(f".live {part}").first).to_be_visible()


def test_both_tabs_have_the_same_settings(open_live):
    page = open_live()
    page.click(".live .settings > summary")
    page.locator(".live [data-set=certainty]").fill("80")
    page.uncheck(".live .settings [value=fear]")
    page.get_by_role("tab").first.click()
    page.click("#photo .settings > summary")
    expect(page.locator("#photo [data-set=certainty]")).to_have_value("80")
    expect(page.locator("#photo .settings [value=fear]")).not_to_be_checked()
    page.locator("#photo [data-set=certainty]").fill("0")
    page.locator("#photo .settings [value=happiness]").uncheck()
    page.get_by_role("tab").nth(1).click()
    expect(page.locator(".live output[data-part=certainty]")).to_contain_text("own threshold")
    start(page)
    wait_for_the_first_scene(page)
    expect(page.locator(".live .tag").first).to_be_visible()
    expect(page.locator(".live .tag").first).not_to_contain_text("happiness")
