"""How many bytes the bodies of requests may take: of what the memory guard says is left."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from mood.errors import BusyError, StoppingError

_UNLIMITED_BYTES = 1e9
_LOOK_EVERY_S = 0.25
_SMALL_BYTES = 500_000


@dataclass(slots=True, eq=False)
class _Ticket:
    size: int
    who: str
    granted: asyncio.Event


class Room:
    """Grants bytes before they are received; who has none yet waits with none.

    First come, first served, but nobody has more than half while others could come, and small
    bodies go past large ones that wait. What is granted and has arrived is counted twice, here and
    by the guard: that errs on the safe side. All of it happens in the event loop.

    Args:
        left_mb: Memory that may still be taken, in MB; None where nobody limits it.
        wait_limit_s: Seconds that a caller waits at most.
    """

    def __init__(self, left_mb: Callable[[], float | None], wait_limit_s: float) -> None:
        self._left_mb = left_mb
        self._wait_limit_s = wait_limit_s
        self._taken = 0
        self._shares: defaultdict[str, int] = defaultdict(int)
        self._waiting: list[_Ticket] = []
        self._closed = False

    @property
    def taken(self) -> int:
        """Bytes that are granted at the moment."""
        return self._taken

    async def take(self, size: int, who: str) -> None:
        """Waits until there are `size` bytes for `who`, who calls `give` in the end.

        Raises:
            BusyError: There are none in time, or `close` was called.
        """
        if self._closed:
            raise StoppingError
        overtakes = not self._waiting or size <= _SMALL_BYTES
        if overtakes and self._fits(size, who):
            self._grant(size, who)
            return
        ticket = _Ticket(size, who, asyncio.Event())
        self._waiting.append(ticket)
        try:
            await self._wait(ticket)
        except BaseException:
            if ticket.granted.is_set():  # just before its sender went away
                self.give(size, who)
            else:
                self._waiting.remove(ticket)
            raise

    def give(self, size: int, who: str) -> None:
        """Gives back what was taken."""
        self._taken -= size
        self._shares[who] -= size
        if not self._shares[who]:
            del self._shares[who]
        self._pass_on()

    def close(self) -> None:
        """Refuses all who wait and all who come, with `StoppingError`."""
        self._closed = True

    async def _wait(self, ticket: _Ticket) -> None:
        deadline = time.monotonic() + self._wait_limit_s
        while not ticket.granted.is_set():
            if self._closed:
                raise StoppingError
            if time.monotonic() >= deadline:
                raise BusyError("The server is short of memory. Please try again in a moment.")
            try:
                async with asyncio.timeout(_LOOK_EVERY_S):
                    await ticket.granted.wait()
            except TimeoutError:
                self._pass_on()  # the guard may have made room meanwhile

    def _pass_on(self) -> None:
        for ticket in list(self._waiting):
            if self._fits(ticket.size, ticket.who):
                self._waiting.remove(ticket)
                self._grant(ticket.size, ticket.who)
                ticket.granted.set()

    def _grant(self, size: int, who: str) -> None:
        self._taken += size
        self._shares[who] += size

    def _fits(self, size: int, who: str) -> bool:
        if not self._taken:
            return True  # alone: whether there is memory for a picture, the guard says later
        left_mb = self._left_mb()
        left = _UNLIMITED_BYTES if left_mb is None else left_mb * 1e6
        own = self._shares.get(who, 0)
        return self._taken + size <= left and (not own or own + size <= left / 2)
