"""Which expressions of a face count for who watches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from mood.types import Expression
from mood.vision.verdict import only


def considered(
    probabilities: Mapping[Expression, float], counted: Sequence[Expression]
) -> Mapping[Expression, float]:
    """`mood.vision.verdict.only` for one face, by name.

    Args:
        probabilities: Of each, 0 to 1.
        counted: Empty means all.
    """
    if not counted:
        return probabilities
    row = np.array([probabilities[each] for each in Expression])
    return dict(zip(Expression, only(row, counted).tolist(), strict=True))
