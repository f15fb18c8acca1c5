"""A download in a thread of its own, which can be watched and waited for."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future, wait
from dataclasses import dataclass
from pathlib import Path

from mood.errors import ModelError
from mood.models.hub import Report

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Progress:
    """A download under way.

    Attributes:
        name: Of the network.
        done: Bytes that have arrived.
        total: Bytes in all.
    """

    name: str
    done: int
    total: int


class Download:
    """Fetches a file; begins at once.

    Attributes:
        future: The path of the file, or what was raised instead: a `ModelError`, or a bug.
        progress: How far it is; another object with each sign of life.

    Args:
        name: Of the network.
        total: Bytes in all, as far as they are known before; else 0.
        fetch: Returns the path of the file; reports progress to what it is given.
    """

    def __init__(self, name: str, total: int, fetch: Callable[[Report], Path]) -> None:
        self.future: Future[Path] = Future()
        self.progress = Progress(name, 0, total)
        self._fetch = fetch
        # A daemon: a Hub that is silent keeps no process from ending.
        threading.Thread(target=self._run, name=f"download {name}", daemon=True).start()

    @property
    def path(self) -> Path | None:
        """The file, if it has arrived; never waits."""
        future = self.future
        return future.result() if future.done() and future.exception() is None else None

    def wait(self, clock: Callable[[], float], deadline: float, limit_s: float) -> None:
        """Returns when it is over, or at the deadline for the first sign of life.

        While bytes arrive, and never without one for as long as that, up to `limit_s`.
        """
        start = clock()
        patience = max(0.0, deadline - start)
        seen = self.progress
        while not wait([self.future], timeout=0.02).done:
            now = clock()
            if self.progress is not seen:
                seen, deadline = self.progress, now + max(patience, 1.0)
            if now >= deadline or now >= start + limit_s:
                return

    def _run(self) -> None:
        try:
            path = self._fetch(self._report)
        except BaseException as error:
            self.future.set_exception(error)  # whatever it is: nobody shall wait for ever
            if not isinstance(error, ModelError):
                raise
        else:
            self.future.set_result(path)

    def _report(self, done: int, total: int) -> None:
        before, total = self.progress, total or self.progress.total
        self.progress = Progress(before.name, done, total)
        if total and 10 * done // total > 10 * before.done // total:
            _log.info("%s: %d of %d bytes", before.name, done, total)
