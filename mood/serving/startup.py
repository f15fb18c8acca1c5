"""The port that answers at once, while the app behind it is still being imported.

On a tenth of a processor that import takes ten seconds. Until then whoever comes gets a page that
loads itself again, calls of programs are held, and /health answers 503 "starting". On SIGTERM the
photo in work is finished, whoever waits or comes is told to come again, and the process ends with
0.

Importing this module imports neither gradio nor a model.
"""

from __future__ import annotations

import asyncio
import functools
import json
import logging
import threading
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.types import Message, Receive, Scope, Send

from mood.errors import BusyError, StoppingError
from mood.serving.refusals import Answer, RefusedError
from mood.serving.routes import REST

if TYPE_CHECKING:
    from starlette.applications import Starlette

_log = logging.getLogger(__name__)

_GRACE_S = 3.0  # for the picture in work
_LAST_WORDS_S = 0.5  # for telling its sender that it was too slow
_CALM_S = 2.0
_WATCHERS = frozenset({"/health", "/ready", "/metrics"})  # machines, which come all the time
_NEVER_ENDING = "/heartbeat/"  # the stream by which Gradio learns that a browser has gone
_PAGE_CALL = "/component_server"  # its client shows an answer of 200 only
_EVENTS = ("/call/", "/queue/data")  # where callers fetch what became of their jobs
_STARTING = "The server is starting. Please try again in a moment."
_STARTING_RETRY_S = 3
_HEALTH = frozenset({"/health", "/ready"})
_CALLS = ("/gradio_api/", "/config", REST)  # what programs ask
_HOLD_S = 10.0  # as long as the import takes on a tenth of a processor
_MOST_HELD = 32  # requests; of the body of each, 64 kB are received at most


class StartupApp:
    """An ASGI app that answers for the real one until that is there, and while it is leaving.

    Args:
        load: Imports and builds the real app; called once, in a thread.
        failed: Called with what `load` raised.
        warm_up: Does for the app what the first visitor would wait for; called once, when the app
            has served nobody for two seconds.
        turn_away: Lets the app tell whoever waits in it that the server is stopping; when called
            with True, also those at work.
    """

    def __init__(
        self,
        load: Callable[[], Starlette],
        failed: Callable[[Exception], None],
        warm_up: Callable[[Starlette], Awaitable[None]],
        turn_away: Callable[[Starlette, bool], None],
    ) -> None:
        self.loading = True
        self.closing = False
        self._over = False
        self._load = load
        self._failed = failed
        self._warm_up = warm_up
        self._turn_away = turn_away
        self._app: Starlette | None = None
        self._leave = asyncio.Event()
        self._settled = asyncio.Event()  # the app is there, or will not come
        self._holding = 0
        self._under_way: dict[asyncio.Task[Any], str] = {}
        self._asked_at = 0.0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request, or runs the lifespan."""
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
            return
        if scope["type"] != "http":
            return
        if self._app is None and not self.closing and _is_call(scope["path"]):
            await self._held()
        if self._app is None or (self.closing and not self._fetches_events(scope)):
            await self._answer_alone(scope, send)
        else:
            await self._pass_on(self._app, scope, receive, send)

    def _fetches_events(self, scope: Scope) -> bool:
        fetches = scope["method"] == "GET" and any(each in scope["path"] for each in _EVENTS)
        return fetches and not self._over

    async def close(self) -> None:
        """Tells whoever waits, waits for the work but not for ever, and ends what is left.

        uvicorn waits for streams that never end too, and answers a call that takes too long with
        500; here it is told to come again.
        """
        self.closing = True
        self._settled.set()
        for working, patience_s in ((False, _GRACE_S), (True, _LAST_WORDS_S)):
            if self._app is not None:
                self._turn_away(self._app, working)
            deadline = time.monotonic() + patience_s
            while self._busy and time.monotonic() < deadline:
                await asyncio.sleep(0.05)
        self._over = True
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
                self._settled.set()
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
        begun = endless = False

        async def note(message: Message) -> None:
            nonlocal begun, endless
            if self._over:
                return  # what it says of having been cancelled, with paths of files
            if message["type"] == "http.response.start":
                begun = True
                endless = all(name.lower() != b"content-length" for name, _ in message["headers"])
            elif not message.get("more_body"):
                endless = False
            await send(message)

        request = asyncio.current_task()  # uvicorn makes one for each request
        assert request is not None
        self._under_way[request] = scope["path"]
        if scope["path"] not in _WATCHERS:
            self._asked_at = time.monotonic()
        try:
            await app(scope, receive, note)
        except (asyncio.CancelledError, Exception):
            if not self._over:
                raise
            request.uncancel()
        finally:
            del self._under_way[request]
        if self._over and not begun:
            await self._answer_alone(scope, send)
        elif self._over and endless:
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _held(self) -> None:
        """Waits for the app, unless many do; a body that comes is not received meanwhile."""
        if self._holding >= _MOST_HELD:
            return
        self._holding += 1
        try:
            async with asyncio.timeout(_HOLD_S):
                await self._settled.wait()
        except TimeoutError:
            pass
        finally:
            self._holding -= 1

    async def _answer_alone(self, scope: Scope, send: Send) -> None:
        answer = Answer(send)
        state = "stopping" if self.closing else "starting"
        sentence = str(StoppingError()) if self.closing else _STARTING
        retry_s = StoppingError.retry_after_s if self.closing else _STARTING_RETRY_S
        if scope["path"] == "/" and not self.closing:
            await answer.tell(200, _waking_page(), retry_s, "text/html; charset=utf-8")
        elif scope["path"] in _HEALTH:
            await answer.tell(503, json.dumps({"status": state}).encode(), retry_s)
        else:
            page = scope["path"].rstrip("/").endswith(_PAGE_CALL)
            refusal = RefusedError(503, sentence, BusyError.code, retry_s)
            rest = scope["path"].startswith(REST)
            # Who still sends would not hear it.
            await answer.refuse(refusal, page, close=False, rest=rest)


def _is_call(path: str) -> bool:
    return path.startswith(_CALLS) and not path.rstrip("/").endswith(_PAGE_CALL)


@functools.cache
def _waking_page() -> bytes:
    # By its path: the room it belongs to imports gradio, which is not here yet.
    return (Path(__file__).parents[1] / "page" / "static" / "waking.html").read_bytes()


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
