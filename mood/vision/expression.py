"""From faces to probabilities."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from mood.errors import ModelLoadError
from mood.models.specs import ExpressionSpec, Preprocessing
from mood.types import Expression, Face, FloatArray, RGBImage
from mood.vision.crops import seen
from mood.vision.session import Session

_BATCH = 16  # faces at once: bounds the memory that a crowd takes


class ExpressionClassifier:
    """An expression network and all that its numbers need to become probabilities.

    Attributes:
        spec: What the network wants and says.

    Args:
        spec: See above.
        session: The loaded network.

    Raises:
        ModelLoadError: The network's input is not the one that the spec describes.
    """

    def __init__(self, spec: ExpressionSpec, session: Session) -> None:
        self.spec = spec
        self._session = session
        channels = 1 if spec.preprocessing.colour == "grey" else 3
        wanted = (channels, *spec.preprocessing.input_hw)
        found = session.input_shape[1:]
        fits = len(found) == 3 and all(
            size in (None, want) for size, want in zip(found, wanted, strict=True)
        )
        if not fits:
            raise ModelLoadError(
                f"The network {spec.name} wants input of shape {found}, its description says "
                f"{wanted}. Correct the description."
            )

    def crops(self, image: RGBImage, faces: Sequence[Face]) -> list[RGBImage]:
        """What the network sees of each face of `image` (H, W, 3) uint8 RGB: (h, w, 3) uint8."""
        return [seen(image, face, self.spec.preprocessing) for face in faces]

    def probabilities(self, crops: Sequence[RGBImage]) -> FloatArray:
        """Probabilities (N, 8) of the crops, columns in the order of `Expression`.

        Args:
            crops: N pictures (H, W, 3) uint8 RGB of the network's input size.

        Raises:
            ModelLoadError: The network's output has not one column for each label.
        """
        if not crops:
            return np.zeros((0, len(Expression)), dtype=np.float32)
        step = self.spec.fixed_batch or _BATCH
        batch = preprocess(crops, self.spec.preprocessing)
        logits = np.concatenate(
            [self._session.run(batch[start : start + step]) for start in range(0, len(batch), step)]
        )
        if logits.shape != (len(crops), len(self.spec.labels)):
            raise ModelLoadError(
                f"The network {self.spec.name} answers with shape {logits.shape} for "
                f"{len(crops)} faces and {len(self.spec.labels)} labels. Correct its description."
            )
        return postprocess(logits, self.spec)


def preprocess(crops: Sequence[RGBImage], preprocessing: Preprocessing) -> FloatArray:
    """The crops, N × (h, w, 3) uint8 RGB, as the network's input (N, 1 or 3, h, w) float32."""
    images = np.stack(crops)
    if preprocessing.colour == "grey":
        grey = [cv2.cvtColor(image, cv2.COLOR_RGB2GRAY) for image in images]
        planes = np.stack(grey)[:, None]
    elif preprocessing.colour == "rgb":
        planes = images.transpose(0, 3, 1, 2)
    else:  # a network that was trained on BGR
        planes = images[..., ::-1].transpose(0, 3, 1, 2)
    values = planes.astype(np.float32)
    return np.ascontiguousarray((values - preprocessing.mean) / preprocessing.std)


def postprocess(logits: FloatArray, spec: ExpressionSpec) -> FloatArray:
    """Probabilities (N, 8) in the order of `Expression` from logits (N, K).

    ``softmax((logits + logit_bias) / temperature)``; expressions without a label get 0. As well
    calibrated as the spec's temperature and bias are.
    """
    values = logits.astype(np.float64)
    if spec.logit_bias:
        values = values + np.array(spec.logit_bias)
    values = values / spec.temperature
    values = np.exp(values - values.max(axis=1, keepdims=True))
    values /= values.sum(axis=1, keepdims=True)
    order = list(Expression)
    probabilities = np.zeros((len(logits), len(order)), dtype=np.float32)
    probabilities[:, [order.index(label) for label in spec.labels]] = values
    return probabilities
