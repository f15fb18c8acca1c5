"""The network that is measured, and the views of a face under which it is."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from mood.models.specs import ExpressionSpec
from mood.vision.crops import resize
from mood.vision.expression import postprocess, preprocess
from mood.vision.session import OnnxSession

Grey = npt.NDArray[np.uint8]
View = Callable[[Grey], Grey]


@dataclasses.dataclass(frozen=True, slots=True)
class Network:
    """A loaded network and its description."""

    spec: ExpressionSpec
    session: OnnxSession
    path: Path

    def logits(self, images: Grey) -> npt.NDArray[np.float64]:
        """Raw output (N, K) for FER frames (N, 48, 48) uint8 grey, or smaller ones."""
        preprocessing = self.spec.preprocessing
        height, width = preprocessing.input_hw
        parts = []
        step = self.spec.fixed_batch or 64
        for start in range(0, len(images), step):
            crops = [
                np.repeat(resize(image, (width, height))[..., None], 3, axis=2)
                for image in images[start : start + step]
            ]
            parts.append(self.session.run(preprocess(crops, preprocessing)))
        return np.concatenate(parts).astype(np.float64)

    def probabilities(self, images: Grey, side: float | None = None) -> npt.NDArray[np.float64]:
        """Calibrated probabilities (N, 8) in the order of `Expression`.

        Args:
            images: (N, 48, 48) uint8 grey, or smaller where that is all there is.
            side: Pixels that each face had; many if None.
        """
        logits = self.logits(images).astype(np.float32)
        sides = None if side is None else [side] * len(images)
        return postprocess(logits, self.spec, sides).astype(np.float64)


def _place(image: Grey, scale: float = 1.0, x: float = 0.0, y: float = 0.0) -> Grey:
    """What a box of `scale` times the size, moved by shares of it, would have shown."""
    side = image.shape[0]
    middle = (side - 1) / 2
    matrix = np.array(
        [
            [scale, 0, middle * (1 - scale) + x * side],
            [0, scale, middle * (1 - scale) + y * side],
        ],
        dtype=np.float32,
    )
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    moved = cv2.warpAffine(image, matrix, (side, side), flags=flags, borderMode=1)
    return np.asarray(moved, dtype=np.uint8)


def _noisy(image: Grey) -> Grey:
    noise = np.random.default_rng(int(image[::7, ::7].sum())).normal(0, 15, image.shape)
    return np.clip(image + noise, 0, 255).astype(np.uint8)


def _jpeg(image: Grey) -> Grey:
    data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 30])[1]
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE), dtype=np.uint8)


BOX_VIEWS: dict[str, View] = {
    "10 % smaller": lambda image: _place(image, 0.9),
    "10 % larger": lambda image: _place(image, 1.1),
    "10 % to the left": lambda image: _place(image, x=-0.1),
    "10 % to the right": lambda image: _place(image, x=0.1),
    "10 % higher": lambda image: _place(image, y=-0.1),
    "10 % lower": lambda image: _place(image, y=0.1),
}
LIGHT_VIEWS: dict[str, View] = {
    "blurred (sigma 1 pixel of 48)": lambda image: np.asarray(
        cv2.GaussianBlur(image, (0, 0), 1.0), dtype=np.uint8
    ),
    "dark (a quarter of the light)": lambda image: (image * 0.25).astype(np.uint8),
    "noisy (sigma 15 of 255)": _noisy,
    "JPEG quality 30": _jpeg,
}
