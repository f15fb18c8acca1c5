"""How much one address may have under way, and all together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from mood.errors import BusyError, ShareError
from mood.resources.patience import a_moment
from mood.serving.refusals import RefusedError
from mood.serving.routes import Kind

HOLD = "mood.hold"
"""Where the scope of a request has its `Hold`."""

_MOST_STREAMS = 32  # of one address: each open page has two
_MOST_FILES = 64  # of one address, at the same time
_ALL_STREAMS = 256
_ALL_REQUESTS = 512
_PATIENT = {Kind.WORK, Kind.UPLOAD}
_MOST_PATIENT = 128  # of all addresses

_BUSY = "The server is busy. Please try again in a moment."
_OWN_SHARE = "Much of yours is under way already. Please wait for that first."


class Hold:
    """What a request takes of its sender's share and of the room for bodies.

    The gate releases it when the request is answered; who does the work later keeps it first.

    Args:
        give_back: Called once, by `release`.
    """

    def __init__(self, give_back: Callable[[], None]) -> None:
        self._give_back: Callable[[], None] | None = give_back
        self.kept = False

    def keep(self) -> None:
        """From now on whoever calls this releases it."""
        self.kept = True

    def release(self) -> None:
        """Gives everything back; once, however often it is called."""
        if self._give_back is not None:
            give_back, self._give_back = self._give_back, None
            give_back()


class Shares:
    """Counts requests by address and kind.

    Args:
        pictures: Requests with a picture that one address may have under way, and uploads.
    """

    def __init__(self, pictures: int) -> None:
        self._most = {
            Kind.WORK: pictures,
            Kind.STREAM: _MOST_STREAMS,
            Kind.UPLOAD: pictures,
            Kind.FILE: _MOST_FILES,
        }
        self._under_way: Counter[tuple[Kind, str]] = Counter()
        self._streams = self._requests = self._patient = 0

    async def take(self, kind: Kind, who: str) -> Hold:
        """Counts one more request of an address, until the hold is released.

        Who has its share already waits for a second before it is refused: often there is room by
        then, and who asks again at once cannot do so a thousand times a second.

        Raises:
            RefusedError: It has its share, or everybody together has theirs.
        """
        if kind in _PATIENT and self._is_full(kind, who) and self._patient < _MOST_PATIENT:
            self._patient += 1
            try:
                await a_moment(lambda: not self._is_full(kind, who))
            finally:
                self._patient -= 1
        if self._is_full(kind, who):
            raise RefusedError(429, _OWN_SHARE, ShareError.code, ShareError.retry_after_s)
        if self._requests >= _ALL_REQUESTS or (
            kind is Kind.STREAM and self._streams >= _ALL_STREAMS
        ):
            raise RefusedError(503, _BUSY, BusyError.code, BusyError.retry_after_s)
        self._count(kind, who, 1)
        return Hold(lambda: self._count(kind, who, -1))

    def _is_full(self, kind: Kind, who: str) -> bool:
        return self._under_way[kind, who] >= self._most[kind]

    def _count(self, kind: Kind, who: str, more: int) -> None:
        self._requests += more
        self._streams += more if kind is Kind.STREAM else 0
        self._under_way[kind, who] += more
        if not self._under_way[kind, who]:
            del self._under_way[kind, who]
