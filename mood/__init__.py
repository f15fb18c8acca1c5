"""Finds the faces in a photo or a webcam stream and says which expression each shows.

>>> import mood
>>> mood.analyze("photo.jpg").faces[0].top  # doctest: +SKIP
<Expression.HAPPINESS: 'happiness'>

Importing this package imports neither gradio nor onnxruntime nor cv2, and loads no model; each name
is fetched from its module when it is first used.
"""

from __future__ import annotations

import functools
import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

    from mood.analyzer import MoodAnalyzer, Reading
    from mood.errors import (
        BusyError,
        ImageError,
        ModelError,
        MoodError,
        OptionsError,
        SettingsError,
    )
    from mood.options import Options
    from mood.settings import Settings
    from mood.types import Analysis, Expression, Face, FaceExpression, Source
    from mood.video.films import FilmMoment
    from mood.video.tracking import TrackedFace
    from mood.vision.picture import ImageInput

__all__ = [
    "Analysis",
    "BusyError",
    "Expression",
    "Face",
    "FaceExpression",
    "FilmMoment",
    "ImageError",
    "ImageInput",
    "ModelError",
    "MoodAnalyzer",
    "MoodError",
    "Options",
    "OptionsError",
    "Reading",
    "Settings",
    "SettingsError",
    "Source",
    "TrackedFace",
    "analyze",
    "analyze_video",
]

__version__ = "1.0.0"

_MODULES = {
    "Analysis": "types",
    "BusyError": "errors",
    "Expression": "types",
    "Face": "types",
    "FaceExpression": "types",
    "FilmMoment": "video.films",
    "ImageError": "errors",
    "ImageInput": "vision.picture",
    "ModelError": "errors",
    "MoodAnalyzer": "analyzer",
    "MoodError": "errors",
    "Options": "options",
    "OptionsError": "errors",
    "Reading": "analyzer",
    "Settings": "settings",
    "SettingsError": "errors",
    "Source": "types",
    "TrackedFace": "video.tracking",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module 'mood' has no attribute {name!r}")
    try:
        return getattr(importlib.import_module(f"mood.{_MODULES[name]}"), name)
    except ImportError as error:
        from mood.namesake import in_the_way

        why = in_the_way()
        if why is None:
            raise
        raise ImportError(why) from error


def __dir__() -> list[str]:
    return sorted([*globals(), *_MODULES])


def analyze(image: ImageInput, options: Options | None = None) -> Analysis:
    """The faces of a picture and their expressions, with one analyzer for the whole process.

    Args:
        image: A path of any kind, the bytes of a file, an open binary file, a PIL image or an array
            (H, W, 3) uint8 RGB.
        options: What is wanted of it.

    Raises:
        ImageError: The picture cannot be read.
        ModelError: A network cannot be had or cannot be run.
        OptionsError: The network knows none of the expressions that are to be considered.
    """
    from mood.options import Options

    return _default_analyzer().analyze(image, options or Options())


def analyze_video(
    path: str | os.PathLike[str], options: Options | None = None, *, every_s: float = 0.5
) -> Iterator[FilmMoment]:
    """What the faces of a film show, from moment to moment; a film of any length fits in memory.

    Args:
        path: A film: MP4, MOV, WebM, MKV, AVI, or a GIF.
        options: What is wanted of each frame.
        every_s: Seconds from one frame that is read to the next; 0 reads all.

    Raises:
        UnreadableImageError: The file is missing, or no film that can be decoded here.
        OptionsError: `every_s` is below 0.
        MoodError: As `analyze` does, while frames are read.
    """
    from mood.video.films import moments

    return moments(path, _default_analyzer(), options, every_s)


@functools.cache
def _default_analyzer() -> MoodAnalyzer:
    from mood.analyzer import MoodAnalyzer

    return MoodAnalyzer()
