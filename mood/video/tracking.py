"""Who is who from frame to frame, and what their faces show over time.

Faces are followed by where they should be by now, never by how they look: nothing that could
recognise a person is computed or kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from mood.types import Expression, FaceExpression, FloatArray, Reason, Verdict
from mood.video.counted import considered
from mood.video.matching import centre, match

HALF_LIFE_S = 0.1
"""After so many seconds an old probability weighs half."""

MARGIN = 0.1
"""How far another expression must lead before a verdict changes."""

STAY_S = 1.0
"""A face that was in sight for so long counts: it has a row, and its number is its own."""

RETURN_S = 10.0
"""Who comes back to about the same place within this time has the same number again."""

_MEMORY_S = 1.0  # a face that is out of sight longer than this …
_MEMORY_FRAMES = 3  # … and for more frames than this is forgotten
_HOLD_S = 0.3  # a face is still shown where it was last seen for so long, or for one frame
_FORESIGHT_S = 0.6  # motion is trusted for so long
_VELOCITY_HALF_LIFE_S = 0.15
_SLOW_S = 0.5  # frames that are further apart than this must each count
_DOUBT_S = 0.3  # uncertainty shorter than this is a change on its way
_LOST_S = 1.5  # a face that could be read is called unreadable after so long and two frames …
_FOUND_S = 0.4  # … and one that could not is read after so long and two frames


@dataclass(frozen=True, slots=True, eq=False)
class TrackedFace:
    """A face at one moment of a video.

    Attributes:
        number: Who it is: 1, 2, 3 in order of appearance. Another face gets it only where the first
            one was gone before it stayed.
        bbox_xyxy: (4,) float32 pixels, where it was last seen.
        probabilities: Every `Expression` with its smoothed probability, 0 to 1, whichever of them
            count; they sum to 1. Frames in which the face cannot be read do not count.
        expression: The one to show, or None unless the verdict is certain.
        missing_s: Seconds since it was seen; 0 where the current frame shows it.
        reason: Why it cannot be read, or None where it can; slow to come and go.
        stayed: Whether it was ever in sight for `STAY_S`.
    """

    number: int
    bbox_xyxy: FloatArray
    probabilities: Mapping[Expression, float]
    expression: Expression | None
    missing_s: float = 0.0
    reason: Reason | None = None
    stayed: bool = True

    @property
    def verdict(self) -> Verdict:
        """What may be said of it."""
        if self.reason is not None:
            return Verdict.UNREADABLE
        return Verdict.UNCERTAIN if self.expression is None else Verdict.CERTAIN


@dataclass(slots=True)
class _Track:
    box: FloatArray
    probabilities: dict[Expression, float]
    begun_s: float
    seen_s: float
    number: int = 0  # 0: seen once only, perhaps no face at all
    stayed: bool = False
    expression: Expression | None = None
    doubt_s: float = 0.0
    reason: Reason | None = None  # that is shown
    told: Reason | None = None  # by the last frame
    turning_s: float = 0.0  # for how long frames have told the other …
    turns: int = 0  # … and how many
    read_s: float = float("-inf")  # when it could be read last
    missed: int = 0
    velocity: FloatArray = field(default_factory=lambda: np.zeros(2, dtype=np.float32))


class FaceTracker:
    """Follows the faces of one video."""

    def __init__(self) -> None:
        self._tracks: list[_Track] = []
        self._left: list[_Track] = []  # those that stayed, and are out of sight for a while
        self._count = 0  # the highest number of those that stayed
        self._time_s: float | None = None

    def update(
        self,
        faces: Sequence[FaceExpression],
        time_s: float,
        threshold: float,
        counted: Sequence[Expression] = (),
    ) -> tuple[TrackedFace, ...]:
        """Takes the next frame in.

        Args:
            faces: What was found in it.
            time_s: When it was taken, in seconds on any clock that does not run backwards; a frame
                that is older than the one before counts as taken together with that one.
            threshold: Probability from which on a verdict is certain, 0 to 1.
            counted: See `considered`.

        Returns:
            The faces to show, by number. A face that the frame misses stays for a moment.
        """
        previous_s = self._time_s
        time_s = time_s if previous_s is None else max(time_s, previous_s)
        elapsed_s = 0.0 if previous_s is None else time_s - previous_s
        slow = previous_s is None or elapsed_s > _SLOW_S
        self._time_s = time_s
        boxes = _boxes([each.face.bbox_xyxy for each in faces])
        pairs = match(_boxes([_expected(track, time_s) for track in self._tracks]), boxes)
        for track in self._tracks:
            track.missed += 1
        for old, new in pairs:
            self._see(self._tracks[old], faces[new], time_s)
        known = {new for _, new in pairs}
        begun = [_begun(face, time_s) for at, face in enumerate(faces) if at not in known]
        seen = [self._tracks[old] for old, _ in pairs]
        self._tracks += begun
        self._name([each for each in seen + (begun if slow else []) if not each.number], time_s)
        self._left += [each for each in self._tracks if each.stayed and not _near(each, time_s)]
        self._tracks = [each for each in self._tracks if _near(each, time_s)]
        for track in self._tracks:
            self._judge(track, threshold, counted, elapsed_s)
        return tuple(
            TrackedFace(
                track.number,
                track.box,
                dict(track.probabilities),
                track.expression,
                time_s - track.seen_s,
                track.reason,
                track.stayed,
            )
            for track in sorted(self._tracks, key=lambda track: track.number)
            if track.number and (track.missed <= 1 or time_s - track.seen_s <= _HOLD_S)
        )

    def recall(self, faces: Mapping[int, FloatArray], count: int, time_s: float) -> None:
        """Goes on where another tracker ended, before the first frame.

        Args:
            faces: Number and box of those that it showed last.
            count: The highest number of a face that stayed.
            time_s: When the first frame was taken, on the same clock as the frames.
        """
        unknown = dict.fromkeys(Expression, 1 / len(Expression))
        self._count = max(count, *faces, 0)
        self._left = [
            _Track(box, unknown, time_s, time_s, number, stayed=True)
            for number, box in faces.items()
        ]

    def judge_anew(self) -> None:
        """Has verdicts follow none of before, as those were given to other wishes."""
        for track in self._tracks:
            track.expression, track.doubt_s = None, 0.0

    def _see(self, track: _Track, seen: FaceExpression, time_s: float) -> None:
        box = seen.face.bbox_xyxy
        elapsed_s = time_s - track.seen_s
        if elapsed_s > 0:
            weight = 1 - 0.5 ** (elapsed_s / _VELOCITY_HALF_LIFE_S)
            velocity = (centre(box) - centre(track.box)) / elapsed_s
            track.velocity = track.velocity + weight * (velocity - track.velocity)
        track.told = seen.reason
        if seen.reason is None:
            unread_s = time_s - track.read_s
            track.read_s = time_s
            track.probabilities = smooth(track.probabilities, seen.probabilities, unread_s)
        track.box, track.seen_s, track.missed = box, time_s, 0
        if track.number and time_s - track.begun_s >= STAY_S:
            track.stayed, self._count = True, max(self._count, track.number)

    def _judge(
        self, track: _Track, threshold: float, counted: Sequence[Expression], elapsed_s: float
    ) -> None:
        track.reason = _settled(track, elapsed_s)
        if track.reason is not None:
            track.expression, track.doubt_s = None, 0.0
            return
        shares = considered(track.probabilities, counted)
        expression = decide(shares, track.expression, threshold)
        in_doubt = expression is None and track.expression is not None
        track.doubt_s = track.doubt_s + elapsed_s if in_doubt else 0.0
        if not in_doubt or track.doubt_s >= _DOUBT_S:
            track.expression = expression

    def _name(self, tracks: Sequence[_Track], time_s: float) -> None:
        """Gives them the numbers of those who left from about there of late, else the next ones."""
        self._left = [each for each in self._left if time_s - each.seen_s <= RETURN_S]
        boxes = _boxes([each.box for each in tracks])
        pairs = match(_boxes([each.box for each in self._left]), boxes)
        for old, new in pairs:
            tracks[new].number, tracks[new].stayed = self._left[old].number, True
        back = {old for old, _ in pairs}
        self._left = [each for at, each in enumerate(self._left) if at not in back]
        for track in tracks:
            if not track.number:
                track.number = 1 + max(self._count, *(each.number for each in self._tracks))


def _boxes(boxes: Sequence[FloatArray]) -> FloatArray:
    return np.array(boxes, dtype=np.float32).reshape(-1, 4)


def _begun(face: FaceExpression, time_s: float) -> _Track:
    track = _Track(face.face.bbox_xyxy, dict(face.probabilities), time_s, time_s)
    track.reason = track.told = face.reason
    if face.reason is None:
        track.read_s = time_s
    return track


def _settled(track: _Track, elapsed_s: float) -> Reason | None:
    """The reason to show: whether a face can be read is slow to change, so that rows stay."""
    if (track.told is None) != (track.reason is None):
        if track.missed == 0:
            track.turning_s += elapsed_s
            track.turns += 1
        long = track.turning_s >= (_LOST_S if track.reason is None else _FOUND_S)
        if not long or track.turns < 2:
            return track.reason
    track.turning_s, track.turns = 0.0, 0
    return track.told


def smooth(
    old: Mapping[Expression, float],
    new: Mapping[Expression, float],
    elapsed_s: float,
) -> dict[Expression, float]:
    """The exponential average after `elapsed_s`, right for any interval between frames.

    Two steps of 50 ms and one of 100 ms towards the same `new` give the same result.
    """
    kept = 0.5 ** (elapsed_s / HALF_LIFE_S)
    return {expression: kept * old[expression] + (1 - kept) * new[expression] for expression in new}


def decide(
    probabilities: Mapping[Expression, float],
    current: Expression | None,
    threshold: float,
) -> Expression | None:
    """The verdict that follows `current`, slow to change.

    An expression that is shown stays until another leads it by `MARGIN`, or until its own
    probability falls half of that below `threshold`. None means uncertain.
    """
    top = max(probabilities, key=probabilities.__getitem__)
    if current is not None:
        own = probabilities[current]
        if own >= threshold - MARGIN / 2 and probabilities[top] - own < MARGIN:
            return current
    return top if probabilities[top] >= threshold else None


def _expected(track: _Track, time_s: float) -> FloatArray:
    shift = track.velocity * min(time_s - track.seen_s, _FORESIGHT_S)
    return np.asarray(track.box + np.tile(shift, 2), dtype=np.float32)


def _near(track: _Track, time_s: float) -> bool:
    if not track.number:
        return track.missed == 0
    return track.missed <= _MEMORY_FRAMES or time_s - track.seen_s <= _MEMORY_S
