"""From probabilities to what may be said of a face, with numpy alone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mood.errors import OptionsError
from mood.models.specs import ExpressionSpec
from mood.types import Expression, Face, FaceExpression, FloatArray, Quality, Verdict


def judged(
    faces: Sequence[Face],
    qualities: Sequence[Quality],
    probabilities: FloatArray,
    spec: ExpressionSpec,
    certainty: float,
    considered: Sequence[Expression] = (),
) -> tuple[FaceExpression, ...]:
    """What each face shows, and whether that is certain, uncertain or cannot be read.

    Args:
        faces: N faces.
        qualities: Whether each can be read.
        probabilities: (N, 8) of each, 0 to 1, in the order of `Expression`.
        spec: The network that said so.
        certainty: Probability from which on the top expression of a face is certain, 0 to 1.
        considered: The expressions that count; their probabilities are made to sum to 1. Empty
            means all.

    Raises:
        OptionsError: The network knows none of those that count.
    """
    if considered:
        probabilities = _only(probabilities, considered, spec)
    verdicts = []
    for face, quality, row in zip(faces, qualities, probabilities, strict=True):
        verdict = Verdict.CERTAIN if float(row.max()) >= certainty else Verdict.UNCERTAIN
        if quality.reason is not None:
            verdict = Verdict.UNREADABLE
        shares = dict(zip(Expression, map(float, row), strict=True))
        verdicts.append(FaceExpression(face, shares, verdict, spec.unknown, quality))
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
