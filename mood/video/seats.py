"""Who of the people with a webcam has a place, and who is next."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from mood import forks

LEASE_S = 10.0
"""A place is free again when its viewer sent no frame for so long."""

SEAT_S = 120.0
"""Who has had a place for so long gives it up when others wait."""

LOADING_S = 120.0
"""A frame may take so long, as the first one does that loads the models."""

MOST_WAITING = 200
"""Most viewers whose position in the line is remembered."""

MOST_WAITING_EACH = 8
"""The same of one address."""


@dataclass(frozen=True, slots=True)
class _Place:
    """A place, or a position in the line.

    Attributes:
        who: The address that it was given to.
        since_s: When.
        until_s: When it is lost unless something comes of its viewer.
    """

    who: str
    since_s: float
    until_s: float


class LiveSeats:
    """The places of one process, and the line for them.

    Who has a place: the next goes to the address that has fewest, of several to the viewer who has
    waited longest. Where none is free, who waits gets one of an address that has at least two more;
    so one address has all places only while nobody else wants any. Who has had a place for `SEAT_S`
    gives it up to who waits, unless that address has as many already. Who gives up a place goes to
    the end of the line.

    A place is kept by frames: who only asks loses it after `LEASE_S`. A position in the line is
    kept by asking. `MOST_WAITING_EACH` viewers of one address stand in it, `MOST_WAITING` in all;
    one more is told to wait, and its position is not remembered.

    Args:
        seats: How many places there are.
        clock: Seconds on a clock that does not run backwards.
    """

    def __init__(self, seats: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._seats = seats
        self._clock = clock
        self.after_fork()
        forks.remember(self)
        self._places: dict[str, _Place] = {}
        self._line: dict[str, _Place] = {}  # in its order

    def after_fork(self) -> None:
        """A lock that another thread held is open in the child."""
        self._lock = threading.Lock()

    def place_in_queue(self, viewer: str, who: str = "") -> int:
        """Asks for a place: 0 has one, 1 is next, and so on; see the class.

        Args:
            viewer: Any text that only this browser knows.
            who: The address that asks.
        """
        now = self._clock()
        with self._lock:
            for places in (self._places, self._line):
                for name in [name for name, each in places.items() if each.until_s < now]:
                    del places[name]
            if viewer in self._line:
                self._line[viewer] = replace(self._line[viewer], until_s=now + LEASE_S)
            elif viewer not in self._places and self._has_room(who):
                self._line[viewer] = _Place(who, now, now + LEASE_S)
            while self._seat_next(now):
                pass
            if viewer in self._places:
                return 0
            order = list(self._line)
            return 1 + (order.index(viewer) if viewer in self._line else len(order))

    def _has_room(self, who: str) -> bool:
        """Whether one more viewer of an address may stand in the line."""
        own = sum(each.who == who for each in self._line.values())
        return own < MOST_WAITING_EACH and len(self._line) < MOST_WAITING

    def _seat_next(self, now: float) -> bool:
        """Gives a place to who is next, taking it from somebody if need be; False where none is."""
        seats = Counter(each.who for each in self._places.values())
        for name in sorted(self._line, key=lambda name: seats[self._line[name].who]):
            who = self._line[name].who
            if len(self._places) >= self._seats:
                due = self._due(who, seats, now)
                if due is None:
                    continue
                self._line[due] = _Place(self._places.pop(due).who, now, now + LEASE_S)
            del self._line[name]
            self._places[name] = _Place(who, now, now + LEASE_S)
            return True
        return False

    def _due(self, who: str, seats: Counter[str], now: float) -> str | None:
        """Whose place an address gets: of those who must give up theirs, who has had it longest."""
        for name, place in sorted(self._places.items(), key=lambda item: item[1].since_s):
            more = seats[place.who] - seats[who]
            old = now - place.since_s >= SEAT_S
            if more >= 2 or (old and (more == 1 or place.who == who)):
                return name
        return None

    def leave(self, viewer: str) -> None:
        """Gives the place back."""
        with self._lock:
            self._places.pop(viewer, None)
            self._line.pop(viewer, None)

    @contextmanager
    def analysing(self, viewer: str) -> Iterator[None]:
        """Keeps the viewer's place while a frame is analysed, which may load the models first."""
        self._extend(viewer, LOADING_S)
        try:
            yield
        finally:
            self._extend(viewer, LEASE_S)

    def _extend(self, viewer: str, seconds: float) -> None:
        with self._lock:
            if viewer in self._places:
                until_s = self._clock() + seconds
                self._places[viewer] = replace(self._places[viewer], until_s=until_s)
