"""What a browser must know of the networks to read faces as the server does."""

from __future__ import annotations

from dataclasses import asdict
from typing import TypedDict

from mood.models.catalogue import MINI
from mood.models.specs import ExpressionSpec
from mood.settings import Settings
from mood.types import Expression
from mood.vision.weighing import WEIGHING


class CropSpec(TypedDict):
    """How a face becomes the input of both networks: see `mood.models.specs.Preprocessing`."""

    side: int
    crop_scale: float
    crop_shift_y: float
    level_from_deg: float


class MiniSpec(TypedDict):
    """What the expression network wants and says: see `mood.models.specs.ExpressionSpec`."""

    labels: list[str]
    preprocessing: CropSpec
    temperature: float
    logit_bias: list[float]
    small_faces: list[float] | None


class VisionSpecs(TypedDict):
    """`Specs` of `static/vision/types.d.ts`.

    ``expressions`` in the order of all probabilities; ``quality`` is
    `mood.vision.weighing.Weighing` by name; ``certainty`` the probability from which on a verdict
    is certain.
    """

    expressions: list[str]
    mini: MiniSpec
    quality: dict[str, float]
    detection_side: int
    smallest_face: int
    most_faces: int
    certainty: float


def vision_specs(settings: Settings, spec: ExpressionSpec = MINI) -> VisionSpecs:
    """What the page hands to the worker that reads frames.

    Args:
        settings: Which faces are looked for and read, and what is certain.
        spec: The network that the browser runs; it sees faces as `mood.models.catalogue.READABLE`.
    """
    preprocessing = spec.preprocessing
    return {
        "expressions": [str(each) for each in Expression],
        "mini": {
            "labels": [str(each) for each in spec.labels],
            "preprocessing": {
                "side": preprocessing.input_hw[0],
                "crop_scale": preprocessing.crop_scale,
                "crop_shift_y": preprocessing.crop_shift_y,
                "level_from_deg": preprocessing.level_from_deg,
            },
            "temperature": spec.temperature,
            "logit_bias": list(spec.logit_bias),
            "small_faces": None if spec.small_faces is None else list(spec.small_faces),
        },
        "quality": asdict(WEIGHING),
        "detection_side": settings.detection_side,
        "smallest_face": settings.smallest_face,
        "most_faces": settings.max_faces,
        "certainty": settings.certainty or spec.certainty_threshold,
    }
