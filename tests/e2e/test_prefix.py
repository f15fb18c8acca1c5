"""The page behind a proxy that serves it below a path of its own, as many hosts do."""

from __future__ import annotations

import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.e2e.conftest import WAIT_MS, serving

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect

pytestmark = pytest.mark.browser

PREFIX = "/some/where"


@pytest.fixture(scope="module")
def address(tmp_path_factory) -> Iterator[str]:
    """Where the proxy serves the program."""
    with serving(tmp_path_factory.mktemp("prefix"), GRADIO_ROOT_PATH=PREFIX) as server:

        class Proxy(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.pass_on(None)

            def do_POST(self) -> None:
                self.pass_on(self.rfile.read(int(self.headers["content-length"])))

            def pass_on(self, body: bytes | None) -> None:
                if not self.path.startswith(f"{PREFIX}/"):
                    self.send_error(404)
                    return
                headers = {
                    name: value for name, value in self.headers.items() if name != "Connection"
                }
                url = server.url + self.path.removeprefix(PREFIX)
                try:
                    answer = urllib.request.urlopen(urllib.request.Request(url, body, headers))
                except urllib.error.HTTPError as error:
                    answer = error
                with answer:
                    content = answer.read()
                    self.send_response(answer.status)
                    for name, value in answer.headers.items():
                        if name not in {"date", "connection", "content-length"}:
                            self.send_header(name, value)
                    self.send_header("content-length", str(len(content)))
                    self.end_headers()
                    self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                pass

        proxy = ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
        threading.Thread(target=proxy.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{proxy.server_port}{PREFIX}/"
        proxy.shutdown()
        proxy.server_close()


def test_the_page_works_below_any_path(browser, address):
    faults: list[str] = []
    with browser.new_context(locale="en-GB") as context:
        context.set_default_timeout(WAIT_MS)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(address)
        page.click("[data-example=astronaut]")
        expect(page.locator("#photo .card .verdict")).to_contain_text("happiness")
        page.get_by_role("tab").nth(1).click()
        expect(page.locator(".live [data-do=start]")).to_be_visible()
        page.get_by_role("tab").nth(2).click()
        expect(page.locator("#about dd").first).to_be_visible()
    assert not faults


def test_a_part_that_cannot_be_fetched_says_so(browser, address):
    with browser.new_context(locale="en-GB") as context:
        context.set_default_timeout(WAIT_MS)
        page = context.new_page()
        page.route("**/live/live.js", lambda route: route.abort())
        page.goto(address)
        page.locator("#photo .settings summary").wait_for()
        page.get_by_role("tab").nth(1).click()
        expect(page.locator("#live")).to_contain_text("Please reload the page.")
