"""Two servers behind a real nginx, as the documentation has it."""

from __future__ import annotations

import contextlib
import http.client
import re
import threading
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from tests.e2e.conftest import EXAMPLES, WAIT_MS, Server, serving
from tests.e2e.live_tab import turn_on
from tests.e2e.test_nginx import documented, host_of, nginx
from tests.ports import free_port

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect

pytestmark = pytest.mark.browser

FIRST, SECOND = "10.0.0.11:7860", "10.0.0.12:7860"


@dataclass(frozen=True)
class Behind:
    """Servers behind a balancer.

    Attributes:
        url: Where the balancer is, with a slash at the end.
        servers: What it hands on to.
    """

    url: str
    servers: tuple[Server, ...]

    def analysed(self) -> list[int]:
        """How many pictures each server has read."""
        return [int(_figure(each, 'pictures_total{outcome="analysed"}')) for each in self.servers]

    def answered(self) -> list[int]:
        """How many requests each server has answered well, these questions among them."""
        return [int(_figure(each, 'http_requests_total{status="2xx"}')) for each in self.servers]


def _figure(server: Server, name: str) -> float:
    with urllib.request.urlopen(f"{server.url}/metrics", timeout=60) as answer:
        text = answer.read().decode()
    return float(re.search(rf"^mood_{re.escape(name)} (.*)$", text, re.MULTILINE)[1])


@pytest.fixture(scope="module")
def servers(tmp_path_factory) -> Iterator[tuple[Server, Server]]:
    with (
        serving(tmp_path_factory.mktemp("first"), MOOD_TRUSTED_PROXIES="127.0.0.0/8") as first,
        serving(tmp_path_factory.mktemp("second"), MOOD_TRUSTED_PROXIES="127.0.0.0/8") as second,
    ):
        yield first, second


@pytest.fixture(scope="module")
def behind(servers, tmp_path_factory) -> Iterator[Behind]:
    hosts = dict(zip((FIRST, SECOND), (host_of(each.url) for each in servers), strict=True))
    configuration = documented("## More than one server")
    with nginx(tmp_path_factory.mktemp("nginx"), configuration, hosts, "/") as url:
        yield Behind(url, servers)


def send(url: str) -> httpx.Response:
    photo = (EXAMPLES / "astronaut.jpg").read_bytes()
    return httpx.post(f"{url}api/analyze", files={"image": photo}, timeout=60)


def visit(url: str, address: str) -> int:
    """The status of the page for somebody who comes from that address."""
    host, port = host_of(url).rstrip("/").split(":")
    connection = http.client.HTTPConnection(host, int(port), 60, source_address=(address, 0))
    with contextlib.closing(connection):
        connection.request("GET", "/")
        return connection.getresponse().status


def test_programs_are_served_by_all_servers(behind: Behind):
    before = behind.analysed()
    for _ in range(6):
        assert send(behind.url).json()["faces"][0]["expression"] == "happiness"
    read = [now - then for now, then in zip(behind.analysed(), before, strict=True)]
    assert sum(read) == 6
    assert min(read) >= 2


def test_a_visitor_stays_with_one_server(behind: Behind, camera_browser):
    before = behind.analysed()
    with camera_browser.new_context(locale="en-GB") as context:
        context.set_default_timeout(WAIT_MS)
        page = context.new_page()
        page.goto(behind.url)
        page.locator("#photo .settings summary").wait_for()
        for photo in ("astronaut", "grace_hopper"):
            page.set_input_files("#photo input[type=file]", EXAMPLES / f"{photo}.jpg")
            expect(page.locator("#photo .card .verdict")).to_contain_text(
                "happiness" if photo == "astronaut" else "neutral"
            )
        page.get_by_role("tab").nth(1).click()
        turn_on(page)
        expect(page.locator(".live .box").first).to_be_visible()
    read = [now - then for now, then in zip(behind.analysed(), before, strict=True)]
    assert min(read) == 0
    assert max(read) >= 3


def test_visitors_are_spread_over_the_servers(behind: Behind):
    before = behind.answered()
    assert {visit(behind.url, f"127.0.0.{number}") for number in range(1, 33)} == {200}
    asked = [now - then for now, then in zip(behind.answered(), before, strict=True)]
    assert min(asked) >= 5  # 1 is the question itself


def test_figures_are_kept_from_strangers(behind: Behind):
    assert httpx.get(f"{behind.url}metrics").status_code == 404


class _Starting(BaseHTTPRequestHandler):
    """What a server answers while it starts or ends, or when too much is waiting."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(503)
        self.send_header("Retry-After", "2")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@contextlib.contextmanager
def starting() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Starting) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()


@contextlib.contextmanager
def gone() -> Iterator[str]:
    yield f"127.0.0.1:{free_port()}"


@pytest.mark.parametrize("other", [gone, starting])
def test_programs_do_not_notice_that_a_server_is_not_there(
    servers, other: Callable[..., contextlib.AbstractContextManager[str]], tmp_path
):
    configuration = documented("## More than one server")
    with (
        other() as absent,
        nginx(
            tmp_path, configuration, {FIRST: host_of(servers[0].url), SECOND: absent}, "/"
        ) as url,
    ):
        assert [send(url).status_code for _ in range(6)] == [200] * 6


def test_visitors_of_a_server_that_is_gone_go_to_another(servers, tmp_path):
    configuration = documented("## More than one server")
    hosts = {FIRST: host_of(servers[0].url), SECOND: f"127.0.0.1:{free_port()}"}
    with nginx(tmp_path, configuration, hosts, "/") as url:
        assert {visit(url, f"127.0.0.{number}") for number in range(1, 17)} == {200}
