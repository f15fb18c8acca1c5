"""The first visit: how much travels, and that nothing jumps when scripts take over."""

from __future__ import annotations

import pytest

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect

pytestmark = pytest.mark.browser

MOST_BYTES = 400_000  # compressed, with headers and pictures
SIZES = [(390, 844), (820, 1180), (1440, 900)]
PARTS = {
    "header": (".mood-header", "#first header"),
    "drop area": ("#photo .drop", "#first .drop"),
    "example": ("#photo .sample", "#first .sample"),
}
SHIFTS = """
window.shifts = [];
new PerformanceObserver((list) => {
  for (const { value, hadRecentInput, sources } of list.getEntries()) {
    const moved = sources.map(({ node, previousRect, currentRect }) =>
      [node?.id || node?.className || node?.nodeName, previousRect, currentRect]);
    if (!hadRecentInput) shifts.push({ value, moved });
  }
}).observe({ type: "layout-shift", buffered: true });
"""
DROPS = """
window.drops = 0;
window.frames = 0;
requestAnimationFrame(function look() {
  const areas = [...document.querySelectorAll(".drop")];
  window.frames += 1;
  window.drops += areas.some((each) => each.checkVisibility({ visibilityProperty: true }));
  requestAnimationFrame(look);
});
"""


def places(page, at: int) -> dict[str, list[float]]:
    """Left, top, width and height of the parts: `at` 0 those of the page, 1 of the first paint."""
    script = """(node) => {
      const { x, y, width, height } = node.getBoundingClientRect();
      return [x, y, width, height];
    }"""
    return {part: page.locator(both[at]).evaluate(script) for part, both in PARTS.items()}


def test_a_first_visit_is_light(browser, server):
    with browser.new_context(locale="en-GB", viewport={"width": 390, "height": 2000}) as context:
        page = context.new_page()
        devtools = context.new_cdp_session(page)
        devtools.send("Network.enable")
        sizes: list[float] = []
        devtools.on("Network.loadingFinished", lambda told: sizes.append(told["encodedDataLength"]))
        page.goto(server.url)
        expect(page.locator("#photo .offers img")).to_have_count(7)
        page.wait_for_function("[...document.images].every((each) => each.complete)")
        page.wait_for_load_state("networkidle")
        print(f"{len(sizes)} answers, {sum(sizes) / 1000:.0f} kB")
        assert len(sizes) > 20
        assert sum(sizes) <= MOST_BYTES


@pytest.mark.parametrize("locale", ["en-GB", "de-DE", "ar-EG"])
@pytest.mark.parametrize("size", SIZES)
def test_nothing_jumps_when_the_scripts_have_run(browser, server, size, locale):
    viewport = {"width": size[0], "height": size[1]}
    with browser.new_context(locale=locale, viewport=viewport) as context:
        page = context.new_page()
        page.route("**/assets/*.js", lambda route: route.abort())
        page.goto(server.url)
        before = places(page, 1)
        page.unroute("**/assets/*.js")
        page.add_init_script(SHIFTS)
        page.reload()
        page.locator("#photo .sample img").wait_for()
        expect(page.locator("#first")).to_have_count(0)
        page.wait_for_load_state("networkidle")
        after = places(page, 0)
        for part in PARTS:
            assert before[part] == pytest.approx(after[part], abs=2), part
        shifts = page.evaluate("JSON.parse(JSON.stringify(shifts))")
        assert sum(shift["value"] for shift in shifts) < 0.1, shifts


@pytest.mark.parametrize("place", ["live", "about"])
def test_where_another_tab_is_asked_for_no_drop_area_flashes(browser, server, place):
    with browser.new_context(locale="en-GB") as context:
        page = context.new_page()
        page.add_init_script(DROPS)
        page.goto(f"{server.url}/#{place}")
        expect(page.locator(f"#{place} [data-text]:visible").first).to_be_visible()
        expect(page.locator("#first")).to_have_count(0)
        assert page.evaluate("window.frames") > 1
        assert page.evaluate("drops") == 0


def test_a_tab_that_does_not_fit_at_first_opens_when_it_does(browser, server):
    narrow = "<style id=narrow>[role=tablist] {max-width: 120px}</style>"
    ours = []

    def narrowed(route):
        page = route.fetch()
        route.fulfill(response=page, body=page.text().replace("</head>", f"{narrow}</head>"))

    def hold(route):  # until Gradio has measured: a tab that is open then always fits
        ours.append(route)

    with browser.new_context(locale="en-GB") as context:
        page = context.new_page()
        page.route(f"{server.url}/", narrowed)
        page.route("**/shared/addresses.js", hold)
        page.goto(f"{server.url}/#about")
        about = page.locator("[role=tablist] [data-tab-id=about]")
        expect(page.locator("[role=tablist] [data-tab-id=photo]")).to_have_count(1)
        expect(about).to_have_count(0)
        page.unroute("**/shared/addresses.js")
        for route in ours:
            route.continue_()
        expect(page.locator("#first")).to_have_count(0)
        page.evaluate("document.querySelector('#narrow').remove()")
        expect(about).to_have_attribute("aria-selected", "true")
        expect(page.locator("#about [data-text]:visible").first).to_be_visible()


LATE = """
window.late = true;
for (const name of ["querySelector", "querySelectorAll"]) {
  const found = Document.prototype[name];
  const nothing = name === "querySelector" ? null : [];
  Document.prototype[name] = function (wanted) {
    return window.late && wanted.includes("role=tab") ? nothing : found.call(this, wanted);
  };
}
"""


def test_a_page_whose_tabs_come_last_opens_the_one_that_is_asked_for(browser, server):
    with browser.new_context(locale="en-GB") as context:
        page = context.new_page()
        page.add_init_script(LATE)
        page.goto(f"{server.url}/#about")
        page.locator(".foot").wait_for(state="attached")
        page.evaluate("window.late = false; document.body.append(document.createComment(''))")
        about = page.get_by_role("tab", name="About")
        expect(about).to_have_attribute("aria-selected", "true")
        expect(page.get_by_text("could not be fetched")).to_have_count(0)
