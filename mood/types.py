"""The results: frozen values, all in one place.

Pixels are those of the picture that was given, turned upright as its EXIF tag says; x grows to the
right, y downwards. Landmarks come in one order everywhere: right eye, left eye, tip of the nose,
right mouth corner, left mouth corner, where right and left are the person's own.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from typing_extensions import TypedDict  # pydantic wants this one where Python is older than 3.12

RGBImage: TypeAlias = npt.NDArray[np.uint8]
"""(H, W, 3) uint8, RGB."""

FloatArray: TypeAlias = npt.NDArray[np.float32]


class Expression(StrEnum):
    """What a face shows; the eight classes of FER+ (Barsoum et al., ICMI 2016), in its order."""

    NEUTRAL = "neutral"
    HAPPINESS = "happiness"
    SURPRISE = "surprise"
    SADNESS = "sadness"
    ANGER = "anger"
    DISGUST = "disgust"
    FEAR = "fear"
    CONTEMPT = "contempt"


class Verdict(StrEnum):
    """What may be said of a face."""

    CERTAIN = "certain"
    UNCERTAIN = "uncertain"
    UNREADABLE = "unreadable"


class Reason(StrEnum):
    """Why a face cannot be read; `TOO_DARK` is too bright as well: no contrast is left."""

    NOT_A_FACE = "not_a_face"
    TOO_SMALL = "too_small"
    TOO_DARK = "too_dark"
    TOO_BLURRED = "too_blurred"
    TURNED_AWAY = "turned_away"
    CUT_OFF = "cut_off"


class Source(StrEnum):
    """Where a network came from."""

    EMBEDDED = "embedded"
    CACHE = "cache"
    HUB = "hub"
    FILE = "file"


VERSION = 1
"""Of the JSON: grows when something in it gets another meaning or goes, not when there is more."""


class FaceDict(TypedDict):
    """One face as plain values that JSON can hold.

    ``bbox_xyxy`` and ``landmarks`` in pixels, perhaps over the border, ``confidence`` of the
    detector, ``verdict`` (certain, uncertain or unreadable), ``reason`` (why it is unreadable, else
    None), ``readable`` (the probability that it can be read), ``expression`` (the top one, or None
    unless the verdict is certain), ``top``, ``probability`` of the top one, ``certain``
    (deprecated), ``probabilities`` (of an unreadable face they mean nothing), and ``unknown``, the
    expressions that the network was never taught.
    """

    bbox_xyxy: list[float]
    confidence: float
    landmarks: list[list[float]] | None
    verdict: str
    reason: str | None
    readable: float
    expression: str | None
    top: str
    probability: float
    certain: bool
    probabilities: dict[str, float]
    unknown: list[str]


class AnalysisDict(TypedDict):
    """An `Analysis` as plain values that JSON can hold.

    ``version`` is `VERSION`; ``width`` and ``height`` in pixels; ``more_faces`` counts the smaller
    ones that were not read, ``unseen_parts`` those of a long picture that were not looked at more
    closely; ``frame`` is that of an animation which was read, counted from 0; ``turned_deg`` is 0,
    90, 180 or 270: by how much the picture was turned clockwise to be read.
    """

    version: int
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
    frame: int
    turned_deg: int


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """One detected face.

    Attributes:
        bbox_xyxy: (4,) float32, left, top, right, bottom in pixels; may reach over the border.
        confidence: How sure the detector is that this is a face, 0 to 1.
        landmarks: (5, 2) float32 x, y in pixels in the order of this module, or None where the
            detector finds none.
        turned_deg: By how much the picture was turned clockwise for the face to be found: 0, 90,
            180 or 270 degrees. It stands upright then; box and landmarks are those of the picture
            as it was given.
    """

    bbox_xyxy: FloatArray
    confidence: float
    landmarks: FloatArray | None = None
    turned_deg: int = 0

    @property
    def size_wh(self) -> tuple[float, float]:
        """Width and height of the box in pixels."""
        left, top, right, bottom = (float(value) for value in self.bbox_xyxy)
        return right - left, bottom - top

    def scaled(self, x: float, y: float) -> Face:
        """The same face in a picture that is `x` times as wide and `y` times as high."""
        box = self.bbox_xyxy * np.array([x, y, x, y], dtype=np.float32)
        points = self.landmarks
        if points is not None:
            points = points * np.array([x, y], dtype=np.float32)
        return Face(box, self.confidence, points, self.turned_deg)

    def clipped(self, size_wh: tuple[int, int]) -> Face:
        """The same face with its box cut off at the border of a picture of this size.

        Landmarks stay where they are: those over the border were guessed, and not seen.
        """
        most = np.array([*size_wh, *size_wh], dtype=np.float32)
        return replace(self, bbox_xyxy=np.clip(self.bbox_xyxy, np.float32(0), most))

    def moved(self, x: float, y: float) -> Face:
        """The same face `x` pixels further to the right and `y` further down."""
        box = self.bbox_xyxy + np.array([x, y, x, y], dtype=np.float32)
        points = self.landmarks
        if points is not None:
            points = points + np.array([x, y], dtype=np.float32)
        return Face(box, self.confidence, points, self.turned_deg)

    def turned(self, degrees: int, size_wh: tuple[float, float]) -> Face:
        """The same face in a picture of this size that is turned clockwise.

        Args:
            degrees: A multiple of 90.
            size_wh: Width and height of the picture before it is turned.
        """
        (left, top, right, bottom), points = self.bbox_xyxy, self.landmarks
        width, height = size_wh
        for _ in range(degrees // 90 % 4):
            left, top, right, bottom = height - bottom, left, height - top, right
            if points is not None:
                points = np.stack([height - points[:, 1], points[:, 0]], axis=1)
            width, height = height, width
        box = np.array([left, top, right, bottom], dtype=np.float32)
        return Face(box, self.confidence, points, (self.turned_deg - degrees) % 360)


@dataclass(frozen=True, slots=True, eq=False)
class Quality:
    """Whether there is anything to read in what a detector found.

    Attributes:
        readable: Probability that this is a human face whose expression can be read, 0 to 1.
        reason: Why it cannot be read, or None where it can.
    """

    readable: float = 1.0
    reason: Reason | None = None


@dataclass(frozen=True, slots=True, eq=False)
class FaceExpression:
    """One face and the expression that it shows.

    Attributes:
        face: Where it is.
        probabilities: Every `Expression` with its probability, 0 to 1, in the order of the enum;
            they sum to 1. Calibrated where the network is: `mini` is. Of a face that cannot be
            read they mean nothing.
        verdict: Certain where the top probability reaches the threshold of certainty. Where it is
            uncertain, the face is never to be shown as its top expression alone; where unreadable,
            without any expression.
        unknown: The expressions that the network was never taught; their probability is 0.
        quality: Whether it can be read, and why not.
    """

    face: Face
    probabilities: Mapping[Expression, float]
    verdict: Verdict
    unknown: frozenset[Expression] = frozenset()
    quality: Quality = Quality()

    @property
    def expression(self) -> Expression | None:
        """What the face shows; None unless the verdict is certain."""
        return self.top if self.verdict is Verdict.CERTAIN else None

    @property
    def reason(self) -> Reason | None:
        """Why the face cannot be read; None unless it is unreadable."""
        return self.quality.reason

    @property
    def certain(self) -> bool:
        """Whether the verdict is certain. Deprecated: `verdict` says more."""
        return self.verdict is Verdict.CERTAIN

    @property
    def top(self) -> Expression:
        """The most probable expression."""
        return max(self.probabilities, key=self.probabilities.__getitem__)

    @property
    def top_probability(self) -> float:
        """The probability of the most probable expression, 0 to 1."""
        return self.probabilities[self.top]

    def to_dict(self) -> FaceDict:
        """The face as plain values: pixels with one digit, probabilities `cut`."""
        points = self.face.landmarks
        return {
            "bbox_xyxy": _rounded(self.face.bbox_xyxy),
            "confidence": cut(self.face.confidence),
            "landmarks": None if points is None else [_rounded(point) for point in points],
            "verdict": str(self.verdict),
            "reason": None if self.reason is None else str(self.reason),
            "readable": cut(self.quality.readable),
            "expression": None if self.expression is None else str(self.expression),
            "top": str(self.top),
            "probability": cut(self.top_probability),
            "certain": bool(self.certain),
            "probabilities": {str(k): cut(v) for k, v in self.probabilities.items()},
            "unknown": sorted(str(expression) for expression in self.unknown),
        }


@dataclass(frozen=True, slots=True, eq=False)
class Analysis:
    """What was found in one picture.

    Attributes:
        faces: In reading order: rows from top to bottom, each from left to right. May be empty.
        size_wh: Width and height in pixels of the upright picture, the frame of all coordinates.
        model: Name of the network that read the expressions.
        detector: Name of the network that found the faces.
        source: Where the expression network came from.
        detector_source: Where the detector came from.
        duration_ms: Time that detection and classification took, loading not counted.
        certainty: Top probability from which on its faces are certain, 0 to 1.
        more_faces: How many smaller faces were found and not read, where a server reads so many.
        unseen_parts: How many parts of a long picture were not looked at more closely, as there was
            no more time: smaller faces may be missing there.
        frame: Which frame of an animation was read, counted from 0 as Pillow's ``seek`` does: 0
            unless it begins with blank ones.
        turned_deg: By how much the picture was turned clockwise to be read, as its faces stand
            upright only then: 0, 90, 180 or 270 degrees. All coordinates are those of the picture
            that was not turned.
    """

    faces: tuple[FaceExpression, ...]
    size_wh: tuple[int, int]
    model: str
    detector: str
    source: Source
    detector_source: Source
    duration_ms: float
    certainty: float
    more_faces: int = 0
    unseen_parts: int = 0
    frame: int = 0
    turned_deg: int = 0

    def clipped(self) -> Analysis:
        """The same with boxes that end at the border of the picture."""
        faces = (replace(each, face=each.face.clipped(self.size_wh)) for each in self.faces)
        return replace(self, faces=tuple(faces))

    def to_dict(self) -> AnalysisDict:
        """The analysis as plain values, which `json.dumps` takes; the API's answer is the same."""
        width, height = self.size_wh
        return {
            "version": VERSION,
            "model": self.model,
            "detector": self.detector,
            "source": str(self.source),
            "detector_source": str(self.detector_source),
            "width": int(width),
            "height": int(height),
            "duration_ms": round(float(self.duration_ms), 1),
            "faces": [face.to_dict() for face in self.faces],
            "more_faces": int(self.more_faces),
            "unseen_parts": int(self.unseen_parts),
            "frame": int(self.frame),
            "turned_deg": int(self.turned_deg),
        }


def cut(probability: float) -> float:
    """A probability as it is handed out: four digits, the others cut off, and 0.9999 at most."""
    steps = math.floor(round(probability * 10_000, 2))  # 0.7 as float32 is a little less
    return min(steps / 10_000, 0.9999)


def _rounded(values: FloatArray) -> list[float]:
    return [round(float(value), 1) for value in values]
