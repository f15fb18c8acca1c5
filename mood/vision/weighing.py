"""How what is known of a find becomes the probability that it can be read, and a reason why not.

The numbers are chosen on data by ``python tests/benchmarks/readable.py``, which prints what each is
worth. Without OpenCV and without ONNX Runtime: browsers are told the numbers before any photo.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from mood.types import Reason

Grey: TypeAlias = npt.NDArray[np.uint8]

_WHITE = 250  # of 255

# Beyond these, more says nothing about whether a face can be read.
_SURE = 0.9  # confidence of a detector
_LARGE_PX = 45.0
_FRONTAL = 0.2  # turned so far, or less
_SHARP = 0.6


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
