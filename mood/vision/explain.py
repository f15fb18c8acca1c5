"""Why a face was read as it was: what changes when parts of it are covered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mood.types import Expression, FloatArray, RGBImage

if TYPE_CHECKING:  # at run time it would bring OpenCV and ONNX Runtime in with it
    from mood.vision.expression import ExpressionClassifier

GRID = 6
"""Cells of the map in each direction."""

COARSE_GRID = 4
"""The same for networks that take one face at a time, and so much longer."""

COVER = 0.3
"""Side of the patch in sides of the crop: about a mouth. Its middle is always half of it inside."""

_LEAST = 1e-6  # a probability below this counts as this
_SOFT = 0.04  # the edge of the patch fades, or it would be a shape of its own


def occlusion(
    classifier: ExpressionClassifier, crop: RGBImage, expression: Expression
) -> FloatArray:
    """How much the odds of `expression` fall when a part of the face is covered.

    A soft patch in the mean colour of the crop is moved over it, and all covered crops go through
    the network in one batch (Zeiler and Fergus, ECCV 2014).

    Args:
        classifier: The network that read the face.
        crop: (h, w, 3) uint8 RGB of the network's input size.
        expression: Whose odds are watched: odds and not probabilities, which hardly move near 1.

    Returns:
        (n, n) float32, n being `GRID` or `COARSE_GRID`: logarithm of the odds for the whole crop
        minus that for the one covered there; positive where the part speaks for the expression.
    """
    grid = COARSE_GRID if classifier.batch == 1 else GRID
    height, width = crop.shape[:2]
    down, across = _profiles(height, grid), _profiles(width, grid)
    cover = down[:, None, :, None, None] * across[None, :, None, :, None]
    mean = crop.mean(axis=(0, 1))
    covered = crop * (1 - cover) + mean * cover
    crops = [crop, *np.rint(covered).astype(np.uint8).reshape(-1, height, width, 3)]
    probabilities = np.maximum(classifier.probabilities(crops).astype(np.float64), _LEAST)
    column = list(Expression).index(expression)
    others = np.delete(probabilities, column, axis=1).sum(axis=1)
    watched = np.log(probabilities[:, column] / others)
    drops: FloatArray = (watched[0] - watched[1:]).reshape(grid, grid).astype(np.float32)
    return drops


def _profiles(length: int, grid: int) -> FloatArray:
    """(grid, length), 0 to 1: how much each pixel is covered at each position of the patch."""
    half = COVER * length / 2
    centres = np.linspace(half, length - half, grid)
    distance = np.abs(np.arange(length) + 0.5 - centres[:, None]) - half
    profiles: FloatArray = np.clip(0.5 - distance / (2 * _SOFT * length), 0, 1).astype(np.float32)
    return profiles
