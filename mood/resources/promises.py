"""Room to wait that is kept for pictures on their way."""

from __future__ import annotations

from collections import Counter, deque

PROMISED_S = 1.0
"""For so long each: who has nothing here by then has sent something else, or has gone."""


class Promises:
    """Who may come and wait; the queue's lock guards it."""

    def __init__(self) -> None:
        self._made: deque[tuple[float, str]] = deque()  # until when, to whom

    def make(self, who: str, now: float) -> None:
        """Keeps room for one picture of an address."""
        self.by_address(now)
        self._made.append((now + PROMISED_S, who))

    def drop(self, who: str) -> bool:
        """Whether an address had room kept for it; of that, the oldest is so no longer."""
        for each in self._made:
            if each[1] == who:
                self._made.remove(each)
                return True
        return False

    def by_address(self, now: float) -> Counter[str]:
        """For how many pictures of each address room is kept."""
        while self._made and self._made[0][0] < now:
            self._made.popleft()
        return Counter(who for _, who in self._made)
