"""Stand-ins for the two networks, with a history of what they were asked."""

from __future__ import annotations

import base64
import io
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from PIL import Image

from mood.analyzer import MoodAnalyzer
from mood.models.catalogue import LIBFACEDETECTION, MINI, READABLE
from mood.models.specs import Choice, ExpressionSpec
from mood.models.store import Weights
from mood.resources.pool import ModelPool, Models
from mood.settings import Settings
from mood.types import Expression, Face, FloatArray, RGBImage, Source
from mood.vision.expression import ExpressionClassifier
from mood.vision.quality import QualityJudge
from mood.vision.weighing import WEIGHING


def face(left: float, top: float, right: float, bottom: float, confidence: float = 0.9) -> Face:
    return Face(np.array([left, top, right, bottom], dtype=np.float32), confidence)


def logits_for(*expressions: Expression, strength: float = 6.0) -> FloatArray:
    """One row of FER+ logits for each expression, which wins clearly."""
    rows = np.zeros((len(expressions), len(Expression)), dtype=np.float32)
    for row, expression in zip(rows, expressions, strict=True):
        row[list(Expression).index(expression)] = strength
    return rows


@dataclass
class Clock:
    """A clock that is told the time."""

    now_s: float = 0.0

    def __call__(self) -> float:
        return self.now_s


@dataclass
class FakeDetector:
    faces: Sequence[Face] = ()
    seen: list[RGBImage] = field(default_factory=list)

    def detect(self, image: RGBImage, **_: Any) -> list[Face]:
        self.seen.append(image)
        return list(self.faces)


class SlowDetector:
    """Finds nothing, once it may."""

    def __init__(self) -> None:
        self.began, self.may_end = threading.Event(), threading.Event()

    def detect(self, image: RGBImage, **_: Any) -> list[Face]:
        self.began.set()
        assert self.may_end.wait(60)
        return []


def data_url() -> str:
    """A small picture without a face, as a request holds it."""
    file = io.BytesIO()
    Image.new("RGB", (64, 48)).save(file, "PNG")
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()


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


def judge(*logits: float) -> QualityJudge:
    """Finds whatever it is shown surely readable, or as the logits say."""
    rows = np.array(logits or (30.0,), dtype=np.float32)[:, None]
    return QualityJudge(READABLE, FakeSession(rows), WEIGHING)


def models(
    detector: FakeDetector,
    session: FakeSession,
    spec: ExpressionSpec = MINI,
    quality: QualityJudge | None = None,
) -> Models:
    return Models(
        detector,
        quality or judge(),
        ExpressionClassifier(spec, session),
        Weights(LIBFACEDETECTION, None, Source.EMBEDDED),
        Weights(spec, MINI.origin.path, Source.EMBEDDED),
    )


class FakePool(ModelPool):
    """Loads stand-ins, and as lazily as the real one."""

    def __init__(self, settings: Settings, stand_ins: Models, *, public: bool = False) -> None:
        super().__init__(settings, public=public)
        self.stand_ins = stand_ins

    def _has_news(self, choice: Choice, models: Models) -> bool:
        return False

    def _load(self, choice: Choice) -> Models:
        return self.stand_ins


def analyzer(
    detector: FakeDetector,
    session: FakeSession,
    settings: Settings | None = None,
    quality: QualityJudge | None = None,
    **parts: Any,
) -> MoodAnalyzer:
    settings = settings or Settings()
    pool = FakePool(settings, models(detector, session, quality=quality), public=True)
    return MoodAnalyzer(settings, pool=pool, **parts)
