"""What the faces of a film show, from moment to moment."""

from __future__ import annotations

import numbers
import os
from collections.abc import Iterator
from dataclasses import dataclass

from mood.analyzer import MoodAnalyzer
from mood.errors import OptionsError
from mood.options import Options
from mood.types import Analysis
from mood.video.frames import Film
from mood.video.tracking import FaceTracker, TrackedFace

EVERY_S = 0.5
"""A frame is read so often unless somebody chooses."""


@dataclass(frozen=True, slots=True, eq=False)
class FilmMoment:
    """One frame of a film that was read, or a stretch of it that cannot be decoded.

    Attributes:
        time_s: Seconds from the first frame, as the film's own clock has it.
        frame: Number of the frame, counted from 0.
        faces: Those that the frame shows, each with its number through the film, smoothed.
        analysis: What the frame shows by itself; None for a stretch that cannot be decoded.
        until_s: Where that stretch ends; None for a frame.
    """

    time_s: float
    frame: int
    faces: tuple[TrackedFace, ...] = ()
    analysis: Analysis | None = None
    until_s: float | None = None


def moments(
    path: str | os.PathLike[str],
    analyzer: MoodAnalyzer,
    options: Options | None = None,
    every_s: float = EVERY_S,
) -> Iterator[FilmMoment]:
    """Reads a film, a frame at a time; what was handed out is kept nowhere.

    Args:
        path: A film file.
        analyzer: Reads the frames.
        options: What is wanted of each.
        every_s: Seconds from one frame that is read to the next, at least 0; 0 reads all.

    Raises:
        UnreadableImageError: It is no path, the file is missing, or is no film that can be decoded
            here.
        OptionsError: `every_s` is below 0, or no number.
        MoodError: As `MoodAnalyzer.read` does, while frames are read.
    """
    if not isinstance(every_s, numbers.Real) or not every_s >= 0:
        raise OptionsError(f"every_s is {every_s!r:.60}. It must be 0 or more seconds.")
    return _moments(Film(path), analyzer, options or Options(), every_s)


def _moments(
    film: Film, analyzer: MoodAnalyzer, options: Options, every_s: float
) -> Iterator[FilmMoment]:
    tracker = FaceTracker()
    try:
        for frame in film.frames(every_s):
            if frame.pixels is None:
                yield FilmMoment(frame.time_s, frame.number, until_s=frame.until_s)
                continue
            analysis = analyzer.analyze(frame.pixels, options)
            tracked = tracker.update(analysis.faces, frame.time_s, analysis.certainty)
            seen = tuple(face for face in tracked if face.missing_s == 0)
            yield FilmMoment(frame.time_s, frame.number, seen, analysis)
    finally:
        film.close()
