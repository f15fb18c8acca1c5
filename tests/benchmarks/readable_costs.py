"""What the network `readable` costs: time for a face and for a photo, memory."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from mood.analyzer import MoodAnalyzer
from mood.models.catalogue import READABLE
from mood.resources.limits import resident_mb
from mood.resources.memory import trim
from mood.resources.pool import Models
from mood.settings import Settings
from mood.types import Face, Quality, RGBImage
from mood.vision.picture import read_image
from mood.vision.quality import QualityJudge
from mood.vision.session import OnnxSession
from mood.vision.weighing import WEIGHING

PHOTO = Path(__file__).parents[2] / "examples" / "astronaut.jpg"
ROUNDS = 80


class _Blind:
    """Looks at nothing: what the program was without the network."""

    def judge(self, image: RGBImage, faces: list[Face], crops: list[RGBImage]) -> list[Quality]:
        return [Quality() for _ in faces]


def costs(path: Path) -> None:
    """Prints them."""
    photo = cv2.resize(read_image(PHOTO, Settings()).pixels, (640, 480))
    analyzer = MoodAnalyzer(Settings(detector="libfacedetection", model="mini"))
    analyzer.analyze(photo)  # OpenCV and ONNX Runtime are here
    faces = [each.face for each in analyzer.analyze(photo).faces]
    trim()  # as the program does after each photo
    before_mb = resident_mb()
    network = QualityJudge(READABLE, OnnxSession(path), WEIGHING)
    network.judge(photo, faces)
    trim()
    print(f"\nmemory: {resident_mb() - before_mb:+.1f} MB resident for one more such network")
    batch = np.zeros((1, 1, 48, 48), dtype=np.float32)
    session = OnnxSession(path)
    alone = [_timed(lambda: session.run(batch)) for _ in range(10 * ROUNDS)]
    print(f"file: {path.stat().st_size / 1000:.0f} kB; a face: {np.median(alone):.3f} ms (median)")
    models = analyzer.pool.get()
    times: dict[str, list[float]] = {"without": [], "with": []}
    for _ in range(ROUNDS):
        for name, judge in (("without", _Blind()), ("with", models.quality)):
            times[name].append(_timed(lambda judge=judge: _photo(models, judge, photo)))
    without, with_it = (float(np.median(times[name])) for name in ("without", "with"))
    print(
        f"photo of 640 × 480 with {len(faces)} face: {without:.1f} ms without, {with_it:.1f} ms "
        f"with, ratio {with_it / without:.3f}"
    )


def _photo(models: Models, judge: QualityJudge | _Blind, photo: RGBImage) -> None:
    faces = models.detector.detect(photo)
    crops = models.classifier.crops(photo, faces)
    judge.judge(photo, faces, crops)
    models.classifier.probabilities(crops)


def _timed(job: Callable[[], object]) -> float:
    start = time.process_time()  # of one thread: what others do beside counts less
    job()
    return (time.process_time() - start) * 1000
