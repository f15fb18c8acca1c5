"""The content policy in a real browser: the page can do all it does, and nobody else anything."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from mood.page.assets import STATIC
from tests.e2e import tour
from tests.e2e.conftest import EXAMPLES, WAIT_MS, Server, serving
from tests.e2e.recorder import make_certificate, recording

pytest.importorskip("playwright")

from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

NOTE = """
window.broken = [];
window.addEventListener("securitypolicyviolation", (event) => {
  window.broken.push(`${event.effectiveDirective} ${event.blockedURI}`);
});
"""
INTRUDE = """async (foreign) => {
  const add = (tag, attributes) => {
    const node = Object.assign(document.createElement(tag), attributes);
    document.body.append(node);
  };
  add("script", { src: `${foreign}/script.js` });
  add("script", { textContent: "window.intruded = true" });
  add("img", { src: `${foreign}/image.png` });
  add("iframe", { src: `${foreign}/frame` });
  add("link", { rel: "stylesheet", href: `${foreign}/sheet.css` });
  add("object", { data: `${foreign}/plugin` });
  await fetch(`${foreign}/data`).catch(() => {});
  add("form", { action: `${foreign}/form`, id: "foreign" });
  document.querySelector("#foreign").submit();
}"""


@pytest.fixture(scope="module")
def trusting(tmp_path_factory) -> Iterator[Server]:
    """A server that believes what a proxy on this machine says of its visitors."""
    folder = tmp_path_factory.mktemp("trusting")
    with serving(folder, MOOD_TRUSTED_PROXIES="127.0.0.0/8") as running:
        yield running


def open_noting(browser: Browser, url: str, **options: object) -> Page:
    context = browser.new_context(**{"locale": "en-GB", "ignore_https_errors": True} | options)
    context.set_default_timeout(WAIT_MS)
    page = context.new_page()
    page.add_init_script(NOTE)
    page.goto(url)
    page.locator("#photo .settings summary").wait_for()
    return page


def test_the_page_never_breaks_its_own_policy(camera_browser, server, tmp_path):
    page = open_noting(camera_browser, server.url, viewport={"width": 1280, "height": 900})
    said = []
    page.on("console", lambda message: said.append(message.text))
    tour.walk(page, tmp_path)
    assert page.evaluate("broken") == []
    assert [each for each in said if "Content Security Policy" in each] == []
    page.context.close()


def test_it_does_not_behind_https_and_in_the_dark_either(camera_browser, trusting, tmp_path):
    with recording(trusting.url, make_certificate(tmp_path)) as proxy:
        phone = {"width": 390, "height": 780}
        page = open_noting(camera_browser, proxy.url, viewport=phone, color_scheme="dark")
        assert page.evaluate("gradio_config.root") == proxy.url
        tour.photos(page, tmp_path)
        tour.live(page)
        tour.about(page)
        assert page.evaluate("broken") == []
        page.context.close()


def test_what_others_write_into_the_page_is_blocked(browser, server):
    with recording(server.url) as foreign:
        page = open_noting(browser, server.url)
        page.evaluate(INTRUDE, foreign.url)
        page.wait_for_function("window.broken.length >= 8")
        directives = {each.split(" ")[0] for each in page.evaluate("broken")}
        assert {
            "script-src-elem",
            "img-src",
            "frame-src",
            "style-src-elem",
            "object-src",
            "connect-src",
            "form-action",
        } <= directives
        assert not page.evaluate("window.intruded")
        assert page.url.startswith(server.url)
        assert foreign.seen == []
        page.context.close()


@contextlib.contextmanager
def another_site() -> Iterator[tuple[Callable[[str], None], int]]:
    """A site with a page that shows an address in a frame, how to say which, and its port."""
    shown = ""

    class Site(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Tests are silent."""

        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/html")
            self.end_headers()
            self.wfile.write(f"<iframe src='{shown}' width='1000' height='800'></iframe>".encode())

    def show(url: str) -> None:
        nonlocal shown
        shown = url

    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as site:
        threading.Thread(target=site.serve_forever, daemon=True).start()
        yield show, site.server_port
        site.shutdown()


def test_a_site_that_the_operator_names_shows_it_in_a_frame_and_others_do_not(browser, tmp_path):
    with another_site() as (show, port):
        friend, stranger = f"http://localhost:{port}", f"http://127.0.0.1:{port}"
        with (
            serving(tmp_path, MOOD_FRAME_ANCESTORS=f"self {friend}") as server,
            browser.new_context(locale="en-GB") as context,
        ):
            context.set_default_timeout(WAIT_MS)
            show(server.url)
            page = context.new_page()
            page.goto(friend)
            framed = page.frame_locator("iframe")
            framed.locator("#photo .settings summary").wait_for()
            framed.locator("#photo .drop input").set_input_files(EXAMPLES / "astronaut.jpg")
            framed.locator("#photo .card").wait_for()
            with page.expect_console_message(lambda said: "frame-ancestors" in said.text):
                page.goto(stranger)
            assert page.frames[1].url == "chrome-error://chromewebdata/"


def test_the_waking_page_has_a_policy_that_lets_it_wake(browser):
    pages = [(STATIC / "waking.html").read_text("utf-8"), "<p>awake</p>"]
    address = "http://mood.example/"
    with browser.new_context() as context:
        page = context.new_page()
        broken: list[str] = []
        page.on("console", lambda message: broken.append(message.text))
        page.route(f"{address}health", lambda route: route.fulfill(body="ok"))
        page.route(
            address, lambda route: route.fulfill(body=pages.pop(0), content_type="text/html")
        )
        page.goto(address)
        assert page.evaluate("getComputedStyle(document.body).display") == "grid"
        page.get_by_text("awake").wait_for()
        assert [each for each in broken if "Content Security Policy" in each] == []
