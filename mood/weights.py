"""From a network's name to a file on disk that is safe to load."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from mood.catalogue import EMBEDDED_DEFAULT, EMBEDDED_DIR, ModelSpec, Task, find
from mood.types import Source


@dataclass(frozen=True, slots=True)
class Weights:
    """A network that can be loaded.

    Attributes:
        spec: Which one.
        path: Its verified file, or None where the weights are inside a Python package.
        source: Where it came from.
    """

    spec: ModelSpec
    path: Path | None
    source: Source


def resolve(name: str, task: Task) -> Weights:
    """The network `name`, or the default for ``auto``."""
    spec = EMBEDDED_DEFAULT[task] if name == "auto" else find(name, task)
    path = EMBEDDED_DIR / spec.filename if spec.filename else None
    return Weights(spec, path, Source.EMBEDDED)
