"""What each address has had of the queue: by that it is said who is next."""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future
from dataclasses import dataclass, field

from mood.errors import BusyError

HERE_S = 2.0
"""Who has left a place counts as here for so long."""

KEPT_S = 0.5
"""And a place is kept for it for so long, or for as long as its picture took, up to `HERE_S`."""

MOST_COUNTED_S = 30.0
"""One picture counts as so much at most: the first of all may have waited for a download."""

Ticket = Future[BusyError | None]
"""Who waits, waits for this; it holds why the turn will not come, or None when it has come."""


@dataclass(slots=True, eq=False)
class Sender:
    """An address that has something in the queue, or had a moment ago.

    Attributes:
        had_s: Seconds in a place that it has had, but for what is going on.
        credit_s: How much less than an even part that was when it had nothing here any more.
        waiting: Its tickets, the first to come first, with the number of each.
        since: When its pictures in work began.
        kept_since: Since when a place is kept for its next picture.
        kept_until: Until when one may be kept.
        here_until: Until when it counts as here without a picture.
    """

    had_s: float
    credit_s: float = 0.0
    waiting: deque[tuple[int, Ticket]] = field(default_factory=deque)
    since: deque[float] = field(default_factory=deque)
    kept_since: float | None = None
    kept_until: float = float("-inf")
    here_until: float = float("-inf")

    @property
    def is_busy(self) -> bool:
        """Whether it waits, or has a place, be it one that is kept for it."""
        return bool(self.waiting or self.since) or self.kept_since is not None

    def spent_s(self, now: float) -> float:
        """Seconds in a place that it has had up to now."""
        kept = 0.0 if self.kept_since is None else now - self.kept_since
        return self.had_s + kept + sum(min(now - each, MOST_COUNTED_S) for each in self.since)


class Accounts:
    """The addresses that are here, or were a moment ago; the queue's lock guards it.

    Attributes:
        senders: Who is here, by address.
        even_s: What who was here all the time has had, up to the last change.

    Args:
        now: Seconds on the queue's clock.
    """

    def __init__(self, now: float) -> None:
        self.senders: dict[str, Sender] = {}
        self.even_s = 0.0
        self._even_at = now

    def go_on(self, now: float) -> None:
        """Counts the time since the last change, and forgets who is away and owes nothing.

        Call it before each change.
        """
        busy = [each for each in self.senders.values() if each.is_busy]
        if busy:
            working = sum(len(each.since) + (each.kept_since is not None) for each in busy)
            self.even_s += (now - self._even_at) * working / len(busy)
            self.even_s = max(self.even_s, min(each.spent_s(now) for each in busy))
        self._even_at = now
        self.senders = {
            who: each
            for who, each in self.senders.items()
            if each.is_busy or now < each.here_until or (busy and each.had_s > self.even_s)
        }

    def come(self, who: str, now: float) -> Sender:
        """An address that comes in with one more picture."""
        sender = self.senders.setdefault(who, Sender(self.even_s))
        sender.had_s = self._had_s(sender, now)
        return sender

    def leave(self, who: str, now: float) -> None:
        """Counts a picture that was in work, the first that began."""
        sender = self.senders[who]
        took_s = now - sender.since.popleft()
        sender.had_s += min(took_s, MOST_COUNTED_S)
        sender.credit_s = self.even_s - sender.had_s
        sender.kept_until = now + min(max(KEPT_S, took_s), HERE_S)
        sender.here_until = now + HERE_S

    def next(self, now: float) -> Sender | None:
        """Whose turn is next, of those who wait."""
        waiting = [each for each in self.senders.values() if each.waiting]
        return min(waiting, key=lambda each: (each.spent_s(now), each.waiting[0][0]), default=None)

    def keep(self, limit_s: float, now: float) -> Sender | None:
        """Keeps a place for who was here a moment ago and has had least, if less than `limit_s`."""
        away = [
            (self._had_s(each, now), who)
            for who, each in self.senders.items()
            if not each.is_busy and now < each.kept_until
        ]
        had_s, who = min(away, default=(limit_s, ""))
        if had_s >= limit_s:
            return None
        sender = self.senders[who]
        sender.had_s, sender.kept_since = had_s, now
        return sender

    def keep_no_longer(self, sender: Sender, now: float) -> None:
        """Counts the time for which a place was kept."""
        sender.had_s = sender.spent_s(now)
        sender.kept_since = None
        sender.credit_s = self.even_s - sender.had_s

    def _had_s(self, sender: Sender, now: float) -> float:
        """What an address has had that comes in now."""
        if sender.is_busy:
            return sender.had_s
        credit_s = max(0.0, sender.credit_s) if now < sender.here_until else 0.0
        return max(sender.had_s, self.even_s - credit_s)
