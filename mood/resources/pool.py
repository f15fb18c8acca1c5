"""The networks that are loaded: once, under a lock, and let go when memory is short."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mood import forks
from mood.errors import ModelError, OptionsError, UnknownModelError
from mood.models import calibration
from mood.models.catalogue import HUB_DEFAULT, LIBFACEDETECTION, READABLE, WHOLE, find
from mood.models.custom import is_user_model
from mood.models.download import Progress
from mood.models.files import Standing
from mood.models.hub import is_offline
from mood.models.specs import Choice, DetectorSpec, ExpressionSpec, ModelSpec, Pair
from mood.models.store import Weights, WeightsStore
from mood.options import Options
from mood.resources.counters import Counters
from mood.resources.limits import resident_mb
from mood.settings import Settings
from mood.vision import packages

if TYPE_CHECKING:
    from mood.vision.detection import FaceDetector
    from mood.vision.expression import ExpressionClassifier
    from mood.vision.quality import QualityJudge
    from mood.vision.session import OnnxSession

_log = logging.getLogger(__name__)

_DEFAULT = Options()


@dataclass(frozen=True, slots=True)
class Models:
    """The networks that are loaded, and where detector and classifier came from."""

    detector: FaceDetector
    quality: QualityJudge
    classifier: ExpressionClassifier
    detector_weights: Weights[DetectorSpec]
    classifier_weights: Weights[ExpressionSpec]


@dataclass(frozen=True, slots=True)
class Status:
    """What is loaded and waited for, for people to see.

    Attributes:
        models: What is loaded, or None.
        downloads: What is on its way from the Hub.
        failure: Why a network of the Hub is not there, as a sentence.
    """

    models: Models | None
    downloads: tuple[Progress, ...]
    failure: str | None


class ModelPool:
    """The pair of networks that the settings name, and the pair that a caller chose last besides.

    Nothing is loaded before it is asked for, then once, however many threads ask first.

    Args:
        settings: Which networks, and how they run.
        store: Where their files come from.
        counters: Where loads are counted.
        public: Whether callers are strangers, who may name what the catalogue and the settings
            name, but no path and no address.
        roomy: Whether speed is worth more than memory, as where nothing but photos is read.
    """

    def __init__(
        self,
        settings: Settings,
        store: WeightsStore | None = None,
        counters: Counters | None = None,
        *,
        public: bool = False,
        roomy: bool = False,
    ) -> None:
        self._settings = settings
        self._store = store or WeightsStore(settings)
        self._counters = counters or Counters()
        self._public, self._roomy = public, roomy
        self._own: Choice = Pair(settings.detector, settings.model)
        self._pairs: dict[Choice, Models] = {}
        self.after_fork()
        forks.remember(self)

    def after_fork(self) -> None:
        """What another thread was loading, the child loads itself."""
        self._loading = threading.Lock()

    def get(self, options: Options = _DEFAULT) -> Models:
        """The networks that are wanted, loaded unless they are.

        Where ``auto`` had to make do with an embedded network and the Hub's has arrived since, that
        one is loaded instead.

        Raises:
            OptionsError: A stranger names what there is not.
            ModelError: One is not known, cannot be had or cannot be run.
        """
        choice = self._choice(options)
        models = self._pairs.get(choice)
        if models is not None and not self._has_news(choice, models):
            return models
        with self._loading:
            models = self._pairs.get(choice)
            if models is None or self._has_news(choice, models):
                models = self._load(choice)
                own = {self._own: self._pairs[self._own]} if self._own in self._pairs else {}
                self._pairs = {**own, choice: models}
            return models

    def status(self, options: Options = _DEFAULT) -> Status:
        """What of the wanted networks is loaded or on its way; never loads, unloads or waits.

        Raises:
            OptionsError: A stranger names what there is not.
        """
        models = self._pairs.get(self._choice(options))
        return Status(models, self._store.files.progress(), self._store.files.failure())

    def standing(self, spec: ModelSpec) -> Standing:
        """Whether a network can be had, as far as is known; never loads, asks or waits."""
        return self._store.standing(spec)

    def file_of(self, spec: ModelSpec) -> Path | None:
        """Where the verified file of a network is; None where it is not here. Asks no network."""
        return self._store.weights(spec).path if self._store.is_here(spec) else None

    def as_measured(self, spec: ExpressionSpec, file: Path) -> ExpressionSpec:
        """The spec of a network with what somebody measured of `file`, its verified file.

        Raises:
            ModelLoadError: That cannot be read, or was measured of another file.
        """
        measured = self._calibration()
        return spec if measured is None else calibration.applied(measured, spec, file)

    @property
    def names(self) -> list[str]:
        """The networks that are loaded and can be chosen, each once, detectors first."""
        pairs = list(self._pairs.values())
        names = [models.detector_weights.spec.name for models in pairs]
        names += [models.classifier_weights.spec.name for models in pairs]
        return [name for name in dict.fromkeys(names) if name != WHOLE.name]

    def check(self, options: Options = _DEFAULT) -> None:
        """Looks whether there are networks of the names that are wanted; loads and asks nothing.

        Raises:
            UnknownModelError: There is none.
        """
        choice = self._choice(options)
        if choice.detector != "auto":
            find(choice.detector, DetectorSpec)
        if choice.model != "auto" and not is_user_model(choice.model):
            find(choice.model, ExpressionSpec)

    def unload(self) -> None:
        """Lets go of all networks; the next picture loads them again."""
        self._pairs = {}

    def missing(self) -> str | None:
        """What must be there before a picture can be read, as a sentence; loads nothing.

        Of a package that is there and cannot be imported it knows after the first try.
        """
        if self._pairs:
            return None
        for module in packages.NEEDED:
            why = packages.fault(module)
            if why is not None:
                return why
        choice, hub = self._own.detector, HUB_DEFAULT.detector
        no_hub = is_offline() or self._store.files.failure() is not None
        without_hub = choice == "auto" and no_hub and not self._store.is_here(hub)
        if without_hub or choice == LIBFACEDETECTION.name:
            try:
                self._store.weights(LIBFACEDETECTION)
            except ModelError as error:
                return str(error)
        try:
            self._calibration()
        except ModelError as error:
            return str(error)
        return self._store.obstacle(self._own)

    def _choice(self, options: Options) -> Choice:
        choice = Pair(options.detector or self._own.detector, options.model or self._own.model)
        try:
            if self._public and choice.detector not in {"auto", self._own.detector}:
                find(choice.detector, DetectorSpec)
            if self._public and choice.model not in {"auto", self._own.model}:
                find(choice.model, ExpressionSpec)
        except UnknownModelError as error:  # the stranger's mistake, and not the server's
            raise OptionsError(str(error)) from error
        return choice

    def _has_news(self, choice: Choice, models: Models) -> bool:
        current = Pair(models.detector_weights, models.classifier_weights)
        return self._store.news(current, choice)

    def _calibration(self) -> calibration.Calibration | None:
        """What somebody measured of a network; raises `ModelError` where that cannot be read."""
        name = self._settings.calibration
        return calibration.read(Path(name).expanduser()) if name else None

    def _load(self, choice: Choice) -> Models:
        packages.need(*packages.NEEDED)
        detector_weights, weights = self._store.resolve(choice)
        spec = self.as_measured(weights.spec, weights.path)
        start = time.perf_counter()
        try:
            detector = self._detector(detector_weights)
        except ModelError as error:
            return self._load_without(detector_weights, choice, choice.detector, error)
        try:
            classifier = self._classifier(weights, spec)
        except ModelError as error:
            return self._load_without(weights, choice, choice.model, error)
        quality = self._quality()
        seconds = time.perf_counter() - start
        self._counters.add(loads=1, load_s=seconds)
        _log.info(
            "loaded %s and %s in %.0f ms, resident memory %.0f MB",
            detector_weights.spec.name,
            weights.spec.name,
            seconds * 1000,
            resident_mb(),
        )
        return Models(detector, quality, classifier, detector_weights, weights)

    def _load_without(
        self, weights: Weights[ModelSpec], choice: Choice, name: str, error: ModelError
    ) -> Models:
        """What ``auto`` falls back to where a network of the Hub cannot be run on this machine."""
        if name != "auto" or weights.spec.embedded:
            raise error
        _log.warning("%s The embedded network does instead.", error)
        self._store.reject(weights.spec, error)
        return self._load(choice)

    # OpenCV and ONNX Runtime are imported by these two: /health never needs what they cost.

    def _detector(self, weights: Weights[DetectorSpec]) -> FaceDetector:
        from mood.models.arrays import detector_arrays
        from mood.vision.detection import WholePicture, YuNetDetector

        for models in self._pairs.values():
            if models.detector_weights == weights:
                return models.detector
        if weights.spec == WHOLE:
            return WholePicture()
        _log.info("loading %s from %s", weights.spec.name, weights.source)
        arrays = detector_arrays(weights.spec.name, weights.path)
        return YuNetDetector(arrays, self._settings, roomy=self._roomy)

    def _classifier(
        self, weights: Weights[ExpressionSpec], spec: ExpressionSpec
    ) -> ExpressionClassifier:
        from mood.vision.expression import ExpressionClassifier

        for models in self._pairs.values():
            if models.classifier_weights == weights and models.classifier.spec == spec:
                return models.classifier
        _log.info("loading %s from %s", weights.spec.name, weights.source)
        return ExpressionClassifier(spec, self._session(weights.path))

    def _quality(self) -> QualityJudge:
        from mood.vision.quality import QualityJudge
        from mood.vision.weighing import WEIGHING

        for models in self._pairs.values():
            return models.quality
        path = self._store.weights(READABLE).path
        return QualityJudge(READABLE, self._session(path), WEIGHING)

    def _session(self, path: Path) -> OnnxSession:
        from mood.vision.session import OnnxSession

        settings = self._settings
        return OnnxSession(path, settings.threads, settings.run_limit_s, keeps_buffers=self._roomy)
