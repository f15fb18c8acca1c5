"""What is shown of an answer by a visitor's settings: ``python -m tests.settled`` writes the cases.

The program decides them here; the page must come to the same without asking it again.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from mood.analyzer import MoodAnalyzer
from mood.models.catalogue import MINI, MOBILEFACENET, READABLE
from mood.models.specs import ExpressionSpec
from mood.options import Options
from mood.page.photo import PhotoAnswer, photo_answer
from mood.settings import Settings
from mood.types import FloatArray
from mood.vision.quality import QualityJudge
from mood.vision.weighing import WEIGHING
from tests.fakes import FakeDetector, FakePool, face, models

ROOT = Path(__file__).parents[1]
CASES = ROOT / "tests" / "data" / "settled.json"

_ASKED = {"certainty": 0.0, "expressions": [], "show_unreadable": True, "smallest_face": 0}
_PAGE_ONLY = ("crop", "crop_wh", "crop_landmarks")

_BOXES = [(10, 10, 60, 60), (90, 10, 110, 30), (20, 80, 32, 92.04), (90, 70, 130, 110)]
_ROWS = np.array(
    [
        [2.0, 1.5, 0.2, -1.0, 0.4, -2.0, 0.1, 0.3],
        [0.1, 6.0, 0.2, 0.3, -4.0, 0.0, -3.0, 0.2],
        [1.0, 1.1, 0.9, 1.0, 1.0, 1.2, 1.0, 0.9],
        [-3.0, -2.0, 4.0, 0.0, 0.5, 0.1, 2.5, 1.0],
    ],
    dtype=np.float32,
)
_READABLE = np.array([[30.0], [30.0], [30.0], [-30.0]], dtype=np.float32)  # logits

WISHES: list[dict[str, Any]] = [
    {},
    *({"certainty": each} for each in (0.05, 0.5, 0.8, 0.95)),
    *({"smallest_face": each} for each in (12, 13, 20, 21, 40, 41, 200)),
    {"show_unreadable": False},
    {"show_unreadable": False, "smallest_face": 41},
    {"expressions": ["happiness", "anger"]},
    {"expressions": ["disgust", "contempt"]},
    {"expressions": ["neutral", "surprise", "sadness", "fear"], "certainty": 0.4},
    {"expressions": ["fear", "anger"], "certainty": 0.9, "smallest_face": 15},
]


@dataclass
class ByShade:
    """A network that tells faces by their grey, whichever of them it is shown."""

    rows: FloatArray
    input_shape: tuple[int | None, ...] = (None, 1, 48, 48)

    def run(self, batch: FloatArray) -> FloatArray:
        shades = np.median(batch.reshape(len(batch), -1), axis=1)
        return self.rows[(shades / 50).round().astype(int) - 1]


def _picture() -> Image.Image:
    picture = Image.new("L", (140, 120))
    for at, (left, top, right, bottom) in enumerate(_BOXES):
        around = (left - 3, top - 3, right + 3, bottom + 3)
        ImageDraw.Draw(picture).rectangle(around, fill=50 * (at + 1))
    return picture.convert("RGB")


def _answer(spec: ExpressionSpec, wish: dict[str, Any]) -> PhotoAnswer:
    detector = FakeDetector([face(*box) for box in _BOXES])
    judge = QualityJudge(READABLE, ByShade(_READABLE), WEIGHING)
    network = ByShade(_ROWS[:, : len(spec.labels)])
    settings = Settings()
    pool = FakePool(settings, models(detector, network, spec, judge), public=True)
    reading = MoodAnalyzer(settings, pool=pool).read(_picture(), Options.of({**_ASKED, **wish}))
    answer = photo_answer(reading)
    for each in answer["faces"]:
        for key in _PAGE_ONLY:
            del each[key]
    return {**answer, "duration_ms": 0}


def cases() -> list[dict[str, Any]]:
    """For two networks, what the page is sent, and what each wish is to make of it."""
    few = replace(MINI, labels=MOBILEFACENET.labels, logit_bias=())  # knows no contempt
    return [
        {
            "reading": _answer(spec, {}),
            "shown": [
                {"wish": {**_ASKED, **each}, "answer": _answer(spec, each)} for each in WISHES
            ],
        }
        for spec in (MINI, few)
    ]


if __name__ == "__main__":
    CASES.write_text(json.dumps(cases(), separators=(",", ":")) + "\n", "utf-8")
    print(f"{CASES.relative_to(ROOT)}: {CASES.stat().st_size} bytes")
