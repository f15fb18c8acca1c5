"""What Python says of edge cases: ``python -m tests.vision.golden`` writes the table.

The live tab reads faces in the browser, too, and must come to the same.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from mood.analyzer import MoodAnalyzer
from mood.models.catalogue import MINI, READABLE
from mood.options import Options
from mood.page.specs import vision_specs
from mood.settings import Settings
from mood.types import Face, FloatArray, cut
from mood.video.matching import match
from mood.vision.boxes import fit_within, reading_order
from mood.vision.expression import postprocess
from mood.vision.quality import QualityJudge, how_sharp, how_turned, is_cut_off
from mood.vision.weighing import WEIGHING, Measures
from tests.fakes import FakeDetector, FakePool, FakeSession, models
from tests.vision.made_up import cropping, found, looking, plain

ROOT = Path(__file__).parents[2]
CASES = ROOT / "tests" / "data" / "vision.json"


def _rounding() -> list[dict[str, Any]]:
    values = [0.05, 0.15, 0.25, 0.35, 0.75, 2.5, 12.25, 12.75, -0.25, -0.75, -0.04, 1.0, 639.95]
    values += [0.0625, 0.1875, 1.0005, 2.0015, 100.5, 101.5, 0.00005, 0.03125, 0.09375, 7200.0]
    return [
        {"value": value, "digits": digits, "repr": repr(round(value, digits))}
        for value in values
        for digits in (1, 3, 4)
    ] + [{"value": value, "digits": 0, "repr": repr(round(value, 0))} for value in values]


def _cutting() -> list[list[float]]:
    values = [0.0, 1.0, 0.99999, 0.7, float(np.float32(0.7)), 0.12345, 0.00009, 0.5, 0.00125]
    return [[value, cut(value)] for value in values]


def _fitting() -> list[dict[str, Any]]:
    sizes = [(640, 480), (641, 480), (321, 240), (1280, 720), (639, 3), (5, 640), (100, 80), (1, 1)]
    sizes += [(640, 361), (640, 363), (1920, 1081)]
    return [
        {"size": size, "side": side, "fits": fit_within(size, side)}
        for size in sizes
        for side in (320, 640, 256)
    ]


def _ordering() -> list[dict[str, Any]]:
    rng = np.random.default_rng(1)
    cases = []
    for count in (0, 1, 2, 3, 5, 8, 12):
        corners = rng.uniform(0, 300, (count, 2))
        boxes = np.concatenate([corners, corners + rng.uniform(20, 120, (count, 2))], axis=1)
        rows = list(boxes.astype(np.float32))
        cases.append({"boxes": [row.tolist() for row in rows], "order": reading_order(rows)})
    return cases


def _weighing() -> Iterator[dict[str, Any]]:
    rng = np.random.default_rng(2)
    dull, burnt, lively = (np.full((48, 48), 90), np.full((48, 48), 255), np.tile([40, 200], 1152))
    burnt[0, ::2] = 0
    for tone in (dull, burnt, lively.reshape(48, 48)):
        crop = tone.astype(np.uint8)
        for _ in range(40):
            measures = Measures(
                logit=float(rng.normal(0, 5)),
                confidence=float(rng.choice([0.5, 0.7, 0.81999, 0.82, 0.9, 0.99])),
                side_px=float(rng.choice([4.0, 30.9, 31.0, 44.0, 90.0])),
                turned=float(rng.choice([0.0, 0.1, 0.3, 0.429, 0.43, 0.8, 2.0])),
                sharpness=float(rng.choice([0.0, 0.05, 0.119, 0.12, 0.3, 2.0])),
            )
            yield {
                "measures": {
                    "logit": measures.logit,
                    "confidence": measures.confidence,
                    "side": measures.side_px,
                    "turned": measures.turned,
                    "sharpness": measures.sharpness,
                },
                "tone": _tone(crop),
                "readable": WEIGHING.readable(measures),
                "reason": str(WEIGHING.reason(measures, crop)),
            }


def _tone(crop: np.ndarray) -> dict[str, float]:
    return {"deviation": float(crop.std()), "white": float((crop >= 250).mean())}


def _turning() -> Iterator[dict[str, Any]]:
    """How far faces are turned, and whether the border of a picture cuts them off."""
    near = found(1, 1, 50)
    points = near.landmarks
    assert points is not None
    same = Face(near.bbox_xyxy, 0.9, np.repeat(points[:1], 5, axis=0))
    faces = [found(x, 20, 50, nose=nose) for x in (-16, -11.5, 0, 60, 75) for nose in (0, 0.2, -1)]
    for face in [*faces, found(30, 55, 50), found(30, 90, 50, slant_deg=30), same]:
        assert face.landmarks is not None
        yield {
            "face": plain(face),
            "size": (100, 100),
            "turned": how_turned(face.landmarks),
            "cut_off": is_cut_off(face, (100, 100)),
        }


def _softening() -> Iterator[dict[str, Any]]:
    """Probabilities of logits, by the side of the face."""
    rng = np.random.default_rng(3)
    for side in (0.5, 8.0, 16.3, 31.0, 48.0, 300.0):
        logits = rng.normal(0, 3, (1, 8)).astype(np.float32)
        yield {
            "logits": logits[0].tolist(),
            "side": side,
            "probabilities": postprocess(logits, MINI, [side])[0].tolist(),
        }


def _matching() -> Iterator[dict[str, Any]]:
    rng = np.random.default_rng(4)
    for old, new in [(0, 0), (0, 2), (2, 0), (1, 1), (2, 2), (3, 2), (2, 4), (6, 6)]:
        for _ in range(8):
            expected, found = _boxes(rng, old), _boxes(rng, new)
            shared = min(old, new)
            found[:shared] = expected[:shared] + rng.normal(0, 15, (shared, 1)).astype(np.float32)
            yield {
                "expected": expected.tolist(),
                "found": found.tolist(),
                "pairs": match(expected, found),
            }
    same = np.repeat(_boxes(rng, 1), 3, axis=0)
    yield {"expected": same.tolist(), "found": same.tolist(), "pairs": match(same, same)}


def _boxes(rng: np.random.Generator, count: int) -> FloatArray:
    corners = rng.uniform(0, 200, (count, 2))
    sides = rng.uniform(30, 100, (count, 1))
    return np.concatenate([corners, corners + sides], axis=1).astype(np.float32)


def _reading() -> Iterator[dict[str, Any]]:
    """A picture from its faces to their probabilities; what the networks say is made up."""
    rng = np.random.default_rng(5)
    noise = rng.integers(0, 256, (240, 320, 3)).astype(np.uint8)
    dark = np.full_like(noise, 30)
    faces = [
        *(found(20, 20, 60), found(110, 20, 41, confidence=0.7), found(200, 20, 90, nose=0.3)),
        *(found(-15, 130, 60), found(80, 130, 50, slant_deg=35), found(200, 130, 80)),
    ]
    for image in (noise, dark, noise // 8):
        for most in (3, 100):
            logits = rng.normal(0, 3, (len(faces), 8)).astype(np.float32)
            readable = rng.normal(2, 5, (len(faces), 1)).astype(np.float32)
            judge = QualityJudge(READABLE, FakeSession(readable), WEIGHING)
            stand_ins = models(FakeDetector(faces), FakeSession(logits), MINI, judge)
            settings = Settings(max_faces=most)
            pool = FakePool(settings, stand_ins, public=True)
            reading = MoodAnalyzer(settings, pool=pool, most_faces=most).read(
                image, Options(quick=True)
            )
            greys = [crop[:, :, 0] for crop in reading.crops]
            yield {
                "size": (320, 240),
                "specs": vision_specs(settings),
                "found": [plain(face) for face in faces],
                "eyes": [
                    {
                        "logit": float(readable[at, 0]),
                        "mini": logits[at].tolist(),
                        "sharpness": how_sharp(grey),
                        "tone": _tone(grey),
                    }
                    for at, grey in enumerate(greys)
                ],
                "faces": [
                    {
                        "box": each.face.bbox_xyxy.tolist(),
                        "probabilities": list(each.probabilities.values()),
                        "reason": each.reason,
                    }
                    for each in reading.analysis.faces
                ],
            }


def cases() -> dict[str, Any]:
    """For each part of the way of a frame, what goes in and what Python makes of it."""
    return {
        "specs": vision_specs(Settings()),
        "rounding": _rounding(),
        "cutting": _cutting(),
        "fitting": _fitting(),
        "ordering": _ordering(),
        "looking": list(looking()),
        "cropping": list(cropping()),
        "weighing": list(_weighing()),
        "turning": list(_turning()),
        "softening": list(_softening()),
        "matching": list(_matching()),
        "reading": list(_reading()),
    }


if __name__ == "__main__":
    CASES.write_text(json.dumps(cases(), separators=(",", ":")) + "\n", "utf-8")
    print(f"{CASES.relative_to(ROOT)}: {CASES.stat().st_size} bytes")
