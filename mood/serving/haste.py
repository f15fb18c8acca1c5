"""Who asks in haste is answered later: no address has the event loop to itself.

A request that costs half a millisecond, two thousand times a second, takes all that the server has,
and no share of pictures or streams notices. Nor does it where something large is received, only to
be refused. So each address has a number of requests a second, far more than a page or a program
asks for, and what goes beyond waits: that costs nobody anything.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable

A_SECOND = 200
"""Requests of one address that are answered at once, a second, when its leeway is used up."""

LEEWAY = 400
"""Requests that it may be ahead of that: a page with all its parts for many visitors behind one."""

REFUSED_BYTES = 25_000
"""So much of a body that is refused counts as one more request."""

LONGEST_S = 1.0
"""No request waits longer; who has many connections gains little by that."""

_MOST_BEHIND_S = 5.0  # so long after the last request in haste, all is forgiven
_MOST_ADDRESSES = 4_096  # that are remembered, the latest


class Haste:
    """How far each address is ahead of what it may ask.

    Args:
        clock: Seconds on a clock that does not run backwards.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._until: OrderedDict[str, float] = OrderedDict()  # address → when it is even again

    def count(self, who: str, requests: float = 1.0) -> float:
        """Counts what an address asks; returns for how many seconds its next one should wait.

        Args:
            who: The address.
            requests: How many it counts as.
        """
        now, leeway_s = self._clock(), LEEWAY / A_SECOND
        until = max(self._until.pop(who, now), now) + requests / A_SECOND
        self._until[who] = min(until, now + leeway_s + _MOST_BEHIND_S)
        if len(self._until) > _MOST_ADDRESSES:
            self._until.popitem(last=False)
        return min(max(0.0, until - now - leeway_s), LONGEST_S)

    def count_refused(self, who: str, size: int) -> None:
        """Counts a body that was received for nothing, or will be.

        Args:
            who: Its sender's address.
            size: Bytes.
        """
        self.count(who, size / REFUSED_BYTES)
