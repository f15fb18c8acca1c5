"""Finding faces: one network, two sets of weights, one policy of where to look closer."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Protocol

import cv2
import numpy as np

from mood.models.arrays import GRAPH
from mood.settings import Settings
from mood.types import Face, FloatArray, RGBImage
from mood.vision.boxes import LONG, each_once, fit_within, reading_order, tiles
from mood.vision.crops import resize
from mood.vision.places import MULTIPLE, faces_of
from mood.vision.session import OnnxSession
from mood.vision.turning import Look, find_upright

_log = logging.getLogger(__name__)

Unseen = Callable[[int], None]
"""Is told how many parts of a long picture were not looked at, as there was no time for them."""

CONFIDENT = 0.5
"""Detections below this are no faces; `tests/benchmarks/detection.py` prints why."""

_QUICK_SIDE = 320
_QUICK_HEIGHT = 40  # pixels: a lower face in the quick look is worth a closer one
_CLOSE_SIDE = 960
_CLOSE_HEIGHT = 40
_MOST_PARTS = 16
_LEAST_SIDE = 8  # pixels: YuNet finds what is not there in slivers


class FaceDetector(Protocol):
    """Finds the faces in a picture."""

    def detect(
        self, image: RGBImage, *, quick: bool = False, unseen: Unseen | None = None
    ) -> list[Face]:
        """The faces of `image` (H, W, 3) uint8 RGB in reading order, boxes in its pixels.

        Args:
            image: The picture.
            quick: Prefer speed: look at 320 pixels first, and closer only when that shows no face
                or small ones, and never at the picture turned. Meant for video.
            unseen: Called only where a part of a long picture was not looked at.

        Returns:
            Faces of a picture that had to be turned say so; see `Face.turned_deg`.
        """


class WholePicture:
    """Takes the whole picture for one face, which somebody else has found and cut out."""

    def detect(
        self,
        image: RGBImage,
        *,
        quick: bool = False,  # noqa: ARG002
        unseen: Unseen | None = None,  # noqa: ARG002
    ) -> list[Face]:
        """See `FaceDetector.detect`."""
        height, width = image.shape[:2]
        return [Face(np.array([0, 0, width, height], dtype=np.float32), 1.0)]


class YuNetDetector:
    """The network YuNet with either set of weights, and with five landmarks.

    Source: Wu, Peng and Yu, Machine Intelligence Research 2023. All faces are returned, however
    many there are.

    Args:
        weights: The arrays of `mood.models.arrays`.
        settings: See `Settings`.
        roomy: Whether there is memory to keep what closer looks need, for the next picture.

    Raises:
        ModelLoadError: The network cannot be run here.
    """

    def __init__(
        self, weights: Mapping[str, FloatArray], settings: Settings, *, roomy: bool = False
    ) -> None:
        cv2.setNumThreads(settings.threads)  # of resizing
        self._weights = weights
        self._settings = settings
        self._session = self._new_session()
        self._kept = cache(self._new_session) if roomy else None

    def detect(
        self, image: RGBImage, *, quick: bool = False, unseen: Unseen | None = None
    ) -> list[Face]:
        """See `FaceDetector.detect`."""
        # A session keeps the buffers of its largest look, so closer ones have their own, which
        # lives no longer than they need it unless there is room.
        closer = self._kept or cache(self._new_session)
        look = partial(self._look, closer)

        def find(look: Look) -> list[Face]:
            try:
                return find_faces(look, image, self._settings, quick=quick, unseen=unseen)
            finally:
                if closer is not self._kept:
                    closer.cache_clear()

        if quick:
            return find(look)
        return find_upright(look, find, image, self._settings.detection_side)

    def _new_session(self) -> OnnxSession:
        settings = self._settings
        return OnnxSession(
            GRAPH, settings.threads, settings.run_limit_s, self._weights, keeps_buffers=True
        )

    def _look(self, closer: Callable[[], OnnxSession], image: RGBImage) -> list[Face]:
        padded = _padded(image)
        height, width = padded.shape[2:]
        ordinary = max(width, height) <= _multiple(self._settings.detection_side)
        session = self._session if ordinary else closer()
        return faces_of(session.run(padded)[0], (width, height), CONFIDENT)


def _padded(image: RGBImage) -> FloatArray:
    """A picture as the network's input: (1, 3, H', W') float32 RGB, black to the right and below.

    H' and W' are the next multiples of `MULTIPLE`.
    """
    height, width = image.shape[:2]
    padded = np.empty((1, 3, _multiple(height), _multiple(width)), dtype=np.float32)
    padded[..., height:, :] = padded[..., width:] = 0
    for channel, plane in enumerate(cv2.split(image)):  # two to four times as fast as numpy alone
        padded[0, channel, :height, :width] = plane
    return padded


def _multiple(side: int) -> int:
    return -(-side // MULTIPLE) * MULTIPLE


def find_faces(
    look: Look,
    image: RGBImage,
    settings: Settings,
    *,
    quick: bool,
    unseen: Unseen | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> list[Face]:
    """The faces of a picture: a look at it scaled down, and a closer one only where that pays.

    A closer look pays when the first one showed nothing, or faces so low that others may have been
    missed. A long picture, in which whole looks would show nothing but dwarfs, is looked at part
    by part too, for `Settings.run_limit_s` at most.

    Returns:
        Faces in reading order, in pixels of `image`; none lower than `Settings.smallest_face`.
    """
    height, width = image.shape[:2]
    too_long = max(width, height) > max(_CLOSE_SIDE, settings.detection_side)
    if not quick and too_long and max(width, height) > LONG * min(width, height):
        faces, left = _part_by_part(look, image, settings, clock)
        if left and unseen is not None:
            unseen(left)
    else:
        faces = _closer_and_closer(look, image, settings, quick=quick)
    faces = [face for face in faces if face.size_wh[1] >= settings.smallest_face]
    return [faces[index] for index in reading_order([face.bbox_xyxy for face in faces])]


def _part_by_part(
    look: Look, image: RGBImage, settings: Settings, clock: Callable[[], float]
) -> tuple[list[Face], int]:
    """Of a long picture, the faces that the whole shows, and its parts, each once.

    Also how many of its parts were not looked at, as there was no more time.
    """
    until = clock() + settings.run_limit_s
    faces = _closer_and_closer(look, image, settings, quick=False)
    axis = 0 if image.shape[1] > image.shape[0] else 1
    length, other = image.shape[1 - axis], image.shape[axis]
    each = max(settings.detection_side, other)
    overlap = each // 4
    parts, left = tiles(length, each, overlap, _MOST_PARTS), 0
    for number, (begin, end) in enumerate(parts):
        if clock() > until:
            _log.warning("looked at %d of %d parts: no more time", number, len(parts))
            left = len(parts) - number
            break
        part = image[:, begin:end] if axis == 0 else image[begin:end]
        for found in _closer_and_closer(look, part, settings, quick=False):
            face = found.moved(begin, 0) if axis == 0 else found.moved(0, begin)
            first, last = (float(face.bbox_xyxy[axis + k]) for k in (0, 2))
            cut_off = (begin > 0 and first <= begin) or (end < length and last >= end)
            if not cut_off or last - first > overlap:  # else it is whole in the next part
                faces.append(face)
    return each_once(faces), left


def _closer_and_closer(
    look: Look, image: RGBImage, settings: Settings, *, quick: bool
) -> list[Face]:
    sides = [settings.detection_side]
    if quick and settings.detection_side > _QUICK_SIDE:
        sides.insert(0, _QUICK_SIDE)
    elif not quick and settings.detection_side < _CLOSE_SIDE:
        sides.append(_CLOSE_SIDE)
    worth_closer = _QUICK_HEIGHT if quick else _CLOSE_HEIGHT
    faces: list[Face] = []
    for side in sides:
        height, width = image.shape[:2]
        size_wh = fit_within((width, height), side)
        if min(size_wh) < _LEAST_SIDE:
            continue
        scale = width / size_wh[0], height / size_wh[1]
        faces = [
            face.scaled(*scale)
            for face in look(np.ascontiguousarray(resize(image, size_wh)))
            if face.confidence >= CONFIDENT
        ]
        seen_whole = size_wh == (width, height)
        if seen_whole or (
            faces and min(face.size_wh[1] for face in faces) >= worth_closer * scale[1]
        ):
            break
    return faces
