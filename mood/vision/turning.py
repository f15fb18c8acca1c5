"""Pictures that lie on their side or stand on their head, and do not say so: how they are turned.

The landmarks of a face that stands on its head do not tell it: the detector puts the eyes where
the chin is. It is surer of faces that stand upright, though, and that tells.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from mood.types import Face, RGBImage
from mood.vision.boxes import fit_within, square_crop_xyxy
from mood.vision.crops import cut_out, resize, turned

Look = Callable[[RGBImage], list[Face]]
"""Finds the faces in a picture of just this size, each once; boxes in its pixels."""

Find = Callable[[Look], list[Face]]
"""Finds the faces in one picture of any size by such looks; boxes in its pixels."""

_UPRIGHT = 0.9  # confidence: hardly any face that is turned reaches it
_SURER = 0.03  # so much more confident is the detector of a face when it has been turned upright
_SURE = 0.8  # what a turned picture must reach where the picture as given shows none such
_DOUBTFUL = 0.7  # where no face reaches this, they may all be none
_TILE = 64  # pixels: the side of the best face's surroundings, when these are looked at
_SURROUNDINGS = 1.3  # their side in sides of the face
_TURNS = (90, 270, 180)
_LEAST_SIDE = 16  # pixels: no face can be read in slivers


def find_upright(look: Look, find: Find, image: RGBImage, side: int) -> list[Face]:
    """The faces of a picture, or of the picture turned where they stand upright only then.

    A sure face stands upright, and nothing more is looked at. The surroundings of one that is not
    so sure are looked at once more, small, and turned in all four ways. Where that says nothing and
    there is no face that is likely one, the whole picture is looked at in the other three ways.
    `python tests/benchmarks/detection.py` prints what that finds and costs.

    Args:
        look: Looks once.
        find: Finds the faces of `image` by looks.
        image: (H, W, 3) uint8 RGB.
        side: Longer side of a look at the whole picture, in pixels.

    Returns:
        Faces in pixels of `image` as it is; `Face.turned_deg` says how it was turned, the same for
        all.
    """
    faces = find(look)
    sure = _most(faces)
    if sure >= _UPRIGHT:
        return faces
    degrees = _turn_of_best(look, image, faces) if faces else 0
    if degrees == 0 and sure < _DOUBTFUL:
        degrees = _turn_of_whole(look, image, side)
    if degrees == 0:
        return faces
    upright = find(lambda small: _looked_turned(look, small, degrees))
    return upright if _most(upright) > sure + _SURER else faces


def _looked_turned(look: Look, image: RGBImage, degrees: int) -> list[Face]:
    """The faces of a small picture as a look at it turned clockwise shows them."""
    view = turned(image, degrees)
    size_wh = view.shape[1], view.shape[0]
    return [face.turned(360 - degrees, size_wh) for face in look(np.ascontiguousarray(view))]


def _turn_of_best(look: Look, image: RGBImage, faces: Sequence[Face]) -> int:
    """By how much the surest face must be turned clockwise so that it is clearly surer, or 0."""
    best = max(faces, key=lambda face: face.confidence)
    around = cut_out(image, square_crop_xyxy(best.bbox_xyxy, _SURROUNDINGS, 0.0))
    tile = resize(np.ascontiguousarray(around), (_TILE, _TILE))
    # One look at all four costs less than four.
    rows = [[turned(tile, degrees) for degrees in row] for row in ((0, 90), (180, 270))]
    found = look(np.concatenate([np.concatenate(row, axis=1) for row in rows]))
    sure = [0.0] * 4
    for face in found:
        left, top, right, bottom = (float(value) for value in face.bbox_xyxy / _TILE)
        x, y = (left + right) / 2, (top + bottom) / 2
        column, row = int(x >= 1), int(y >= 1)
        if np.hypot(x - column - 0.5, y - row - 0.5) < 0.3:  # the face, and nothing at a seam
            sure[2 * row + column] = max(sure[2 * row + column], face.confidence)
    surest = int(np.argmax(sure))
    return 90 * surest if sure[surest] > sure[0] + _SURER else 0


def _turn_of_whole(look: Look, image: RGBImage, side: int) -> int:
    """By how much a picture must be turned clockwise so that it shows a sure face, or 0."""
    size_wh = fit_within((image.shape[1], image.shape[0]), side)
    if min(size_wh) < _LEAST_SIDE:
        return 0
    small = resize(image, size_wh)
    surest, sure = 0, _SURE
    for degrees in _TURNS:
        found = _most(_looked_turned(look, small, degrees))
        if found > sure:
            surest, sure = degrees, found
        if sure >= _UPRIGHT:
            break
    return surest


def _most(faces: Sequence[Face]) -> float:
    return max((face.confidence for face in faces), default=0.0)
