"""Which crop around a detector's box shows the network what it was trained on.

    python tests/benchmarks/crop_margin.py [--detector libfacedetection|yunet] [--faces 1200]

Faces of FER+'s validation split are enlarged, set into a wider picture, and found again by the
detector. First line: how the frame of the FER picture lies around the box. Table: accuracy of the
network on crops of several scales and shifts, beside that on the untouched frames. Second
table: what levelling the eyes does to faces that lean. Needs ``../shared/data/ferplus.npz``
(``--data``), and for yunet its file, which the Hub has.
"""

from __future__ import annotations

import argparse
import dataclasses
import logging
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

import cv2

from mood.errors import ModelError
from mood.models.catalogue import MINI
from mood.training.data import load
from mood.types import Face, RGBImage
from mood.vision.crops import crop_face
from mood.vision.detection import FaceDetector
from mood.vision.expression import ExpressionClassifier
from mood.vision.session import OnnxSession
from tests import detectors, yunet

SHARED = Path(__file__).parents[3] / "shared"
SIDE = 192  # pixels of an enlarged FER frame
MARGIN = 96


def staged(grey: np.ndarray) -> RGBImage:
    """A FER frame (48, 48), enlarged, with its own blurred edge continued around it."""
    large = cv2.resize(grey, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC)
    wide = cv2.copyMakeBorder(large, MARGIN, MARGIN, MARGIN, MARGIN, cv2.BORDER_REFLECT)
    soft = cv2.GaussianBlur(wide, (0, 0), 12)
    soft[MARGIN : MARGIN + SIDE, MARGIN : MARGIN + SIDE] = large
    return cv2.cvtColor(soft, cv2.COLOR_GRAY2RGB)


def nearest(faces: list[Face]) -> Face | None:
    """The face whose middle is nearest to the middle of the stage, if it is anywhere near."""
    middle = MARGIN + SIDE / 2

    def distance(face: Face) -> float:
        left, top, right, bottom = face.bbox_xyxy
        return float(np.hypot((left + right) / 2 - middle, (top + bottom) / 2 - middle))

    best = min(faces, key=distance, default=None)
    return best if best is not None and distance(best) < SIDE / 3 else None


def chosen_detector(name: str) -> FaceDetector:
    if name == "yunet":
        return detectors.of_hub(yunet.path())
    return detectors.embedded()


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "--detector", choices=["libfacedetection", "yunet"], default="libfacedetection"
    )
    parser.add_argument("--model", type=Path, default=MINI.origin.path)
    parser.add_argument("--faces", type=int, default=1200)
    parser.add_argument("--data", type=Path, default=SHARED / "data" / "ferplus.npz")
    options = parser.parse_args()
    logging.basicConfig(level=logging.ERROR)  # what is missing is said below, once
    try:
        detector = chosen_detector(options.detector)
    except ModelError as error:
        sys.exit(str(error))
    if not options.data.is_file():
        sys.exit(f"FER+'s faces are not here: there is no {options.data}. Name them by --data.")
    validation = load(options.data, "validation")
    validation = validation.where(~validation.duplicate)
    chosen = np.random.default_rng(0).permutation(len(validation))[: options.faces]
    stages, faces, labels, frames = [], [], [], []
    second = 0
    for index in chosen:
        stage = staged(validation.images[index])
        found = detector.detect(stage)
        second += len(found) > 1
        face = nearest(found)
        if face is not None:
            stages.append(stage)
            faces.append(face)
            labels.append(validation.labels[index])
            frames.append(cv2.cvtColor(validation.images[index], cv2.COLOR_GRAY2RGB))
    print(
        f"{options.detector}: {len(faces)} of {len(chosen)} faces found, "
        f"a second one in {second} pictures"
    )
    boxes = np.stack([face.bbox_xyxy for face in faces])
    width, height = boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]
    scale = SIDE / np.sqrt(width * height)
    shift = (MARGIN + SIDE / 2 - (boxes[:, 1] + boxes[:, 3]) / 2) / height
    print(
        "the frame of FER around the box: scale "
        + ", ".join(f"{np.percentile(scale, q):.2f}" for q in (25, 50, 75))
        + "; shift "
        + ", ".join(f"{np.percentile(shift, q):+.3f}" for q in (25, 50, 75))
        + " (quartiles)"
    )
    classifier = ExpressionClassifier(MINI, OnnxSession(options.model))
    truth = np.array(labels)
    whole = classifier.probabilities(frames).argmax(axis=1)
    print(f"accuracy on the untouched frames: {np.mean(whole == truth):.4f}")
    shifts = (-0.05, 0.0, 0.05, 0.1)
    print("crop_scale  " + "  ".join(f"{shift:+.2f}" for shift in shifts) + "   (crop_shift_y)")
    for scale_ in (1.0, 1.1, 1.15, 1.2, 1.25, 1.3, 1.4, 1.5):
        row = []
        for shift_ in shifts:
            preprocessing = dataclasses.replace(
                MINI.preprocessing, crop_scale=scale_, crop_shift_y=shift_
            )
            crops = [crop_face(s, f, preprocessing) for s, f in zip(stages, faces, strict=True)]
            row.append(np.mean(classifier.probabilities(crops).argmax(axis=1) == truth))
        print(f"{scale_:10.2f}  " + "  ".join(f"{value:.3f}" for value in row))
    print_levelling(stages, truth, detector, classifier)


def print_levelling(
    stages: list[RGBImage],
    truth: np.ndarray,
    detector: FaceDetector,
    classifier: ExpressionClassifier,
) -> None:
    """Accuracy on faces that lean, by the slant of the eyes from which on they are levelled."""
    limits = (0.0, 10.0, 15.0, 20.0, 180.0)
    print(
        "\nleaning  faces   "
        + "  ".join(f"{limit:5.0f}" for limit in limits)
        + "   (level_from_deg)"
    )
    for degrees in (0, 10, 20, 30, 45):
        crops: list[list[RGBImage]] = [[] for _ in limits]
        labels = []
        for stage, label in zip(stages, truth, strict=True):
            side = stage.shape[0]
            middle = (side - 1) / 2
            matrix = cv2.getRotationMatrix2D((middle, middle), degrees, 1.0)
            turned = cv2.warpAffine(stage, matrix, (side, side), borderMode=cv2.BORDER_REPLICATE)
            face = nearest(detector.detect(turned))
            if face is None:
                continue
            labels.append(label)
            for row, limit in zip(crops, limits, strict=True):
                preprocessing = dataclasses.replace(MINI.preprocessing, level_from_deg=limit)
                row.append(crop_face(turned, face, preprocessing))
        values = [np.mean(classifier.probabilities(row).argmax(axis=1) == labels) for row in crops]
        print(f"{degrees:7d}  {len(labels):5d}   " + "  ".join(f"{value:.3f}" for value in values))


if __name__ == "__main__":
    main()
