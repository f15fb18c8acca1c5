"""The server around the app: opens the port, bounds its sockets, and ends the process.

Importing this module imports neither gradio nor a model.
"""

from __future__ import annotations

import errno
import logging
import socket
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, NoReturn

import uvicorn

from mood.errors import SettingsError
from mood.serving.connection import HEAD_BYTES, Connection
from mood.serving.connections import BATCH, Connections, Limits
from mood.serving.leaving import Watchdog, leave
from mood.serving.startup import StartupApp

if TYPE_CHECKING:
    from starlette.applications import Starlette

_log = logging.getLogger(__name__)

_BACKLOG = 1024  # sockets that wait in the kernel until they are accepted


class _KindPort(logging.Filter):
    """Says what to do where the port cannot be opened; uvicorn logs the error as it is."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__()
        self._host, self._port = host, port

    def filter(self, record: logging.LogRecord) -> bool:
        """Lets it through, in words of ours."""
        if isinstance(record.msg, OSError):
            record.msg, record.args = self._sentence(record.msg), ()
        return True

    def _sentence(self, error: OSError) -> str:
        if error.errno == errno.EADDRINUSE:
            return f"Port {self._port} is taken by another program. Choose another: PORT=7861."
        if error.errno == errno.EACCES:
            return f"Port {self._port} may not be opened. Choose one from 1024 on: PORT=7861."
        return f"MOOD_HOST is “{self._host}”. It must be an address of this machine: 0.0.0.0."


class _Server(uvicorn.Server):
    """uvicorn's server with limits for its sockets, which tells and waits before it leaves."""

    def __init__(self, config: uvicorn.Config, app: StartupApp) -> None:
        super().__init__(config)
        self.exit_code = 0
        self._app = app
        self._sockets = Connections(Limits.of_this_process())
        self.server_state = self._sockets

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        """Serves until it is told to stop, then ends the process."""
        try:
            await super().serve(sockets)
        except SystemExit:  # the port is taken
            self.exit_code = 1
        leave(self.exit_code)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        for listening in (each for server in self.servers for each in server.sockets):
            # asyncio takes one number for how many may wait, and for how many it accepts at once.
            with socket.fromfd(listening.fileno(), listening.family, listening.type) as same:
                same.listen(_BACKLOG)

    async def on_tick(self, counter: int) -> bool:
        if counter % 10 == 0:  # once a second
            self._sockets.sweep()
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # uvicorn closes the port first of all; until the work is done, newcomers are answered.
        await self._app.close()
        await super().shutdown(sockets)


def serve(
    load: Callable[[], Starlette],
    warm_up: Callable[[Starlette], Awaitable[None]],
    turn_away: Callable[[Starlette, bool], None],
    host: str,
    port: int,
) -> NoReturn:
    """Opens the port, then loads the app, then warms up; serves until SIGTERM or SIGINT.

    Ends the process: with 0 after a signal, with 1 if the app cannot be loaded or the port is
    taken, with 2 if a setting cannot be used. The arguments are those of `StartupApp`, address and
    port.
    """

    def failed(error: Exception) -> None:
        if isinstance(error, SettingsError):
            _log.critical("%s", error)
            server.exit_code = 2
        else:
            _log.critical("the app cannot be loaded", exc_info=error)
            server.exit_code = 1
        server.should_exit = True

    startup = StartupApp(load, failed, warm_up, turn_away)
    config = uvicorn.Config(
        startup,
        host=host,
        port=port,
        loop="asyncio",
        http=Connection,
        h11_max_incomplete_event_size=HEAD_BYTES,
        backlog=BATCH,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # the gate knows whom to believe
        timeout_keep_alive=15,  # who is told to come again in 5 or 10 s finds the connection there
        timeout_graceful_shutdown=1,
    )
    server = _Server(config, startup)
    logging.getLogger("uvicorn.error").addFilter(_KindPort(host, port))
    Watchdog().start()
    server.run()
    leave(server.exit_code)
