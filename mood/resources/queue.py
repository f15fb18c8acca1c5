"""Turns: how many pictures are worked on at the same time, who is next, and who may wait."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait
from contextlib import contextmanager

from mood import forks
from mood.errors import BusyError, ShareError, StoppingError
from mood.resources.accounts import Accounts, Sender, Ticket
from mood.resources.counters import Counters
from mood.resources.promises import Promises


class Queue:
    """Turns go round among addresses; who waits in a coroutine holds no thread meanwhile.

    Next is the address that has had the least time in a place, however many pictures it has here;
    of one address, first come, first served. Who comes, comes in with an even part: what an address
    has had that was here all the time and got its share. Or with what it left with, if that was
    more: being away earns nothing.

    Who sends one photo after the other has none here between two of them, and keeps for `HERE_S`
    what it was short of. If its turn comes within `KEPT_S` and who follows has had more than an
    even part, the place is kept for it until then: else each of its photos would let in a slow one
    of somebody who always has some here. The time for which a place is kept counts as time in it:
    nobody gains by dawdling.

    Where as many wait as may, a newcomer takes the place of the youngest of the address with most,
    if its own has fewer than that even then. An address that is not here is forgotten when the
    others have had as much as it.

    Args:
        places: Pictures that are worked on at the same time.
        size: Callers that may wait; None lets all wait.
        wait_limit_s: Seconds that a caller waits at most; None is for ever.
        counters: Where waiting, working and refused callers are counted.
        share: Callers of one address that may be here, waiting or working; None is no limit.
        clock: Seconds on a clock that does not run backwards.
    """

    def __init__(
        self,
        places: int = 1,
        size: int | None = None,
        wait_limit_s: float | None = None,
        counters: Counters | None = None,
        *,
        share: int | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._size = size
        self._wait_limit_s = wait_limit_s
        self._counters = counters or Counters()
        self._share = share
        self._closed = False
        self._clock = clock
        self._places = places
        self.after_fork()
        forks.remember(self)

    def after_fork(self) -> None:
        """In the child nobody is here: who waited or worked are threads of the parent."""
        self._lock = threading.Lock()
        self._free = self._places
        self._accounts = Accounts(self._clock())
        self._promises = Promises()
        self._number = 0  # of the last ticket
        self._kept_for: Sender | None = None  # one of the places, which nobody has meanwhile
        self._timer: threading.Timer | None = None  # for when that is too long

    @contextmanager
    def turn(self, who: str = "") -> Iterator[None]:
        """Waits for a place, and holds it.

        Args:
            who: The caller's address.

        Raises:
            ShareError: Too many of this address are here already.
            BusyError: Too many wait already, the turn does not come in time, or `close` was called.
        """
        with self._ticket(who) as ticket:
            wait([ticket], self._wait_limit_s)
        try:
            yield
        finally:
            self.leave(who)

    async def enter(self, who: str = "") -> None:
        """Waits for a place in a coroutine, as `turn` does; who has got one calls `leave`."""
        with self._ticket(who) as ticket:
            await asyncio.wait([asyncio.wrap_future(ticket)], timeout=self._wait_limit_s)

    def promise(self, who: str = "") -> BusyError | None:
        """What `enter` would raise at once for this address; None where it may come and wait here.

        Then room is kept for it while its picture comes: else all who look would find the same.
        """
        with self._lock:
            refusal = self._refusal(who)
            if refusal is None:
                self._promises.make(who, self._clock())
            return refusal

    def leave(self, who: str = "") -> None:
        """Hands a place of this address to who is next."""
        self._counters.add(working=-1)
        self._give_back(who)

    def close(self) -> None:
        """Refuses all who wait and all who come, with `StoppingError`; who works may end."""
        with self._lock:
            self._closed = True
            for sender in self._accounts.senders.values():
                while sender.waiting:
                    _, ticket = sender.waiting.popleft()
                    ticket.set_result(StoppingError())

    @contextmanager
    def _ticket(self, who: str) -> Iterator[Ticket]:
        """A ticket to wait for inside the block; after it the caller has a place."""
        ticket: Ticket = Future()
        with self._lock:
            now = self._clock()
            self._accounts.go_on(now)
            self._let_in(ticket, who, now)
            self._serve(now)
        try:
            with self._counters.during("waiting"):
                yield ticket
        except BaseException:  # whoever waited is gone
            if self._came(ticket, who):
                self._give_back(who)
            raise
        if not self._came(ticket, who):
            self._counters.add(refusals=1)
            raise (ticket.result() if ticket.done() else None) or _busy("The server is busy.")
        self._counters.add(working=1)

    def _let_in(self, ticket: Ticket, who: str, now: float) -> None:
        """Appends a ticket of an address, or raises; call it with the lock."""
        self._promises.drop(who)
        refusal = self._refusal(who)
        if refusal is not None:
            self._counters.add(refusals=1)
            raise refusal
        if self._is_full(who):
            (most, _), *_ = self._line().most_common(1)
            if not self._promises.drop(most):
                _, youngest = self._accounts.senders[most].waiting.pop()
                youngest.set_result(_own())
        self._number += 1
        self._accounts.come(who, now).waiting.append((self._number, ticket))

    def _refusal(self, who: str) -> BusyError | None:
        """Why one more ticket of an address is not let in; call it with the lock."""
        if self._closed:
            return StoppingError()
        here = self._accounts.senders.get(who)
        if here is not None and len(here.waiting) + len(here.since) == self._share:
            return _own()
        if self._is_full(who):
            line = self._line()
            if line[who] + 1 >= max(line.values()):
                return _own() if line[who] else _busy("Many pictures are waiting already.")
        return None

    def _is_full(self, who: str) -> bool:
        """Whether an address can come in only instead of another; call it with the lock."""
        kept_for = self._kept_for and self._kept_for is self._accounts.senders.get(who)
        if self._size is None or self._free or kept_for:
            return False
        return self._line().total() >= self._size

    def _line(self) -> Counter[str]:
        """How many of each address wait, or may come and wait; call it with the lock."""
        line = self._promises.by_address(self._clock())
        for who, each in self._accounts.senders.items():
            line[who] += len(each.waiting)
        return line

    def _came(self, ticket: Ticket, who: str) -> bool:
        """Whether the turn of a ticket has come; if not, it waits no longer."""
        with self._lock:
            if ticket.done():
                return ticket.result() is None
            self._accounts.go_on(self._clock())
            sender = self._accounts.senders[who]
            sender.waiting = deque(each for each in sender.waiting if each[1] is not ticket)
            return False

    def _give_back(self, who: str) -> None:
        with self._lock:
            now = self._clock()
            self._accounts.go_on(now)
            self._accounts.leave(who, now)
            self._free += 1
            self._serve(now)

    def _serve(self, now: float) -> None:
        """Gives free places to who is next; call it with the lock."""
        self._keep_no_longer(now)
        while self._free:
            sender = self._accounts.next(now)
            if sender is None:
                return
            self._free -= 1
            if not self._keep(sender, now):
                _, ticket = sender.waiting.popleft()
                sender.since.append(now)
                ticket.set_result(None)

    def _keep(self, following: Sender, now: float) -> bool:
        """Keeps a place for who comes before who waits; call it with the lock."""
        limit_s = following.spent_s(now)
        if limit_s <= self._accounts.even_s or self._kept_for is not None:
            return False
        kept = self._kept_for = self._accounts.keep(limit_s, now)
        if kept is None:
            return False
        longest_s = min(kept.kept_until - now, limit_s - kept.had_s)
        self._timer = threading.Timer(longest_s, self._look_again)
        self._timer.daemon = True
        self._timer.start()
        return True

    def _keep_no_longer(self, now: float) -> None:
        """Frees the place that was kept, if one was; call it with the lock."""
        kept, self._kept_for = self._kept_for, None
        if self._timer is not None:
            self._timer.cancel()
        if kept is not None:
            self._accounts.keep_no_longer(kept, now)
            self._free += 1

    def _look_again(self) -> None:
        with self._lock:
            now = self._clock()
            self._accounts.go_on(now)
            self._serve(now)


def _busy(why: str) -> BusyError:
    return BusyError(f"{why} Please try again in a moment.")


def _own() -> ShareError:
    return ShareError("Your other photos are waiting already. Please try again when they are done.")
