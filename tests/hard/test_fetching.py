"""Addresses where a picture belongs: the server connects to nothing and looks nothing up."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.hard import wire
from tests.hard.beside import ask_panel, event, panel, visitor
from tests.hard.conftest import ENVIRON
from tests.small_host import host

SPY = Path(__file__).parent / "spy"
TARGETS = [
    "http://example.com/a.jpg",
    "https://93.184.216.34/a.jpg",
    "http://100.64.0.1/a.jpg",
    "http://168.63.129.16/metadata",
    "http://192.0.0.192/",
    "http://169.254.169.254/latest/meta-data/",
    "http://127.0.0.1:{port}/metrics",
    "http://localhost:{port}/metrics",
    "http://[::1]:{port}/metrics",
    "http://0x7f000001:{port}/metrics",
    "HTTP://EXAMPLE.COM/a.jpg",
    "//example.com/a.jpg",
    "ftp://example.com/a.jpg",
    "file:///etc/passwd",
    "gopher://example.com/",
    "http:example.com",
    "\thttp://example.com/a.jpg",
    "https://huggingface.co/spaces/a/b/resolve/main/a.jpg",
]
META = {"meta": {"_type": "gradio.FileData"}}


@pytest.fixture(scope="module")
def notes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the server did, as the spy saw it."""
    return tmp_path_factory.mktemp("spy") / "notes.txt"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, notes: Path) -> Iterator[host.Server]:
    """As the others' server, with a spy inside."""
    environ = ENVIRON | {"PYTHONPATH": f"{SPY}:{host.ROOT}", "MOOD_SPY": str(notes)}
    with host.serving(tmp_path_factory.mktemp("hard"), environ, processor=1.0) as running:
        running.wait()
        yield running
        assert running.alive


@pytest.fixture
def unmoved(server: host.Server, notes: Path) -> Iterator[None]:
    """Fails if the server connected, looked up or started anything."""
    before = notes.read_text()
    yield
    assert notes.read_text().removeprefix(before) == ""


def test_the_spy_sees_connections_names_and_programs(tmp_path):
    code = """
import socket, subprocess, asyncio, contextlib
with contextlib.suppress(OSError): socket.create_connection(("127.0.0.1", 9), 1)
with contextlib.suppress(OSError): socket.gethostbyname("localhost")
subprocess.run(["true"])
async def main():
    with contextlib.suppress(OSError): await asyncio.open_connection("127.0.0.1", 9)
asyncio.run(main())
"""
    notes = tmp_path / "notes.txt"
    environ = {"PYTHONPATH": str(SPY), "MOOD_SPY": str(notes)}
    subprocess.run([sys.executable, "-c", code], env=environ, check=True)
    seen = [line.split()[0] for line in notes.read_text().splitlines()]
    assert seen.count("socket.connect") == 2
    assert {"socket.getaddrinfo", "socket.gethostbyname", "subprocess.Popen"} <= set(seen)


def pictures(target: str) -> list[Any]:
    """All forms in which a request names a file."""
    forms: list[Any] = [{"path": target}, {"url": target}, {"path": target, "url": target}]
    forms += [form | META for form in forms]
    nested = [{"a": form} for form in forms] + [[form] for form in forms]
    return [target, *forms, *nested, {"path": "a", "orig_name": target, "url": target} | META]


@pytest.mark.usefixtures("unmoved")
@pytest.mark.parametrize("target", TARGETS)
def test_addresses_are_not_fetched_by_the_api(server: host.Server, target: str):
    address = target.format(port=server.port)
    with visitor(server.url, "192.0.2.10") as caller:
        for picture in pictures(address):
            for path, body in (
                ("/gradio_api/call/analyze", {"data": [picture]}),
                ("/gradio_api/call/v2/analyze", {"image": picture}),
            ):
                asked = caller.post(path, json=body)
                assert asked.status_code in {200, 400, 413, 422}, (picture, asked.text)
                if asked.status_code == 200:
                    kind, told = event(caller.get(f"{path}/{asked.json()['event_id']}").text)
                    assert kind == "error"
                    assert len(str(told["error"])) > 20, (picture, told)  # a sentence
                    assert "mood_" not in str(told)


@pytest.mark.usefixtures("unmoved")
def test_addresses_are_not_fetched_by_the_page(server: host.Server):
    with visitor(server.url, "192.0.2.11") as browser:
        number = panel(browser, "photo")
        for target in TARGETS:
            address = target.format(port=server.port)
            for data in ({"image": address}, {"path": address}, {"path": {"url": address} | META}):
                answer = ask_panel(browser, number, "read_photo", data)
                assert 200 <= answer.status_code < 500
                assert answer.status_code > 200 or " " in answer.json()["message"]


@pytest.mark.usefixtures("unmoved")
@pytest.mark.parametrize(
    "form",
    [
        "/gradio_api/file={}",
        "/gradio_api/file/{}",
        "/gradio_api/proxy={}",
        "/file={}",
        "/proxy={}",
        "/gradio_api/stream/s/r/0/playlist.m3u8?url={}",
        "/static/{}",
        "/assets/{}",
        "/svelte/{}",
        "/pwa_icon/{}",
        "/?__theme={}",
        "/config?deep_link={}",
        "/?deep_link={}",
        "/gradio_api/custom_component/{}/client/component/index.js",
    ],
)
def test_no_route_fetches(server: host.Server, form: str):
    for target in TARGETS:
        address = target.format(port=server.port).strip()
        status, told = wire.ask(server.url, form.format(address), method="GET")
        assert status in {200, 400, 403, 404, 405, 422}, (target, told)
        assert b"mood_pictures_total" not in told
        assert b"root:x:" not in told


@pytest.mark.usefixtures("unmoved")
def test_no_upload_starts_a_program(server: host.Server):
    """A playlist by which ffmpeg once read a local file."""
    playlist = b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n"
    with visitor(server.url, "192.0.2.13") as caller:
        for name in ("a.m3u8", "a.mp4", "a.webm", "a.jpg"):
            files = {"files": (name, playlist), "file": (name, playlist)}
            recording = caller.post("/gradio_api/process_recording", files=files)
            assert recording.status_code == 404
            sent = caller.post("/gradio_api/upload", files={"files": (name, playlist)})
            if sent.status_code == 200:
                body = {"data": [{"path": sent.json()[0]} | META]}
                asked = caller.post("/gradio_api/call/analyze", json=body)
                told = caller.get(f"/gradio_api/call/analyze/{asked.json()['event_id']}").text
                assert event(told)[0] == "error"
                assert "root:x:" not in told


@pytest.mark.usefixtures("unmoved")
def test_senders_names_are_not_looked_up(server: host.Server):
    for field in ("X-Forwarded-For", "X-Forwarded-Host", "Origin", "Referer", "Host", "X-Real-IP"):
        with visitor(server.url, "192.0.2.12") as client:
            for value in ("a.example.com", "http://a.example.com", "100.64.0.1"):
                client.get("/config", headers={field: value})
                client.post("/gradio_api/cancel", json={}, headers={field: value})
