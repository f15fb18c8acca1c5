"""The gate: what it lets in, how much of it, and what it says to the others."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest

from tests.serving.asking import CALL, PANEL, PANEL_BODY, PICTURE, answer, content, gate

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
    asked = answer(gate(), "/config", {}, method="POST")
    assert (asked.status, asked.headers["allow"]) == (405, "GET, HEAD")
    asked = answer(gate(), CALL, method="GET")
    assert (asked.status, asked.headers["allow"]) == (405, "POST")


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
