"""The frames of a film: decoded one by one, upright, with the times at which they are shown."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from mood import regular
from mood.errors import UnreadableImageError, of_system
from mood.types import RGBImage
from mood.vision.packages import need

SUFFIXES = frozenset({".mp4", ".mov", ".webm", ".mkv", ".avi"})
"""Names of films end so, in small letters; a GIF may be one as well."""

_MOST_DAMAGED = 10_000  # so many frames that cannot be decoded, and it is the end
_MISSING_S = 1.0  # an end that is missing is told from so much on: headers round


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One frame that was asked for, or a stretch that cannot be decoded.

    Attributes:
        number: Counted from 0 over all frames of the film; behind a stretch that cannot be decoded
            as its time tells.
        time_s: When it is shown, in seconds from the first frame.
        pixels: (H, W, 3) uint8 RGB, upright; None for a stretch.
        until_s: Where the stretch ends; None for a frame.
    """

    number: int
    time_s: float
    pixels: RGBImage | None
    until_s: float | None = None


def _path(given: object) -> str:
    """The path of a file that can be opened, as text; raises `UnreadableImageError`."""
    if not isinstance(given, str | os.PathLike):
        raise UnreadableImageError(
            f"This is of type {type(given).__name__}, and no path. Give the path of a film."
        )
    path = os.fsdecode(given)
    try:
        regular.size(Path(path))
        with Path(path).open("rb"):
            return path
    except OSError as error:
        why = of_system(error)
        raise UnreadableImageError(f"The file cannot be opened: {why}.") from error
    except ValueError as error:
        raise UnreadableImageError(
            "The path holds a null byte, which no file's name can."
        ) from error


class Film:
    """A film file that is open.

    Args:
        path: Where it is.

    Raises:
        UnreadableImageError: It is missing, or no film that can be decoded here.
        ModelLoadError: OpenCV cannot be imported.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        need("cv2")
        import cv2

        # Read when the first film is opened. What is damaged is told here, not by FFmpeg.
        os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
        path = _path(path)
        silent = cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
        try:
            self._capture: Any = cv2.VideoCapture(path, cv2.CAP_FFMPEG)
        finally:
            cv2.utils.logging.setLogLevel(silent)
        if not self._capture.isOpened():
            raise UnreadableImageError(
                "This is not a film that can be read here. Convert it to MP4, and try again."
            )
        self._capture.set(cv2.CAP_PROP_ORIENTATION_AUTO, 1)
        rate = float(self._capture.get(cv2.CAP_PROP_FPS))
        self._rate = rate if np.isfinite(rate) and rate > 0 else 25.0
        count = float(self._capture.get(cv2.CAP_PROP_FRAME_COUNT))
        self._length_s = max(0.0, count) / self._rate
        self._start_s: float | None = None

    def close(self) -> None:
        """Gives the decoder's memory back."""
        self._capture.release()

    def frames(self, every_s: float) -> Iterator[Frame]:
        """The first frame at or after each multiple of `every_s`; 0 takes all.

        The others are decoded, as those behind need them, and not converted.
        """
        number, time_s, due_s = -1, 0.0, 0.0
        while True:
            if not self._capture.grab():
                behind_s = self._behind()
                if behind_s is None:
                    break
                if behind_s - time_s > max(every_s, 1.5 / self._rate):
                    yield Frame(number + 1, time_s, None, behind_s)
                number = max(number, round(behind_s * self._rate) - 1)
            number, time_s = number + 1, max(time_s, self._time_s())
            if time_s + 1e-6 < due_s:
                continue
            pixels = self._pixels()
            if pixels is not None:
                due_s = (time_s + 1e-6) // every_s * every_s + every_s if every_s else 0.0
                yield Frame(number, time_s, pixels)
        if self._start_s is None:
            raise UnreadableImageError("Not one frame of this film can be decoded.")
        if self._length_s - time_s > max(_MISSING_S, 2 / self._rate):
            yield Frame(number + 1, time_s, None, self._length_s)

    def _time_s(self) -> float:
        """When the frame that was grabbed is shown, from the first one on."""
        import cv2

        now_s = float(self._capture.get(cv2.CAP_PROP_POS_MSEC)) / 1000
        if self._start_s is None:
            self._start_s = now_s
        return now_s - self._start_s

    def _behind(self) -> float | None:
        """Grabs the next frame behind a damaged place; its time, or None where there is none."""
        for _ in range(_MOST_DAMAGED):
            if self._capture.grab():
                return self._time_s()
        return None

    def _pixels(self) -> RGBImage | None:
        import cv2

        whole, pixels = self._capture.retrieve()
        if not whole or pixels is None:
            return None
        return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB), dtype=np.uint8)
