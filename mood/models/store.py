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
from typing import Generic, TypeVar

from mood.errors import ModelError, WeightsUnavailableError
from mood.models import wheel
from mood.models.catalogue import CATALOGUE, EMBEDDED_DEFAULT, HUB_DEFAULT, WHOLE, find
from mood.models.custom import description_of, hub_address, is_user_model
from mood.models.description import describe
from mood.models.download import Download
from mood.models.files import HubFiles, Standing
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
    S,
    WheelFile,
)
from mood.models.verified import verify
from mood.settings import Settings
from mood.types import Source

_log = logging.getLogger(__name__)

S_co = TypeVar("S_co", bound=ModelSpec, covariant=True)


@dataclass(frozen=True, slots=True)
class Weights(Generic[S_co]):
    """A network that can be loaded.

    Attributes:
        spec: Which one.
        path: The verified file that its weights are read from.
        source: Where it came from.
    """

    spec: S_co
    path: Path
    source: Source


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

    def resolve(self, choice: Choice) -> Pair[Weights[DetectorSpec], Weights[ExpressionSpec]]:
        """The networks that are chosen, both within the same time.

        ``auto`` is the Hub's network if its cache holds it or the Hub delivers it in time, else the
        embedded one. A named network never becomes another.

        Raises:
            ModelError: A named network is unknown or cannot be had.
        """
        deadline = self._clock() + self._hub_wait_s
        hub, embedded = self._hub_default, EMBEDDED_DEFAULT
        detector = self._wanted(choice.detector, DetectorSpec, hub.detector, embedded.detector)
        model = (
            self._described(choice.model, deadline)
            if is_user_model(choice.model)
            else self._wanted(choice.model, ExpressionSpec, hub.model, embedded.model)
        )
        downloads = [self._begin(detector), self._begin(model)]  # both, before either is awaited
        return Pair(
            self._had(detector, choice.detector, embedded.detector, downloads[0], deadline),
            self._had(model, choice.model, embedded.model, downloads[1], deadline),
        )

    def weights(self, spec: S) -> Weights[S]:
        """One network, by its spec.

        Raises:
            ModelError: It cannot be had.
        """
        deadline = self._clock() + self._hub_wait_s
        return Weights(spec, *self._located(spec, self._begin(spec), deadline))

    def is_here(self, spec: ModelSpec) -> bool:
        """Whether a network can be had without the Hub; asks no network."""
        origin = spec.origin
        if isinstance(origin, WheelFile):
            return wheel.is_here(origin, spec.name)
        return not isinstance(origin, HubFile) or self.files.cached(origin, spec.name) is not None

    def standing(self, spec: ModelSpec) -> Standing:
        """Whether a network can be had, as far as is known; loads nothing and asks no network."""
        origin = spec.origin
        if isinstance(origin, HubFile):
            return self.files.standing(origin)
        return Standing.READY if self.is_here(spec) else Standing.FAILED

    def obstacle(self, choice: Choice) -> str | None:
        """Why a network that is named cannot be had, as far as is known; None where it may be.

        Asks no network, and reads no file but the description of a user's own.
        """
        files: list[tuple[str, File]] = []
        try:
            if choice.detector != "auto":
                detector = find(choice.detector, DetectorSpec, self._catalogue)
                files.append((detector.name, detector.origin))
            if choice.model.startswith("hf://"):
                files.append((choice.model, hub_address(choice.model)))
            elif choice.model != "auto":
                model = (
                    self._described(choice.model, deadline=0.0)
                    if is_user_model(choice.model)
                    else find(choice.model, ExpressionSpec, self._catalogue)
                )
                files.append((model.name, model.origin))
        except ModelError as error:
            return str(error)
        of_hub = ((name, file) for name, file in files if isinstance(file, HubFile))
        whys = (self.files.obstacle(file, name) for name, file in of_hub)
        return next(filter(None, whys), None)

    def news(
        self, current: Pair[Weights[DetectorSpec], Weights[ExpressionSpec]], choice: Choice
    ) -> bool:
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

    def _has_news(self, current: ModelSpec, name: str, spec: ModelSpec) -> bool:
        if name != "auto" or current == spec or not isinstance(spec.origin, HubFile):
            return False
        return self.files.has_arrived(spec.origin, spec.name)

    def _wanted(self, name: str, kind: type[S], hub: S, embedded: S) -> S:
        if name != "auto":
            return find(name, kind, self._catalogue)
        return embedded if self._is_rejected(hub) else hub

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

    def _had(
        self, spec: S, name: str, otherwise: S, download: Download | None, deadline: float
    ) -> Weights[S]:
        """A network that was chosen by name; of ``auto``, `otherwise` where it cannot be had."""
        try:
            return Weights(spec, *self._located(spec, download, deadline))
        except ModelError:
            if name != "auto" or spec.embedded:
                raise
            _log.info("%s is not there yet, using %s", spec.name, otherwise.name)
            return Weights(otherwise, *self._located(otherwise, None, deadline))

    def _located(
        self, spec: ModelSpec, download: Download | None, deadline: float
    ) -> tuple[Path, Source]:
        """Where a verified file is, and where it came from; raises `ModelError` where it is not."""
        if spec == WHOLE:
            return Path(), Source.EMBEDDED
        file, name = spec.origin, spec.name
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
