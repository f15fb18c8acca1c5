"""Whether a verdict about a face may be called certain."""

from __future__ import annotations

SURE_FACE = 0.85
"""Confidence of the detector from which on a find is surely a face that can be read.

Chosen by ``python tests/benchmarks/confidence.py``, for both detectors alike.
"""


def is_certain(probability: float, threshold: float, confidence: float) -> bool:
    """Whether the top expression of a face may be shown as its expression.

    Args:
        probability: Of the top expression, 0 to 1.
        threshold: From which on the network is certain, 0 to 1.
        confidence: How sure the detector is that this is a face, 0 to 1.
    """
    return probability >= threshold and confidence >= SURE_FACE
