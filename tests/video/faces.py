"""Faces as a detector and a network would tell of them, at a place of the test's own."""

from __future__ import annotations

import numpy as np

from mood.types import Expression, Face, FaceExpression, Quality, Reason, Verdict

E = Expression
THRESHOLD = 0.5


def distribution(**shares: float) -> dict[Expression, float]:
    rest = (1 - sum(shares.values())) / (len(E) - len(shares))
    return {expression: shares.get(expression.value, rest) for expression in E}


HAPPY = distribution(happiness=0.9)
SAD = distribution(sadness=0.9)


def seen(
    x: float,
    y: float = 100,
    side: float = 100,
    probabilities=HAPPY,
    reason: Reason | None = None,
) -> FaceExpression:
    box = np.array([x - side / 2, y - side / 2, x + side / 2, y + side / 2], dtype=np.float32)
    verdict = Verdict.UNREADABLE if reason else Verdict.CERTAIN
    return FaceExpression(Face(box, 0.9), probabilities, verdict, quality=Quality(0.5, reason))
