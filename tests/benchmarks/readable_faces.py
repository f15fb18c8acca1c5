"""Of FER+: how many faces are called unreadable, and from where on `mini` contradicts itself."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np

from mood.models.catalogue import MINI, READABLE
from mood.training.data import load
from mood.vision.crops import seen
from mood.vision.expression import ExpressionClassifier
from mood.vision.quality import how_sharp, how_turned, measured
from mood.vision.session import OnnxSession
from mood.vision.weighing import WEIGHING, Measures
from tests import detectors
from tests.benchmarks.crop_margin import SIDE, nearest, staged

FRAME_PX = 48 / 1.06  # side of the box around which a frame of FER+ lies
FACES = 300  # of the validation split, for what needs the detector
TYPICAL = 0.9  # confidence of a detector for a face that stands in a photo
AGREES = 0.75
"""Share of faces of which `mini` says the same as of the untouched one, below which it is lost."""


def staged_measures(images: np.ndarray) -> list[Measures]:
    """Of frames (N, 48, 48) in a wider picture: of those that the detector finds, what is known."""
    detector, network = detectors.embedded(), detectors.judge()
    found = []
    for image in images:
        stage = staged(image)
        face = nearest(detector.detect(stage))
        if face is not None:
            crop = seen(stage, face, READABLE.preprocessing)[:, :, 0]
            whole = measured(face, crop, network.logits([crop])[0])
            found.append(dataclasses.replace(whole, side_px=whole.side_px * 48 / SIDE))
    return found


def lost_faces(data: Path) -> None:
    """Prints the share of FER+'s faces that are called unreadable."""
    print(f"\nFaces of FER+ called unreadable, as large as FER+ has them ({FRAME_PX:.0f} px):\n")
    print(f"| split | all, as if found with {TYPICAL:.2f} | staged and found | of these |")
    print("|---" * 4 + "|")
    for split in ("validation", "test"):
        images = load(data / "ferplus.npz", split, ties=True).images
        plain = [
            Measures(logit, TYPICAL, FRAME_PX, 0.1, how_sharp(image))
            for image, logit in zip(images, detectors.judge().logits(list(images)), strict=True)
        ]
        found = staged_measures(images[:FACES])
        share = f"{_lost(plain):.2%} of {len(plain)}"
        print(f"| {split} | {share} | {len(found)} of {len(images[:FACES])} | {_lost(found):.2%} |")


def _lost(measures: Sequence[Measures]) -> float:
    lost = [WEIGHING.readable(each) < WEIGHING.readable_from for each in measures]
    return float(np.mean(lost))


def reasons(data: Path) -> None:
    """Prints how often `mini` agrees with itself when faces are made smaller, darker, blurred."""
    images = load(data / "ferplus.npz", "validation").images[:FACES]
    classifier = ExpressionClassifier(MINI, OnnxSession(MINI.origin.path))
    own = _tops(classifier, images)
    print(f"\nHow often mini says the same as of the untouched face ({len(images)} of FER+):")
    for name, unit, change, steps in _CHANGES:
        print(f"\n| {name} | mini agrees | readable | side px | contrast | white | sharpness |")
        print("|---" * 7 + "|")
        for step in steps:
            changed = np.stack([change(image, step) for image in images])
            agrees = float(np.mean(_tops(classifier, changed) == own))
            logits = detectors.judge().logits(list(changed))
            side = step / 1.06 if unit == "px" else FRAME_PX
            print(
                f"| {step} {unit} | {agrees:.0%}{' (lost)' if agrees < AGREES else ''} | "
                f"{np.mean(np.array(logits) > 0):.0%} | {side:.0f} | "
                f"{np.median(changed.std(axis=(1, 2))):.1f} | "
                f"{np.median((changed >= 250).mean(axis=(1, 2))):.2f} | "
                f"{np.median([how_sharp(image) for image in changed]):.2f} |"
            )
    _turned(data)


def _turned(data: Path) -> None:
    with np.load(data / "press-photos.npz") as archive:
        points = archive["landmarks"][archive["annotator"] != "jhamski"]
    turned = np.array([how_turned(each) for each in points])
    shares = ", ".join(
        f"{share:g} %: {np.percentile(turned, share):.2f}" for share in (50, 90, 95, 99, 99.5)
    )
    print(f"\nHow far press faces are turned, percentiles: {shares}")


def _tops(classifier: ExpressionClassifier, images: np.ndarray) -> np.ndarray:
    crops = np.repeat(images[..., None], 3, axis=3)
    return classifier.probabilities(list(crops)).argmax(axis=1)


def _smaller(image: np.ndarray, side: float) -> np.ndarray:
    small = cv2.resize(image, (int(side), int(side)), interpolation=cv2.INTER_AREA)
    return cv2.resize(small, (48, 48), interpolation=cv2.INTER_LINEAR)


def _darker(image: np.ndarray, steps: float) -> np.ndarray:
    """So many steps of grey are left, and the grain of a camera."""
    rng = np.random.default_rng(int(image[:4].sum()))
    dark = image / 255 * steps + 4 + rng.normal(0, 1.0, image.shape)
    return np.clip(np.round(dark), 0, 255).astype(np.uint8)


def _burnt(image: np.ndarray, share: float) -> np.ndarray:
    """So large a share of the picture is white."""
    white = max(float(np.percentile(image, 100 - share)), 1.0)
    return np.clip(image / white * 255, 0, 255).astype(np.uint8)


def _softer(image: np.ndarray, sigma: float) -> np.ndarray:
    return cv2.GaussianBlur(image, (0, 0), sigma)


_CHANGES: tuple[
    tuple[str, str, Callable[[np.ndarray, float], np.ndarray], tuple[float, ...]], ...
] = (
    ("smaller", "px", _smaller, (8, 10, 12, 14, 16, 18, 20, 24, 32)),
    ("darker", "steps", _darker, (2, 4, 8, 12, 16, 24, 32)),
    ("burnt", "% white", _burnt, (95, 90, 80, 70, 50, 30)),
    ("blurred", "px sigma", _softer, (0.5, 1, 1.5, 2, 2.5, 3, 4)),
)
