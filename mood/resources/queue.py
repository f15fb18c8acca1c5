"""Turns: how many pictures are worked on at the same time, and who may wait for how long."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, wait
from contextlib import contextmanager

from mood.errors import BusyError, StoppingError
from mood.resources.counters import Counters


class Queue:
    """First come, first served. Who waits in a coroutine holds no thread meanwhile.

    Args:
        places: Pictures that are worked on at the same time.
        size: Callers that may wait; None lets all wait.
        wait_limit_s: Seconds that a caller waits at most; None is for ever.
        counters: Where waiting, working and refused callers are counted.
    """

    def __init__(
        self,
        places: int = 1,
        size: int | None = None,
        wait_limit_s: float | None = None,
        counters: Counters | None = None,
    ) -> None:
        self._size = size
        self._wait_limit_s = wait_limit_s
        self._counters = counters or Counters()
        self._lock = threading.Lock()
        self._free = places
        self._closed = False
        self._waiting: deque[Future[bool]] = deque()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Waits for a place, and holds it.

        Raises:
            BusyError: Too many wait already, the turn does not come in time, or `close` was called.
        """
        with self._ticket() as ticket:
            wait([ticket], self._wait_limit_s)
        try:
            yield
        finally:
            self.leave()

    async def enter(self) -> None:
        """Waits for a place in a coroutine; who has got one calls `leave` in the end.

        Raises:
            BusyError: Too many wait already, the turn does not come in time, or `close` was called.
        """
        with self._ticket() as ticket:
            await asyncio.wait([asyncio.wrap_future(ticket)], timeout=self._wait_limit_s)

    def leave(self) -> None:
        """Hands the place to who waits longest."""
        self._counters.add(working=-1)
        with self._lock:
            self._pass_on()

    def close(self) -> None:
        """Refuses all who wait and all who come, with `StoppingError`; who works may end."""
        with self._lock:
            self._closed = True
            while self._waiting:
                self._waiting.popleft().set_result(False)

    @contextmanager
    def _ticket(self) -> Iterator[Future[bool]]:
        """A ticket to wait for inside the block; after it the caller has a place."""
        ticket: Future[bool] = Future()
        with self._lock:
            if self._closed:
                raise self._stopping()
            if not self._free and len(self._waiting) == self._size:
                raise self._refusal("Many pictures are waiting already.")
            self._waiting.append(ticket)
            if self._free:
                self._free -= 1
                self._pass_on()
        try:
            with self._counters.during("waiting"):
                yield ticket
        except BaseException:  # whoever waited is gone
            if self._came(ticket):
                with self._lock:
                    self._pass_on()
            raise
        if not self._came(ticket):
            raise self._stopping() if self._closed else self._refusal("The server is busy.")
        self._counters.add(working=1)

    def _came(self, ticket: Future[bool]) -> bool:
        """Whether the turn of a ticket has come; if not, it waits no longer."""
        with self._lock:
            if ticket.done():
                return ticket.result()
            self._waiting.remove(ticket)
            return False

    def _pass_on(self) -> None:
        """Gives a place that nobody has to the first in the queue; call it with the lock."""
        if self._waiting:
            self._waiting.popleft().set_result(True)
        else:
            self._free += 1

    def _stopping(self) -> BusyError:
        self._counters.add(refusals=1)
        return StoppingError()

    def _refusal(self, why: str) -> BusyError:
        self._counters.add(refusals=1)
        return BusyError(f"{why} Please try again in a moment.")
