"""From faces to probabilities."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from mood.errors import ModelLoadError
from mood.models.specs import MOST_AT_ONCE, ExpressionSpec, Preprocessing
from mood.types import Expression, Face, FloatArray, RGBImage
from mood.vision.crops import landmarks_in_crop, seen, side_of
from mood.vision.session import Session

_BATCH = 16  # faces at once: bounds the memory that a crowd takes


class ExpressionClassifier:
    """An expression network and all that its numbers need to become probabilities.

    Attributes:
        spec: What the network wants and says.
        batch: How many faces it takes at once, no more and no fewer; None where any number goes.

    Args:
        spec: See above.
        session: The loaded network.

    Raises:
        ModelLoadError: The network's input is not the one that the spec describes.
    """

    def __init__(self, spec: ExpressionSpec, session: Session) -> None:
        self.spec = spec
        self._session = session
        self.batch = _batch(spec, session)
        self._channels_last = False
        height, width = spec.preprocessing.input_hw
        channels = 1 if spec.preprocessing.colour == "grey" else 3
        wanted, found = (channels, height, width), session.input_shape[1:]
        first, last = _fits(found, wanted), _fits(found, (height, width, channels))
        if not first and not last:
            raise ModelLoadError(
                f"The network {spec.name} wants input of shape {found}, its description says "
                f"{wanted}. Correct the description."
            )
        self._channels_last = last and not (first and self._can_run())

    def crops(self, image: RGBImage, faces: Sequence[Face]) -> list[RGBImage]:
        """What the network sees of each face of `image` (H, W, 3) uint8 RGB: (h, w, 3) uint8."""
        return [seen(image, face, self.spec.preprocessing) for face in faces]

    def sides(self, faces: Sequence[Face]) -> list[float]:
        """How many pixels a side of each face's square has, in the picture they were found in."""
        return [side_of(face, self.spec.preprocessing) for face in faces]

    def landmarks(self, faces: Sequence[Face], size_wh: tuple[int, int]) -> list[FloatArray | None]:
        """Where the landmarks of faces lie in their crops, each (5, 2) x, y in sides of the crop.

        Args:
            faces: In a picture of the size `size_wh`.
            size_wh: Width and height of the picture.
        """
        return [landmarks_in_crop(face, self.spec.preprocessing, size_wh) for face in faces]

    def probabilities(
        self, crops: Sequence[RGBImage], sides: Sequence[float] | None = None
    ) -> FloatArray:
        """Probabilities (N, 8) of the crops, columns in the order of `Expression`.

        Args:
            crops: N pictures (H, W, 3) uint8 RGB of the network's input size.
            sides: Of each, how many pixels it had before it got that size; large ones if None.

        Raises:
            ModelLoadError: The network's output has not one column for each label.
        """
        if not crops:
            return np.zeros((0, len(Expression)), dtype=np.float32)
        step = self.batch or _BATCH
        parts = [crops[start : start + step] for start in range(0, len(crops), step)]
        logits = np.concatenate([self._logits(part) for part in parts])
        return postprocess(logits, self.spec, sides)

    def _logits(self, crops: Sequence[RGBImage]) -> FloatArray:
        """Logits (N, K) of as many crops as the network takes at once, or fewer."""
        batch = preprocess(crops, self.spec.preprocessing)
        if self._channels_last:
            batch = np.ascontiguousarray(batch.transpose(0, 2, 3, 1))
        if self.batch is not None:  # it is shown the last one again where there are fewer
            batch = batch[np.minimum(np.arange(self.batch), len(crops) - 1)]
        logits = self._session.run(batch)
        if logits.shape != (len(batch), len(self.spec.labels)):
            raise ModelLoadError(
                f"The network {self.spec.name} answers with shape {logits.shape} for "
                f"{len(batch)} faces and {len(self.spec.labels)} labels. Correct its description."
            )
        return logits[: len(crops)]

    def _can_run(self) -> bool:
        """Whether the network takes channels first; only running it tells where sizes are free."""
        try:
            self._logits([np.full((*self.spec.preprocessing.input_hw, 3), 128, dtype=np.uint8)])
        except ModelLoadError:
            return False
        return True


def _fits(found: tuple[int | None, ...], wanted: tuple[int, ...]) -> bool:
    return len(found) == len(wanted) and all(
        size in (None, want) for size, want in zip(found, wanted, strict=True)
    )


def _batch(spec: ExpressionSpec, session: Session) -> int | None:
    """How many faces the network takes at once; what it says itself goes first.

    Raises:
        ModelLoadError: They are too many, or others than the description says.
    """
    own = session.input_shape[0] if session.input_shape else None
    if own is not None and own > MOST_AT_ONCE:
        raise ModelLoadError(
            f"The network {spec.name} wants {own} faces at once, more than {MOST_AT_ONCE}. "
            "Please export it anew with a free batch size."
        )
    if own is not None and spec.fixed_batch not in (None, own):
        raise ModelLoadError(
            f"The network {spec.name} wants {own} face(s) at once, its description says "
            f"fixed_batch {spec.fixed_batch}. Correct the description."
        )
    return own or spec.fixed_batch


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
    return np.ascontiguousarray((values - _shaped(preprocessing.mean)) / _shaped(preprocessing.std))


def _shaped(value: float | tuple[float, ...]) -> FloatArray:
    """One number, or one for each channel, (C or 1, 1, 1) float32."""
    return np.array(value, dtype=np.float32).reshape(-1, 1, 1)


def postprocess(
    logits: FloatArray, spec: ExpressionSpec, sides: Sequence[float] | None = None
) -> FloatArray:
    """Probabilities (N, 8) in the order of `Expression` from logits (N, K).

    ``softmax((logits + logit_bias) / temperature)``; expressions without a label get 0. As well
    calibrated as the spec's temperature and bias are, and for small faces as `temperatures` is.

    Args:
        logits: What the network said of N faces.
        spec: The network.
        sides: Of each face, pixels of its square's side in the picture; large ones if None.
    """
    values = logits.astype(np.float64)
    if spec.logit_bias:
        values = values + np.array(spec.logit_bias)
    values = values / temperatures(spec, sides)
    values = np.exp(values - values.max(axis=1, keepdims=True))
    values /= values.sum(axis=1, keepdims=True)
    order = list(Expression)
    probabilities = np.zeros((len(logits), len(order)), dtype=np.float32)
    probabilities[:, [order.index(label) for label in spec.labels]] = values
    return probabilities


def temperatures(spec: ExpressionSpec, sides: Sequence[float] | None) -> float | FloatArray:
    """What to divide the logits of N faces by: one number for all, or (N, 1).

    A small face says less than the network believes: its temperature is higher, by the spec's
    ``small_faces``.
    """
    if sides is None or spec.small_faces is None:
        return spec.temperature
    more, reach = spec.small_faces
    factors = 1 + more * np.exp(-np.array(sides, dtype=np.float32) / reach)
    return np.asarray(spec.temperature * factors[:, None], dtype=np.float32)
