"""How a request that is wrong must be refused: kindly, in little, in one line of the log."""

from __future__ import annotations

import json
from typing import Any

from tests.hard import wire
from tests.small_host.host import Server

PAGE = "/gradio_api/component_server"
CALL = "/gradio_api/call/analyze"
V2 = "/gradio_api/call/v2/analyze"
JOIN = "/gradio_api/queue/join"
UPLOAD = "/gradio_api/upload"
CANCEL = "/gradio_api/cancel"
RESET = "/gradio_api/reset"
MARK = "mArKeD"
"""Stands in what is sent, and must not stand in what is answered."""


def wrong(
    server: Server, path: str, body: bytes = b"", most: int = 1_000, **fields: Any
) -> list[Any]:
    """What is wrong with the answer to a request that is; empty where it is well refused."""
    before = wire.lines(server)
    status, told = wire.ask(server.url, path, body, timeout=10, **fields)
    logged = wire.lines(server) - before
    kindly = PAGE in path and status == 200 and (b'"error"' in told or told in (b"null", b'""'))
    refused = 400 <= status < 500 or kindly
    if refused and logged <= 1 and len(told) <= most and MARK.encode() not in told:
        return []
    return [(path, body[:120], fields, status, told[:200], f"{logged} lines")]


def asked(server: Server, path: str, body: bytes) -> tuple[int, bytes, bytes]:
    """Asks the queue: status and text of the answer, and the stream of events, if there is one."""
    status, told = wire.ask(server.url, path, body)
    if status != 200:
        return status, told, b""
    address = f"{path}/{json.loads(told)['event_id']}"
    if path == JOIN:
        address = "/gradio_api/queue/data?session_hash=s"
    return status, told, wire.ask(server.url, address, method="GET")[1]
