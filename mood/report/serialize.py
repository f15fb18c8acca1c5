"""An `Analysis` as JSON and as CSV."""

from __future__ import annotations

import csv
import io
import math
from typing import TypedDict

from mood.types import Analysis, Expression, FaceExpression


class FaceDict(TypedDict):
    """One face as plain values that JSON can hold.

    ``bbox_xyxy`` and ``landmarks`` in pixels, ``confidence`` of the detector, ``expression`` (the
    top one, or None where the network is not certain), ``top``, ``probability`` of the top one,
    ``certain``, ``probabilities``, and ``unknown``, the expressions that the network was never
    taught.
    """

    bbox_xyxy: list[float]
    confidence: float
    landmarks: list[list[float]] | None
    expression: str | None
    top: str
    probability: float
    certain: bool
    probabilities: dict[str, float]
    unknown: list[str]


class AnalysisDict(TypedDict):
    """An `Analysis` as plain values that JSON can hold.

    ``width`` and ``height`` in pixels; ``more_faces`` counts the smaller ones that were not read,
    ``unseen_parts`` the parts of a long picture that there was no time to look at closely;
    ``turned_deg`` is 0, 90, 180 or 270: by how much the picture was turned clockwise to be read.
    """

    model: str
    detector: str
    source: str
    detector_source: str
    width: int
    height: int
    duration_ms: float
    faces: list[FaceDict]
    more_faces: int
    unseen_parts: int
    turned_deg: int


def to_dict(analysis: Analysis) -> AnalysisDict:
    """The analysis as plain values."""
    width, height = analysis.size_wh
    return {
        "model": analysis.model,
        "detector": analysis.detector,
        "source": str(analysis.source),
        "detector_source": str(analysis.detector_source),
        "width": width,
        "height": height,
        "duration_ms": round(analysis.duration_ms, 1),
        "faces": [_face_to_dict(face) for face in analysis.faces],
        "more_faces": analysis.more_faces,
        "unseen_parts": analysis.unseen_parts,
        "turned_deg": analysis.turned_deg,
    }


def _face_to_dict(verdict: FaceExpression) -> FaceDict:
    points = verdict.face.landmarks
    return {
        "bbox_xyxy": _rounded(verdict.face.bbox_xyxy.tolist()),
        "confidence": cut(verdict.face.confidence),
        "landmarks": None if points is None else [_rounded(point) for point in points.tolist()],
        "expression": str(verdict.top) if verdict.certain else None,
        "top": str(verdict.top),
        "probability": cut(verdict.top_probability),
        "certain": verdict.certain,
        "probabilities": {str(k): cut(v) for k, v in verdict.probabilities.items()},
        "unknown": sorted(str(expression) for expression in verdict.unknown),
    }


def cut(probability: float) -> float:
    """A probability as it is handed out: four digits, the others cut off, and 0.9999 at most."""
    steps = math.floor(round(probability * 10_000, 2))  # 0.7 as float32 is a little less
    return min(steps / 10_000, 0.9999)


def _rounded(values: list[float]) -> list[float]:
    return [round(value, 1) for value in values]


CSV_COLUMNS = ("face", "left", "top", "right", "bottom", "confidence", "verdict", "probability")


def to_csv(analysis: Analysis) -> str:
    """A table with a header and a row for each face.

    Columns: `CSV_COLUMNS`, then the probability of each expression. Pixels, probabilities 0 to 1;
    ``verdict`` is an expression or ``uncertain``.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*CSV_COLUMNS, *Expression])
    for number, verdict in enumerate(analysis.faces, start=1):
        writer.writerow(
            [
                number,
                *_rounded(verdict.face.bbox_xyxy.tolist()),
                cut(verdict.face.confidence),
                str(verdict.top) if verdict.certain else "uncertain",
                cut(verdict.top_probability),
                *map(cut, verdict.probabilities.values()),
            ]
        )
    return text.getvalue()
