"""Boxes and points: pure functions on arrays, with numpy alone."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from mood.types import Face, FloatArray

LONG = 3.0
"""A picture whose longer side is more than so many times the shorter one is a long one."""


def fit_within(size_wh: tuple[int, int], longer_side: int) -> tuple[int, int]:
    """`size_wh` scaled down, its shape kept, until its longer side is at most `longer_side`."""
    width, height = size_wh
    scale = min(1.0, longer_side / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


def square_crop_xyxy(bbox_xyxy: FloatArray, scale: float, shift_y: float) -> FloatArray:
    """The square around a face box.

    Args:
        bbox_xyxy: (4,) pixels.
        scale: Side of the square in multiples of the geometric mean of width and height.
        shift_y: How far its centre lies below that of the box, in heights of the box.

    Returns:
        (4,) float32 pixels; may reach over the border of the picture.
    """
    left, top, right, bottom = (float(value) for value in bbox_xyxy)
    width, height = right - left, bottom - top
    half = 0.5 * scale * float(np.sqrt(max(width, 0.0) * max(height, 0.0)))
    x, y = (left + right) / 2, (top + bottom) / 2 + shift_y * height
    return np.array([x - half, y - half, x + half, y + half], dtype=np.float32)


def turned_corners(square_xyxy: FloatArray, angle: float) -> FloatArray:
    """The corners of a square that is turned around its middle.

    Args:
        square_xyxy: (4,) pixels.
        angle: Radians, clockwise as seen in the picture.

    Returns:
        (4, 2) float32 x, y: top left, top right, bottom right, bottom left before the turn.
    """
    left, top, right, bottom = (float(value) for value in square_xyxy)
    corners = np.array([[left, top], [right, top], [right, bottom], [left, bottom]])
    middle = corners.mean(axis=0)
    cos, sin = np.cos(angle), np.sin(angle)
    turned = (corners - middle) @ np.array([[cos, sin], [-sin, cos]]) + middle
    return np.asarray(turned, dtype=np.float32)


def similarity_transform(source: FloatArray, target: FloatArray) -> FloatArray:
    """The turn, scale and shift that brings `source` closest to `target` in least squares.

    Args:
        source: (N, 2) points, N at least 2, not all the same.
        target: (N, 2) points.

    Returns:
        (2, 3) float32 matrix for column vectors (x, y, 1). Mirroring is never part of it
        (Umeyama, PAMI 1991, in two dimensions with complex numbers).
    """
    from_xy = source[:, 0].astype(np.float64) + 1j * source[:, 1]
    to_xy = target[:, 0].astype(np.float64) + 1j * target[:, 1]
    from_mean, to_mean = from_xy.mean(), to_xy.mean()
    centred = from_xy - from_mean
    factor = np.vdot(centred, to_xy - to_mean) / np.vdot(centred, centred).real
    shift = to_mean - factor * from_mean
    return np.array(
        [[factor.real, -factor.imag, shift.real], [factor.imag, factor.real, shift.imag]],
        dtype=np.float32,
    )


def iou(a: FloatArray, b: FloatArray) -> FloatArray:
    """Intersection over union of every box of `a` (N, 4) with every box of `b` (M, 4): (N, M)."""
    top_left = np.maximum(a[:, None, :2], b[None, :, :2])
    bottom_right = np.minimum(a[:, None, 2:], b[None, :, 2:])
    shared = np.prod(np.clip(bottom_right - top_left, 0, None), axis=2)
    area_a = np.prod(np.clip(a[:, 2:] - a[:, :2], 0, None), axis=1)
    area_b = np.prod(np.clip(b[:, 2:] - b[:, :2], 0, None), axis=1)
    union = area_a[:, None] + area_b[None, :] - shared
    ratio: FloatArray = (shared / np.maximum(union, 1e-9)).astype(np.float32)
    return ratio


SAME_FACE = 0.5
"""Of the smaller of two boxes, the share above which both are boxes of one face, mostly."""

_APART = 0.6
"""How far apart the landmarks of two faces are at least, in sides of the smaller one.

In the pictures of ``python tests/benchmarks/detection.py``, boxes of one face stay below 0.5 where
the detector is sure of both, and faces before faces begin at 0.75.
"""

_SURE_OF_BOTH = 0.7  # confidence: on one face, places that are less sure dream of other landmarks


def suppress_overlaps(
    boxes: FloatArray, confidences: FloatArray, landmarks: FloatArray, limit: float
) -> list[int]:
    """Indices of the boxes to keep, most confident first.

    A box is dropped when it and one that is kept share more than `limit` of the smaller of the two;
    unlike intersection over union, this also catches a box inside another. It stays where the
    landmarks tell that a face stands before another one: they are far apart for the size of the
    smaller face, and the detector is sure of both.

    Args:
        boxes: (N, 4) pixels.
        confidences: (N,) 0 to 1.
        landmarks: (N, 5, 2) pixels; not a number where there are none.
        limit: Share of the smaller box, 0 to 1.
    """
    keep: list[int] = []
    rest = np.argsort(-confidences, kind="stable")
    sizes = np.clip(boxes[:, 2:] - boxes[:, :2], 0, None)
    areas = np.maximum(np.prod(sizes, axis=1), 1e-9)
    while len(rest):
        best, rest = int(rest[0]), rest[1:]
        keep.append(best)
        if not len(rest):
            break
        top_left = np.maximum(boxes[best, :2], boxes[rest, :2])
        bottom_right = np.minimum(boxes[best, 2:], boxes[rest, 2:])
        shared = np.prod(np.clip(bottom_right - top_left, 0, None), axis=1)
        smaller = np.minimum(areas[best], areas[rest])
        apart = np.linalg.norm(landmarks[rest] - landmarks[best], axis=2).mean(axis=1)
        another = (apart > _APART * np.sqrt(smaller)) & (confidences[rest] >= _SURE_OF_BOTH)
        rest = rest[(shared <= limit * smaller) | another]
    return keep


def each_once(faces: Sequence[Face]) -> list[Face]:
    """The faces that `suppress_overlaps` keeps, most confident first."""
    if not faces:
        return []
    nowhere = np.full((5, 2), np.nan, dtype=np.float32)
    kept = suppress_overlaps(
        np.stack([face.bbox_xyxy for face in faces]),
        np.array([face.confidence for face in faces], dtype=np.float32),
        np.stack([nowhere if face.landmarks is None else face.landmarks for face in faces]),
        SAME_FACE,
    )
    return [faces[index] for index in kept]


def reading_order(boxes: Sequence[FloatArray]) -> list[int]:
    """Indices of the boxes, rows from top to bottom, each row from left to right.

    A box belongs to the row whose first box's middle height lies inside it, and the other way
    round.
    """
    order: list[int] = []
    rest = sorted(range(len(boxes)), key=lambda i: float(boxes[i][1] + boxes[i][3]))
    while rest:
        first = boxes[rest[0]]
        middle = (first[1] + first[3]) / 2
        row = [
            i
            for i in rest
            if boxes[i][1] <= middle <= boxes[i][3]
            and first[1] <= (boxes[i][1] + boxes[i][3]) / 2 <= first[3]
        ]
        order += sorted(row, key=lambda i: float(boxes[i][0]))
        rest = [i for i in rest if i not in row]
    return order


def tiles(length: int, each: int, overlap: int, most: int) -> list[tuple[int, int]]:
    """Parts (begin, end) that cover a length, at least `each` long unless it is shorter.

    Args:
        length: What is to be covered, at least 1.
        each: How long a part is, if there are not too many of them then.
        overlap: How much of a part lies in the next one too, of `each`.
        most: How many parts there may be; they are longer where this is too few.
    """
    count = min(most, max(1, -(-(length - overlap) // (each - overlap))))
    share = overlap / each
    size = min(length, max(each, math.ceil(length / (count - (count - 1) * share))))
    step = (length - size) / max(count - 1, 1)
    return [(begin, begin + size) for begin in (round(k * step) for k in range(count))]
