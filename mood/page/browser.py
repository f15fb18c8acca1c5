"""What a visitor's browser is given to read live video by itself, and where it is not.

The files lie below the page's address, each under a name that holds its hash: a browser that keeps
them for a year never mixes two versions, whichever detector a server has.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypedDict

from mood.analyzer import MoodAnalyzer
from mood.errors import ModelLoadError
from mood.models.catalogue import LIBFACEDETECTION, MINI, YUNET
from mood.page import assets, weights
from mood.page.specs import VisionSpecs, vision_specs
from mood.settings import Settings

Without = Literal["", "operator", "network", "weights"]

_MODELS = {"auto", MINI.name}
_DETECTORS = {"auto", LIBFACEDETECTION.name, YUNET.name}


class WeightsFile(TypedDict):
    """Where weights are, seen from the page, and the SHA-256 of them in hexadecimal."""

    url: str
    sha256: str


class VisionFiles(TypedDict):
    """`Files` of `static/vision/types.d.ts`."""

    engine: str
    detector: WeightsFile
    mini: WeightsFile
    readable: WeightsFile | None


class Vision(TypedDict):
    """What the browser reads with."""

    files: VisionFiles
    specs: VisionSpecs


class Licence(TypedDict):
    """Weights that browsers get: name, licence, and where its text is, seen from the page."""

    name: str
    licence: str
    url: str


@dataclass(frozen=True, slots=True)
class Inside:
    """What browsers are given.

    Attributes:
        vision: What they read with; None where they are to ask the server.
        without: Why there is none.
        licences: Of the weights.
        files: What is to be served beside the files of the page: name → what makes the contents.
    """

    vision: Vision | None
    without: Without
    licences: tuple[Licence, ...] = ()
    files: Mapping[str, Callable[[], bytes]] = field(default_factory=dict)


def inside(analyzer: MoodAnalyzer) -> Inside:
    """What the browsers of this server's visitors are given; no network is loaded or fetched."""
    settings = analyzer.settings
    why = _unwanted(settings)
    detector = settings.detector if settings.detector in _DETECTORS else "auto"
    found = None if why else weights.files(analyzer.pool, detector)
    file = analyzer.pool.file_of(MINI)
    if found is None or file is None:
        return Inside(None, why or "weights")
    try:
        mini = analyzer.pool.as_measured(MINI, file)
    except ModelLoadError:  # `/ready` says why
        return Inside(None, "network")
    files: dict[str, Callable[[], bytes]] = {}
    parts: dict[str, WeightsFile] = {}
    for name, served in found.items():
        path = f"vision/{name}-{served.sha256[:12]}.bin"
        files[path] = served.make
        parts[name] = {"url": assets.address(path), "sha256": served.sha256}
    vision: Vision = {
        "files": {
            "engine": assets.address("vision/engine.wasm"),
            "detector": parts["detector"],
            "mini": parts["mini"],
            "readable": parts.get("readable"),
        },
        "specs": vision_specs(settings, mini),
    }
    text = assets.address("vision/licences.txt")
    licences = tuple(
        Licence(name=served.spec.name, licence=served.spec.licence, url=text)
        for served in found.values()
    )
    return Inside(vision, "", licences, files)


def _unwanted(settings: Settings) -> Without:
    """Why browsers are not to read, whether they could or not; empty where they are."""
    if settings.live == "server":
        return "operator"
    # Who wants browsers to read and nobody else knows which networks they run.
    known = settings.model in _MODELS and settings.detector in _DETECTORS
    return "" if known or settings.live == "browser" else "network"
