"""Whether there is a face to read at all, between the detector and the expression network.

A small network, `readable`, looks at the face as `mini` does; what it says is weighed together with
how sure the detector is, how large and how sharp the face is, and how far it is turned. The numbers
here are chosen on data by ``python tests/benchmarks/readable.py``, which prints what each is worth.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from mood.errors import ModelLoadError
from mood.models.specs import QualitySpec
from mood.types import Face, FloatArray, Quality, Reason, RGBImage
from mood.vision.crops import seen
from mood.vision.session import Session

Grey: TypeAlias = npt.NDArray[np.uint8]

_WHITE = 250  # of 255

# Beyond these, more says nothing about whether a face can be read.
_SURE = 0.9  # confidence of a detector
_LARGE_PX = 45.0
_FRONTAL = 0.2  # turned so far, or less
_SHARP = 0.6
_BATCH = 16  # faces at once: bounds the memory that a crowd takes


@dataclass(frozen=True, slots=True)
class Measures:
    """What is known of a find.

    Attributes:
        logit: What the network says: above 0 it rather can be read.
        confidence: The detector's, 0 to 1.
        side_px: Side of the box, the geometric mean, in pixels.
        turned: See `how_turned`; 0 where there are no landmarks.
        sharpness: See `how_sharp`.
    """

    logit: float
    confidence: float
    side_px: float
    turned: float
    sharpness: float


@dataclass(frozen=True, slots=True)
class Weighing:
    """How the measures become the probability that a face can be read, and a reason why not.

    Attributes:
        bias, logit, confidence, side, turned, sharpness: Of the logistic regression; see
            `features_of`.
        readable_from: Probability from which on a face can be read.
        dark: Below this contrast a face that cannot be read is too dark.
        burnt: From this share of white on it is too bright, which is called too dark as well.
        small_px: Below this side it is too small.
        face_from: Below this confidence of the detector it is no face.
        turned_from: From here on it is turned away.
        blurred: Below this sharpness it is blurred.
    """

    bias: float
    logit: float
    confidence: float
    side: float
    turned: float
    sharpness: float
    readable_from: float
    dark: float
    burnt: float
    small_px: float
    face_from: float
    turned_from: float
    blurred: float

    def readable(self, measures: Measures) -> float:
        """The probability that the face can be read, 0 to 1."""
        features = features_of(measures)
        weights = (self.logit, self.confidence, self.side, self.turned, self.sharpness)
        total = self.bias + sum(w * f for w, f in zip(weights, features, strict=True))
        return 1 / (1 + math.exp(-min(max(total, -30.0), 30.0)))

    def reason(self, measures: Measures, crop: Grey) -> Reason:
        """Why a face that cannot be read, whose crop is (h, w) grey, cannot.

        The first that is plain to see; where none is, what is nearest to it.
        """
        if float(crop.std()) < self.dark or float((crop >= _WHITE).mean()) >= self.burnt:
            return Reason.TOO_DARK
        if measures.side_px < self.small_px:
            return Reason.TOO_SMALL
        if measures.confidence < self.face_from:
            return Reason.NOT_A_FACE
        away = {
            Reason.TURNED_AWAY: self.turned_from / max(measures.turned, 1e-6),
            Reason.TOO_BLURRED: measures.sharpness / self.blurred,
            Reason.TOO_SMALL: measures.side_px / self.small_px,
        }
        plain = [reason for reason, ratio in away.items() if ratio <= 1]
        return plain[0] if plain else min(away, key=away.__getitem__)


def features_of(measures: Measures) -> tuple[float, float, float, float, float]:
    """What the regression weighs, in the order of `Measures`.

    The logit, the log-odds of the confidence, the binary logarithm of the side, the turn, and the
    binary logarithm of the sharpness, each within the limits beyond which it says nothing more.
    """
    confidence = min(max(measures.confidence, 0.01), _SURE)
    return (
        measures.logit,
        math.log(confidence / (1 - confidence)),
        math.log2(min(max(measures.side_px, 1.0), _LARGE_PX)),
        min(max(measures.turned, _FRONTAL), 1.0),
        math.log2(min(max(measures.sharpness, 0.02), _SHARP)),
    )


class QualityJudge:
    """Says of each find whether it can be read.

    Attributes:
        spec: What the network wants.

    Args:
        spec: See above.
        session: The loaded network.
        weighing: How its answer is weighed.

    Raises:
        ModelLoadError: The network's input is not the one that the spec describes.
    """

    def __init__(self, spec: QualitySpec, session: Session, weighing: Weighing) -> None:
        self.spec = spec
        self._session, self._weighing = session, weighing
        wanted = (1, *spec.preprocessing.input_hw)
        if session.input_shape[1:] != wanted:
            raise ModelLoadError(
                f"The network {spec.name} wants input of shape {session.input_shape[1:]}, not "
                f"{wanted}."
            )

    def judge(
        self, image: RGBImage, faces: Sequence[Face], crops: Sequence[RGBImage] | None = None
    ) -> list[Quality]:
        """Whether each face can be read.

        Args:
            image: (H, W, 3) uint8 RGB.
            faces: Those that were found in it.
            crops: What `ExpressionClassifier.crops` made of them, to save time where that is what
                this network sees as well.
        """
        height, width = image.shape[:2]
        if crops is None:
            crops = [seen(image, face, self.spec.preprocessing) for face in faces]
        greys = [crop[:, :, 0] for crop in crops]
        return [
            self._judged(measured(face, grey, logit), grey, is_cut_off(face, (width, height)))
            for face, grey, logit in zip(faces, greys, self.logits(greys), strict=True)
        ]

    def logits(self, crops: Sequence[Grey]) -> list[float]:
        """What the network says of crops (h, w) grey of its input size.

        Raises:
            ModelLoadError: Its answer is not one number for each.
        """
        said: list[float] = []
        for start in range(0, len(crops), _BATCH):
            batch = np.stack(crops[start : start + _BATCH])[:, None].astype(np.float32)
            answer = self._session.run(batch)
            if answer.shape != (len(batch), 1):
                raise ModelLoadError(
                    f"The network {self.spec.name} answers with shape {answer.shape} for "
                    f"{len(batch)} faces."
                )
            said += answer[:, 0].tolist()
        return said

    def _judged(self, measures: Measures, crop: Grey, cut_off: bool) -> Quality:
        readable = self._weighing.readable(measures)
        if cut_off:
            return Quality(readable, Reason.CUT_OFF)
        if readable >= self._weighing.readable_from:
            return Quality(readable)
        return Quality(readable, self._weighing.reason(measures, crop))


def measured(face: Face, crop: Grey, logit: float) -> Measures:
    """The measures of a face of whose crop (h, w) grey the network says `logit`."""
    turned = 0.0 if face.landmarks is None else how_turned(face.landmarks)
    return Measures(logit, face.confidence, _side_px(face), turned, how_sharp(crop))


def _side_px(face: Face) -> float:
    width, height = face.size_wh
    return math.sqrt(max(width, 0.0) * max(height, 0.0))


def how_sharp(crop: Grey) -> float:
    """Deviation of a crop's second derivative in deviations of its greys."""
    _, contrast = cv2.meanStdDev(crop)
    _, detail = cv2.meanStdDev(cv2.Laplacian(crop, cv2.CV_16S))
    return float(detail.item() / (contrast.item() + 1))


def how_turned(landmarks: FloatArray) -> float:
    """How far the nose is from the middle between the eyes, along their line, in their distance."""
    (right_x, right_y), (left_x, left_y), (nose_x, nose_y) = landmarks[:3].tolist()
    x, y = left_x - right_x, left_y - right_y
    square = x * x + y * y
    if square < 1e-6:
        return 1.0
    along = float((nose_x - right_x) * x + (nose_y - right_y) * y) / square
    return float(abs(along - 0.5))


_INSIDE = 0.07
"""How far from the border eyes and mouth must lie, in sides of the face.

Of what is cut away the detector guesses the landmarks, and puts them up to so far inside.
"""


def is_cut_off(face: Face, size_wh: tuple[int, int]) -> bool:
    """Whether the border of the picture cuts an eye or a corner of the mouth of a face away.

    Args:
        face: The face; without landmarks nothing is known.
        size_wh: Width and height of the picture that it stands in, in its pixels.
    """
    if face.landmarks is None:
        return False
    margin = _INSIDE * _side_px(face)
    right, bottom = size_wh[0] - margin, size_wh[1] - margin
    first, second, _, *mouth = face.landmarks.tolist()  # the nose tells least
    return not all(
        margin <= x <= right and margin <= y <= bottom for x, y in (first, second, *mouth)
    )


WEIGHING = Weighing(
    bias=-5.081,
    logit=0.968,
    confidence=2.253,
    side=0.386,
    turned=-5.447,
    sharpness=1.779,
    readable_from=0.308,
    dark=3.2,
    burnt=0.75,
    small_px=31.0,
    face_from=0.82,
    turned_from=0.43,
    blurred=0.12,
)
"""As ``python tests/benchmarks/readable.py`` found them."""
