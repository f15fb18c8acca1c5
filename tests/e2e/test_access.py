"""Who cannot see, cannot use a mouse or wants no motion: axe-core and a few facts beside it."""

from __future__ import annotations

import pytest

from tests.e2e.conftest import EXAMPLES, WAIT_MS, press
from tests.e2e.states import DESKTOP, STATES, State, title

axe_package = pytest.importorskip("axe_playwright_python.sync_playwright")
playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect

pytestmark = pytest.mark.browser

VIEWPORTS = {"desktop": {"width": 1280, "height": 900}, "phone": {"width": 360, "height": 740}}
TABS = ("photo", "live", "about")


def serious_faults(page) -> list[str]:
    found = axe_package.Axe().run(page).response["violations"]
    return [
        f"{fault['id']}: {node['target']} {node.get('failureSummary', '')}"
        for fault in found
        if fault["impact"] in {"serious", "critical"}
        for node in fault["nodes"]
    ]


@pytest.mark.parametrize(("size", "scheme"), [("desktop", "light"), ("phone", "dark")])
def test_no_tab_has_a_serious_fault(open_page, size, scheme):
    page = open_page(viewport=VIEWPORTS[size], color_scheme=scheme, reduced_motion="reduce")
    faults = {"empty": serious_faults(page)}
    page.click("#photo .settings summary")
    page.set_input_files(
        "#photo input[type=file]", [EXAMPLES / "mariachi.jpg", EXAMPLES / "astronaut.jpg"]
    )
    expect(page.locator("#photo .busy")).to_be_hidden(timeout=60_000)
    page.locator("#photo .gallery .open").nth(1).click()
    expect(page.locator("#photo .card")).to_have_count(1)
    page.click("#photo [data-do=why]")
    expect(page.locator("#photo .reason")).not_to_be_empty(timeout=30_000)
    press(page, "[data-do=share]")
    expect(page.locator(".code code")).to_contain_text("astronaut.jpg")
    faults["code"] = serious_faults(page)
    page.keyboard.press("Escape")
    for place, name in enumerate(TABS):
        page.get_by_role("tab").nth(place).click()
        expect(page.locator(f"#{name}")).to_be_visible()
        page.wait_for_timeout(300)  # Gradio fades tabs in, and half-faded text has no contrast
        faults[name] = serious_faults(page)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), name
    assert not any(faults.values()), faults


@pytest.mark.parametrize("state", STATES, ids=title)
def test_no_state_of_the_page_has_a_serious_fault(camera_browser, server, tmp_path, state: State):
    wanted = {"viewport": DESKTOP, "locale": "en-GB", "reduced_motion": "reduce"} | state.options
    context = camera_browser.new_context(**wanted)
    context.set_default_timeout(WAIT_MS)
    page = context.new_page()
    page.goto(server.url)
    page.locator("#photo .drop").wait_for()
    state.reach(page, tmp_path)
    page.wait_for_timeout(300)
    faults = serious_faults(page)
    context.close()
    assert not faults


def test_the_focus_can_be_seen_wherever_it_goes(open_page):
    page = open_page()
    seen = set()
    for _ in range(16):
        page.keyboard.press("Tab")
        focus = page.evaluate(
            """() => {
              const node = document.activeElement;
              const shown = node.matches("input[type=file]") ? node.closest("label") : node;
              const style = getComputedStyle(shown);
              return {
                name: node.getAttribute("data-example") || node.id || node.tagName,
                seen: style.outlineStyle !== "none" || style.boxShadow !== "none",
                inPage: Boolean(node.closest("#photo")),
              };
            }"""
        )
        if focus["inPage"]:
            assert focus["seen"], focus
            seen.add(focus["name"])
    assert {"INPUT", "astronaut", "musicians", "SUMMARY"} <= seen


@pytest.mark.parametrize(("choice", "calm"), [("reduce", True), ("no-preference", False)])
def test_frames_jump_where_less_motion_is_the_wish(open_page, choice, calm):
    page = open_page(reduced_motion=choice)
    page.get_by_role("tab").nth(1).click()
    page.locator(".live [data-do=start]").wait_for()
    seconds = page.locator(".live .overlay").evaluate(
        """(overlay) => {
          const box = document.createElement("div");
          box.className = "box";
          overlay.append(box);
          return parseFloat(getComputedStyle(box).transitionDuration);
        }"""
    )
    assert (seconds == 0) is calm


def test_the_page_has_one_title_and_a_language(open_page):
    page = open_page()
    expect(page).to_have_title("Mood detector")
    expect(page.locator("h1")).to_have_count(1)
    expect(page.locator("html")).to_have_attribute("lang", "en")
