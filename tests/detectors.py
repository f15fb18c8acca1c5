"""The detectors, and what judges their finds, as tests and benchmarks load them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from mood.models.arrays import detector_arrays
from mood.models.catalogue import LIBFACEDETECTION, READABLE, YUNET
from mood.models.store import WeightsStore
from mood.settings import Settings
from mood.vision.detection import YuNetDetector
from mood.vision.quality import QualityJudge
from mood.vision.session import OnnxSession
from mood.vision.weighing import WEIGHING


def embedded(settings: Settings | None = None, *, roomy: bool = False) -> YuNetDetector:
    """The detector with the weights of libfacedetection.

    Raises:
        ModelError: They are not here.
    """
    arrays = detector_arrays(LIBFACEDETECTION.name, _library())
    return YuNetDetector(arrays, settings or Settings(), roomy=roomy)


def of_hub(path: Path, settings: Settings | None = None) -> YuNetDetector:
    """The detector with YuNet's own weights, from its file."""
    return YuNetDetector(detector_arrays(YUNET.name, path), settings or Settings())


def judge() -> QualityJudge:
    """What says of a find whether it can be read, with the network of this repository."""
    return QualityJudge(READABLE, OnnxSession(READABLE.origin.path), WEIGHING)


@cache
def _library() -> Path:
    return WeightsStore(Settings()).weights(LIBFACEDETECTION).path
