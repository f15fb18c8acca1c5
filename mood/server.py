"""The web server: the port opens at once, the page follows, the models come with the first photo.

``/health`` says whether the process can serve, ``/ready`` whether the models are loaded; neither
ever loads one. Until the page is built, visitors get a page that says so and tries again.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
import os
import signal
import sys
import time
from collections.abc import Callable
from types import FrameType
from typing import TYPE_CHECKING, Any

from mood.analyzer import MoodAnalyzer
from mood.errors import MoodError
from mood.settings import Settings

if TYPE_CHECKING:
    import gradio as gr
    from fastapi import FastAPI
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_log = logging.getLogger(__name__)

HEALTHY = {"status": "ok", "message": "Service is running"}
STARTING = {"status": "starting", "message": "Service is starting"}

_SHUTDOWN_S = 4
_WAKING_PAGE = b"""<!doctype html><html lang="en"><meta charset="utf-8"><title>Mood detector</title>
<meta name="viewport" content="width=device-width"><meta http-equiv="refresh" content="2">
<style>:root{color-scheme:light dark}body{font:1.1rem system-ui;display:grid;place-content:center;
min-height:90vh;text-align:center}</style>
<p role="status">The mood detector is waking up.<br>This page reloads by itself.</p></html>"""

_SECURITY_HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"permissions-policy", b"camera=(self), microphone=(), geolocation=()"),
]


def create_app(
    analyzer: MoodAnalyzer, settings: Settings, demo: gr.Blocks, options: dict[str, Any]
) -> FastAPI:
    """The whole application.

    Args:
        analyzer: Is asked for its state by /ready, and for its models by /warmup only.
        settings: See `Settings`.
        demo: The page.
        options: Keyword arguments for `gradio.mount_gradio_app`: how the page looks.
    """
    import gradio as gr
    from fastapi import FastAPI, Request
    from fastapi.responses import JSONResponse

    app = FastAPI(openapi_url=None)

    @app.api_route("/health", methods=["GET", "HEAD"])
    def health() -> JSONResponse:
        return JSONResponse(HEALTHY)

    @app.api_route("/ready", methods=["GET", "HEAD"])
    def ready() -> JSONResponse:
        models = analyzer.models
        if models is None:
            return JSONResponse({"ready": False}, status_code=503)
        return JSONResponse(
            {
                "ready": True,
                "model": models.classifier_weights.spec.name,
                "detector": models.detector_weights.spec.name,
                "source": models.classifier_weights.source,
                "detector_source": models.detector_weights.source,
            }
        )

    @app.post("/warmup")
    def warmup(request: Request) -> JSONResponse:
        if not settings.warmup_token:
            return JSONResponse({"detail": "Not Found"}, status_code=404)
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        if not hmac.compare_digest(given.encode(), settings.warmup_token.encode()):
            return JSONResponse({"detail": "The token is missing or wrong."}, status_code=401)
        try:
            analyzer.load()
        except MoodError as error:
            _log.warning("warm-up failed: %s", error)
            return JSONResponse({"detail": str(error)}, status_code=503)
        return ready()

    demo.queue(
        max_size=settings.queue_size,
        api_open=False,
        default_concurrency_limit=settings.concurrency,
    )
    return gr.mount_gradio_app(
        app,
        demo,
        path="/",
        ssr_mode=False,
        show_error=False,
        run_history=False,
        max_file_size=settings.max_upload_mb * 1_000_000,
        **options,
    )


class WakingApp:
    """Answers from the first moment; hands over to the application once that is built.

    Args:
        build: Makes the application; runs in a thread.
        max_body: Bytes of a request's body that are accepted.
    """

    def __init__(self, build: Callable[[], FastAPI], max_body: int) -> None:
        self._build = build
        self._max_body = max_body
        self._app: ASGIApp | None = None
        self._stop = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self.failure: BaseException | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One ASGI connection."""
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] != "http":
            if self._app is not None:
                await self._app(scope, receive, send)
        elif _content_length(scope) > self._max_body:
            await _respond(
                send, 413, b"application/json", b'{"detail":"The request is too large."}'
            )
        elif self._app is not None:
            limited = _limited(receive, self._max_body)
            await self._app(scope, limited, _with_security_headers(send))
        elif scope["path"] == "/health":
            await _respond(send, 503, b"application/json", json.dumps(STARTING).encode())
        else:
            await _respond(send, 503, b"text/html; charset=utf-8", _WAKING_PAGE)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self._task = asyncio.create_task(self._run())
                await send({"type": "lifespan.startup.complete"})
            else:
                self._stop.set()
                if self._task is not None:
                    await asyncio.wait([self._task], timeout=1)
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _run(self) -> None:
        """Builds the application and keeps its own lifespan open until shutdown."""
        start = time.perf_counter()
        try:
            app = await asyncio.to_thread(self._build)
        except BaseException as error:
            _log.exception("the page could not be built")
            self.failure = error
            os.kill(os.getpid(), signal.SIGTERM)
            return
        async with app.router.lifespan_context(app):
            self._app = app
            _log.info("serving after %.1f s", time.perf_counter() - start)
            await self._stop.wait()


def _content_length(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length":
            return int(value) if value.isdigit() else 0
    return 0


def _limited(receive: Receive, max_body: int) -> Receive:
    """`receive` that ends the connection of a client who sends more than it may."""
    received = 0

    async def limited() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        return message if received <= max_body else {"type": "http.disconnect"}

    return limited


def _with_security_headers(send: Send) -> Send:
    async def wrapped(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", []), *_SECURITY_HEADERS]}
        await send(message)

    return wrapped


async def _respond(send: Send, status: int, kind: bytes, body: bytes) -> None:
    headers = [
        (b"content-type", kind),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        (b"retry-after", b"2"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def serve(settings: Settings) -> int:
    """Serves until SIGTERM or SIGINT; returns the exit code."""
    import uvicorn

    analyzer = MoodAnalyzer(settings)

    def build() -> FastAPI:
        import mood.ui

        return create_app(
            analyzer, settings, mood.ui.build(analyzer, settings), mood.ui.mount_options()
        )

    app = WakingApp(build, max_body=2 * settings.max_upload_mb * 1_000_000)
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        log_level="warning",
        timeout_graceful_shutdown=_SHUTDOWN_S,
        proxy_headers=True,
        forwarded_allow_ips="*",
    )
    # uvicorn raises the signal again when it has shut down; that is to end the process well,
    # also as PID 1, where the default is to ignore it.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _leave)
    _log.info("listening on %s:%d", settings.host, settings.port)
    uvicorn.Server(config).run()
    return 1 if app.failure else 0


def _leave(number: int, frame: FrameType | None) -> None:
    sys.exit(0)
