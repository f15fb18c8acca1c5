"""The page, and what a request says about where it came from."""

from __future__ import annotations

import contextlib
import re
import secrets
import time
from collections.abc import Iterator

import httpx
import pytest

from tests.hard import wire
from tests.hard.beside import ask_panel, beside, panel, photo, visitor
from tests.hard.conftest import ENVIRON
from tests.small_host import host

PAGES = ("/", "/config", "/gradio_api/info", "/theme.css")
EVIL = "evil.example"
CLAIMS = [
    {"X-Forwarded-Host": EVIL},
    {"X-Forwarded-Host": EVIL, "X-Forwarded-Proto": "https", "X-Forwarded-Port": "444"},
    {"X-Gradio-Server": f"http://{EVIL}"},
    {"X-Gradio-Server": f"https://{EVIL}/a/b"},
    {"Forwarded": f"for=1.2.3.4;host={EVIL};proto=https"},
    {"X-Forwarded-Prefix": f"//{EVIL}"},
    {"X-Forwarded-Server": EVIL},
    {"X-Original-Host": EVIL},
    {"X-Original-URL": f"//{EVIL}/"},
    {"X-Rewrite-URL": "/metrics"},
    {"X-Direct-Url": f"https://{EVIL}"},
]


@pytest.fixture(scope="module")
def open_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[host.Server]:
    """The program with nothing in front of it."""
    environ = ENVIRON | {"MOOD_TRUSTED_PROXIES": ""}
    with host.serving(tmp_path_factory.mktemp("open"), environ, processor=1.0) as running:
        running.wait()
        yield running
        assert running.alive


def load_pages(url: str) -> None:
    """A thousand times a second on twenty connections, whether it is answered or not.

    Eight times a second are much for a tenth of a processor, if a page is made anew each time.
    """
    asked = wire.head("/", "GET", length=0, Accept_Encoding="gzip")
    with contextlib.ExitStack() as stack:
        open_ones = [stack.enter_context(wire.connect(url)) for _ in range(20)]
        for each in open_ones:
            each.setblocking(False)
        while True:
            time.sleep(0.02)
            for out in open_ones:
                with contextlib.suppress(BlockingIOError):
                    while out.recv(262_144):
                        pass
                with contextlib.suppress(BlockingIOError):
                    out.send(asked)


def test_loading_the_page_again_and_again(server: host.Server):
    beside(server, load_pages)


def processor_s(server: host.Server, path: str) -> float:
    """Processor time of the server for two hundred requests."""
    with visitor(server.url, "192.0.2.55") as browser:
        browser.get(path)
        before = server.processor_s()
        for _ in range(200):
            browser.get(path)
        return server.processor_s() - before


def test_a_page_is_made_once(server: host.Server):
    """Made each time, it cost six times what /health does."""
    health = processor_s(server, "/health")
    for path in ("/", "/config"):
        assert processor_s(server, path) <= 3 * health, path


def test_a_page_for_each_of_a_thousand_names_is_not_kept(server: host.Server):
    def ask(times: int) -> None:
        with visitor(server.url, "192.0.2.50") as browser:
            for _ in range(times):
                name = f"{secrets.token_hex(30)}.example.com"
                for path in ("/", "/config"):
                    browser.get(path, headers={"X-Forwarded-Host": name, "Host": name})

    ask(300)  # the memory that answers are made in has been grown
    before_mb = server.memory_mb()
    ask(400)
    assert server.memory_mb() - before_mb <= 3


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: " ".join(claim))
def test_nobody_says_where_the_page_is(open_server: host.Server, claim: dict[str, str]):
    with httpx.Client(base_url=open_server.url, timeout=30, headers=claim) as client:
        for path in PAGES:
            answer = client.get(path)
            assert answer.status_code == 200
            assert EVIL not in answer.text, path
        assert client.get("/config").json()["root"] in {open_server.url, ""}
        for path in ("/logout", "/gradio_api/upload/", "/health/", "/config//"):
            answer = client.get(path)
            assert EVIL not in answer.headers.get("location", ""), path


def test_a_trusted_proxy_says_where_the_page_is(server: host.Server):
    claim = {"X-Forwarded-Host": "mood.example", "X-Forwarded-Proto": "https"}
    with visitor(server.url, "192.0.2.51") as client:
        root = client.get("/config", headers=claim).json()["root"]
        assert root in {"https://mood.example", ""}
        assert "mood.example" not in client.get("/config").text
        assert f"http://127.0.0.1:{server.port}" not in client.get("/", headers=claim).text


ODD_HOSTS = [f"{EVIL}/path", f"a@{EVIL}", 'a"><script>', "a b", "h" * 5_000, "[::1", "\xe9", "%00"]
ODD_HOSTS += [f"{EVIL}#", f"{EVIL}\\", f"{EVIL}:99999999", "javascript:alert(1)", "..", "", ":80"]


@pytest.mark.parametrize("name", ODD_HOSTS)
def test_no_odd_host_stands_in_the_page(open_server: host.Server, name: str):
    request = f"GET {{}} HTTP/1.1\r\nHost: {name}\r\nConnection: close\r\n\r\n"
    for path in ("/", "/config"):
        with wire.connect(open_server.url) as out:
            out.sendall(request.format(path).encode("latin-1"))
            status, told = wire.answer(out)
        assert status in {200, 400}, path
        assert status == 400 or EVIL.encode() not in told
        assert b"<script>alert" not in told
        assert b'a"><script>' not in told


def test_what_is_made_for_one_host_is_kept_by_no_cache(open_server: host.Server):
    with httpx.Client(base_url=open_server.url, headers={"Host": EVIL}) as client:
        for path in ("/", "/config"):
            policy = client.get(path).headers.get("cache-control", "")
            assert re.search(r"no-store|no-cache|private", policy), path


def test_answers_about_pictures_are_kept_by_no_cache(server: host.Server):
    with visitor(server.url, "192.0.2.52") as client:
        image = photo("astronaut", 320).url
        read = ask_panel(client, panel(client, "photo"), "read_photo", {"image": image})
        sent = client.post("/gradio_api/upload", files={"files": ("a.jpg", b"x")})
        asked = client.post("/gradio_api/call/analyze", json={"data": [{"url": image}]})
        told = client.get(f"/gradio_api/call/analyze/{asked.json()['event_id']}")
    for answer in (read, sent, asked, told):
        assert answer.status_code == 200
        assert "no-store" in answer.headers.get("cache-control", ""), answer.url


def test_no_folder_of_the_server_is_told(server: host.Server):
    folders = [str(host.ROOT), "site-packages", "/tmp/", "/root/", "/home/", str(server.log.parent)]
    with visitor(server.url, "192.0.2.53") as client:
        for path in ("/", "/config", "/gradio_api/info", "/manifest.json", "/metrics", "/ready"):
            text = client.get(path).text
            assert [each for each in folders if each in text] == [], path


def test_the_policy_names_where_scripts_come_from(server: host.Server):
    with visitor(server.url, "192.0.2.54") as client:
        policy = client.get("/").headers["content-security-policy"]
    parts = dict(part.strip().partition(" ")[::2] for part in policy.split(";") if part.strip())
    assert parts.get("object-src", parts.get("default-src")) == "'none'"
    assert parts["base-uri"] in {"'self'", "'none'"}
    for kind in ("script-src", "connect-src", "img-src", "form-action", "worker-src"):
        sources = parts.get(kind, parts.get("default-src", "*")).split()
        assert not {"*", "http:", "https:"} & set(sources), (kind, policy)
