"""From which confidence of the detector on a find is a face that can be read.

    python tests/benchmarks/confidence.py

Finds in 500 everyday photos, labelled by eye: of each kind, how many reach the threshold, and of
how many of these `mini` calls its verdict certain. Needs ``../shared/data/not-faces.npz``.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

from mood.models.catalogue import MINI
from mood.models.specs import EMBEDDED_DIR
from mood.types import Face
from mood.vision.expression import ExpressionClassifier
from mood.vision.session import OnnxSession
from mood.vision.verdict import SURE_FACE
from tests.benchmarks.crop_margin import SHARED

DATA = SHARED / "data" / "not-faces.npz"
KINDS = ("no face", "readable", "cannot be read", "painted or carved")
THRESHOLDS = (0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9)


def main() -> int:
    if not DATA.exists():
        print(f"{DATA} is not here, and nothing can be measured without it.")
        return 1
    data = np.load(DATA)
    labels = data["label"]
    classifier = ExpressionClassifier(MINI, OnnxSession(EMBEDDED_DIR / "mini.onnx"))
    tops = np.array(
        [
            classifier.probabilities(classifier.crops(image, [Face(box, 1.0, landmarks)])).max()
            for image, box, landmarks in zip(
                data["images"], data["crop_box_xyxy"], data["landmarks"], strict=True
            )
        ]
    )
    read = tops >= MINI.certainty_threshold
    kinds = [f"{name} ({(labels == kind).sum()})" for kind, name in enumerate(KINDS)]
    for detector in ("yunet", "libfacedetection"):
        confidence = data[f"confidence_{detector}"]
        print(f"\n| {detector} | " + " | ".join(kinds) + " |\n" + "|---" * 5 + "|")
        for threshold in THRESHOLDS:
            there = confidence >= threshold
            counts = [
                [(each & (labels == kind)).sum() for each in (there, there & read)]
                for kind in range(len(KINDS))
            ]
            cells = [f"{found}, certain {certain}" for found, certain in counts]
            chosen = " (chosen)" if threshold == SURE_FACE else ""
            print(f"| {threshold:.2f}{chosen} | " + " | ".join(cells) + " |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
