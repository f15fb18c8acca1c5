"""Giving memory back in time.

A container's limit is a cliff: the kernel kills the process that steps over it, without a word. So
`MemoryGuard` looks before each picture and once a second, and takes the gentlest step that helps:
first it hands free memory back to the system, then it drops the loaded models (they load again with
the next picture), and only then are pictures refused for a while.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import logging
import math
import threading
import time
from collections.abc import Callable, Iterator
from enum import StrEnum

from mood import forks
from mood.errors import BusyError, ImageTooLargeError
from mood.resources.limits import resident_mb
from mood.vision.budget import Budget

_log = logging.getLogger(__name__)

_BURST_MB = 24.0
_WORTH_TELLING_MB = 8.0
_QUIET_S = 2.0
_PRESSURE = 0.75
_DANGER = 0.88
_EDGE = 0.92  # what is known before it is taken may go nearer to the limit
_REST_MB = 175.0  # what the program holds at work, without models
_ORDINARY_MB = 50.0  # what decoding an ordinary photo takes; whether there is room is seen then
_UNLOAD_PAUSE_S = 20.0
_ROOM_WAIT_S = 5.0
_ROOM_LOOK_S = 0.25
_LOOK_EVERY_S = 1.0


def trim() -> None:
    """Hands memory that is free back to the system, where the C library can (glibc)."""
    gc.collect()
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


class Step(StrEnum):
    """What the guard did."""

    TRIM = "trim"
    UNLOAD = "unload"
    REFUSE = "refuse"


class MemoryGuard:
    """Keeps the process below its limit; every step is logged and counted.

    Attributes:
        limit_mb: What the process may hold, or None where nobody limits it.
        steps: How often each step was taken.
        promised_mb: What others may take at any moment, such as bodies on their way, in MB.

    Args:
        limit_mb: What the process may hold; None where nobody limits it, and memory is then only
            given back after bursts.
        unload: Drops what can be loaded again.
        resident: How much the process holds, in MB.
        give_back: Hands free memory to the system.
        clock: Seconds that only grow.
        room_wait_s: Seconds that a large picture waits for room at most.
    """

    def __init__(
        self,
        limit_mb: float | None,
        unload: Callable[[], None],
        *,
        resident: Callable[[], float] = resident_mb,
        give_back: Callable[[], None] = trim,
        clock: Callable[[], float] = time.monotonic,
        room_wait_s: float = _ROOM_WAIT_S,
    ) -> None:
        self.limit_mb = limit_mb
        self.steps = dict.fromkeys(Step, 0)
        self._unload = unload
        self._resident = resident
        self._give_back = give_back
        self._clock = clock
        self._room_wait_s = room_wait_s
        self.promised_mb: Callable[[], float] = lambda: 0.0
        self._settled_mb: float | None = None
        self._worked_at = clock()
        self._unloaded_at = float("-inf")
        self.after_fork()
        forks.remember(self)

    def after_fork(self) -> None:
        """In the child nobody works; its memory is looked at with each picture alone."""
        self._lock = threading.Lock()
        self._freed = threading.Condition(self._lock)
        self._reserved_mb = 0.0
        self._working = 0

    def admit(self) -> None:
        """Called before each picture; makes room where that is needed.

        Raises:
            BusyError: There is no room even without the models.
        """
        self.look()
        with self._lock:
            self._working += 1
        self._worked_at = self._clock()
        if self.limit_mb is None:
            return
        held = self._lasting_mb()
        if held > _DANGER * self.limit_mb:
            self.steps[Step.REFUSE] += 1
            _log.error("memory: %.0f of %.0f MB, a picture is refused", held, self.limit_mb)
            raise BusyError("The server is short of memory. Please try again in a moment.")

    @property
    def short(self) -> bool:
        """Whether a picture would be refused now, as far as can be seen without making room."""
        return self.limit_mb is not None and self._lasting_mb() > _DANGER * self.limit_mb

    def _lasting_mb(self) -> float:
        """What is held without what goes with the pictures that are being decoded."""
        return self._resident() - self._reserved_mb

    def left_mb(self) -> float | None:
        """What may still be taken before steps are needed, in MB; None where nobody limits it."""
        return None if self.limit_mb is None else _PRESSURE * self.limit_mb - self._resident()

    @property
    def reserved_mb(self) -> float:
        """What pictures that are being decoded may take, in MB."""
        return self._reserved_mb

    def largest_mb(self) -> float | None:
        """What one picture may take at most, alone and without models; None without a limit.

        Never so little that an ordinary photo were called too large.
        """
        if self.limit_mb is None:
            return None
        return max(_EDGE * self.limit_mb - _REST_MB, _ORDINARY_MB)

    def room_for(self, picture: Budget) -> contextlib.AbstractContextManager[None]:
        """`room` for decoding a picture.

        Raises:
            ImageTooLargeError: There will never be enough.
            BusyError: As `room` does.
        """
        largest = self.largest_mb()
        if largest is not None and picture.total_mb > largest:
            most = math.floor(picture.most_megapixels(largest))
            raise ImageTooLargeError(
                f"This {picture.what} has {picture.pixels / 1e6:.0f} megapixels; of its kind at "
                f"most {most} are read here, as decoding takes much memory. Please send a smaller "
                "copy, best as an ordinary JPEG."
            )
        return self.room(picture.total_mb)

    @contextlib.contextmanager
    def room(self, wanted_mb: float) -> Iterator[None]:
        """Holds memory for something large before it is taken, until the end of the block.

        Where there is none, free memory is given back, then the models are dropped, then work that
        runs is waited for.

        Raises:
            BusyError: There is none in time.
        """
        self._reserve(wanted_mb)
        try:
            yield
        finally:
            with self._freed:
                self._reserved_mb -= wanted_mb
                self._freed.notify_all()

    def _reserve(self, wanted_mb: float) -> None:
        deadline = self._clock() + self._room_wait_s
        with self._freed:
            if not self._fits(wanted_mb):
                self._take(Step.TRIM, self._give_back, self._resident())
            if not self._fits(wanted_mb):
                self._take(Step.UNLOAD, self._drop, self._resident())
            while not self._fits(wanted_mb):
                if self._is_alone() or self._clock() >= deadline:
                    self.steps[Step.REFUSE] += 1
                    held = self._resident()
                    _log.error("memory: %.0f MB held, no room for %.0f MB", held, wanted_mb)
                    raise BusyError("The server is short of memory. Please try again in a moment.")
                self._freed.wait(_ROOM_LOOK_S)
            self._reserved_mb += wanted_mb

    def _is_alone(self) -> bool:
        """Whether nothing runs that could give memory back; call it with the lock."""
        return self._working <= 1 and not self._reserved_mb and not self.promised_mb()

    def _fits(self, wanted_mb: float) -> bool:
        """Whether so much may be taken beside what is held and promised; call it with the lock."""
        if self.limit_mb is None:
            return True
        taken = self._resident() + self._reserved_mb + self.promised_mb()
        return taken + wanted_mb <= _EDGE * self.limit_mb

    def finish(self) -> None:
        """Called after each picture: what a large one left behind is not added to the next."""
        with self._lock:
            self._working = max(0, self._working - 1)
            self._freed.notify_all()
        self.look(after_work=True)

    def look(self, after_work: bool = False) -> None:
        """Takes the steps that the memory now held asks for; cheap where it asks for none."""
        with self._lock:
            held = self._resident()
            if self._settled_mb is None or held < self._settled_mb:
                self._settled_mb = held
            pressed = self.limit_mb is not None and held > _PRESSURE * self.limit_mb
            quiet = after_work or self._clock() - self._worked_at >= _QUIET_S
            grown = held - self._settled_mb
            if grown >= _BURST_MB and (pressed or quiet):
                held = self._take(Step.TRIM, self._give_back, held)
            pressed = self.limit_mb is not None and held > _PRESSURE * self.limit_mb
            if pressed and self._clock() - self._unloaded_at >= _UNLOAD_PAUSE_S:
                held = self._take(Step.UNLOAD, self._drop, held)
                helped = held <= _PRESSURE * (self.limit_mb or held)
                if not helped and not self._working:  # who works holds the models: again after it
                    self._unloaded_at = self._clock()

    def start(self) -> None:
        """Looks once a second from now on, in a thread that does not keep the process alive."""
        limit = "no limit" if self.limit_mb is None else f"limit {self.limit_mb:.0f} MB"
        _log.info("memory: %s, resident %.0f MB", limit, self._resident())
        threading.Thread(target=self._watch, name="memory", daemon=True).start()

    def _watch(self) -> None:
        while True:
            time.sleep(_LOOK_EVERY_S)
            self.look()

    def _drop(self) -> None:
        self._unload()
        self._give_back()

    def _take(self, step: Step, action: Callable[[], None], before: float) -> float:
        action()
        after = self._resident()
        self._settled_mb = after
        self.steps[step] += 1
        level = logging.WARNING
        if step is Step.TRIM:
            level = logging.INFO if before - after >= _WORTH_TELLING_MB else logging.DEBUG
        limit = "no limit" if self.limit_mb is None else f"limit {self.limit_mb:.0f}"
        _log.log(level, "memory: %s, %.0f → %.0f MB, %s", step, before, after, limit)
        return after
