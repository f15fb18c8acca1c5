"""The figures of a device: an address with ``?bench`` shows them, to be copied."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("playwright")
pytest.importorskip("websockets", reason="websockets is not installed")

from playwright.sync_api import Page, Request, expect

from tests.e2e.conftest import WAIT_MS, Server, serving
from tests.e2e.firefox import firefox, program

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

MEASURED = ".bench[data-figures]"


@pytest.fixture(scope="module")
def generous(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that lets browsers read where they can."""
    with serving(tmp_path_factory.mktemp("generous"), MOOD_LIVE="auto") as running:
        yield running


@pytest.fixture
def open_address(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens an address; options are those of `Browser.new_context`."""
    contexts = []
    faults: list[str] = []

    def open_one(url: str, **options: Any) -> Page:
        context = browser.new_context(**{"locale": "en-GB"} | options)
        context.set_default_timeout(WAIT_MS)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(url)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert not faults


def figures_of(page: Page) -> dict[str, Any]:
    page.locator(MEASURED).wait_for()
    told: dict[str, Any] = json.loads(page.locator(MEASURED).get_attribute("data-figures") or "")
    return told


def test_the_device_is_measured_and_its_figures_are_copied(open_address, generous):
    sent: list[Request] = []
    page = open_address(f"{generous.url}/?bench", permissions=["clipboard-read", "clipboard-write"])
    page.on("request", lambda request: sent.append(request) if request.post_data else None)
    figures = figures_of(page)
    assert figures["user_agent"] == page.evaluate("navigator.userAgent")
    assert figures["cores"] == page.evaluate("navigator.hardwareConcurrency")
    for name in ("ready_ms", "detector_ms", "mini_ms"):
        assert figures[name] > 0, name
    for name, faces in (("one", 1), ("six", 6)):
        frame = figures[name]
        assert frame["faces"] == faces
        assert 0 < frame["ms"] <= frame["late_ms"]
        assert frame["a_second"] > 0
    assert figures["one"]["ms"] < figures["six"]["ms"]

    panel = page.locator(".bench")
    panel.get_by_role("button", name="Copy").click()
    expect(panel.get_by_text("Copied.")).to_be_visible()
    lines = page.evaluate("navigator.clipboard.readText()").strip().split("\n")
    assert len(lines) == panel.locator("tr").count() == 9
    assert lines[0] == f"Browser: {figures['user_agent']}"
    assert f"Processor cores: {figures['cores']}" in lines
    told = page.evaluate(
        "(n) => n.toLocaleString('en', MOST)".replace("MOST", "{ maximumFractionDigits: 1 }"),
        figures["mini_ms"],
    )
    assert f"Reading a face, both ways, median: {told} ms" in lines
    assert not sent

    panel.get_by_role("button", name="Measure again").click()
    expect(page.locator(MEASURED)).to_have_count(0)
    assert figures_of(page)["ready_ms"] == figures["ready_ms"]


def test_nothing_of_it_is_there_unless_the_address_asks(open_address, generous):
    asked: list[str] = []
    page = open_address("about:blank")
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{generous.url}/#live")
    page.locator(".live [data-do=start]").wait_for()
    expect(page.locator(".bench")).to_have_count(0)
    assert not [url for url in asked if "/bench/" in url]


def test_where_the_server_reads_there_is_nothing_to_measure(open_address, server):
    page = open_address(f"{server.url}/?bench")
    expect(page.locator(".bench")).to_contain_text("there is nothing to measure")
    expect(page.locator(".bench button").first).to_be_disabled()


@pytest.mark.skipif(program() is None, reason="no Firefox on this machine")
def test_firefox_is_measured_as_well(generous, tmp_path):
    with firefox(tmp_path) as page:
        page.open(f"{generous.url}/?bench")
        page.wait("document.querySelector('.bench[data-figures]')")
        figures = json.loads(page.run("document.querySelector('.bench').dataset.figures"))
    assert "Firefox/" in figures["user_agent"]
    assert [figures[name]["faces"] for name in ("one", "six")] == [1, 6]
    assert 0 < figures["mini_ms"] < figures["six"]["ms"]
    assert figures["memory_mb"] is None
