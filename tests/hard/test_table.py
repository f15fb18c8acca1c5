"""The table of routes: what Gradio mounts besides it is not there."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Iterator
from typing import Any

import gradio as gr
import pytest
from gradio.routes import App

from tests.hard import wire
from tests.hard.beside import panel, visitor
from tests.small_host.host import Server

OPEN = {
    # the page
    "GET /",
    "HEAD /",
    "GET /config",
    "GET /config/",
    "GET /static/{path:path}",
    "GET /assets/{path:path}",
    "GET /theme.css",
    "GET /gradio_api/theme.css",
    "GET /favicon.ico",
    "GET /robots.txt",
    "GET /manifest.json",
    "GET /pwa_icon",
    "GET /gradio_api/heartbeat/{session_hash}",
    "GET /gradio_api/startup-events",
    "POST /gradio_api/component_server",
    "POST /gradio_api/component_server/",
    # the clients
    "GET /gradio_api/info",
    "GET /gradio_api/info/",
    "POST /gradio_api/upload",
    "POST /gradio_api/call/{api_name}",
    "POST /gradio_api/call/{api_name}/",
    "POST /gradio_api/call/v2/{api_name}",
    "POST /gradio_api/call/v2/{api_name}/",
    "GET /gradio_api/call/{api_name}/{event_id}",
    "GET /gradio_api/call/v2/{api_name}/{event_id}",
    "POST /gradio_api/queue/join",
    "GET /gradio_api/queue/data",
    "POST /gradio_api/cancel",
    "POST /gradio_api/reset",
    "POST /gradio_api/reset/",
    # at an address of Gradio's, the description of our own API
    "GET /openapi.json",
    "HEAD /openapi.json",
}
"""What the page and Gradio's clients use; not all of it need be there."""


@pytest.fixture(scope="module")
def closed() -> list[str]:
    """Method and path of each route that Gradio mounts and nobody needs."""

    async def build() -> App:
        with gr.Blocks(analytics_enabled=False) as demo:
            pass
        return App.create_app(demo)

    return sorted({*_routes(asyncio.run(build()).routes)} - OPEN)


def _routes(routes: Iterable[Any]) -> Iterator[str]:
    for route in routes:
        inner = getattr(route, "original_router", route)
        if inner is not route or not hasattr(route, "methods"):
            yield from _routes(getattr(inner, "routes", ()))
        else:
            for method in route.methods or ():
                yield f"{method} {route.path}"


def test_gradios_routes_are_found(closed: list[str]):
    assert len(closed) >= 50
    paths = {each.split()[1].removeprefix("/gradio_api/").split("/")[0] for each in closed}
    assert {"process_recording", "deep_link", "dev", "run", "stream", "upload_progress"} < paths


def test_what_is_not_in_the_table_is_not_there(server: Server, closed: list[str]):
    before, wrong = wire.lines(server), []
    for route in closed:
        method, path = route.split()
        filled = re.sub(r"\{[^}]*\}", "analyze", path)
        for address in (filled, f"{filled}/", f"/{filled}", f"{filled}?session_hash=s"):
            for asked in {method, "GET", "POST"}:
                if f"{asked} {address.partition('?')[0]}" in OPEN:
                    continue
                status, told = wire.ask(server.url, address, b"{}", method=asked)
                if status != 404 or len(told) > 100:
                    wrong.append((asked, address, status, told[:100]))
    assert not wrong, wrong
    assert wire.lines(server) <= before + 1


@pytest.mark.parametrize(
    "address",
    [
        "/gradio_api/./process_recording",
        "/x/../gradio_api/process_recording",
        "/%67radio_api/process_recording",
        "/gradio_api/process%5frecording",
        "/gradio_api/process_recording%2f",
        "/gradio_api//process_recording",
        "//gradio_api/process_recording",
        "/gradio_api/process_recording;upload",
        "/gradio_api/process_recording?/gradio_api/upload",
        "/gradio_api\\process_recording",
        "http://localhost/gradio_api/process_recording",
        "/GRADIO_API/process_recording",
        "/gradio_api/process_recording%00",
        "/gradio_api/upload/../process_recording",
    ],
)
def test_no_spelling_of_a_closed_route_leads_there(server: Server, address: str):
    form = b"\r\n".join(
        [b"--b", b'Content-Disposition: form-data; name="file"; filename="a.m3u8"', b"", b"#EXTM3U"]
    )
    status, told = wire.ask(server.url, address, form + b"\r\n--b--", kind=FORM)
    assert status in {400, 404}, told
    assert len(told) <= 100


FORM = "multipart/form-data; boundary=b"


@pytest.mark.parametrize(
    "method", ["PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "BREW", "OPTIONS"]
)
def test_other_methods_are_refused(server: Server, method: str):
    for path in ("/", "/health", "/gradio_api/upload", "/config"):
        status, told = wire.ask(server.url, path, b"{}", method=method)
        assert 400 <= status < 500, path
        assert len(told) <= 200


def test_what_the_page_and_the_clients_use_is_there(server: Server):
    with visitor(server.url, "192.0.2.1") as client:
        for path in ("/", "/config", "/gradio_api/info", "/theme.css", "/health", "/manifest.json"):
            assert client.get(path).status_code == 200, path
        assert client.head("/").status_code == 200
        sent = client.post("/gradio_api/upload", files={"files": ("a.jpg", b"no picture")})
        assert sent.status_code == 200
        asked = client.post("/gradio_api/call/analyze", json={"data": [{"path": sent.json()[0]}]})
        assert asked.status_code == 200
        told = client.get(f"/gradio_api/call/analyze/{asked.json()['event_id']}")
        assert "not a picture" in told.text
        body = {"data": {}, "component_id": panel(client, "photo"), "fn_name": "under_way"}
        for path in ("/gradio_api/component_server", "/gradio_api/component_server/"):
            answer = client.post(path, json=body | {"session_hash": "s"})
            assert "loaded" in answer.json()
        event = {"event_id": "f" * 32}
        assert client.post("/gradio_api/reset", json=event).json() == {"success": True}
        cancel = event | {"session_hash": "s", "fn_index": 0}
        assert client.post("/gradio_api/cancel", json=cancel).json() == {"success": True}
        with client.stream("GET", "/gradio_api/heartbeat/s") as beating:
            assert beating.status_code == 200
            assert "ALIVE" in next(beating.iter_text())
