"""The page, its configuration and the description of its API: made once for each root.

Gradio makes them anew for every visitor, and all that differs is the address that the page is seen
at: scheme, host and the path of a proxy. Of the page itself there is one for each language as well:
its first paint has words. ``python tests/benchmarks/page.py`` says what that costs.
"""

from __future__ import annotations

import asyncio
import gzip
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mood.page.document import language_of, ours
from mood.serving.headers import page_policy
from mood.serving.routes import below_root
from mood.settings import FRAME_ANCESTORS

_PATHS = ("/", "/config", "/gradio_api/info")
_ROOTS = 8  # that are kept: a server has one or two, but whoever asks may name any

Root = tuple[str, str, str]
"""Scheme, host with its port, and path of a proxy."""


@dataclass(frozen=True, slots=True)
class _Made:
    """An answer that was made: plain and compressed."""

    status: int
    headers: list[tuple[bytes, bytes]]
    plain: bytes
    zipped: bytes


class Front:
    """Answers for Gradio where it would say the same again; what a query adds is not looked at.

    Args:
        app: Makes the answers.
        begin: Called before each of them is made.
        frames: Who may show the page in a frame, as `mood.settings.ancestors` has it.
    """

    def __init__(
        self,
        app: ASGIApp,
        begin: Callable[[], None] = lambda: None,
        frames: str = FRAME_ANCESTORS,
    ) -> None:
        self._app = app
        self._frames = frames
        self._begin = begin
        self._making = asyncio.Lock()
        self._made: OrderedDict[Root, dict[str, _Made]] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        path = below_root(scope).rstrip("/") or "/" if scope["type"] == "http" else ""
        if path not in _PATHS or scope["method"] not in {"GET", "HEAD"}:
            await self._app(scope, receive, send)
            return
        made = self._find(scope, path)
        if made is None:
            async with self._making:  # who came meanwhile finds it made
                made = self._find(scope, path) or await self._make(scope, path)
        await _answer(made, scope, send)

    def _find(self, scope: Scope, path: str) -> _Made | None:
        root = _root(scope)
        if root in self._made:
            self._made.move_to_end(root)
        return self._made.get(root, {}).get(_key(scope, path))

    async def _make(self, scope: Scope, path: str) -> _Made:
        self._begin()
        made = await _made(self._app, scope, path, self._frames)
        if made.status == 200:
            self._made.setdefault(_root(scope), {})[_key(scope, path)] = made
            while len(self._made) > _ROOTS:
                self._made.popitem(last=False)
        return made


def _root(scope: Scope) -> Root:
    host = Headers(scope=scope).get("host", "")
    return scope.get("scheme", "http"), host, scope.get("root_path", "")


def _key(scope: Scope, path: str) -> str:
    return f"/#{_language(scope)}" if path == "/" else path


def _language(scope: Scope) -> str:
    return language_of(Headers(scope=scope).get("accept-language", ""))


async def _made(app: ASGIApp, scope: Scope, path: str, frames: str) -> _Made:
    """What the app says to somebody of whom it knows nothing but the root."""
    host = [(name, value) for name, value in scope["headers"] if name == b"host"]
    full = scope["path"].removesuffix(below_root(scope)) + path
    asked = {**scope, "method": "GET", "path": full, "raw_path": full.encode()}
    start: Message = {}
    body = b""

    async def receive() -> Message:
        return {"type": "http.request", "body": b""}

    async def send(message: Message) -> None:
        nonlocal start, body
        if message["type"] == "http.response.start":
            start = message
        body += message.get("body", b"")

    await app({**asked, "query_string": b"", "headers": host}, receive, send)
    kind = Headers(raw=start["headers"]).get("content-type", "")
    vary = b"Accept-Encoding, Accept-Language" if path == "/" else b"Accept-Encoding"
    headers = [(b"content-type", kind.encode()), (b"vary", vary)]
    if kind.startswith("text/html"):
        html = ours(body.decode(), _language(scope))
        body, policy = html.encode(), page_policy(html, frames)
        headers.append((b"content-security-policy", policy.encode()))
    return _Made(start["status"], headers, body, gzip.compress(body, 9))


async def _answer(made: _Made, scope: Scope, send: Send) -> None:
    body, headers = made.plain, list(made.headers)
    if "gzip" in Headers(scope=scope).get("accept-encoding", ""):
        body = made.zipped
        headers.append((b"content-encoding", b"gzip"))
    headers.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": made.status, "headers": headers})
    sent = b"" if scope["method"] == "HEAD" else body
    await send({"type": "http.response.body", "body": sent})
