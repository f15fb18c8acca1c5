"""Who may send how much where, and which doors of Gradio are shut, behind a proxy too."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from mood.serving.app import create_app
from mood.serving.middleware import ASGIApp, BodyLimit, Message
from mood.settings import Settings
from tests.serving.test_app import stand_in

PROXIES = pytest.mark.parametrize(
    ("root", "below"),
    [("", ""), ("/mood", "/mood"), ("/mood", "")],
    ids=["no proxy", "proxy", "proxy that takes its prefix off"],
)
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


def status(
    app: ASGIApp, path: str, method: str = "POST", root: str = "", body: bytes = b"", **headers: str
) -> int:
    """What a client that hangs up behind its request is answered; streams end by that."""
    scope: dict[str, Any] = {
        "type": "http",
        "method": method,
        "path": path,
        "root_path": root,
        "query_string": b"session_hash=somebody",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }
    incoming: list[Message] = [{"type": "http.request", "body": body}]
    sent: list[Message] = []

    async def receive() -> Message:
        return incoming.pop() if incoming else {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    return sent[0]["status"]


@pytest.fixture(scope="module")
def served() -> ASGIApp:
    settings = Settings(max_upload_mb=10)

    async def make() -> ASGIApp:
        return create_app(stand_in(settings))

    return asyncio.run(make())


@PROXIES
@pytest.mark.parametrize("end", ["", "/"])
@pytest.mark.parametrize("door", ["process_recording", "deep_link", "dev/reload", "dev"])
@pytest.mark.parametrize("prefix", ["/gradio_api/", "/"])
def test_doors_that_the_page_does_not_need_are_shut(served, prefix, door, end, root, below):
    path = below + prefix + door + end
    answers = {method: status(served, path, method, root) for method in METHODS}
    assert answers == dict.fromkeys(METHODS, 404)


def test_shut_doors_are_not_opened_to_other_origins(served):
    asks = {"origin": "https://evil.example", "access-control-request-method": "POST"}
    assert status(served, "/gradio_api/process_recording", "OPTIONS", **asks) == 404


@PROXIES
def test_their_neighbours_are_open(served, root, below):
    for path in ("/gradio_api/info", "/gradio_api/app_id", "/config", "/health"):
        assert status(served, below + path, "GET", root) == 200


async def sink(scope: Any, receive: Any, send: Any) -> None:
    """Reads all that comes, and is content."""
    while (await receive())["type"] == "http.request":
        pass
    await send({"type": "http.response.start", "status": 200, "headers": []})


@PROXIES
@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("/gradio_api/upload", 200),
        ("/gradio_api/call/upload", 413),
        ("/gradio_api/stream/upload", 413),
        ("/gradio_api/upload/upload", 413),
        ("/upload", 413),
        ("/elsewhere/gradio_api/upload", 413),
    ],
)
def test_only_an_upload_may_be_as_large_as_a_file(path, answer, root, below):
    app = BodyLimit(sink, upload_mb=10)
    body = b"x" * 9_000_000
    assert status(app, below + path, root=root, body=body) == answer
    assert status(app, below + path, root=root, **{"content-length": "9000000"}) == answer
    assert status(app, below + path, root=root, body=body[:7_000_000]) == 200


def test_no_route_but_the_upload_takes_a_large_body(served):
    large = {"content-length": "9000000"}
    assert status(served, "/gradio_api/upload", **large) == 400, "no form, says Gradio"
    for path in ("/gradio_api/call/upload", "/gradio_api/run/upload", "/gradio_api/queue/join"):
        assert status(served, path, **large) == 413
