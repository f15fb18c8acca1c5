"""From probabilities to what may be said of a face, with numpy alone."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from mood.errors import OptionsError
from mood.models.specs import ExpressionSpec
from mood.types import Expression, Face, FaceExpression, FloatArray

SURE_FACE = 0.85
"""Confidence of the detector from which on a find is surely a face that can be read.

Chosen by ``python tests/benchmarks/confidence.py``, for both detectors alike.
"""

_INSIDE = 0.07
"""How far from the border eyes and mouth must lie, in sides of the face.

Of what is cut away the detector guesses the landmarks, and puts them up to so far inside.
"""


def judged(
    faces: Sequence[Face],
    size_wh: tuple[int, int],
    probabilities: FloatArray,
    spec: ExpressionSpec,
    certainty: float,
    considered: Sequence[Expression] = (),
) -> tuple[FaceExpression, ...]:
    """What each face shows, and whether that is certain.

    Args:
        faces: N faces.
        size_wh: Width and height of the picture that they stand in, in their pixels.
        probabilities: (N, 8) of each, 0 to 1, in the order of `Expression`.
        spec: The network that said so.
        certainty: Probability from which on the top expression of a sure face is certain, 0 to 1,
            if the face is not cut off.
        considered: The expressions that count; their probabilities are made to sum to 1. Empty
            means all.

    Raises:
        OptionsError: The network knows none of those that count.
    """
    if considered:
        probabilities = _only(probabilities, considered, spec)
    verdicts = []
    for face, row in zip(faces, probabilities, strict=True):
        whole = face.confidence >= SURE_FACE and not is_cut_off(face, size_wh)
        certain = whole and float(row.max()) >= certainty
        shares = dict(zip(Expression, map(float, row), strict=True))
        verdicts.append(FaceExpression(face, shares, certain, spec.unknown))
    return tuple(verdicts)


def is_cut_off(face: Face, size_wh: tuple[int, int]) -> bool:
    """Whether the border of the picture cuts an eye or a corner of the mouth of a face away.

    Without chin, ears or hair a face can be read. Where there are no landmarks, nothing is known.

    Args:
        face: The face.
        size_wh: Width and height of the picture that it stands in, in its pixels.
    """
    if face.landmarks is None:
        return False
    points = face.landmarks[[0, 1, 3, 4]]  # the nose tells least
    width, height = face.size_wh
    margin = _INSIDE * math.sqrt(max(width, 0.0) * max(height, 0.0))
    inside = (points >= margin) & (points <= np.array(size_wh) - margin)
    return not bool(inside.all())


def _only(
    probabilities: FloatArray, considered: Sequence[Expression], spec: ExpressionSpec
) -> FloatArray:
    if set(considered) <= spec.unknown:
        raise OptionsError(
            f"The network {spec.name} knows none of: {', '.join(considered)}. Choose others."
        )
    counts = np.array([each in considered for each in Expression])
    kept = np.where(counts, np.maximum(probabilities, 1e-9), 0.0)
    kept[:, [each in spec.unknown for each in Expression]] = 0.0
    return np.asarray(kept / kept.sum(axis=1, keepdims=True), dtype=np.float32)
