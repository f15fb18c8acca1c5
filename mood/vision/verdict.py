"""From probabilities to what may be said of a face, with numpy alone."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from mood.errors import OptionsError
from mood.models.specs import ExpressionSpec
from mood.types import Expression, Face, FaceExpression, FloatArray, Quality, Verdict

_LEAST = 1e-9  # probability of what counts: all of it together may have none


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
    if considered and set(considered) <= spec.unknown:
        raise OptionsError(
            f"The network {spec.name} knows none of: {', '.join(considered)}. Choose others."
        )
    verdicts = []
    rows = only(probabilities, considered, spec.unknown)
    for face, quality, row in zip(faces, qualities, rows, strict=True):
        verdict = Verdict.CERTAIN if float(row.max()) >= certainty else Verdict.UNCERTAIN
        if quality.reason is not None:
            verdict = Verdict.UNREADABLE
        shares = dict(zip(Expression, map(float, row), strict=True))
        verdicts.append(FaceExpression(face, shares, verdict, spec.unknown, quality))
    return tuple(verdicts)


def only(
    probabilities: FloatArray,
    counted: Sequence[Expression],
    unknown: Collection[Expression] = (),
) -> FloatArray:
    """Probabilities of the expressions that count, made to sum to 1; the others have none.

    Args:
        probabilities: (…, 8) of each, 0 to 1, in the order of `Expression`.
        counted: Empty means all; one of them at least is known.
        unknown: What the network was never taught.
    """
    if not counted:
        return probabilities
    counts = np.array([each in counted and each not in unknown for each in Expression])
    kept = np.where(counts, np.maximum(probabilities, _LEAST), 0.0)
    return np.asarray(kept / kept.sum(axis=-1, keepdims=True), dtype=probabilities.dtype)
