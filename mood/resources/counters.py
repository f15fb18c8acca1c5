"""What the program did since it started, counted."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from mood import forks


@dataclass(frozen=True, slots=True)
class Counts:
    """What happened since the start.

    Attributes:
        pictures: Analysed, photos and frames of webcams.
        failures: Pictures whose analysis ended with an error.
        refusals: Pictures that were refused, with "try again in a moment".
        faces: Found.
        inference_s: Seconds in detector and classifier together.
        loads: How often the models were loaded.
        load_s: Seconds in that.
        waiting: Pictures that wait for their turn now.
        working: Pictures that are analysed now.
    """

    pictures: int = 0
    failures: int = 0
    refusals: int = 0
    faces: int = 0
    inference_s: float = 0.0
    loads: int = 0
    load_s: float = 0.0
    waiting: int = 0
    working: int = 0


class Counters:
    """Counts, from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts = Counts()
        forks.remember(self)

    def after_fork(self) -> None:
        """In the child nobody waits or works yet."""
        self._lock = threading.Lock()
        self._counts = dataclasses.replace(self._counts, waiting=0, working=0)

    @property
    def counts(self) -> Counts:
        """The counts of this moment."""
        return self._counts

    def add(self, **more: float) -> None:
        """Adds to the counts of these names."""
        with self._lock:
            counts = self._counts
            sums = {name: getattr(counts, name) + value for name, value in more.items()}
            self._counts = dataclasses.replace(counts, **sums)

    @contextmanager
    def during(self, name: str) -> Iterator[None]:
        """Counts one more of `name` while it holds."""
        self.add(**{name: 1})
        try:
            yield
        finally:
            self.add(**{name: -1})
