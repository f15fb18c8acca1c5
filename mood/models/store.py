"""From a network's name to a file on disk that is safe to load: cache, then Hub, then embedded.

The Hugging Face Hub is asked in threads of their own, so that nobody waits for a Hub that is not
there: a request waits `Settings.hub_wait_s` for a sign of life, and as long as bytes keep coming up
to `Settings.download_limit_s`. What arrives later is used later. Every file is checked against the
size and the SHA-256 of the catalogue before it is handed out.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from mood.errors import ModelError, WeightsUnavailableError
from mood.models import wheel
from mood.models.catalogue import CATALOGUE, EMBEDDED_DEFAULT, HUB_DEFAULT, WHOLE, find
from mood.models.custom import description_of, hub_address, is_user_model
from mood.models.description import describe
from mood.models.download import Download, Progress
from mood.models.files import HubFiles, verify
from mood.models.specs import (
    Choice,
    DetectorSpec,
    EmbeddedFile,
    ExpressionSpec,
    File,
    HubFile,
    LocalFile,
    ModelSpec,
    Pair,
    QualitySpec,
    WheelFile,
)
from mood.settings import Settings
from mood.types import Source

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class DetectorWeights:
    """A detector that can be loaded.

    Attributes:
        spec: Which one.
        path: The verified file that its weights are read from.
        source: Where it came from.
    """

    spec: DetectorSpec
    path: Path
    source: Source


@dataclass(frozen=True, slots=True)
class ExpressionWeights:
    """An expression network that can be loaded.

    Attributes:
        spec: Which one.
        path: Its verified file.
        source: Where it came from.
    """

    spec: ExpressionSpec
    path: Path
    source: Source


@dataclass(frozen=True, slots=True)
class QualityWeights:
    """A network that says whether a face can be read, to be loaded.

    Attributes:
        spec: Which one.
        path: Its verified file.
        source: Where it came from.
    """

    spec: QualitySpec
    path: Path
    source: Source


Weights = DetectorWeights | ExpressionWeights | QualityWeights


class WeightsStore:
    """Finds the networks that are chosen, and falls back where ``auto`` may.

    One serves all who choose networks, whichever they choose.

    Attributes:
        files: The files of the Hub that are here, on their way, or not to be had.

    Args:
        settings: Time limits.
        catalogue: The networks there are.
        hub_default: What ``auto`` takes where the Hub or its cache has it.
        clock: Seconds that only grow.
    """

    def __init__(
        self,
        settings: Settings,
        catalogue: Mapping[str, ModelSpec] = CATALOGUE,
        hub_default: Pair[DetectorSpec, ExpressionSpec] = HUB_DEFAULT,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.files = HubFiles(settings, clock)
        self._hub_wait_s = settings.hub_wait_s
        self._catalogue = catalogue
        self._hub_default = hub_default
        self._clock = clock

    def resolve(self, choice: Choice) -> Pair[DetectorWeights, ExpressionWeights]:
        """The networks that are chosen, both within the same time.

        ``auto`` is the Hub's network if its cache holds it or the Hub delivers it in time, else the
        embedded one. A named network never becomes another.

        Raises:
            ModelError: A named network is unknown or cannot be had.
        """
        deadline = self._clock() + self._hub_wait_s
        detector = self._wanted_detector(choice.detector)
        model = self._wanted_model(choice.model, deadline)
        downloads = [self._begin(detector), self._begin(model)]  # both, before either is awaited
        return Pair(
            self._detector(detector, choice.detector == "auto", downloads[0], deadline),
            self._model(model, choice.model == "auto", downloads[1], deadline),
        )

    def weights(self, spec: ModelSpec) -> Weights:
        """One network, by its spec.

        Raises:
            ModelError: It cannot be had.
        """
        deadline = self._clock() + self._hub_wait_s
        download = self._begin(spec)
        if isinstance(spec, DetectorSpec):
            return self._detector(spec, False, download, deadline)
        if isinstance(spec, QualitySpec):
            return QualityWeights(spec, *self._located(spec.origin, spec.name, download, deadline))
        return self._model(spec, False, download, deadline)

    def is_here(self, spec: ModelSpec) -> bool:
        """Whether a network can be had without the Hub; asks no network."""
        origin = spec.origin
        if isinstance(origin, WheelFile):
            return wheel.is_here(origin, spec.name)
        return not isinstance(origin, HubFile) or self.files.cached(origin, spec.name) is not None

    def news(self, current: Pair[DetectorWeights, ExpressionWeights], choice: Choice) -> bool:
        """Whether a network that ``auto`` had to do without can be had by now.

        Starts the next try in the background when its time has come; never waits.
        """
        news = [
            self._has_news(current.detector.spec, choice.detector, self._hub_default.detector),
            self._has_news(current.model.spec, choice.model, self._hub_default.model),
        ]
        return any(news)

    def reject(self, spec: ModelSpec, error: ModelError) -> None:
        """From now on ``auto`` does without a network of the Hub that cannot be run here."""
        if isinstance(spec.origin, HubFile):
            self.files.reject(spec.origin, error)

    def progress(self) -> tuple[Progress, ...]:
        """The downloads under way; asking changes nothing and never waits."""
        return self.files.progress()

    def failure(self) -> str | None:
        """Why a network of the Hub is not there, as a sentence; None where nothing failed."""
        return self.files.failure()

    def _has_news(self, current: ModelSpec, name: str, spec: ModelSpec) -> bool:
        if name != "auto" or current == spec or not isinstance(spec.origin, HubFile):
            return False
        return self.files.has_arrived(spec.origin, spec.name)

    def _wanted_detector(self, name: str) -> DetectorSpec:
        if name != "auto":
            return find(name, DetectorSpec, self._catalogue)
        spec = self._hub_default.detector
        return EMBEDDED_DEFAULT.detector if self._is_rejected(spec) else spec

    def _wanted_model(self, name: str, deadline: float) -> ExpressionSpec:
        if is_user_model(name):
            return self._described(name, deadline)
        if name != "auto":
            return find(name, ExpressionSpec, self._catalogue)
        spec = self._hub_default.model
        return EMBEDDED_DEFAULT.model if self._is_rejected(spec) else spec

    def _is_rejected(self, spec: ModelSpec) -> bool:
        return isinstance(spec.origin, HubFile) and self.files.is_rejected(spec.origin)

    def _described(self, name: str, deadline: float) -> ExpressionSpec:
        """The spec of a user's network, from the description beside its file."""
        if name.startswith("hf://"):
            network = hub_address(name)
            note, title = description_of(network), f"{name} (its description)"
            download = self.files.begin(note, title)
            return describe(name, network, self.files.wait(note, title, download, deadline)[0])
        path = _own_file(name)
        return describe(path.stem, LocalFile(path), path.with_suffix(".json"))

    def _begin(self, spec: ModelSpec) -> Download | None:
        origin = spec.origin
        return self.files.begin(origin, spec.name) if isinstance(origin, HubFile) else None

    def _detector(
        self, spec: DetectorSpec, auto: bool, download: Download | None, deadline: float
    ) -> DetectorWeights:
        if spec == WHOLE:
            return DetectorWeights(WHOLE, Path(), Source.EMBEDDED)
        try:
            path, source = self._located(spec.origin, spec.name, download, deadline)
        except ModelError:
            if not auto or spec.embedded:
                raise
            _log.info("%s is not there yet, using %s", spec.name, EMBEDDED_DEFAULT.detector.name)
            return self._detector(EMBEDDED_DEFAULT.detector, auto, None, deadline)
        return DetectorWeights(spec, path, source)

    def _model(
        self, spec: ExpressionSpec, auto: bool, download: Download | None, deadline: float
    ) -> ExpressionWeights:
        try:
            path, source = self._located(spec.origin, spec.name, download, deadline)
        except ModelError:
            if not auto or spec.embedded:
                raise
            _log.info("%s is not there yet, using %s", spec.name, EMBEDDED_DEFAULT.model.name)
            return self._model(EMBEDDED_DEFAULT.model, auto, None, deadline)
        return ExpressionWeights(spec, path, source)

    def _located(
        self, file: File, name: str, download: Download | None, deadline: float
    ) -> tuple[Path, Source]:
        """Where a verified file is, and where it came from; raises `ModelError` where it is not."""
        if isinstance(file, HubFile):
            return self.files.wait(file, name, download, deadline)
        if isinstance(file, WheelFile):
            return wheel.located(file, name)
        verify(file.path, file, name)
        return file.path, Source.EMBEDDED if isinstance(file, EmbeddedFile) else Source.FILE


def _own_file(name: str) -> Path:
    try:
        path = Path(name).expanduser().absolute()
        if path.is_file():
            return path
    except (OSError, RuntimeError):  # a name that is too long; somebody's home that there is not
        path = Path(name)
    # Visitors read this too, and its folder is nobody's business.
    raise WeightsUnavailableError(
        f"There is no file {path.name} where it should be. Correct MOOD_MODEL."
    )
