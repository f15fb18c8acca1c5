"""Whether there is a face to read at all, between the detector and the expression network.

A small network, `readable`, looks at the face as `mini` does; what it says is weighed together with
how sure the detector is, how large and how sharp the face is, and how far it is turned: see
`mood.vision.weighing`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import cv2
import numpy as np

from mood.errors import ModelLoadError
from mood.models.specs import QualitySpec
from mood.types import Face, FloatArray, Quality, Reason, RGBImage
from mood.vision.crops import seen
from mood.vision.session import Session
from mood.vision.weighing import Grey, Measures, Weighing

_BATCH = 16  # faces at once: bounds the memory that a crowd takes


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
