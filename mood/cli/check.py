"""Whether the networks do what they should: each is run on the example photos.

What it says is compared with golden values; where nobody has seen its answers yet, only what any
network must keep is tested.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from mood.errors import ModelError, WeightsUnavailableError
from mood.examples import EXAMPLES
from mood.models.arrays import detector_arrays
from mood.models.golden import SMILE, Golden, Rows, difference, face_of, implausible, row_of
from mood.models.hub import is_offline
from mood.models.specs import DetectorSpec, HubFile, ModelSpec, QualitySpec, Task
from mood.models.store import Weights, WeightsStore
from mood.settings import Settings
from mood.types import Expression, RGBImage, Source
from mood.vision.detection import YuNetDetector
from mood.vision.expression import ExpressionClassifier
from mood.vision.picture import read_image
from mood.vision.quality import QualityJudge
from mood.vision.session import OnnxSession
from mood.vision.weighing import WEIGHING


class Outcome(StrEnum):
    """What a check found out."""

    RIGHT = "right"
    PLAUSIBLE = "plausible"
    WRONG = "wrong"
    ABSENT = "not here"


@dataclass(frozen=True, slots=True)
class Result:
    """What the check of one network found out.

    Attributes:
        name: Of the network.
        outcome: See `Outcome`.
        text: A few words more.
        source: Where it came from; None where it is not here.
        answer: What it said of the photos; empty where it could not be run.
    """

    name: str
    outcome: Outcome
    text: str
    source: Source | None = None
    answer: Rows = field(default_factory=dict)


def read_photos(golden: Golden) -> dict[str, RGBImage]:
    """Those photos of the golden values that are here, by name.

    Raises:
        ImageError: One cannot be read.
    """
    paths = {name: EXAMPLES / name for name in golden.faces}
    return {
        name: read_image(path, Settings()).pixels for name, path in paths.items() if path.is_file()
    }


def check(
    specs: Sequence[ModelSpec],
    store: WeightsStore,
    golden: Golden,
    photos: dict[str, RGBImage],
) -> Iterator[Result]:
    """Runs each network that can be had, and says what came out, one after the other.

    Args:
        specs: The networks.
        store: Where their files come from; all are waited for at the same time.
        golden: What is known.
        photos: By name, see `read_photos`. Without any, a network is only loaded and run.
    """
    with ThreadPoolExecutor(max(1, len(specs))) as pool:
        each_had = list(pool.map(lambda spec: _had(store, spec), specs))
    for spec, had in zip(specs, each_had, strict=True):
        if isinstance(had, WeightsUnavailableError):
            yield Result(spec.name, Outcome.ABSENT, _why_absent(store, spec, had))
        elif isinstance(had, ModelError):
            yield Result(spec.name, Outcome.WRONG, str(had))
        else:
            yield _judged(had, golden, photos)


def _had(store: WeightsStore, spec: ModelSpec) -> Weights[ModelSpec] | ModelError:
    try:
        return store.weights(spec)
    except ModelError as error:
        return error


def _why_absent(store: WeightsStore, spec: ModelSpec, error: ModelError) -> str:
    if isinstance(spec.origin, HubFile) and is_offline():
        return "not in the cache, and HF_HUB_OFFLINE forbids to fetch it"
    if any(each.name == spec.name and not each.done for each in store.files.progress()):
        return "not in the cache, and the Hub does not answer"
    return _first_sentence(error)


def _first_sentence(error: ModelError) -> str:
    return str(error).partition(". ")[0].removesuffix(".")


def _judged(weights: Weights[ModelSpec], golden: Golden, photos: dict[str, RGBImage]) -> Result:
    name, task = weights.spec.name, weights.spec.task
    try:
        answer = _answer(weights, golden, photos)
    except ModelError as error:
        return Result(name, Outcome.WRONG, str(error), weights.source)
    known = golden.answers.get(name, {})
    fault = implausible(task, answer) or difference(task, answer, known)
    if fault:
        return Result(name, Outcome.WRONG, fault, weights.source, answer)
    if not photos:
        return Result(name, Outcome.PLAUSIBLE, "it can be run", weights.source)
    faces = f"{sum(map(len, answer.values()))} faces in {len(answer)} photos"
    if known:
        return Result(name, Outcome.RIGHT, f"{faces}, as known", weights.source, answer)
    smile = _smile(answer) if task is Task.EXPRESSION else ""
    text = f"golden values are not known; {faces}{smile}"
    return Result(name, Outcome.PLAUSIBLE, text, weights.source, answer)


def _smile(answer: Rows) -> str:
    if SMILE not in answer:
        return ""
    happiness = answer[SMILE][0, list(Expression).index(Expression.HAPPINESS)]
    return f" with probabilities that sum to 1, the smile is happiness ({happiness:.2f})"


def _answer(weights: Weights[ModelSpec], golden: Golden, photos: dict[str, RGBImage]) -> Rows:
    """What a network says of the photos; without any, of a wall."""
    settings = Settings()
    pictures = photos or {"a wall": np.full((512, 512, 3), 128, dtype=np.uint8)}
    if isinstance(weights.spec, DetectorSpec):
        arrays = detector_arrays(weights.spec.name, weights.path)
        detector = YuNetDetector(arrays, settings)
        found = {name: detector.detect(pixels) for name, pixels in pictures.items()}
        empty = np.zeros((0, 14), dtype=np.float32)
        return {
            name: np.stack([row_of(face) for face in faces]) if faces else empty
            for name, faces in found.items()
        }
    asked = {name: golden.faces.get(name, golden.faces[SMILE]) for name in pictures}
    faces = {name: [face_of(row) for row in rows] for name, rows in asked.items()}
    if isinstance(weights.spec, QualitySpec):
        judge = QualityJudge(weights.spec, OnnxSession(weights.path), WEIGHING)
        return {
            name: np.array(
                [[each.readable] for each in judge.judge(pixels, faces[name])], dtype=np.float32
            )
            for name, pixels in pictures.items()
        }
    classifier = ExpressionClassifier(weights.spec, OnnxSession(weights.path))
    answers = {}
    for name, pixels in pictures.items():
        crops = classifier.crops(pixels, faces[name])
        answers[name] = classifier.probabilities(crops)
    return answers
