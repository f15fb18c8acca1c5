"""Stand-ins for the two networks, with a history of what they were asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from mood.analyzer import Models
from mood.models.catalogue import LIBFACEDETECTION, MINI
from mood.models.specs import ExpressionSpec
from mood.models.store import DetectorWeights, ExpressionWeights
from mood.types import Expression, Face, FloatArray, RGBImage, Source
from mood.vision.expression import ExpressionClassifier


def face(left: float, top: float, right: float, bottom: float, confidence: float = 0.9) -> Face:
    return Face(np.array([left, top, right, bottom], dtype=np.float32), confidence)


def logits_for(*expressions: Expression, strength: float = 6.0) -> FloatArray:
    """One row of FER+ logits for each expression, which wins clearly."""
    rows = np.zeros((len(expressions), len(Expression)), dtype=np.float32)
    for row, expression in zip(rows, expressions, strict=True):
        row[list(Expression).index(expression)] = strength
    return rows


@dataclass
class FakeDetector:
    faces: Sequence[Face] = ()
    seen: list[RGBImage] = field(default_factory=list)

    def detect(self, image: RGBImage, *, quick: bool = False) -> list[Face]:
        self.seen.append(image)
        return list(self.faces)


@dataclass
class FakeSession:
    """Answers with the queued rows of logits, repeated when they run out."""

    rows: FloatArray
    input_shape: tuple[int | None, ...] = (None, 1, 48, 48)
    seen: list[FloatArray] = field(default_factory=list)
    _next: int = 0

    def run(self, batch: FloatArray) -> FloatArray:
        self.seen.append(batch)
        picked = [(self._next + i) % len(self.rows) for i in range(len(batch))]
        self._next += len(batch)
        return self.rows[picked]


def models(
    detector: FakeDetector,
    session: FakeSession,
    spec: ExpressionSpec = MINI,
    certainty: float = 0.5,
) -> Models:
    return Models(
        detector,
        ExpressionClassifier(spec, session, certainty),
        DetectorWeights(LIBFACEDETECTION, None, Source.EMBEDDED),
        ExpressionWeights(spec, MINI.origin.path, Source.EMBEDDED),
    )
