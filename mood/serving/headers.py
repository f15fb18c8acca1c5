"""What browsers are told with every answer: what it may do, and for how long it may be kept.

Importing this module imports neither gradio nor fastapi.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from html.parser import HTMLParser

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mood.serving.routes import below_root
from mood.settings import FRAME_ANCESTORS

_DATA = "default-src 'none'"
"""For what is no page: opened by itself, it may do nothing."""

_PAGE = {
    "default-src": "'none'",
    # Gradio compiles the templates and scripts of its HTML components with `new Function`, and
    # ours are such components.
    "script-src": "'self' 'unsafe-eval'",
    # Gradio writes style attributes and style elements; ours write widths and colours.
    "style-src": "'self' 'unsafe-inline'",
    # data: what networks saw of a face, and Gradio's icons; blob: the visitor's own photos.
    "img-src": "'self' data: blob:",
    # Questions to the server, and its files.
    "connect-src": "'self'",
    "worker-src": "'self'",  # reads live video, by a policy of its own: `_WORKER`
    "media-src": "blob:",  # the visitor's own films, which are shown and not sent
    "manifest-src": "'self'",
    "base-uri": "'self'",  # the page names the folder that it lies in, below a proxy's path too
    "form-action": "'none'",
}
"""As little as Gradio's page bears; what is not named, such as frames and plug-ins, is not had."""

_WORKER = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'"
"""For the one script that runs beside the page, `static/vision/worker.js`, whose policy is its own:
it may import its modules, fetch weights, compile WebAssembly, and nothing else."""

_YEAR = "public, max-age=31536000, immutable"
_HOUR = "public, max-age=3600"
_FILES = {
    "/assets/": _YEAR,  # Gradio's: their names hold a hash of what is in them
    "/static/": _HOUR,
    "/theme.css": _HOUR,
    "/favicon.ico": _HOUR,
    "/manifest.json": _HOUR,
    "/robots.txt": _HOUR,
}
"""Beginnings of paths whose answers are the same for everybody → for how long they are kept."""

_OTHERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "permissions-policy": "camera=(self), microphone=(), geolocation=()",
}


def page_policy(html: str, frames: str = FRAME_ANCESTORS) -> str:
    """The content policy of a page: its own scripts may run, and those from where it came from.

    Args:
        html: The page; the scripts written into it are named by their hashes.
        frames: Who may show it in a frame, as `mood.settings.ancestors` has it.
    """
    allowed = {**_PAGE, "script-src": " ".join([_PAGE["script-src"], *_hashes(_scripts(html))])}
    allowed["frame-ancestors"] = frames
    return "; ".join(f"{name} {sources}" for name, sources in allowed.items())


class SecurityHeaders:
    """Adds to every response what browsers are to know about it; a policy of its own is kept.

    Args:
        app: What answers.
        frames: See `page_policy`.
    """

    def __init__(self, app: ASGIApp, frames: str = FRAME_ANCESTORS) -> None:
        self._app = app
        self._policy = f"{_DATA}; frame-ancestors {frames}"
        self._worker_policy = f"{_WORKER}; frame-ancestors {frames}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        path = below_root(scope)  # now: what is mounted below changes it

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=list(message.get("headers", [])))
                for name, value in _OTHERS.items():
                    headers.setdefault(name, value)
                works = path.startswith("/page/") and path.endswith("/vision/worker.js")
                policy = self._worker_policy if works else self._policy
                headers.setdefault("content-security-policy", policy)
                headers["cache-control"] = _keeping(path, message["status"], headers)
                message = {**message, "headers": headers.raw}
            await send(message)

        await self._app(scope, receive, with_headers)


def _keeping(path: str, status: int, headers: MutableHeaders) -> str:
    """How long browsers may keep an answer: not at all, unless it is a file for everybody."""
    if status not in {200, 206, 304}:
        return "no-store"
    if path.startswith("/page/"):
        return headers.get("cache-control", "no-store")
    return next((age for start, age in _FILES.items() if path.startswith(start)), "no-store")


class _Scripts(HTMLParser):
    """Collects the texts of the scripts that are written into a page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.found: list[str] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside = tag == "script" and "src" not in dict(attrs)
        if self._inside:
            self.found.append("")

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.found[-1] += data

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and tag != "script"


def _scripts(html: str) -> list[str]:
    parser = _Scripts()
    parser.feed(html)
    parser.close()
    return parser.found


def _hashes(scripts: Iterable[str]) -> list[str]:
    digests = (hashlib.sha256(script.encode()).digest() for script in scripts)
    return [f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests]
