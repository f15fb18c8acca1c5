"""The weights that a visitor's browser gets, as flat files for its engine."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from mood.models import flat
from mood.models.arrays import detector_arrays
from mood.models.catalogue import LIBFACEDETECTION, MINI, READABLE, YUNET
from mood.models.specs import ModelSpec
from mood.resources.pool import ModelPool


@dataclass(frozen=True, slots=True)
class Served:
    """A file of weights.

    Attributes:
        spec: The network.
        make: Lays its numbers as `mood.models.flat` does; until somebody wants them, none are kept.
        sha256: Of the content, in hexadecimal.
    """

    spec: ModelSpec
    make: Callable[[], bytes]
    sha256: str


def files(pool: ModelPool, detector: str = "auto") -> dict[str, Served] | None:
    """The networks ``detector``, ``mini`` and ``readable``; asks no network and loads none.

    Args:
        pool: Knows what is here.
        detector: Which one; ``auto`` is YuNet where it is here, else the embedded one.

    Returns:
        None where no detector's weights are here.
    """
    finder = next(_detectors(pool, detector), None)
    faces, quality = pool.file_of(MINI), pool.file_of(READABLE)
    if finder is None or faces is None or quality is None:
        return None
    return {
        "detector": finder,
        "mini": _served(MINI, lambda: flat.mini(faces.read_bytes())),
        "readable": _served(READABLE, lambda: flat.readable(quality.read_bytes())),
    }


def _detectors(pool: ModelPool, name: str) -> Iterator[Served]:
    """Those that may do and are here."""
    for spec in (YUNET, LIBFACEDETECTION):
        path = pool.file_of(spec) if name in {"auto", spec.name} else None
        if path is not None:
            yield _served(spec, partial(_detector, spec.name, path))


def _detector(name: str, path: Path) -> bytes:
    return flat.detector(detector_arrays(name, path))


def _served(spec: ModelSpec, make: Callable[[], bytes]) -> Served:
    return Served(spec, make, hashlib.sha256(make()).hexdigest())
