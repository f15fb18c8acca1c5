"""Made-up faces, where they are looked for, and which pixels of them a network sees."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from unittest import mock

import numpy as np

from mood.models.catalogue import MINI
from mood.models.specs import Preprocessing
from mood.settings import Settings
from mood.types import Face, RGBImage
from mood.vision import crops
from mood.vision.detection import find_faces

_LEVEL = np.array([[0.3, 0.4], [0.7, 0.4], [0.5, 0.6], [0.35, 0.8], [0.65, 0.8]])
"""Landmarks of a level face that looks straight ahead, in sides of its box."""


def found(
    left: float,
    top: float,
    side: float,
    *,
    slant_deg: float = 0.0,
    nose: float = 0.0,
    confidence: float = 0.9,
) -> Face:
    """A face, turned by `slant_deg`, its nose so far aside."""
    points = _LEVEL + np.array([[0, 0], [0, 0], [nose, 0], [0, 0], [0, 0]]) - 0.5
    cos, sin = np.cos(np.radians(slant_deg)), np.sin(np.radians(slant_deg))
    points = (points @ np.array([[cos, sin], [-sin, cos]]) + 0.5) * side + [left, top]
    box = np.array([left, top, left + 0.9 * side, top + 1.1 * side], dtype=np.float32)
    return Face(box, confidence, points.astype(np.float32))


def plain(face: Face) -> dict[str, Any]:
    """A face as values that JSON can hold."""
    assert face.landmarks is not None
    return {
        "box": face.bbox_xyxy.tolist(),
        "confidence": face.confidence,
        "landmarks": face.landmarks.tolist(),
    }


def looking() -> Iterator[dict[str, Any]]:
    """What is looked at, and what comes of it, by what each look finds."""
    large, low = found(20, 30, 80), found(150, 40, 30.5)
    just, dwarf = found(60, 60, 40 / 1.1), found(10, 200, 9)
    closer = [large.scaled(2, 2), dwarf.scaled(2, 2)]
    for size in [(640, 480), (320, 240), (300, 200), (640, 14), (9, 640), (1280, 720), (641, 361)]:
        for side, smallest in [(640, 16), (320, 40), (960, 8)]:
            for first in [], [large, low], [just], [low, dwarf, large]:
                looked: list[tuple[int, int]] = []
                answers = [first, closer]

                def look(image: RGBImage, seen=looked, said=answers) -> list[Face]:
                    seen.append((image.shape[1], image.shape[0]))
                    return said[len(seen) - 1]

                image = np.zeros((size[1], size[0], 3), dtype=np.uint8)
                settings = Settings(detection_side=side, smallest_face=smallest)
                faces = find_faces(look, image, settings, quick=True)
                yield {
                    "size": size,
                    "detection_side": side,
                    "smallest_face": smallest,
                    "looks": [[plain(face) for face in said] for said in answers[: len(looked)]],
                    "looked": looked,
                    "faces": [plain(face) for face in faces],
                }


def cropping() -> Iterator[dict[str, Any]]:
    """Which pixels are cut out, or how the picture is warped."""
    preprocessing: Preprocessing = MINI.preprocessing
    width, height = 211, 153
    rows, columns = np.mgrid[:height, :width].astype(np.uint8)
    image = np.stack([columns, rows, columns], axis=2)
    faces = [
        found(left, top, side, slant_deg=slant)
        for left, top, side in [
            *((40, 30, 60), (40.25, 30.75, 61.5), (-20, -10, 50), (180, 120, 70)),
            *((10, 10, 118), (5, 5, 137.3), (90, 70, 0.2), (300, 300, 20)),
        ]
        for slant in (0, 14.99, -14.9, 15.01, 40, -90, 180)
    ]
    for face in faces:
        with (
            mock.patch.object(crops.cv2, "warpAffine", wraps=crops.cv2.warpAffine) as warp,
            mock.patch.object(crops, "cut_out", wraps=crops.cut_out) as cut_out,
        ):
            crops.crop_face(image, face, preprocessing)
        case: dict[str, Any] = {"size": (width, height), "face": plain(face)}
        case["side"] = crops.side_of(face, preprocessing)
        if warp.called:
            shrunk, matrix, _ = warp.call_args.args
            case["warp"] = {
                "shrunk": (shrunk.shape[1], shrunk.shape[0]),
                "matrix": matrix.ravel().tolist(),
            }
        else:
            pixels = crops.cut_out(*cut_out.call_args.args)
            case["square"] = {
                "size": (pixels.shape[1], pixels.shape[0]),
                "first": pixels[0, 0, :2].tolist(),
                "last": pixels[-1, -1, :2].tolist(),
            }
        yield case
