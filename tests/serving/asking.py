"""Asking the gate as a server does: one request at a time, before an app of the test's own."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from mood.resources.room import Room
from mood.serving.admission import Gate
from mood.serving.shares import HOLD
from mood.settings import Settings

PANEL = "/gradio_api/component_server/"
CALL = "/gradio_api/call/analyze"
PICTURE = "data:image/jpeg;base64," + "A" * 5_000
PANEL_BODY = {"data": {}, "component_id": 7, "fn_name": "read", "session_hash": "s"}


class Known:
    """A demo with one panel, one job, one session and one event."""

    def __init__(self) -> None:
        self.functions = {7: frozenset({"read"}), 8: frozenset()}
        self.jobs = {0: 2}
        self.endpoints = {"analyze": ("image", "model")}

    def knows_session(self, session: str) -> bool:
        return session == "s"

    def knows_event(self, event: str) -> bool:
        return event == "e"


@dataclass
class Response:
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def json(self) -> Any:
        return json.loads(self.body)


App = Callable[..., Awaitable[None]]


async def content(scope: Any, receive: Any, send: Any) -> None:
    """An app that holds all of a body, as FastAPI does, and says what it was asked."""
    parts = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if message["type"] != "http.request" or not message.get("more_body"):
            break
    await send({"type": "http.response.start", "status": 200, "headers": []})
    answer = {"size": len(b"".join(parts)), "query": scope["query_string"].decode()}
    await send({"type": "http.response.body", "body": json.dumps(answer).encode()})


def gate(app: App = content, **settings: Any) -> Gate:
    return Gate(app, Settings(**settings), Known(), Room(lambda: None, 5.0))


async def ask(
    to: App,
    path: str,
    body: Any = None,
    *,
    method: str = "",
    query: str = "",
    root: str = "",
    address: str = "192.0.2.1",
    chunk: int = 65_536,
    announced: bool = True,
    left: asyncio.Event | None = None,
    **headers: str,
) -> Response:
    """Sends one request, as a server would hand it over."""
    content = (
        body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    )
    said = {"content-type": "application/json"} if body is not None else {}
    said |= {"content-length": str(len(content))} if announced and content else {}
    said |= {name.replace("_", "-"): value for name, value in headers.items()}
    parts = [content[at : at + chunk] for at in range(0, len(content), chunk)] or [b""]
    response, over = Response(), asyncio.Event()

    async def receive() -> dict[str, Any]:
        if parts:
            part = parts.pop(0)
            return {"type": "http.request", "body": part, "more_body": bool(parts)}
        await (left or over).wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            assert not response.status, "answered twice"
            response.status = message["status"]
            response.headers = {name.decode(): value.decode() for name, value in message["headers"]}
        else:
            response.body += message.get("body", b"")

    scope = {
        "type": "http",
        "method": method or ("GET" if body is None else "POST"),
        "path": path,
        "raw_path": path.encode(),
        "root_path": root,
        "query_string": query.encode(),
        "client": (address, 4711),
        "scheme": "http",
        "headers": [(name.encode(), value.encode()) for name, value in said.items()],
    }
    await to(scope, receive, send)
    return response


def answer(*args: Any, **more: Any) -> Response:
    return asyncio.run(ask(*args, **more))


class Slow:
    """An app that answers when it is told to."""

    def __init__(self) -> None:
        self.may_end = asyncio.Event()
        self.began = self.cancelled = 0
        self.holds: list[Any] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.began += 1
        self.holds.append(scope[HOLD])
        try:
            await self.may_end.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        await content(scope, receive, send)


async def eventually(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not condition():
            await asyncio.sleep(0.005)
