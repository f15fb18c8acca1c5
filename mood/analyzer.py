"""The whole way from a picture to its `Analysis`."""

from __future__ import annotations

import dataclasses
import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mood.errors import BusyError, ModelError, MoodError
from mood.models.download import Progress
from mood.models.specs import Pair
from mood.models.store import DetectorWeights, ExpressionWeights, Weights, WeightsStore
from mood.resources.counters import Tally
from mood.resources.memory import MemoryGuard, memory_limit_mb, resident_mb
from mood.settings import Settings
from mood.types import Analysis, FaceExpression, Source
from mood.vision.picture import ImageInput, Picture, read_image

if TYPE_CHECKING:
    from mood.vision.detection import FaceDetector
    from mood.vision.expression import ExpressionClassifier

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Models:
    """A detector and a classifier that are loaded, and where they came from."""

    detector: FaceDetector
    classifier: ExpressionClassifier
    detector_weights: DetectorWeights
    classifier_weights: ExpressionWeights


@dataclass(frozen=True, slots=True)
class Status:
    """What the analyzer has and waits for, for people to see.

    Attributes:
        model: Name of the loaded expression network, or None before the first picture.
        detector: Name of the loaded detector.
        source: Where the expression network came from.
        detector_source: Where the detector came from.
        downloads: What is on its way from the Hub.
        failure: Why a network of the Hub is not there, as a sentence.
    """

    model: str | None
    detector: str | None
    source: Source | None
    detector_source: Source | None
    downloads: tuple[Progress, ...]
    failure: str | None


class MoodAnalyzer:
    """Finds the faces of a picture and reads their expressions.

    Nothing is loaded before the first picture; then once, however many threads come first. Pictures
    take turns: as many are analysed at the same time as the settings allow, and so many may wait.

    Attributes:
        settings: How it works.
        tally: What it did.
        guard: Watches the memory, and unloads the models before the host kills the process.

    Args:
        settings: How to work; by default what the environment says.
        models: Detector and classifier to use instead of those that the settings name.
        store: Where the files of networks come from.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        models: Models | None = None,
        store: WeightsStore | None = None,
    ) -> None:
        self.settings = settings or Settings.from_env()
        self._store = store or WeightsStore(self.settings)
        self._wish = Pair(self.settings.detector, self.settings.model)
        self._models = models
        self._given = models is not None
        self._loading = threading.Lock()
        self._places = threading.Semaphore(self.settings.concurrency)
        self._line = threading.Semaphore(self.settings.concurrency + self.settings.queue_size)
        self.tally = Tally()
        self.guard = MemoryGuard(memory_limit_mb(self.settings), self.unload)

    @property
    def models(self) -> Models | None:
        """What is loaded, or None; asking never loads."""
        return self._models

    def status(self) -> Status:
        """What is loaded and what is on its way; asking never loads and never waits."""
        models = self._models
        return Status(
            model=models.classifier_weights.spec.name if models else None,
            detector=models.detector_weights.spec.name if models else None,
            source=models.classifier_weights.source if models else None,
            detector_source=models.detector_weights.source if models else None,
            downloads=self._store.progress(),
            failure=self._store.failure(),
        )

    def load(self) -> Models:
        """Loads the models unless they are, and returns them.

        Where ``auto`` had to make do with an embedded network and the Hub's has arrived since, that
        one is loaded instead.

        Raises:
            ModelError: One cannot be had or cannot be run.
        """
        models = self._models
        if models is not None and (self._given or not self._has_news(models)):
            return models
        with self._loading:
            models = self._models
            if models is None or self._has_news(models):
                models = self._models = self._load()
            return models

    def unload(self) -> None:
        """Lets go of the models; the next picture loads them again."""
        self._models = None
        self._given = False

    def _has_news(self, models: Models) -> bool:
        current = Pair(models.detector_weights, models.classifier_weights)
        return self._store.news(current, self._wish)

    def _load(self) -> Models:
        detector_weights, weights = self._store.resolve(self._wish)
        start = time.perf_counter()
        for each in (detector_weights, weights):
            _log.info("loading %s from %s", each.spec.name, each.source)
        try:
            detector = self._detector(detector_weights)
        except ModelError as error:
            return self._load_without(detector_weights, self.settings.detector, error)
        try:
            classifier = self._classifier(weights)
        except ModelError as error:
            return self._load_without(weights, self.settings.model, error)
        seconds = time.perf_counter() - start
        self.tally.add(loads=1, load_s=seconds)
        _log.info(
            "loaded %s and %s in %.0f ms, resident memory %.0f MB",
            detector_weights.spec.name,
            weights.spec.name,
            seconds * 1000,
            resident_mb(),
        )
        return Models(detector, classifier, detector_weights, weights)

    def _load_without(self, weights: Weights, wish: str, error: ModelError) -> Models:
        """What ``auto`` falls back to where a network of the Hub cannot be run on this machine."""
        if wish != "auto" or weights.spec.embedded:
            raise error
        _log.warning("%s The embedded network does instead.", error)
        self._store.reject(weights.spec, error)
        return self._load()

    # OpenCV and ONNX Runtime are imported by these two: /health never needs what they cost.

    def _detector(self, weights: DetectorWeights) -> FaceDetector:
        from mood.vision.detection import LibFaceDetector, YuNetDetector

        if weights.path is None:
            return LibFaceDetector(self.settings)
        return YuNetDetector(weights.path, self.settings)

    def _classifier(self, weights: ExpressionWeights) -> ExpressionClassifier:
        from mood.vision.expression import ExpressionClassifier
        from mood.vision.session import OnnxSession

        session = OnnxSession(weights.path, self.settings.threads)
        return ExpressionClassifier(weights.spec, session, self.settings.certainty)

    def analyze(self, image: ImageInput, *, quick: bool = False) -> Analysis:
        """The faces of a picture and their expressions.

        Args:
            image: A path, the bytes of a picture file, a PIL image or an array (H, W, 3) uint8 RGB.
            quick: Prefer speed over small faces, for video.

        Raises:
            ImageError: The picture cannot be read.
            ModelError: A network cannot be had or cannot be run.
            BusyError: Too many pictures wait already, or memory is short.
        """
        with self.turn():
            return self.analyze_picture(self.read(image), quick=quick)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Waits for the turn to decode and analyse a picture, and holds it.

        Raises:
            BusyError: Too many wait already, the turn does not come in time, or memory is short.
        """
        if not self._line.acquire(blocking=False):
            self.tally.add(refusals=1)
            raise BusyError("Many pictures are waiting already. Please try again in a moment.")
        try:
            with self.tally.during("waiting"):
                came = self._places.acquire(timeout=self.settings.wait_limit_s)
            if not came:
                self.tally.add(refusals=1)
                raise BusyError("The server is busy. Please try again in a moment.")
            try:
                with self.tally.during("working"):
                    self._admit()
                    yield
            except MoodError as error:
                if not isinstance(error, BusyError):
                    self.tally.add(failures=1)
                raise
            finally:
                self._places.release()
                self.guard.finish()
        finally:
            self._line.release()

    def _admit(self) -> None:
        try:
            self.guard.admit()
        except BusyError:
            self.tally.add(refusals=1)
            raise

    def read(self, image: ImageInput) -> Picture:
        """Decodes a picture within the bounds of the settings; see `read_image`."""
        return read_image(image, self.settings)

    def analyze_picture(self, picture: Picture, *, quick: bool = False) -> Analysis:
        """The same for a picture that is decoded already, by who holds a `turn`."""
        models = self.load()
        start = time.perf_counter()
        faces = models.detector.detect(picture.pixels, quick=quick)
        verdicts = models.classifier.classify(picture.pixels, faces)
        duration_ms = (time.perf_counter() - start) * 1000
        level = logging.DEBUG if quick else logging.INFO  # a webcam would fill the log
        _log.log(level, "found %d face(s) in %.0f ms", len(faces), duration_ms)
        self.tally.add(pictures=1, faces=len(faces), inference_s=duration_ms / 1000)
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
