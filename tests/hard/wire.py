"""Requests as no decent client makes them: raw, half, slow, many."""

from __future__ import annotations

import base64
import contextlib
import json
import re
import socket
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from tests.small_host.host import Server

ATTACKER = "203.0.113.66"
JSON = "application/json"
_CONTINUE = re.compile(rb"^HTTP/1.1 100 .*\r\n\r\n")
_PIECE = 256 * 1024


def connect(url: str, timeout: float = 20.0) -> socket.socket:
    """A connection to the server at `url`."""
    parts = urlsplit(url)
    assert parts.hostname is not None
    return socket.create_connection((parts.hostname, parts.port or 80), timeout)


def head(
    path: str,
    method: str = "POST",
    kind: str = JSON,
    length: int | None = None,
    sender: str = ATTACKER,
    **more: str,
) -> bytes:
    """The head of a request from `sender`; without a length, its body comes in chunks."""
    body = f"Content-Length: {length}" if length is not None else "Transfer-Encoding: chunked"
    fields = {"X-Forwarded-For": sender, "Content-Type": kind} | more
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", body]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in fields.items()]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def ask(
    url: str, path: str, body: bytes = b"", timeout: float = 20.0, **fields: Any
) -> tuple[int, bytes]:
    """Status and text of the answer to one request; status 0 where there is none."""
    with connect(url, timeout) as wire:
        with contextlib.suppress(OSError):  # refused before all is sent: the answer says why
            wire.sendall(head(path, length=len(body), **fields))
            for start in range(0, len(body), _PIECE):
                wire.sendall(body[start : start + _PIECE])
        return answer(wire, no_body=fields.get("method") == "HEAD")


def answer(wire: socket.socket, most: int = 200_000, no_body: bool = False) -> tuple[int, bytes]:
    """Status and text of the next answer, read to its end; status 0 where there is none."""
    received = b""
    with contextlib.suppress(OSError):
        while b"\r\n\r\n" not in received or not (no_body or _complete(received)):
            piece = wire.recv(65_536)
            if not piece or len(received) > most:
                break
            received = _CONTINUE.sub(b"", received + piece)
    start, _, text = received.partition(b"\r\n\r\n")
    return (int(start.split()[1]), text) if start.startswith(b"HTTP/") else (0, b"")


def _complete(received: bytes) -> bool:
    start, _, text = received.partition(b"\r\n\r\n")
    fields = dict(line.lower().partition(b": ")[::2] for line in start.split(b"\r\n")[1:])
    if b"content-length" in fields:
        return len(text) >= int(fields[b"content-length"])
    return text.endswith(b"0\r\n\r\n") or start.split()[1] in (b"204", b"304")


def during(seconds: float, act: Callable[[int], int]) -> dict[int, int]:
    """Calls `act` with 0, 1, 2 … for so long; how often it returned each status."""
    counts: dict[int, int] = {}
    end = time.monotonic() + seconds
    number = 0
    while time.monotonic() < end:
        try:
            status = act(number)
        except OSError:
            status = 0
            time.sleep(0.05)  # a server that is gone is not asked in a busy loop
        counts[status] = counts.get(status, 0) + 1
        number += 1
    return counts


def lines(server: Server) -> int:
    """How many lines the server's log has."""
    return server.log.read_bytes().count(b"\n")


def question(path: str, data: str) -> bytes:
    """A JSON body in the shape that the route wants, with `data`, which is JSON, inside it."""
    shapes = {
        "component_server": '{"data": %s, "component_id": 3, "fn_name": "read_photo", '
        '"session_hash": "s"}',
        "join": '{"data": [%s], "fn_index": 0, "session_hash": "s"}',
        "cancel": '{"session_hash": "s", "fn_index": 0, "event_id": %s}',
        "reset": '{"event_id": %s}',
        "v2": '{"image": %s}',
    }
    (shape,) = [shapes[part] for part in path.split("/") if part in shapes] or ['{"data": [%s]}']
    return (shape % data).encode()


def decoded(text: str) -> bytes:
    """What a base64 text holds."""
    return base64.b64decode(text)


def data_url(content: str) -> str:
    """A picture that is none, as JSON; `content` as it stands."""
    return json.dumps("data:image/jpeg;base64,")[:-1] + content + '"'
