"""How the process ends: within eight seconds of the signal, whatever still runs in it."""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from types import FrameType
from typing import NoReturn

_PATIENCE_S = 7.0  # hosts kill after ten seconds; a small one needs a moment for the ending itself
_FLUSH_S = 0.5
_SIGNALS = (signal.SIGTERM, signal.SIGINT)

_log = logging.getLogger(__name__)


_last_jobs: list[Callable[[], None]] = []


def at_the_end(job: Callable[[], None]) -> None:
    """Has a short job done by `leave`, however the end comes: `atexit` is not asked then."""
    _last_jobs.append(job)


def leave(code: int) -> NoReturn:
    """Ends the process without waiting for its threads.

    Python would wait for those of asyncio's executor: for a network that never ends, for ever.
    """
    # In threads: whoever holds a handler's lock may be what hangs, or a disk.
    threads = [threading.Thread(target=job, daemon=True) for job in (_flush, *_last_jobs)]
    for each in threads:
        each.start()
    until = time.monotonic() + _FLUSH_S
    for each in threads:
        each.join(max(0.0, until - time.monotonic()))
    os._exit(code)


class Watchdog:
    """Ends the process 7 s after a signal, if it has not ended by itself, and at a second one."""

    def __init__(self) -> None:
        self._signals, self._sender = socket.socketpair()

    def start(self) -> None:
        """Begins to watch; call it in the main thread."""
        # Python writes the numbers of signals there, also while its main thread does not get on.
        self._sender.setblocking(False)
        signal.set_wakeup_fd(self._sender.fileno(), warn_on_full_buffer=False)
        for each in _SIGNALS:
            # uvicorn raises the signal again when it is done, for whoever waits; nobody does.
            signal.signal(each, _ignore)
        threading.Thread(target=self._watch, name="watchdog", daemon=True).start()

    def _watch(self) -> None:
        self._next_signal()
        self._signals.settimeout(_PATIENCE_S)
        try:
            self._next_signal()
        except TimeoutError:
            _log.warning("not everything ended in time; it was left as it was")
        leave(0)

    def _next_signal(self) -> None:
        while self._signals.recv(1)[0] not in _SIGNALS:
            pass


def _flush() -> None:
    logging.shutdown()
    sys.stdout.flush()


def _ignore(_number: int, _frame: FrameType | None) -> None:
    pass
