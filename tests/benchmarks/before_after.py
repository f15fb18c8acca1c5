"""What telling faces before faces and turned pictures changes; part of `detection.py`."""

from __future__ import annotations

import io
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from unittest.mock import patch

import cv2
import numpy as np
from PIL import Image

from mood.analyzer import MoodAnalyzer
from mood.errors import WeightsUnavailableError
from mood.settings import Settings
from mood.training.data import load
from mood.types import Face, RGBImage
from mood.vision import boxes, detection
from mood.vision.boxes import iou
from mood.vision.detection import FaceDetector
from tests import detectors, yunet
from tests.benchmarks.crop_margin import staged
from tests.staging import PORTRAITS, pairs, photo, scaled, turned

SCALES = (2.0, 1.5, 1.25, 1.0, 0.8, 0.65, 0.5, 0.4, 0.3, 0.2)
_ROUNDS = 15


@contextmanager
def before() -> Iterator[None]:
    """The detectors as they were: a box inside another is the same face, no picture is turned."""
    with ExitStack() as stack:
        stack.enter_context(patch.object(boxes, "_APART", np.inf))
        stack.enter_context(
            patch.object(detection, "find_upright", lambda look, find, image, side: find(look))
        )
        yield


def portraits(data: Path, count: int) -> list[RGBImage]:
    """Pictures with one face each: the examples in several sizes, and faces of FER+ where here."""
    images = [scaled(photo(name), factor) for name in PORTRAITS for factor in SCALES]
    if data.exists():
        faces = load(data, "validation")
        chosen = np.random.default_rng(1).permutation(len(faces))[:count]
        stages = [staged(faces.images[index]) for index in chosen]
        images += [
            cv2.resize(stage, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
            for stage in stages
            for factor in (1.0, 0.5)
        ]
    return images


def print_tables(data: Path, count: int) -> None:
    """Prints for each detector, as it was and as it is, what is found, and what it costs."""
    alone = portraits(data, count)
    own = len(PORTRAITS) * len(SCALES)
    examples, staged_once = alone[:own], alone[own::2]
    crowds = [scaled(photo(name), f) for name in ("musicians", "mariachi") for f in SCALES]
    for name, detector in _detectors():
        rows = [
            _both("small face before a large one: both found", _pairs_found, detector),
            _both("one face: found twice or more", _twice, detector, alone),
            _both(
                "turned photos: eyes and mouth where they are",
                _turned_right,
                detector,
                examples,
            ),
            _both("turned faces of FER+: the same", _turned_right, detector, staged_once),
            _both(
                "not turned by us: read turned (of FER+ some lie on their side)",
                _turned_wrong,
                detector,
                alone + crowds,
            ),
        ]
        print(f"\n| {name} | pictures | before | after |\n|---|---|---|---|")
        for what, pictures, was, now in rows:
            print(f"| {what} | {pictures} | {was} | {now} |")
        found, lost, more = _lost(detector, alone + crowds)
        print(f"Of {found} faces found before, {lost} are lost; {more} are new.")
    _print_times(examples + crowds)


def _detectors() -> Iterator[tuple[str, FaceDetector]]:
    yield "libfacedetection", detectors.embedded()
    try:
        path = yunet.path()
    except WeightsUnavailableError as error:
        print(error)
        return
    yield "yunet", detectors.of_hub(path)


def _both(
    what: str, count: Callable[..., tuple[int, int]], *given: object
) -> tuple[str, int, int, int]:
    with before():
        was = count(*given)
    pictures, now = count(*given)
    return what, pictures, was[1], now


def _pairs_found(detector: FaceDetector) -> tuple[int, int]:
    all_pairs = list(pairs())
    both = 0
    for each in all_pairs:
        found = _boxes(detector.detect(each.picture))
        truth = np.array([each.large_xyxy, each.small_xyxy], dtype=np.float32)
        both += len(found) == 2 and bool((iou(truth, found).max(axis=1) > 0.4).all())
    return len(all_pairs), both


def _twice(detector: FaceDetector, images: list[RGBImage]) -> tuple[int, int]:
    return len(images), sum(len(detector.detect(image)) > 1 for image in images)


def _turned_right(detector: FaceDetector, images: list[RGBImage]) -> tuple[int, int]:
    pictures = right = 0
    for image in images:
        upright = detector.detect(image)
        for degrees in (90, 180, 270) if len(upright) == 1 else ():
            wanted = upright[0].turned(degrees, (image.shape[1], image.shape[0]))
            pictures += 1
            right += any(_same(face, wanted) for face in detector.detect(turned(image, degrees)))
    return pictures, right


def _same(face: Face, wanted: Face) -> bool:
    """Whether all landmarks lie within a quarter of the face."""
    assert face.landmarks is not None
    assert wanted.landmarks is not None
    distances = np.linalg.norm(face.landmarks - wanted.landmarks, axis=1)
    return bool(distances.max() < max(wanted.size_wh) / 4)


def _turned_wrong(detector: FaceDetector, images: list[RGBImage]) -> tuple[int, int]:
    return len(images), sum(
        any(face.turned_deg for face in detector.detect(image)) for image in images
    )


def _lost(detector: FaceDetector, images: list[RGBImage]) -> tuple[int, int, int]:
    """How many faces were found, and of them are lost now; and how many are new."""
    found = lost = now = 0
    for image in images:
        with before():
            was = _boxes(detector.detect(image))
        new = _boxes(detector.detect(image))
        found, now = found + len(was), now + len(new)
        kept = (iou(was, new) > 0.5).any(axis=1).sum() if len(was) and len(new) else 0
        lost += len(was) - int(kept)
    return found, lost, now - (found - lost)


def _boxes(faces: list[Face]) -> np.ndarray:
    return np.array([face.bbox_xyxy for face in faces], dtype=np.float32).reshape(-1, 4)


def _print_times(upright: list[RGBImage]) -> None:
    """Processor time from a file to its answer, before and after by turns."""
    analyzer = MoodAnalyzer(Settings(detector="libfacedetection", model="mini"))
    small = Image.fromarray(photo("astronaut")).resize((640, 480))
    blurred = small.resize((64, 48)).resize((640, 480))
    photos = {
        "photo of 640 × 480": [_jpeg(small)] * _ROUNDS,
        "photo of 12 megapixels": [_jpeg(small.resize((4000, 3000)))] * _ROUNDS,
        "the first, blurred until the detector is not so sure": [_jpeg(blurred)] * _ROUNDS,
        "all upright example photos, in ten sizes": [
            _jpeg(Image.fromarray(image)) for image in upright * 3
        ],
        "no face, 640 × 480": [_jpeg(Image.new("RGB", (640, 480), "#5a7896"))] * _ROUNDS,
    }
    print("\n| milliseconds, the least of several | before | after | ratio |\n|---|---|---|---|")
    for name, files in photos.items():
        analyzer.analyze(files[0])
        was, now = [], []
        for file in files:
            with before():
                was.append(_milliseconds(analyzer, file))
            now.append(_milliseconds(analyzer, file))
        a, b = _typical(was, files), _typical(now, files)
        print(f"| {name} | {a:.1f} | {b:.1f} | {b / a:.2f} |")


def _jpeg(picture: Image.Image) -> bytes:
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=90)
    return file.getvalue()


def _milliseconds(analyzer: MoodAnalyzer, file: bytes) -> float:
    begin = time.process_time()
    analyzer.analyze(file)
    return 1000 * (time.process_time() - begin)


def _typical(times: list[float], files: list[bytes]) -> float:
    """The mean over the files of the least time of each."""
    least: dict[bytes, float] = {}
    for file, each in zip(files, times, strict=True):
        least[file] = min(each, least.get(file, each))
    return statistics.mean(least.values())
