"""What the faces of a webcam session showed over time: the last two minutes, and a summary."""

from __future__ import annotations

import csv
import io
import json
from array import array
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypedDict

from mood.options import Options
from mood.types import Expression, Reason, Verdict, cut
from mood.video.counted import considered
from mood.video.tracking import TrackedFace

SPAN_S = 120.0
"""How far back the record reaches."""

INTERVAL_S = 0.1
"""Of each face at most one point is kept in this time."""

MOST_POINTS = 6000
"""Most points of all faces together: five faces for two minutes."""

MOST_FACES = 50
"""Faces that the summary tells apart; the earliest ones are then only part of the whole."""

_LONGEST_STEP_S = 2.0  # a longer gap between two frames is no time that was watched

CSV_COLUMNS = (
    *("time_s", "face", "left", "top", "right", "bottom"),
    *("verdict", "reason", "expression"),
)
_NO_PROBABILITIES = [""] * len(Expression)


@dataclass(frozen=True, slots=True)
class Point:
    """One face at one moment.

    Attributes:
        time_s: Seconds since the session began.
        face: Number of the face, from 1.
        box: Left, top, right, bottom in pixels of the camera's picture, which is never mirrored.
        verdict: What was said of it.
        reason: Why it could not be read, or None where it could.
        expression: The one that was shown, or None unless the verdict is certain.
        probabilities: One for each `Expression`, in its order, 0 to 1, whichever of them count.
    """

    time_s: float
    face: int
    box: array[float]
    verdict: Verdict
    reason: Reason | None
    expression: Expression | None
    probabilities: array[float]


@dataclass(frozen=True, slots=True)
class Summary:
    """How a face, or all of them together, spent the session.

    Attributes:
        watched_s: Seconds that it was in sight and could be read; of all faces together, the sum.
        shares: Share of that time for each `Expression` that was shown, 0 to 1.
        uncertain: Share of that time in which none was; all shares sum to 1, unless
            nothing was watched yet.
        changes: How often one expression followed another.
    """

    watched_s: float
    shares: Mapping[Expression, float]
    uncertain: float
    changes: int


@dataclass(slots=True)
class _Sums:
    seconds: dict[Expression | None, float] = field(default_factory=dict)
    changes: int = 0
    last: Expression | None = None  # the last one that was certain
    last_s: float | None = None  # when the face was seen last
    read: bool = False  # whether it ever could be
    kept_s: float = float("-inf")  # when a point of it was kept last

    def add(self, expression: Expression | None, seconds: float) -> None:
        self.seconds[expression] = self.seconds.get(expression, 0.0) + seconds

    def summary(self) -> Summary:
        watched_s = sum(self.seconds.values())
        whole = watched_s or 1.0
        return Summary(
            watched_s=watched_s,
            shares={each: self.seconds.get(each, 0.0) / whole for each in Expression},
            uncertain=self.seconds.get(None, 0.0) / whole,
            changes=self.changes,
        )


class Timeline:
    """The record of one session; its size is bounded, however long that lasts."""

    def __init__(self) -> None:
        self._points: deque[Point] = deque(maxlen=MOST_POINTS)
        self._faces: dict[int, _Sums] = {}
        self._total = _Sums()
        self._options = Options()

    def settle(self, options: Options, certainty: float) -> None:
        """Has the record show what somebody wants to see from now on, of what was before as well.

        The summary stays as it was shown.

        Args:
            options: Which expressions and faces count; those that do not are kept nevertheless.
            certainty: Probability from which on a verdict is certain, 0 to 1.
        """
        if options == self._options:
            return
        self._options = options
        points = (_judged(point, options.expressions, certainty) for point in self._points)
        self._points = deque(points, maxlen=MOST_POINTS)

    def _shown(self) -> Iterator[Point]:
        """The points that count, with probabilities of what counts."""
        for point in self._points:
            if self._counts(point.box, point.reason):
                shares = considered(_by_name(point.probabilities), self._options.expressions)
                yield replace(point, probabilities=array("f", shares.values()))

    def _counts(self, box: Sequence[float], reason: Reason | None) -> bool:
        tall = box[3] - box[1] >= self._options.smallest_face
        return tall and (reason is None or self._options.show_unreadable)

    def record(self, faces: Sequence[TrackedFace], time_s: float) -> None:
        """Takes in what one frame shows.

        Args:
            faces: As the tracker returns them; those that the frame misses are left out, and those
                that did not stay yet.
            time_s: Seconds since the session began, never less than before.
        """
        for face in faces:
            if face.missing_s == 0 and face.stayed:
                self._record(face, time_s)
        while self._points and self._points[0].time_s < time_s - SPAN_S:
            self._points.popleft()

    def _record(self, face: TrackedFace, time_s: float) -> None:
        sums = self._faces.get(face.number)
        if sums is None:
            sums = self._faces[face.number] = _Sums()
            if len(self._faces) > MOST_FACES:
                del self._faces[next(iter(self._faces))]
        readable = face.reason is None
        counts = self._counts(face.bbox_xyxy.tolist(), face.reason)
        step_s = time_s - (float("-inf") if sums.last_s is None else sums.last_s)
        if readable and counts and step_s <= _LONGEST_STEP_S:
            for each in (sums, self._total):
                each.add(face.expression, step_s)
        sums.last_s, sums.read = time_s, sums.read or (readable and counts)
        if counts and face.expression is not None:
            if sums.last not in (None, face.expression):
                sums.changes += 1
                self._total.changes += 1
            sums.last = face.expression
        if time_s - sums.kept_s >= INTERVAL_S:
            sums.kept_s = time_s
            probabilities = array("f", (face.probabilities[each] for each in Expression))
            box = array("f", face.bbox_xyxy.tolist())
            said = face.verdict, face.reason, face.expression
            self._points.append(Point(time_s, face.number, box, *said, probabilities))

    def summary(self) -> Summary:
        """All faces of the whole session together."""
        return self._total.summary()

    def face_summaries(self) -> dict[int, Summary]:
        """Number of each face that could be read → its summary, the latest `MOST_FACES` at most."""
        return {number: sums.summary() for number, sums in self._faces.items() if sums.read}

    def to_csv(self) -> str:
        """The record as a table with a header and a row for each point.

        Columns: `CSV_COLUMNS`, then the probability of each expression, 0 to 1. Pixels of the
        camera's picture; ``reason`` is empty unless the verdict is ``unreadable``, ``expression``
        unless it is ``certain``. Of what is unreadable there are no probabilities.
        """
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow([*CSV_COLUMNS, *Expression])
        for point in self._shown():
            writer.writerow(
                [
                    round(point.time_s, 3),
                    point.face,
                    *_rounded(point.box),
                    str(point.verdict),
                    _word(point.reason) or "",
                    _word(point.expression) or "",
                    *(map(cut, point.probabilities) if point.reason is None else _NO_PROBABILITIES),
                ]
            )
        return text.getvalue()

    def to_json(self) -> str:
        """The record and the summary as JSON.

        Keys: ``summary`` and ``faces`` (number → summary) as `summary_to_dict` gives them, and
        ``points``, each with ``time_s``, ``face``, ``bbox_xyxy``, ``verdict``, ``reason``,
        ``expression`` and ``probabilities``.
        """
        points = [
            {
                "time_s": round(point.time_s, 3),
                "face": point.face,
                "bbox_xyxy": _rounded(point.box),
                "verdict": str(point.verdict),
                "reason": _word(point.reason),
                "expression": _word(point.expression),
                "probabilities": dict(zip(Expression, map(cut, point.probabilities), strict=True)),
            }
            for point in self._shown()
        ]
        faces = {str(n): summary_to_dict(each) for n, each in self.face_summaries().items()}
        return json.dumps(
            {"summary": summary_to_dict(self.summary()), "faces": faces, "points": points}
        )


class SummaryDict(TypedDict):
    """A `Summary` as plain values that JSON can hold."""

    watched_s: float
    shares: dict[str, float]
    uncertain: float
    changes: int


def summary_to_dict(summary: Summary) -> SummaryDict:
    """The summary as plain values."""
    return {
        "watched_s": round(summary.watched_s, 1),
        "shares": {str(each): round(share, 4) for each, share in summary.shares.items()},
        "uncertain": round(summary.uncertain, 4),
        "changes": summary.changes,
    }


def _by_name(probabilities: Sequence[float]) -> dict[Expression, float]:
    return dict(zip(Expression, probabilities, strict=True))


def _judged(point: Point, counted: Sequence[Expression], certainty: float) -> Point:
    """The same point as it is to be shown; what cannot be read stays so."""
    if point.reason is not None:
        return point
    shares = considered(_by_name(point.probabilities), counted)
    top = max(shares, key=shares.__getitem__)
    if shares[top] < certainty:
        return replace(point, verdict=Verdict.UNCERTAIN, expression=None)
    return replace(point, verdict=Verdict.CERTAIN, expression=top)


def _word(value: Expression | Reason | None) -> str | None:
    return None if value is None else str(value)


def _rounded(values: Sequence[float]) -> list[float]:
    return [round(value, 1) for value in values]
