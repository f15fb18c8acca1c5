"""From probabilities to what may be said of a face, with numpy alone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mood.errors import OptionsError
from mood.models.specs import ExpressionSpec
from mood.types import Expression, Face, FaceExpression, FloatArray

SURE_FACE = 0.85
"""Confidence of the detector from which on a find is surely a face that can be read.

Chosen by ``python tests/benchmarks/confidence.py``, for both detectors alike.
"""


def judged(
    faces: Sequence[Face],
    probabilities: FloatArray,
    spec: ExpressionSpec,
    certainty: float,
    considered: Sequence[Expression] = (),
) -> tuple[FaceExpression, ...]:
    """What each face shows, and whether that is certain.

    Args:
        faces: N faces.
        probabilities: (N, 8) of each, 0 to 1, in the order of `Expression`.
        spec: The network that said so.
        certainty: Probability from which on the top expression of a sure face is certain, 0 to 1.
        considered: The expressions that count; their probabilities are made to sum to 1. Empty
            means all.

    Raises:
        OptionsError: The network knows none of those that count.
    """
    if considered:
        probabilities = _only(probabilities, considered, spec)
    verdicts = []
    for face, row in zip(faces, probabilities, strict=True):
        certain = float(row.max()) >= certainty and face.confidence >= SURE_FACE
        shares = dict(zip(Expression, map(float, row), strict=True))
        verdicts.append(FaceExpression(face, shares, certain, spec.unknown))
    return tuple(verdicts)


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
