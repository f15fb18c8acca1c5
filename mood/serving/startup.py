"""The port that answers at once, while the app behind it is still being imported.

On a tenth of a processor that import takes ten seconds. Until then whoever comes gets a page that
loads itself again, and /health answers 503 "starting". On SIGTERM the photo in work is
finished, whoever else comes is told to come again, and the process ends with 0.

Importing this module imports neither gradio nor a model.
"""

from __future__ import annotations

import asyncio
import functools
import json
import logging
import os
import signal
import threading
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import uvicorn
from starlette.types import Message, Receive, Scope, Send

if TYPE_CHECKING:
    from starlette.applications import Starlette

_log = logging.getLogger(__name__)

_GRACE_S = 3.0
_CALM_S = 2.0
_WATCHERS = frozenset({"/health", "/ready", "/metrics"})  # machines, which come all the time
_NEVER_ENDING = "/heartbeat/"  # the stream by which Gradio learns that a browser has gone


class StartupApp:
    """An ASGI app that answers for the real one until that is there, and while it is leaving.

    Args:
        load: Imports and builds the real app; called once, in a thread.
        failed: Called with what `load` raised.
        warm_up: Does for the app what the first visitor would wait for; called once, when the app
            has served nobody for two seconds.
    """

    def __init__(
        self,
        load: Callable[[], Starlette],
        failed: Callable[[Exception], None],
        warm_up: Callable[[Starlette], Awaitable[None]],
    ) -> None:
        self.loading = True
        self.closing = False
        self._load = load
        self._failed = failed
        self._warm_up = warm_up
        self._app: Starlette | None = None
        self._leave = asyncio.Event()
        self._under_way: dict[asyncio.Task[Any], str] = {}
        self._asked_at = 0.0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request, or runs the lifespan."""
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] != "http":
            return
        elif self._app is None or self.closing:
            await self._answer_alone(scope, send)
        else:
            await self._pass_on(self._app, scope, receive, send)

    async def close(self) -> None:
        """Takes nobody in any more, waits for the work but not for ever, and ends what is left.

        uvicorn waits for streams that never end too, and answers a call that takes too long with
        500; here it is told to come again.
        """
        self.closing = True
        deadline = time.monotonic() + _GRACE_S
        while self._busy and time.monotonic() < deadline:
            await asyncio.sleep(0.05)
        for request in self._under_way:
            request.cancel()

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        await receive()
        living = asyncio.create_task(self._live())
        await send({"type": "lifespan.startup.complete"})
        await receive()
        self._leave.set()
        if not self.loading:
            await living
        await send({"type": "lifespan.shutdown.complete"})

    async def _live(self) -> None:
        started = time.monotonic()
        try:
            app = await _in_daemon_thread(self._load)
            async with app.router.lifespan_context(app):
                self._app = app
                self.loading = False
                _log.info("ready to serve after %.1f s", time.monotonic() - started)
                warming = asyncio.create_task(self._warm_up_when_calm(app))
                await self._leave.wait()
                warming.cancel()
        except Exception as error:  # noqa: BLE001 (logged, and the process ends)
            self.loading = False
            self._failed(error)

    async def _warm_up_when_calm(self, app: Starlette) -> None:
        self._asked_at = time.monotonic()
        while self._busy or time.monotonic() - self._asked_at < _CALM_S:
            await asyncio.sleep(0.2)
        try:
            await self._warm_up(app)
        except Exception:  # noqa: BLE001 (the first visitor then waits a little longer)
            _log.warning("the warm-up failed", exc_info=True)

    @property
    def _busy(self) -> bool:
        return not all(_NEVER_ENDING in path for path in self._under_way.values())

    async def _pass_on(self, app: Starlette, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def note(message: Message) -> None:
            nonlocal begun
            begun = begun or message["type"] == "http.response.start"
            await send(message)

        request = asyncio.current_task()  # uvicorn makes one for each request
        assert request is not None
        self._under_way[request] = scope["path"]
        if scope["path"] not in _WATCHERS:
            self._asked_at = time.monotonic()
        try:
            await app(scope, receive, note)
        except asyncio.CancelledError:
            if not self.closing:
                raise
            request.uncancel()
            if begun:
                await send({"type": "http.response.body", "body": b"", "more_body": False})
            else:
                await _respond(send, 503, b"stopping", "text/plain")
        finally:
            del self._under_way[request]

    async def _answer_alone(self, scope: Scope, send: Send) -> None:
        state = "stopping" if self.closing else "starting"
        if scope["path"] in {"/health", "/ready"}:
            body, kind, status = json.dumps({"status": state}).encode(), "application/json", 503
        elif scope["path"] == "/" and not self.closing:
            body, kind, status = _waking_page(), "text/html; charset=utf-8", 200
        else:
            body, kind, status = state.encode(), "text/plain", 503
        await _respond(send, status, b"" if scope["method"] == "HEAD" else body, kind)


@functools.cache
def _waking_page() -> bytes:
    # By its path: the room it belongs to imports gradio, which is not here yet.
    return (Path(__file__).parents[1] / "page" / "static" / "waking.html").read_bytes()


async def _respond(send: Send, status: int, body: bytes, kind: str) -> None:
    headers = [
        (b"content-type", kind.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        (b"retry-after", b"3"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _in_daemon_thread(load: Callable[[], Starlette]) -> asyncio.Future[Starlette]:
    """What `load` returns; the thread does not keep the process from ending."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[Starlette] = loop.create_future()

    def settle(set_result: Callable[[Any], None], value: Any) -> None:
        if not future.done():
            set_result(value)

    def run() -> None:
        try:
            app = load()
        except Exception as error:  # noqa: BLE001 (logged, and the process ends)
            loop.call_soon_threadsafe(settle, future.set_exception, error)
        else:
            loop.call_soon_threadsafe(settle, future.set_result, app)

    threading.Thread(target=run, name="load", daemon=True).start()
    return future


class _Server(uvicorn.Server):
    startup_app: StartupApp

    async def shutdown(self, sockets: Any = None) -> None:
        # uvicorn closes the port first of all; until the work is done, newcomers are answered.
        await self.startup_app.close()
        await super().shutdown(sockets)


def serve(
    load: Callable[[], Starlette],
    warm_up: Callable[[Starlette], Awaitable[None]],
    host: str,
    port: int,
) -> int:
    """Opens the port, then loads the app, then warms up; serves until SIGTERM or SIGINT.

    Returns:
        The exit code: 0 after a signal, 1 if the app cannot be loaded or the port is taken.
    """
    failures: list[Exception] = []

    def failed(error: Exception) -> None:
        _log.critical("the app cannot be loaded", exc_info=error)
        failures.append(error)
        server.should_exit = True

    startup = StartupApp(load, failed, warm_up)
    config = uvicorn.Config(
        startup,
        host=host,
        port=port,
        loop="asyncio",
        http="h11",
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # the gate knows whom to believe
        timeout_graceful_shutdown=1,
    )
    server = _Server(config)
    server.startup_app = startup
    # uvicorn raises the signal again when it is done, for whoever waits; here nobody does.
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: None)
    server.run()
    if startup.loading:
        # The import in the other thread cannot be told to stop.
        logging.shutdown()
        os._exit(0)
    return 1 if failures else 0
