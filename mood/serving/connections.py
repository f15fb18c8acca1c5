"""The sockets: how many there may be, and which of them are dropped.

The app sees requests; what comes before and after them it does not: sockets that ask nothing,
heads of requests that never end, answers that nobody reads. What one of them does is told by
`mood.serving.connection`.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from uvicorn.server import ServerState

if TYPE_CHECKING:
    from mood.serving.connection import Connection

_log = logging.getLogger(__name__)

BATCH = 32
"""Sockets accepted at once, before anything else is done."""

_MOST = 1_000  # connections: each costs memory, and a small host serves fewer at once by far
_KEPT = 96  # descriptors for files, for the Hub, for what the process holds anyway: 20 to 30
_WANTED = 4_096  # descriptors: room for all this many times; more would only be asked for in error
_WINDOWS = 512  # descriptors that C's library has there, where nobody says
_COMING = 4 * BATCH  # sockets that are accepted, and not yet seen here


@dataclass(frozen=True, slots=True)
class Limits:
    """What a connection may do.

    Attributes:
        connections: How many there may be.
        head_s: Seconds until the head of a request must be there.
        slow_s: Seconds over which it is averaged how fast an answer is read.
        slow_bytes_s: Bytes a second that must be read.
        unread_bytes: Answers not read yet, of all connections together.
        rest_bytes: Of a body, read and forgotten after its request was answered already.
        rest_bytes_s: Of all such bodies together, a second.
    """

    connections: int = _MOST
    head_s: float = 10.0
    slow_s: float = 20.0
    slow_bytes_s: int = 2_000
    unread_bytes: int = 24_000_000
    rest_bytes: int = 32_000_000
    rest_bytes_s: int = 8_000_000

    @classmethod
    def of_this_process(cls) -> Limits:
        """As many connections as the descriptors allow: asks for more of those first."""
        spare = raise_descriptors() - _KEPT - _COMING
        return cls(connections=max(min(spare, _MOST), BATCH))


def raise_descriptors() -> int:
    """Lets this process have 4,096 descriptors, or what it may have; returns how many."""
    try:
        import resource
    except ImportError:  # Windows
        return _WINDOWS
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _WANTED if hard == resource.RLIM_INFINITY else min(hard, _WANTED)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return wanted if soft == resource.RLIM_INFINITY else max(soft, wanted)


class Connections(ServerState):
    """The open connections: uvicorn's own record of them, with limits.

    uvicorn's `limit_concurrency` is not used: it would answer 503 to /health too.

    Args:
        limits: What each may do, and how many there may be.
    """

    def __init__(self, limits: Limits) -> None:
        super().__init__()
        self.limits = limits
        # All are in one of these; who has rested for longest comes first.
        self._unheard: dict[Connection, None] = {}  # got no answer yet
        self._answered: dict[Connection, None] = {}
        self._resting_until = 0.0

    def pause_s(self, size: int) -> float:
        """How long to read no further after `size` bytes that nobody needs."""
        now = asyncio.get_running_loop().time()
        began = max(self._resting_until, now)
        self._resting_until = began + size / self.limits.rest_bytes_s
        return self._resting_until - now

    def admit(self, newcomer: Connection) -> None:
        """Makes room for a newcomer, or closes it where nobody can go.

        Of those that ask nothing the oldest goes; who has asked before stays longer than who never
        did, so that sockets that are silent drive out each other.
        """
        if len(self._unheard) + len(self._answered) < self.limits.connections:
            self._unheard[newcomer] = None
            return
        resting = next((each for each in self._all() if not each.asking), None)
        if resting is None:
            _log.warning("all connections are busy: a new one was closed")
            self.drop(newcomer)
        else:
            _log.warning("too many connections: one that asks nothing was closed")
            self.drop(resting)
            self._unheard[newcomer] = None

    def rest(self, connection: Connection) -> None:
        """Notes that a connection has got its answer."""
        if connection in self._unheard or connection in self._answered:
            self.forget(connection)
            self._answered[connection] = None

    def forget(self, connection: Connection) -> None:
        """Notes that a connection has gone."""
        self._unheard.pop(connection, None)
        self._answered.pop(connection, None)

    def _all(self) -> Iterator[Connection]:
        return itertools.chain(self._unheard, self._answered)

    def drop(self, connection: Connection) -> None:
        """Closes a connection at once, and forgets what it was to get."""
        self.forget(connection)
        connection.abort()

    def sweep(self) -> None:
        """Drops who lets it wait; call it once a second."""
        now = asyncio.get_running_loop().time()
        readers = []
        for connection in list(self._all()):
            if connection.is_slow(now):
                _log.warning("an answer that is hardly read was dropped")
                self.drop(connection)
            elif connection.unread:
                readers.append(connection)
            elif not connection.asking and now - connection.since > self.limits.head_s:
                connection.transport.close()
        self._shed(readers, now)

    def _shed(self, readers: list[Connection], now: float) -> None:
        unread = sum(each.unread for each in readers)
        for each in sorted(readers, key=lambda each: each.pace(now)):
            if unread <= self.limits.unread_bytes:
                return
            _log.warning("too much that was answered is not read: the slowest was dropped")
            unread -= each.unread
            self.drop(each)
