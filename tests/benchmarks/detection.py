"""What the embedded detector finds: the threshold, and how small a face may be.

    python tests/benchmarks/detection.py [--faces 600]

First table: faces of FER+'s validation split, one to a picture, at several thresholds: pictures in
which the face is missed, and pictures with a second, false one. Second table: the example photos,
scaled down: how many of the faces that stand in them are found, by height. Then, for both
detectors, before and after in one run: faces before faces, faces that are found twice, turned
pictures, whether a face of before is lost, and what it costs. Needs ``../shared/data/ferplus.npz``
for the first table and a part of the later ones.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
from PIL import Image

sys.path.insert(0, str(Path(__file__).parents[2]))

from mood.settings import Settings
from mood.training.data import load
from mood.vision import detection
from mood.vision.boxes import iou
from tests import detectors
from tests.benchmarks.before_after import print_tables
from tests.benchmarks.crop_margin import SHARED, staged

EXAMPLES = Path(__file__).parents[2] / "examples"
THRESHOLDS = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8)


def thresholds(data: Path, count: int) -> None:
    faces = load(data, "validation")
    chosen = np.random.default_rng(0).permutation(len(faces))[:count]
    detector = detectors.embedded()
    detection.CONFIDENT = min(THRESHOLDS)
    found = [
        [face.confidence for face in detector.detect(staged(faces.images[index]))]
        for index in chosen
    ]
    print("| threshold | face missed | a second, false one |\n|---|---|---|")
    for threshold in THRESHOLDS:
        counts = np.array([sum(value >= threshold for value in values) for values in found])
        print(f"| {threshold:.2f} | {(counts == 0).sum()} | {(counts > 1).sum()} of {count} |")
    detection.CONFIDENT = 0.5


def heights() -> None:
    detector = detectors.embedded(Settings(smallest_face=8))
    bins: dict[str, list[bool]] = {}
    for path in sorted(EXAMPLES.glob("*.jpg")):
        image = Image.open(path).convert("RGB")
        truth = [face.bbox_xyxy for face in detector.detect(np.asarray(image))]
        for factor in (1.0, 0.8, 0.65, 0.5, 0.4, 0.3, 0.2, 0.15, 0.1, 0.07):
            size = round(image.width * factor), round(image.height * factor)
            # In a large picture: the small copy stands in the corner of 1280 × 960 pixels.
            stage = np.full((960, 1280, 3), 128, dtype=np.uint8)
            small = np.asarray(image.resize(size, Image.Resampling.LANCZOS))[:960, :1280]
            stage[: small.shape[0], : small.shape[1]] = small
            faces = detector.detect(stage)
            boxes = np.array([face.bbox_xyxy for face in faces], dtype=np.float32).reshape(-1, 4)
            for box in truth:
                scaled = (box * factor).astype(np.float32)
                height = float(scaled[3] - scaled[1])
                hit = bool(len(boxes)) and float(iou(scaled[None], boxes).max()) > 0.35
                low = next((edge for edge in (64, 48, 32, 24, 20, 16, 12, 8) if height >= edge), 0)
                bins.setdefault(f"{low:>2} pixels and more", []).append(hit)
    print("\n| height in a picture of 1280 × 960 | faces | found |\n|---|---|---|")
    for name, hits in sorted(bins.items(), reverse=True):
        print(f"| {name} | {len(hits)} | {100 * np.mean(hits):.0f} % |")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--faces", type=int, default=600)
    parser.add_argument("--data", type=Path, default=SHARED / "data" / "ferplus.npz")
    options = parser.parse_args()
    if options.data.exists():
        thresholds(options.data, options.faces)
    else:
        print(f"Without the first table: there is no {options.data}.")
    heights()
    print_tables(options.data, options.faces // 2)


if __name__ == "__main__":
    main()
