"""Who is who from frame to frame, and what their faces show over time.

Faces are followed by where they should be by now, never by how they look: nothing that could
recognise a person is computed or kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from mood.types import Expression, FaceExpression, FloatArray, Reason, Verdict
from mood.vision.boxes import iou

HALF_LIFE_S = 0.1
"""Default of ``Settings.live_half_life_s``."""

MARGIN = 0.1
"""How far another expression must lead before a verdict changes."""

_MEMORY_S = 1.0  # a face that is out of sight longer than this …
_MEMORY_FRAMES = 3  # … and for more frames than this is forgotten
_HOLD_S = 0.3  # a face is still shown where it was last seen for so long, or for one frame
_FORESIGHT_S = 0.6  # motion is trusted for so long
_VELOCITY_HALF_LIFE_S = 0.15
_SLOW_S = 0.5  # frames that are further apart than this must each count
_DOUBT_S = 0.3  # uncertainty shorter than this is a change on its way
_LOST_S = 1.5  # a face that could be read is called unreadable after so long and two frames …
_FOUND_S = 0.4  # … and one that could not is read after so long and two frames
_SAME_IOU = 0.25
_REACH = 0.9  # sides of a face that it may be away from where it should be
_GROWTH = 1.8  # most that a side of it may change between two sightings


@dataclass(frozen=True, slots=True, eq=False)
class TrackedFace:
    """A face at one moment of a video.

    Attributes:
        number: Who it is: 1, 2, 3 in order of appearance, never given twice.
        bbox_xyxy: (4,) float32 pixels, where it was last seen.
        probabilities: Every `Expression` with its smoothed probability, 0 to 1; they sum to 1.
            Frames in which the face cannot be read do not count.
        expression: The one to show, or None unless the verdict is certain.
        missing_s: Seconds since it was seen; 0 where the current frame shows it.
        reason: Why it cannot be read, or None where it can; slow to come and go.
    """

    number: int
    bbox_xyxy: FloatArray
    probabilities: Mapping[Expression, float]
    expression: Expression | None
    missing_s: float = 0.0
    reason: Reason | None = None

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
    seen_s: float
    number: int = 0  # 0: seen once only, perhaps no face at all
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
    """Follows the faces of one video.

    Args:
        half_life_s: After so many seconds an old probability weighs half. 0 shows each frame as
            it is.
        margin: See `MARGIN`.
    """

    def __init__(self, half_life_s: float = HALF_LIFE_S, margin: float = MARGIN) -> None:
        self._half_life_s = half_life_s
        self._margin = margin
        self._tracks: list[_Track] = []
        self._count = 0
        self._time_s: float | None = None

    def update(
        self, faces: Sequence[FaceExpression], time_s: float, threshold: float
    ) -> tuple[TrackedFace, ...]:
        """Takes the next frame in.

        Args:
            faces: What was found in it.
            time_s: When it was taken, in seconds on any clock that does not run backwards; a frame
                that is older than the one before counts as taken together with that one.
            threshold: Probability from which on a verdict is certain, 0 to 1.

        Returns:
            The faces to show, by number. A face that the frame misses stays for a moment.
        """
        previous_s = self._time_s
        time_s = time_s if previous_s is None else max(time_s, previous_s)
        elapsed_s = 0.0 if previous_s is None else time_s - previous_s
        slow = previous_s is None or elapsed_s > _SLOW_S
        self._time_s = time_s
        boxes = np.array([each.face.bbox_xyxy for each in faces], dtype=np.float32).reshape(-1, 4)
        expected = np.array([_expected(t, time_s) for t in self._tracks], dtype=np.float32)
        pairs = match(expected.reshape(-1, 4), boxes)
        for track in self._tracks:
            track.missed += 1
        for old, new in pairs:
            self._see(self._tracks[old], faces[new], time_s)
        known = {new for _, new in pairs}
        for index, face in enumerate(faces):
            if index not in known:
                track = _begun(face, time_s)
                if slow:
                    self._confirm(track)
                self._tracks.append(track)
        self._tracks = [track for track in self._tracks if _remembered(track, time_s)]
        for track in self._tracks:
            self._judge(track, threshold, elapsed_s)
        return tuple(
            TrackedFace(
                track.number,
                track.box,
                dict(track.probabilities),
                track.expression,
                time_s - track.seen_s,
                track.reason,
            )
            for track in sorted(self._tracks, key=lambda track: track.number)
            if track.number and (track.missed <= 1 or time_s - track.seen_s <= _HOLD_S)
        )

    def _see(self, track: _Track, seen: FaceExpression, time_s: float) -> None:
        box = seen.face.bbox_xyxy
        elapsed_s = time_s - track.seen_s
        if elapsed_s > 0:
            weight = 1 - 0.5 ** (elapsed_s / _VELOCITY_HALF_LIFE_S)
            velocity = (_centre(box) - _centre(track.box)) / elapsed_s
            track.velocity = track.velocity + weight * (velocity - track.velocity)
        track.told = seen.reason
        if seen.reason is None:
            unread_s = time_s - track.read_s
            track.read_s = time_s
            track.probabilities = smooth(
                track.probabilities, seen.probabilities, unread_s, self._half_life_s
            )
        track.box, track.seen_s, track.missed = box, time_s, 0
        if not track.number:
            self._confirm(track)

    def _judge(self, track: _Track, threshold: float, elapsed_s: float) -> None:
        track.reason = _settled(track, elapsed_s)
        if track.reason is not None:
            track.expression, track.doubt_s = None, 0.0
            return
        expression = decide(track.probabilities, track.expression, threshold, self._margin)
        in_doubt = expression is None and track.expression is not None
        track.doubt_s = track.doubt_s + elapsed_s if in_doubt else 0.0
        if not in_doubt or track.doubt_s >= _DOUBT_S:
            track.expression = expression

    def _confirm(self, track: _Track) -> None:
        self._count += 1
        track.number = self._count


def _begun(face: FaceExpression, time_s: float) -> _Track:
    track = _Track(face.face.bbox_xyxy, dict(face.probabilities), time_s)
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
    half_life_s: float,
) -> dict[Expression, float]:
    """The exponential average after `elapsed_s`, right for any interval between frames.

    Two steps of 50 ms and one of 100 ms towards the same `new` give the same result.
    """
    kept = _kept(elapsed_s, half_life_s)
    return {expression: kept * old[expression] + (1 - kept) * new[expression] for expression in new}


def _kept(elapsed_s: float, half_life_s: float) -> float:
    """How much an old value still weighs, 0 to 1."""
    return 0.5 ** (elapsed_s / half_life_s) if half_life_s > 0 else 0.0


def decide(
    probabilities: Mapping[Expression, float],
    current: Expression | None,
    threshold: float,
    margin: float,
) -> Expression | None:
    """The verdict that follows `current`, slow to change.

    An expression that is shown stays until another leads it by `margin`, or until its own
    probability falls half a `margin` below `threshold`. None means uncertain.
    """
    top = max(probabilities, key=probabilities.__getitem__)
    if current is not None:
        own = probabilities[current]
        if own >= threshold - margin / 2 and probabilities[top] - own < margin:
            return current
    return top if probabilities[top] >= threshold else None


def match(expected: FloatArray, found: FloatArray) -> list[tuple[int, int]]:
    """Which of the boxes `expected` (N, 4) is which of those `found` (M, 4): index pairs.

    The best overlaps go first. What then is left over pairs by distance, within the reach of a
    face that moved between two frames and did not change its size much.
    """
    if not len(expected) or not len(found):
        return []
    overlaps = iou(expected, found)
    taken: list[tuple[int, int]] = []
    _take(taken, -overlaps, overlaps >= _SAME_IOU)
    sides = np.sqrt(np.prod(expected[:, 2:] - expected[:, :2], axis=1))
    found_sides = np.sqrt(np.prod(found[:, 2:] - found[:, :2], axis=1))
    larger = np.maximum(sides[:, None], found_sides[None])
    smaller = np.maximum(np.minimum(sides[:, None], found_sides[None]), 1e-6)
    centres = np.stack([_centre(box) for box in expected])
    found_centres = np.stack([_centre(box) for box in found])
    away = np.linalg.norm(centres[:, None] - found_centres[None], axis=2) / np.maximum(larger, 1e-6)
    _take(taken, away, (away <= _REACH) & (larger / smaller <= _GROWTH))
    return taken


def _take(
    taken: list[tuple[int, int]], cost: npt.NDArray[np.floating], allowed: npt.NDArray[np.bool_]
) -> None:
    """Adds to `taken` the cheapest allowed pairs whose members are free."""
    rows = {row for row, _ in taken}
    columns = {column for _, column in taken}
    for flat in np.argsort(cost, axis=None, kind="stable"):
        row, column = divmod(int(flat), cost.shape[1])
        if allowed[row, column] and row not in rows and column not in columns:
            taken.append((row, column))
            rows.add(row)
            columns.add(column)


def _expected(track: _Track, time_s: float) -> FloatArray:
    shift = track.velocity * min(time_s - track.seen_s, _FORESIGHT_S)
    return np.asarray(track.box + np.tile(shift, 2), dtype=np.float32)


def _remembered(track: _Track, time_s: float) -> bool:
    if not track.number:
        return track.missed == 0
    return track.missed <= _MEMORY_FRAMES or time_s - track.seen_s <= _MEMORY_S


def _centre(box: FloatArray) -> FloatArray:
    return np.asarray((box[:2] + box[2:]) / 2, dtype=np.float32)
