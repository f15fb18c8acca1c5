"""What the detector's network tells of each place of a picture, and the faces that this means.

As YuNet's authors define it (Wu, Peng and Yu, Machine Intelligence Research 2023): for each place
of a grid, the logits that there is a face and that it is this face's place, the box around it, and
five landmarks, in steps of the grid.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from mood.types import Face, FloatArray
from mood.vision.boxes import SAME_FACE, suppress_overlaps

STRIDES = (8, 16, 32)
"""Pixels from one place to the next, of each of the three grids."""

MULTIPLE = STRIDES[-1]
"""Sides of a picture that the network reads are multiples of this."""

_ROUNDING = 0.01  # of a logit; far more than float32 rounds off
_LARGEST = 8.0  # e to this are 3,000 steps: no number of a damaged network grows beyond all bounds


def faces_of(places: FloatArray, size_wh: tuple[int, int], confident: float) -> list[Face]:
    """The faces, most confident first, each once.

    Args:
        places: (16, n) float32: class and object as logits, centre x and y, width and height as
            logarithms, and x and y of the landmarks, of the places of all grids, each by rows.
        size_wh: Width and height of the padded picture, multiples of `MULTIPLE`.
        confident: What a detection must reach at least: √(class · object); above 0, below 1.
    """
    found = np.concatenate(list(_candidates(places, size_wh, confident)))
    boxes, points = found[:, 1:5], found[:, 5:].reshape(-1, 5, 2)
    kept = suppress_overlaps(boxes, found[:, 0], points, SAME_FACE)
    return [Face(boxes[index], float(found[index, 0]), points[index]) for index in kept]


def _candidates(
    places: FloatArray, size_wh: tuple[int, int], confident: float
) -> Iterator[FloatArray]:
    """Of each grid, rows of confidence, box and landmarks in pixels: (n, 15) float32."""
    # √(class · object) is no higher than the square root of the lower one of the two.
    least = math.log(confident**2 / (1 - confident**2)) - _ROUNDING
    begin = 0
    for stride in STRIDES:
        columns, rows = size_wh[0] // stride, size_wh[1] // stride
        told = places[:, begin : begin + columns * rows]
        begin += columns * rows
        # Of nearly all places it is plain that they are none, and their logits are not weighed.
        likely = np.flatnonzero(np.minimum(told[0], told[1]) >= least)
        confidence = np.sqrt(_probability(told[0, likely]) * _probability(told[1, likely]))
        sure = confidence >= confident
        chosen, confidence = likely[sure], confidence[sure]
        told = told[:, chosen]
        corner = np.stack([chosen % columns, chosen // columns])
        centre = told[2:4] + corner
        half = np.exp(np.minimum(told[4:6], _LARGEST)) / 2
        points = told[6:].reshape(5, 2, -1) + corner
        pixels = stride * np.concatenate([centre - half, centre + half, points.reshape(10, -1)])
        yield np.concatenate([confidence[None], pixels]).T.astype(np.float32)


def _probability(logit: FloatArray) -> FloatArray:
    return (1 / (1 + np.exp(-np.maximum(logit, -50)))).astype(np.float32)
