"""A detector's arrays, read as data from files that were made for other programs.

A table says where they lie in just one file, which is known by its SHA-256: `WeightsStore` hands
out no other. Nothing of the file is executed.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple, TypeAlias

import numpy as np

from mood.types import FloatArray

FOLDER = Path(__file__).parent / "detector"

GRAPH = FOLDER / "detector.onnx"
"""The detector without weights; `mood.training.detector` writes it and the tables."""


class Place(NamedTuple):
    """Where an array of float32 lies in a file, in numpy's terms.

    Attributes:
        offset: Bytes before its first number.
        shape: Its shape.
        strides: Bytes from one number to the next along each axis.
    """

    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]


Places: TypeAlias = dict[str, list[Place]]
"""By the name of each array of the graph: its parts, which follow each other along axis 0."""


def detector_arrays(name: str, path: Path) -> dict[str, FloatArray]:
    """The arrays of the detector `name` by their names in the graph, from its verified file."""
    return read(places_of(name), path.read_bytes())


def places_of(name: str) -> Places:
    """The table of a detector."""
    table = json.loads((FOLDER / f"{name}.json").read_text())
    return {
        array: [Place(offset, tuple(shape), tuple(strides)) for offset, shape, strides in parts]
        for array, parts in table.items()
    }


def to_json(places: Places) -> str:
    """The table as it is written, a line for each array."""
    lines = (f"{json.dumps(name)}: {json.dumps(parts)}" for name, parts in places.items())
    return "{\n" + ",\n".join(lines) + "\n}\n"


def read(places: Places, content: bytes) -> dict[str, FloatArray]:
    """The arrays at these places of a file."""
    return {
        name: np.concatenate([_at(place, content) for place in parts])
        for name, parts in places.items()
    }


def _at(place: Place, content: bytes) -> FloatArray:
    found: FloatArray = np.ndarray(place.shape, "<f4", content, place.offset, place.strides)
    return np.ascontiguousarray(found, dtype=np.float32)
