"""What the page shows has an address: for links, and for the way back."""

from __future__ import annotations

import pytest

from mood.page.assets import STATIC
from mood.page.texts import LANGUAGES, texts
from tests.e2e.conftest import EXAMPLES
from tests.e2e.test_photo import read

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect

pytestmark = pytest.mark.browser

CHOSEN = "[role=tab][aria-selected=true]"


def test_tabs_say_where_one_is_and_back_leads_back(open_page, server):
    page = open_page()
    assert page.url == f"{server.url}/"
    read(page, EXAMPLES / "astronaut.jpg")
    page.get_by_role("tab", name="Live").click()
    expect(page).to_have_url(f"{server.url}/#live")
    page.get_by_role("tab", name="About").click()
    expect(page).to_have_url(f"{server.url}/#about")
    page.go_back()
    expect(page.locator(CHOSEN)).to_have_text("Live")
    page.go_back()
    expect(page.locator(CHOSEN)).to_have_text("Photo")
    expect(page.locator("#photo .card")).to_have_count(1)


@pytest.mark.parametrize(("locale", "on"), [("en-GB", "ArrowRight"), ("ar-EG", "ArrowLeft")])
def test_keys_go_from_tab_to_tab_and_open_it(open_page, locale, on):
    page = open_page(locale=locale)
    tabs = page.get_by_role("tab")
    tabs.first.focus()
    for key, place in ((on, 1), ("End", 2), (on, 0), ("End", 2), ("Home", 0)):
        page.keyboard.press(key)
        expect(tabs.nth(place)).to_be_focused()
        expect(tabs.nth(place)).to_have_attribute("aria-selected", "true")


def test_a_link_leads_to_its_tab(open_page, server):
    page = open_page()
    page.goto(f"{server.url}/?__theme=dark#about")
    page.reload()
    expect(page.locator(CHOSEN)).to_have_text("About")
    expect(page.locator("#about h2").first).to_be_visible()


@pytest.mark.parametrize("address", ["#code", "?view=api"])
def test_the_code_can_be_linked_to_also_on_a_phone(open_page, server, address):
    page = open_page(viewport={"width": 390, "height": 844})
    page.goto("about:blank")
    page.goto(f"{server.url}/{address}")
    code = page.locator(".code code")
    expect(code).to_contain_text(server.url)
    box = page.locator("dialog.code").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    page.click(".code [data-do=close]")
    expect(page.locator("dialog.code")).to_be_hidden()
    expect(page).to_have_url(f"{server.url}/")


def test_closing_the_code_leads_back_to_where_it_was_opened(open_page, server):
    page = open_page()
    page.get_by_role("tab", name="About").click()
    page.locator(".foot a").first.click()
    expect(page.locator(".code code")).to_contain_text("photo.jpg")
    expect(page).to_have_url(f"{server.url}/#code")
    page.keyboard.press("Escape")
    expect(page).to_have_url(f"{server.url}/#about")
    expect(page.locator(CHOSEN)).to_have_text("About")


def test_header_and_drop_area_are_painted_without_a_script(browser, server):
    context = browser.new_context(locale="de-DE", java_script_enabled=False)
    page = context.new_page()
    page.goto(server.url)
    assert page.locator("h1").inner_text() == "Mood detector"
    expect(page.locator("#first header")).to_contain_text("nicht das Gefühl")
    context.close()


def test_the_first_paint_makes_way(open_page):
    page = open_page()
    expect(page.locator("#first")).to_have_count(0)
    expect(page.locator("h1")).to_have_count(1)


@pytest.mark.parametrize("locale", ["de-AT", "zh", "zh-HK", "pt-BR"])
def test_the_tabs_speak_the_language_of_the_page(open_page, locale):
    page = open_page(locale=locale)
    language = page.locator("html").get_attribute("lang")
    assert language == (locale[:2] if locale[:2] in LANGUAGES else "en")
    words = [texts(language)[f"tab_{name}"] for name in ("photo", "live", "about")]
    assert page.get_by_role("tab").all_inner_texts() == words


@pytest.mark.parametrize(
    ("locale", "word", "direction"), [("de-AT", "wacht auf", "ltr"), ("ar-EG", "يستيقظ", "rtl")]
)
def test_the_waking_page_speaks_the_language_of_the_browser(browser, locale, word, direction):
    context = browser.new_context(locale=locale)
    page = context.new_page()
    page.goto((STATIC / "waking.html").as_uri())
    assert word in page.title()
    assert word in page.locator("h1").inner_text()
    assert page.locator("html").get_attribute("dir") == direction
    context.close()
