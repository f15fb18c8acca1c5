"""The gate: what it lets in, how much of it, and what it says to the others."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from mood.errors import BusyError
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


PLACES = pytest.mark.parametrize(
    ("root", "below"),
    [("", ""), ("/mood", "/mood"), ("/mood", "")],
    ids=["no proxy", "proxy", "proxy that takes its prefix off"],
)


@PLACES
@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/health",
        "/ready",
        "/metrics",
        "/config",
        "/config/",
        "/theme.css",
        "/favicon.ico",
        "/assets/index-abc.js",
        "/static/fonts/a/b.woff2",
        "/page/0123456789ab/photo/photo.js",
        "/gradio_api/info",
        "/gradio_api/heartbeat/somebody",
        "/gradio_api/call/analyze/e",
        "/gradio_api/call/v2/analyze/e",
    ],
)
def test_what_pages_and_clients_fetch_is_there(path, root, below):
    assert answer(gate(), below + path, root=root).status == 200


@PLACES
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "ODD"])
@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/process_recording",
        "/gradio_api/deep_link",
        "/gradio_api/dev/reload",
        "/gradio_api/file=/etc/passwd",
        "/gradio_api/proxy=https://example.org/",
        "/gradio_api/stream/e",
        "/gradio_api/run/analyze",
        "/gradio_api/openapi.json",
        "/login",
        "/monitoring/summary",
        "/nowhere",
        "//health",
        "/health/../config",
        "/assets/",
    ],
)
def test_what_is_not_in_the_table_is_not_there(path, method, root, below):
    asked = answer(gate(), below + path, {}, root=root, method=method)
    assert asked.status == 404
    assert len(asked.body) < 100


def test_a_route_takes_only_its_methods():
    assert answer(gate(), "/config", {}, method="POST").status == 405
    assert answer(gate(), CALL, method="GET").status == 405


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (PANEL, PANEL_BODY),
        (PANEL[:-1], PANEL_BODY | {"data": {"image": PICTURE}}),
        (CALL, {"data": [{"url": PICTURE}]}),
        (CALL, {"data": [{"path": "/tmp/a", "meta": {}}], "session_hash": None}),
        ("/gradio_api/call/v2/analyze", {"image": {"url": PICTURE}}),
        (
            "/gradio_api/queue/join",
            {"data": [PICTURE], "fn_index": 0, "session_hash": "s", "trigger_id": None},
        ),
        ("/gradio_api/cancel", {"session_hash": "s", "fn_index": 0, "event_id": "e"}),
        ("/gradio_api/reset", {"event_id": "e"}),
    ],
)
def test_what_clients_send_arrives_whole(path, body):
    asked = answer(gate(), path, body, chunk=1_000)
    assert (asked.status, asked.json["size"]) == (200, len(json.dumps(body)))


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        (PANEL, PANEL_BODY | {"component_id": 99}, 400),
        (PANEL, PANEL_BODY | {"component_id": 8}, 400),
        (PANEL, PANEL_BODY | {"component_id": "7"}, 400),
        (PANEL, PANEL_BODY | {"component_id": [7]}, 400),
        (PANEL, PANEL_BODY | {"component_id": True}, 400),
        (PANEL, PANEL_BODY | {"fn_name": "__init__"}, 400),
        (PANEL, PANEL_BODY | {"fn_name": ["read"]}, 400),
        (PANEL, PANEL_BODY | {"session_hash": "s" * 65}, 400),
        (PANEL, PANEL_BODY | {"session_hash": "s" * 5_000}, 400),
        (PANEL, PANEL_BODY | {"session_hash": "\x00"}, 400),
        (PANEL, PANEL_BODY | {"session_hash": None}, 400),
        (PANEL, {}, 400),
        (PANEL, [], 400),
        (PANEL, b"{", 400),
        (CALL, {"data": "xxx"}, 400),
        (CALL, {"data": "x" * 1_000_000}, 400),
        (CALL, {"data": [None], "session_hash": "s" * 65}, 400),
        (CALL, {"data": [None], "event_id": 5}, 400),
        (CALL, {"data": []}, 400),
        (CALL, {"data": [None, None, None]}, 400),
        (CALL, {"data": [[[]] * 2_000]}, 400),
        ("/gradio_api/call/upload", {"data": [None]}, 404),
        ("/gradio_api/call/v2/analyze", {"picture": PICTURE}, 400),
        ("/gradio_api/call/v2/analyze", [PICTURE], 400),
        ("/gradio_api/queue/join", {"data": [None], "fn_index": 9, "session_hash": "s"}, 400),
        ("/gradio_api/queue/join", {"data": [None], "fn_index": 0}, 400),
        ("/gradio_api/cancel", {"session_hash": "s", "fn_index": 0, "event_id": None}, 400),
        ("/gradio_api/cancel", {"session_hash": "s", "fn_index": 0, "event_id": PICTURE}, 413),
    ],
)
def test_what_cannot_be_meant_is_refused_in_one_sentence(path, body, status, caplog):
    with caplog.at_level(logging.WARNING):
        asked = answer(gate(), path, body)
    assert asked.status == status
    assert len(asked.body) < 200
    assert asked.json["detail"].endswith(".")
    assert not caplog.records


@pytest.mark.parametrize("kind", ["text/plain", "multipart/form-data; boundary=x", ""])
def test_json_has_to_be_called_json(kind):
    assert answer(gate(), CALL, {"data": [None]}, content_type=kind).status == 415


@pytest.mark.parametrize("announced", [True, False])
@pytest.mark.parametrize(
    ("path", "most"),
    [
        (PANEL, 8_000_000),
        (CALL, 8_000_000),
        ("/gradio_api/cancel", 2_000),
        ("/gradio_api/upload", 20_100_000),
    ],
)
def test_no_body_is_read_further_than_its_route_takes(path, most, announced):
    taken = 0

    async def app(scope: Any, receive: Any, send: Any) -> None:
        nonlocal taken
        while (message := await receive())["type"] == "http.request" and message.get("more_body"):
            taken += len(message["body"])

    body = b" " * (most + 200_000)
    asked = answer(gate(app), path, body, announced=announced)
    assert asked.status == (200 if path == PANEL else 413)
    assert b"smaller copy" in asked.body
    assert taken <= most


def test_only_known_parts_of_a_query_are_handed_on():
    asked = answer(gate(), "/gradio_api/queue/data", query="a=b&session_hash=s&c")
    assert asked.json["query"] == "session_hash=s"
    assert answer(gate(), "/", query="deep_link=x&__theme=dark").json["query"] == ""


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [
        ("/gradio_api/queue/data", "session_hash=unknown", 404),
        ("/gradio_api/queue/data", "session_hash=" + "s" * 65, 400),
        ("/gradio_api/queue/data", "session_hash=", 400),
        ("/gradio_api/queue/data", "session_hash=%00", 400),
        ("/gradio_api/queue/data", "&".join(f"a{n}=1" for n in range(50)), 400),
        ("/gradio_api/call/analyze/unknown", "", 404),
        ("/gradio_api/heartbeat/" + "s" * 65, "", 404),
        ("/config", "x" * 2_001, 414),
        ("/assets/" + "x" * 3_000, "", 414),
    ],
)
def test_names_are_short_and_known(path, query, status):
    assert answer(gate(), path, query=query).status == status


def test_odd_hosts_are_refused_and_ranges_are_not_heard():
    heard = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        heard.extend(scope["headers"])
        await content(scope, receive, send)

    assert answer(gate(app), "/", host="a b").status == 400
    assert answer(gate(app), "/", host="mood.example:443").status == 200
    assert answer(gate(app), "/assets/a.js", range="bytes=1-2-3").status == 200
    assert b"range" not in dict(heard)


def test_pages_elsewhere_may_not_ask():
    foreign = {"host": "mood.example", "origin": "https://evil.example"}
    asked = answer(gate(), CALL, {"data": [None]}, **foreign)
    assert asked.status == 403
    assert "MOOD_ORIGINS" in asked.json["detail"]
    assert answer(gate(origins="*"), CALL, {"data": [None]}, **foreign).status == 200


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


def test_one_address_has_a_share_and_others_have_theirs():
    async def main() -> None:
        app = Slow()
        guarded = gate(app, address_share=3)
        crowd = [asyncio.create_task(ask(guarded, CALL, {"data": [None]})) for _ in range(3)]
        await eventually(lambda: app.began == 3)
        refused = await ask(guarded, CALL, {"data": [None]})
        assert (refused.status, refused.headers["retry-after"]) == (429, "5")
        told = await ask(guarded, PANEL, PANEL_BODY)
        assert told.status == 200, "its client drops everything else"
        assert told.json["error"] == "share"
        assert told.json["retry_after_s"] == 5
        other = asyncio.create_task(ask(guarded, CALL, {"data": [None]}, address="192.0.2.2"))
        await eventually(lambda: app.began == 4)
        health = asyncio.create_task(ask(gate(), "/health"))
        assert (await health).status == 200
        app.may_end.set()
        assert [each.status for each in await asyncio.gather(*crowd, other)] == [200] * 4
        assert (await ask(guarded, CALL, {"data": [None]})).status == 200

    asyncio.run(main())


def test_who_has_its_share_waits_a_moment_and_may_then_come_in():
    async def main() -> None:
        app = Slow()
        guarded = gate(app, address_share=1)
        first = asyncio.create_task(ask(guarded, CALL, {"data": [None]}))
        await eventually(lambda: app.began == 1)
        second = asyncio.create_task(ask(guarded, CALL, {"data": [None]}))
        await asyncio.sleep(0.05)
        assert app.began == 1
        app.may_end.set()
        assert [(await each).status for each in (first, second)] == [200, 200]

    asyncio.run(main())


def test_the_share_is_held_until_the_job_is_done():
    async def main() -> None:
        holds = []

        async def app(scope: Any, receive: Any, send: Any) -> None:
            scope[HOLD].keep()
            holds.append(scope[HOLD])
            await content(scope, receive, send)

        guarded = gate(app, address_share=1)
        assert (await ask(guarded, CALL, {"data": [None]})).status == 200
        assert (await ask(guarded, CALL, {"data": [None]})).status == 429
        holds[0].release()
        holds[0].release()
        assert (await ask(guarded, CALL, {"data": [None]})).status == 200
        assert (await ask(guarded, CALL, {"data": [None]})).status == 429

    asyncio.run(main())


def test_a_picture_that_could_not_wait_is_not_received():
    received = []

    async def full(who: str) -> None:
        raise BusyError("Many pictures are waiting already. Please try again in a moment.")

    async def app(scope: Any, receive: Any, send: Any) -> None:
        received.append(scope["path"])
        await content(scope, receive, send)

    async def main() -> None:
        guarded = Gate(app, Settings(), Known(), Room(lambda: None, 5.0), full)
        answer = await ask(guarded, PANEL, PANEL_BODY | {"data": {"image": "x" * 10_000}})
        assert answer.json["error"] == "busy"
        assert answer.json["retry_after_s"] == BusyError.retry_after_s
        answer = await ask(guarded, CALL, {"data": ["x" * 10_000]})
        assert (answer.status, answer.headers["retry-after"]) == (503, "5")
        assert received == []
        assert (await ask(guarded, PANEL, PANEL_BODY)).status == 200

    asyncio.run(main())


def test_bodies_wait_for_room_without_being_received():
    async def main() -> None:
        app = Slow()
        guarded = Gate(app, Settings(), Known(), Room(lambda: 5.0, 0.2))
        body = {"data": [{"url": "data:image/jpeg;base64," + "A" * 1_000_000}]}
        first = asyncio.create_task(ask(guarded, CALL, body))
        await eventually(lambda: app.began == 1)
        second = await ask(guarded, CALL, body, address="192.0.2.2")
        assert (second.status, second.headers["retry-after"]) == (503, "5")
        assert app.began == 1
        app.may_end.set()
        assert (await first).status == 200
        assert (await ask(guarded, CALL, body, address="192.0.2.2")).status == 200

    asyncio.run(main())


@pytest.mark.parametrize(
    ("path", "body", "stops"), [(PANEL, PANEL_BODY, 1), (CALL, {"data": [None]}, 0)]
)
def test_a_page_that_has_gone_is_not_worked_for(path, body, stops):
    async def main() -> None:
        app, left = Slow(), asyncio.Event()
        guarded = gate(app, address_share=1)
        asked = asyncio.create_task(ask(guarded, path, body, left=left))
        await eventually(lambda: app.began == 1)
        left.set()
        await asyncio.sleep(0.05)
        app.may_end.set()
        await asked
        assert app.cancelled == stops
        assert (await ask(guarded, path, body)).status == 200

    asyncio.run(main())


def test_a_request_that_is_cancelled_cancels_its_work():
    async def main() -> None:
        app = Slow()
        asked = asyncio.create_task(ask(gate(app), PANEL, PANEL_BODY))
        await eventually(lambda: app.began == 1)
        asked.cancel()
        await asyncio.wait({asked})
        assert asked.cancelled()
        await eventually(lambda: app.cancelled == 1)

    asyncio.run(main())


@pytest.mark.parametrize("path", [PANEL, CALL])
def test_what_fails_is_one_line_in_the_log_and_a_sentence(path, caplog):
    async def app(scope: Any, receive: Any, send: Any) -> None:
        raise KeyError(PICTURE)

    body = PANEL_BODY | {"data": [None]}
    asked = answer(gate(app), path, body)
    assert asked.status == 500
    assert len(asked.body) < 200
    (record,) = caplog.records
    assert len(caplog.handler.format(record)) < 200


def test_an_answer_that_has_begun_is_not_followed_by_another():
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise KeyError

    assert answer(gate(app), "/config").status == 200
