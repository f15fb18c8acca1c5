"""The page, and what a request says about where it came from."""

from __future__ import annotations

import re
import secrets
import threading
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
    """Four browsers that do nothing but load the page."""

    def load() -> None:
        with visitor(url, wire.ATTACKER) as browser:
            while True:
                for path in PAGES:
                    browser.get(path)

    browsers = [threading.Thread(target=load) for _ in range(4)]
    for each in browsers:
        each.start()
    for each in browsers:
        each.join()


def test_loading_the_page_again_and_again(server: host.Server):
    beside(server, load_pages)


def test_a_page_for_each_of_a_thousand_names_is_not_kept(server: host.Server):
    def ask(times: int) -> None:
        with visitor(server.url, "192.0.2.50") as browser:
            for _ in range(times):
                name = f"{secrets.token_hex(30)}.example.com"
                for path in ("/", "/config"):
                    browser.get(path, headers={"X-Forwarded-Host": name, "Host": name})

    ask(100)
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
    assert parts["object-src"] == "'none'"
    assert parts["base-uri"] in {"'self'", "'none'"}
    for kind in ("script-src", "connect-src", "img-src", "form-action", "worker-src"):
        sources = parts.get(kind, parts.get("default-src", "*")).split()
        assert not {"*", "http:", "https:"} & set(sources), (kind, policy)
