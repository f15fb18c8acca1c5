"""The whole way from a picture to its `Analysis`."""

from __future__ import annotations

import dataclasses
import logging
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mood.catalogue import Task
from mood.image import ImageInput, Picture, read_image
from mood.memory import resident_mb
from mood.settings import Settings
from mood.types import Analysis, FaceExpression

if TYPE_CHECKING:
    from mood.detection import FaceDetector
    from mood.expression import ExpressionClassifier
    from mood.weights import Weights

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Models:
    """A detector and a classifier that are loaded, and where they came from."""

    detector: FaceDetector
    classifier: ExpressionClassifier
    detector_weights: Weights
    classifier_weights: Weights


class MoodAnalyzer:
    """Finds the faces of a picture and reads their expressions.

    Nothing is loaded before the first picture; then once, however many threads come first.

    Args:
        settings: How to work; by default what the environment says.
        models: Detector and classifier to use instead of those that the settings name.
    """

    def __init__(self, settings: Settings | None = None, models: Models | None = None) -> None:
        self.settings = settings or Settings.from_env()
        self._models = models
        self._loading = threading.Lock()
        self._working = threading.Semaphore(self.settings.concurrency)

    @property
    def models(self) -> Models | None:
        """What is loaded, or None; asking never loads."""
        return self._models

    def load(self) -> Models:
        """Loads the models unless they are, and returns them.

        Raises:
            ModelError: One cannot be had or cannot be run.
        """
        models = self._models
        if models is not None:
            return models
        with self._loading:
            if self._models is None:
                self._models = _load(self.settings)
            return self._models

    def unload(self) -> None:
        """Lets go of the models; the next picture loads them again."""
        self._models = None

    def analyze(self, image: ImageInput, *, quick: bool = False) -> Analysis:
        """The faces of a picture and their expressions.

        Args:
            image: A path, the bytes of a picture file, a PIL image or an array (H, W, 3) uint8 RGB.
            quick: Prefer speed over small faces, for video.

        Raises:
            ImageError: The picture cannot be read.
            ModelError: A network cannot be had or cannot be run.
        """
        with self._working:
            return self.analyze_picture(self.read(image), quick=quick)

    def read(self, image: ImageInput) -> Picture:
        """Decodes a picture within the bounds of the settings; see `mood.image.read_image`."""
        return read_image(image, self.settings)

    def analyze_picture(self, picture: Picture, *, quick: bool = False) -> Analysis:
        """The same for a picture that is decoded already."""
        models = self.load()
        start = time.perf_counter()
        faces = models.detector.detect(picture.pixels, quick=quick)
        verdicts = models.classifier.classify(picture.pixels, faces)
        duration_ms = (time.perf_counter() - start) * 1000
        _log.info("found %d face(s) in %.0f ms", len(faces), duration_ms)
        return Analysis(
            faces=tuple(_in_original_pixels(verdict, picture) for verdict in verdicts),
            size_wh=picture.size_wh,
            model=models.classifier_weights.spec.name,
            detector=models.detector_weights.spec.name,
            source=models.classifier_weights.source,
            detector_source=models.detector_weights.source,
            duration_ms=duration_ms,
        )


def _in_original_pixels(verdict: FaceExpression, picture: Picture) -> FaceExpression:
    width, height = picture.size_wh
    rows, columns = picture.pixels.shape[:2]
    return dataclasses.replace(verdict, face=verdict.face.scaled(width / columns, height / rows))


def _load(settings: Settings) -> Models:
    # Imported here: OpenCV and ONNX Runtime cost start-up time and memory that /health never needs.
    from mood.detection import LibFaceDetector, YuNetDetector
    from mood.expression import ExpressionClassifier
    from mood.session import OnnxSession
    from mood.weights import resolve

    start = time.perf_counter()
    detector_weights = resolve(settings.detector, Task.DETECTION)
    weights = resolve(settings.model, Task.EXPRESSION)
    for each in (detector_weights, weights):
        _log.info("loading %s from %s", each.spec.name, each.source)
    detector: FaceDetector
    if detector_weights.path is None:
        detector = LibFaceDetector(settings)
    else:
        detector = YuNetDetector(detector_weights.path, settings)
    assert weights.path is not None
    session = OnnxSession(weights.path, settings.threads)
    classifier = ExpressionClassifier(weights.spec, session, settings.certainty)
    _log.info(
        "loaded %s and %s in %.0f ms, resident memory %.0f MB",
        detector_weights.spec.name,
        weights.spec.name,
        (time.perf_counter() - start) * 1000,
        resident_mb(),
    )
    return Models(detector, classifier, detector_weights, weights)
