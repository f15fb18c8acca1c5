"""Which of the faces that were expected are which of those that were found."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from mood.types import FloatArray
from mood.vision.boxes import iou

_SAME_IOU = 0.25
_REACH = 0.9  # sides of a face that it may be away from where it should be
_GROWTH = 1.8  # most that a side of it may change between two sightings


def match(expected: FloatArray, found: FloatArray) -> list[tuple[int, int]]:
    """Which of the boxes `expected` (N, 4) is which of those `found` (M, 4): index pairs.

    The best overlaps go first. What then is left over pairs by distance, within the reach of a
    face that moved between two frames and did not change its size much.
    """
    if not len(expected) or not len(found):
        return []
    overlaps = iou(expected, found)
    taken: list[tuple[int, int]] = []
    _take(taken, -overlaps, overlaps >= _SAME_IOU)
    sides = np.sqrt(np.prod(expected[:, 2:] - expected[:, :2], axis=1))
    found_sides = np.sqrt(np.prod(found[:, 2:] - found[:, :2], axis=1))
    larger = np.maximum(sides[:, None], found_sides[None])
    smaller = np.maximum(np.minimum(sides[:, None], found_sides[None]), 1e-6)
    centres = np.stack([centre(box) for box in expected])
    found_centres = np.stack([centre(box) for box in found])
    away = np.linalg.norm(centres[:, None] - found_centres[None], axis=2) / np.maximum(larger, 1e-6)
    _take(taken, away, (away <= _REACH) & (larger / smaller <= _GROWTH))
    return taken


def _take(
    taken: list[tuple[int, int]], cost: npt.NDArray[np.floating], allowed: npt.NDArray[np.bool_]
) -> None:
    """Adds to `taken` the cheapest allowed pairs whose members are free."""
    rows = {row for row, _ in taken}
    columns = {column for _, column in taken}
    for flat in np.argsort(cost, axis=None, kind="stable"):
        row, column = divmod(int(flat), cost.shape[1])
        if allowed[row, column] and row not in rows and column not in columns:
            taken.append((row, column))
            rows.add(row)
            columns.add(column)


def centre(box: FloatArray) -> FloatArray:
    """The middle of a box (4,): (2,) float32 x, y."""
    return np.asarray((box[:2] + box[2:]) / 2, dtype=np.float32)
