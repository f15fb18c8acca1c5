"""The people who watch themselves in the webcam tab: who has a place, and what is kept of each.

A frame is analysed in memory and forgotten; what is kept are boxes and probabilities, bounded in
number and time.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Literal

from mood.settings import Settings
from mood.types import Analysis
from mood.video.timeline import Summary, Timeline
from mood.video.tracking import FaceTracker, TrackedFace

LEASE_S = 10.0
"""A place is free again when its viewer sent nothing for so long."""

LOADING_S = 120.0
"""A frame may take so long, as the first one does that loads the models."""

KEPT_S = 900.0
"""What was recorded can be downloaded for so long after the last frame."""

KEPT_SESSIONS = 12
"""Most sessions that are kept beyond those that are watched."""

MOST_WAITING = 200
"""Most viewers whose place in the queue is remembered."""

_SUMMARY_EVERY_S = 1.0


@dataclass(frozen=True, slots=True)
class Moment:
    """One frame of a session.

    Attributes:
        faces: Those to show.
        time_s: Seconds since the session began.
        summary: Of the whole session, now and then.
    """

    faces: tuple[TrackedFace, ...]
    time_s: float
    summary: Summary | None


@dataclass(slots=True)
class _Session:
    tracker: FaceTracker
    timeline: Timeline = field(default_factory=Timeline)
    start_s: float | None = None  # the browser's clock at the first frame
    time_s: float = 0.0
    summarised_s: float = float("-inf")
    used_s: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)


class LiveViewers:
    """All webcam sessions of one process.

    Args:
        settings: How many viewers there may be, and how calm verdicts are.
        clock: Seconds on a clock that does not run backwards.
    """

    def __init__(
        self,
        settings: Settings,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._lock = threading.Lock()
        self._sessions: dict[str, _Session] = {}  # the latest used last
        self._places: dict[str, float] = {}  # viewer → when the place expires
        self._waiting: dict[str, float] = {}  # the same for the queue, in its order

    def place_in_queue(self, viewer: str) -> int:
        """Asks for a place, or to keep it: 0 has one, 1 is next, and so on.

        First come, first served; who stops asking for `LEASE_S` is forgotten.
        """
        now = self._clock()
        with self._lock:
            for leases in (self._places, self._waiting):
                for name in [name for name, until in leases.items() if until < now]:
                    del leases[name]
            if viewer not in self._places:
                if viewer in self._waiting or len(self._waiting) < MOST_WAITING:
                    self._waiting[viewer] = now + LEASE_S  # an old entry keeps its position
                order = list(self._waiting)
                ahead = order.index(viewer) if viewer in self._waiting else len(order)
                free = self._settings.live_viewers - len(self._places)
                if ahead >= free:
                    return ahead - free + 1
                del self._waiting[viewer]
            self._places[viewer] = now + LEASE_S
            return 0

    def leave(self, viewer: str) -> None:
        """Gives the place back; what was recorded stays for a while."""
        with self._lock:
            self._places.pop(viewer, None)
            self._waiting.pop(viewer, None)

    @contextmanager
    def analysing(self, viewer: str) -> Iterator[None]:
        """Keeps the viewer's place while a frame is analysed, which may load the models first."""
        self._extend(viewer, LOADING_S)
        try:
            yield
        finally:
            self._extend(viewer, LEASE_S)

    def record(
        self, viewer: str, analysis: Analysis, size_wh: tuple[int, int], time_s: float
    ) -> Moment:
        """Takes in a frame of a viewer.

        Args:
            viewer: Who; any text that only this browser knows.
            analysis: What the frame shows.
            size_wh: Size of the camera's picture, in whose pixels the boxes are given; the frame
                may be smaller.
            time_s: When it was taken, by the browser's clock.
        """
        across, down = (new / old for new, old in zip(size_wh, analysis.size_wh, strict=True))
        faces = [replace(each, face=each.face.scaled(across, down)) for each in analysis.faces]
        session = self._session(viewer)
        with session.lock:
            if session.start_s is None:
                session.start_s = time_s - session.time_s
            session.time_s = max(session.time_s, time_s - session.start_s)
            tracked = session.tracker.update(faces, session.time_s, analysis.certainty)
            session.timeline.record(tracked, session.time_s)
            summary = None
            if session.time_s - session.summarised_s >= _SUMMARY_EVERY_S:
                session.summarised_s = session.time_s
                summary = session.timeline.summary()
            return Moment(tracked, session.time_s, summary)

    def clear(self, viewer: str) -> None:
        """Forgets what was recorded of a viewer; faces are counted from 1 again."""
        with self._lock:
            self._sessions.pop(viewer, None)

    def export(self, viewer: str, kind: Literal["csv", "json"]) -> str | None:
        """What was recorded of a viewer as text, or None where there is nothing (any more)."""
        with self._lock:
            session = self._sessions.get(viewer)
        if session is None:
            return None
        with session.lock:
            timeline = session.timeline
            return timeline.to_csv() if kind == "csv" else timeline.to_json()

    def _extend(self, viewer: str, seconds: float) -> None:
        with self._lock:
            if viewer in self._places:
                self._places[viewer] = self._clock() + seconds

    def _session(self, viewer: str) -> _Session:
        """The session of a viewer, the latest used last; others that are too many or old go."""
        now = self._clock()
        with self._lock:
            session = self._sessions.pop(viewer, None)
            if session is None:
                session = _Session(FaceTracker(self._settings.live_half_life_s))
            session.used_s = now
            self._sessions[viewer] = session
            for name, other in list(self._sessions.items()):
                too_many = len(self._sessions) > self._settings.live_viewers + KEPT_SESSIONS
                if other.used_s >= now - KEPT_S and not too_many:
                    break
                del self._sessions[name]
            return session
