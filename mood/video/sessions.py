"""What is kept of the people who watch themselves in the webcam tab.

A frame is analysed in memory and forgotten; what is kept are boxes and probabilities, bounded in
number and time.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from mood import forks
from mood.options import Options
from mood.types import Analysis, FloatArray
from mood.video.timeline import Summary, Timeline
from mood.video.tracking import FaceTracker, TrackedFace

KEPT_S = 900.0
"""What was recorded can be downloaded for so long after the last frame."""

KEPT_SESSIONS = 12
"""Most sessions that are kept beyond those that are watched."""

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


@dataclass(frozen=True, slots=True)
class Before:
    """What a browser still shows of a session that this process may not know.

    Attributes:
        time_s: Seconds since the session began.
        count: The highest number of a face so far.
        faces: Number and box of those that were seen last, in pixels of the camera's picture.
    """

    time_s: float
    count: int
    faces: Mapping[int, FloatArray]


@dataclass(slots=True)
class _Session:
    tracker: FaceTracker = field(default_factory=FaceTracker)
    timeline: Timeline = field(default_factory=Timeline)
    start_s: float | None = None  # the browser's clock at the first frame
    time_s: float = 0.0
    summarised_s: float = float("-inf")
    used_s: float = 0.0
    options: Options = field(default_factory=Options)
    certainty: float = 0.5  # from which on the network is certain by itself
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def threshold(self) -> float:
        return self.options.certainty or self.certainty

    def settle(self, options: Options | None) -> None:
        if options is not None and options != self.options:
            self.options = options
            self.tracker.judge_anew()
        self.timeline.settle(self.options, self.threshold)


class LiveSessions:
    """What is kept of all who watch themselves: few, and for a while.

    Args:
        seats: How many may watch themselves at the same time; `KEPT_SESSIONS` more are kept.
        clock: Seconds on a clock that does not run backwards.
        kept_s: For how long after its last frame a session is kept.
    """

    def __init__(
        self, seats: int, clock: Callable[[], float] = time.monotonic, kept_s: float = KEPT_S
    ) -> None:
        self._most = seats + KEPT_SESSIONS
        self._clock = clock
        self._kept_s = kept_s
        self.after_fork()
        forks.remember(self)
        self._sessions: dict[str, _Session] = {}  # the latest used last

    def after_fork(self) -> None:
        """A lock that another thread held is open in the child, and no timer runs there."""
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None  # for when the oldest session goes

    def record(
        self,
        viewer: str,
        analysis: Analysis,
        size_wh: tuple[int, int],
        time_s: float,
        before: Before | None = None,
        options: Options | None = None,
    ) -> Moment:
        """Takes in a frame of a viewer.

        Args:
            viewer: Who; any text that only this browser knows.
            analysis: What the frame shows, whatever is wanted of it.
            size_wh: Size of the camera's picture, in whose pixels the boxes are given; the frame
                may be smaller.
            time_s: When it was taken, by the browser's clock.
            before: Where a session goes on that is not known (any more).
            options: What the viewer wants to see; those of the last frame unless given.
        """
        across, down = (new / old for new, old in zip(size_wh, analysis.size_wh, strict=True))
        faces = [replace(each, face=each.face.scaled(across, down)) for each in analysis.faces]
        session = self._session(viewer)
        with session.lock:
            if session.start_s is None:
                if before is not None:
                    session.time_s = before.time_s
                    session.tracker.recall(before.faces, before.count, before.time_s)
                session.start_s = time_s - session.time_s
            session.time_s = max(session.time_s, time_s - session.start_s)
            session.certainty = analysis.certainty
            session.settle(options)
            tracked = session.tracker.update(
                faces, session.time_s, session.threshold, session.options.expressions
            )
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

    def export(
        self, viewer: str, kind: Literal["csv", "json"], options: Options | None = None
    ) -> str | None:
        """What was recorded of a viewer as text, or None where there is nothing (any more).

        Args:
            viewer: Who.
            kind: As a table, or with the summary.
            options: What the viewer wants to see; those of the last frame unless given.
        """
        with self._lock:
            session = self._sessions.get(viewer)
        if session is None:
            return None
        with session.lock:
            session.settle(options)
            timeline = session.timeline
            return timeline.to_csv() if kind == "csv" else timeline.to_json()

    def _session(self, viewer: str) -> _Session:
        """The session of a viewer, the latest used last; others that are too many or old go."""
        with self._lock:
            session = self._sessions.pop(viewer, None)
            if session is None:
                session = _Session()
            session.used_s = self._clock()
            self._sessions[viewer] = session
            self._forget_old()
            return session

    def _forget_old(self) -> None:
        """Drops sessions that are too many or too old, now and later; call it with the lock."""
        now = self._clock()
        for name, session in list(self._sessions.items()):
            left_s = session.used_s + self._kept_s - now
            if left_s > 0 and len(self._sessions) <= self._most:
                if self._timer is None:
                    self._timer = threading.Timer(left_s, self._look_again)
                    self._timer.daemon = True
                    self._timer.start()
                return
            del self._sessions[name]

    def _look_again(self) -> None:
        with self._lock:
            self._timer = None
            self._forget_old()
