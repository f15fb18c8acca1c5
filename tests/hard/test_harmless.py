"""Tried, and harmless already when it was tried first: it stays so."""

from __future__ import annotations

import contextlib
import json
import threading

import pytest

from tests.hard import wire
from tests.hard.beside import beside, event, panel, photo, visitor
from tests.small_host.host import Server

CALL = "/gradio_api/call/analyze"
PASSWD = "/etc/passwd"


def pipelined(url: str, path: str, times: int) -> int:
    """So many requests on one connection, none waiting for the answer before; how many were 200."""
    request = wire.head(path, "GET", length=0)
    answered = 0
    with wire.connect(url, 30) as out:

        def send() -> None:
            with contextlib.suppress(OSError):
                for _ in range(times // 100):
                    out.sendall(request * 100)
                out.shutdown(1)

        sending = threading.Thread(target=send)
        sending.start()
        rest = b""
        with contextlib.suppress(OSError):
            while piece := out.recv(65_536):
                rest += piece
                answered += rest.count(b"HTTP/1.1 200")
                rest = rest[-11:]
        sending.join()
    return answered


def test_20_000_pipelined_requests(server: Server):
    answered = beside(server, pipelined, "/health", 20_000, seconds=8.0)
    assert answered is None or answered > 0
    assert server.status("/health") == 200


WAYS = [
    "/gradio_api/file={}",
    "/gradio_api/file/{}",
    "/file={}",
    "/file/{}",
    "/static/{}",
    "/static/../../../../../../../..{}",
    "/static/..%2f..%2f..%2f..%2f..%2f..%2f..{}",
    "/static/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e{}",
    "/assets/../../../../../../../../..{}",
    "/assets/{}",
    "/svelte/{}",
    "/svelte/../../../../../../../..{}",
    "/page/{}",
    "/page/x/../../../../../..{}",
    "/theme.css/..{}",
    "/..{}",
    "/%2e%2e%2f%2e%2e%2f%2e%2e{}",
    "/..%c0%af..%c0%af..{}",
    "/..\\..\\..{}",
    "//{}",
    "{}",
    "file://{}",
    "/gradio_api/custom_component/a/client/component/..{}",
    "/gradio_api/custom_component/../../client/component/{}",
    "/gradio_api/stream/a/b/c/..{}",
    "/gradio_api/proxy=file://{}",
    "/pwa_icon/..{}",
]


@pytest.mark.parametrize("way", WAYS)
def test_a_file_of_the_server_by_an_address(server: Server, way: str):
    for file in (PASSWD, PASSWD + "%00.jpg", "/proc/self/environ", "/proc/self/cmdline"):
        status, told = wire.ask(server.url, way.format(file), method="GET")
        assert 400 <= status < 500
        assert b"root:" not in told
        assert b"MOOD_" not in told
        assert b"app.py" not in told


def test_a_file_of_the_server_by_a_question(server: Server):
    with visitor(server.url, "192.0.2.70") as client:
        (sent,) = client.post("/gradio_api/upload", files={"files": ("a.jpg", b"x")}).json()
        folder = sent.rpartition("/")[0]
        number = panel(client, "photo")
        paths = [
            PASSWD,
            f"{folder}/../../../../../..{PASSWD}",
            f"{folder}{PASSWD}",
            f"file://{PASSWD}",
        ]
        paths += [
            f"{folder}/..",
            folder,
            f"~{PASSWD}",
            "../" * 12 + "etc/passwd",
            f"{PASSWD}\0.jpg",
        ]
        paths += ["/proc/self/environ", "/dev/stdin", "/dev/zero", "C:\\boot.ini", f"//{PASSWD}"]
        for path in paths:
            meta = {"meta": {"_type": "gradio.FileData"}}
            for image in ({"path": path}, {"path": path} | meta, path, {"url": path, "path": path}):
                asked = client.post(CALL, json={"data": [image]})
                assert asked.status_code < 500
                if asked.status_code == 200:
                    kind, told = event(client.get(f"{CALL}/{asked.json()['event_id']}").text)
                    assert kind == "error"
                    assert "root:" not in json.dumps(told)
            body = {"data": {"path": path}, "component_id": number, "session_hash": "s"}
            body["fn_name"] = "read_photo"
            answer = client.post("/gradio_api/component_server/", json=body)
            assert answer.status_code < 500
            assert answer.status_code > 200 or "error" in answer.json()


def test_the_uploads_of_two_visitors_are_never_mixed(server: Server):
    """Files of the same name, at the same time: each answer is about the sender's own."""
    wrong: list[object] = []

    def visit(width: int, address: str) -> None:
        own = photo("astronaut", width)
        content = own.url.partition(",")[2]
        with visitor(server.url, address) as client:
            for _ in range(15):
                files = {"files": ("photo.jpg", wire.decoded(content))}
                (path,) = client.post("/gradio_api/upload", files=files).json()
                asked = client.post(CALL, json={"data": [{"path": path}]})
                kind, told = event(client.get(f"{CALL}/{asked.json()['event_id']}").text)
                if kind != "complete" or (told[0]["width"], told[0]["height"]) != own.right[:2]:
                    wrong.append((width, kind, str(told)[:200]))

    visitors = [
        threading.Thread(target=visit, args=(300 + 8 * number, f"198.51.100.{20 + number}"))
        for number in range(4)
    ]
    for each in visitors:
        each.start()
    for each in visitors:
        each.join()
    assert not wrong, wrong
