"""The description of a user's network: a small JSON file, looked at field by field."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mood.errors import ModelLoadError
from mood.models import fields
from mood.models.fields import as_json, is_whole, short
from mood.models.specs import MOST_AT_ONCE, ExpressionSpec, HubFile, LocalFile, Preprocessing
from mood.types import Expression

SYNONYMS: dict[str, Expression] = {
    "calm": Expression.NEUTRAL,
    "happy": Expression.HAPPINESS,
    "joy": Expression.HAPPINESS,
    "surprised": Expression.SURPRISE,
    "sad": Expression.SADNESS,
    "angry": Expression.ANGER,
    "disgusted": Expression.DISGUST,
    "fearful": Expression.FEAR,
    "scared": Expression.FEAR,
    "contemptuous": Expression.CONTEMPT,
}

_PREPROCESSING = {field.name for field in dataclasses.fields(Preprocessing)}
_PINS = {"sha256", "size_bytes"}
_SIDES = (8, 1024)  # pixels


def describe(name: str, network: HubFile | LocalFile, description: Path) -> ExpressionSpec:
    """The spec of a user's network.

    Args:
        name: What to call it.
        network: Its ONNX file.
        description: The JSON file beside it.

    Raises:
        ModelLoadError: The description is missing, or says something that cannot be used.
    """
    missing = (
        f"The network {name} needs a description beside it: {description.name}, with at least "
        '{"labels": […], "input_hw": [height, width]}.'
    )
    values = fields.read(description, _FIELDS, missing)
    try:
        _check_together(values)
    except ValueError as error:
        raise ModelLoadError(f"{description.name}: {error}. Correct it.") from error
    own = {key: values.pop(key) for key in _PREPROCESSING & set(values)}
    pins = {key: values.pop(key) for key in _PINS & set(values)}
    return ExpressionSpec(
        name=name,
        title=values.pop("title", "a network of your own"),
        licence=values.pop("licence", "unknown"),
        docs=name,
        origin=dataclasses.replace(network, **pins),
        preprocessing=Preprocessing(**own),
        **values,
    )


def _per_channel(least: float = -fields.LARGEST) -> Callable[[Any], float | tuple[float, ...]]:
    check_one, check_all = fields.number(least, fields.LARGEST), fields.numbers(least)
    return lambda value: check_all(value) if isinstance(value, list) else check_one(value)


def _size(value: Any) -> tuple[int, int]:
    least, most = _SIDES
    sides = value if isinstance(value, list) else ()
    if len(sides) != 2 or not all(is_whole(each) and least <= each <= most for each in sides):
        raise ValueError(
            f"must be two whole numbers of pixels from {least} to {most}, [height, width], "
            f"not {as_json(value)}"
        )
    return sides[0], sides[1]


def _colour(value: Any) -> str:
    if value not in ("grey", "rgb", "bgr"):
        raise ValueError(f"must be grey, rgb or bgr, not {as_json(value)}")
    return str(value)


def _template(value: Any) -> tuple[tuple[float, ...], ...] | None:
    if value is None:
        return None
    points = value if isinstance(value, list) else ()
    pairs = all(isinstance(each, list) and len(each) == 2 for each in points)
    if len(points) != 5 or not pairs:
        raise ValueError(f"must be five points [x, y], or null, not {as_json(value)}")
    checked = tuple(map(fields.numbers(), points))
    if len(set(checked)) < len(checked):
        raise ValueError("must be five points in different places")
    return checked


def _labels(value: Any) -> tuple[Expression, ...]:
    if not isinstance(value, list) or len(value) < 2:
        raise ValueError(f"must be a list of at least two expressions, not {as_json(value)}")
    labels = tuple(map(_label, value))
    if len(set(labels)) < len(labels):
        raise ValueError("must name each expression once; some words mean the same")
    return labels


def _label(value: Any) -> Expression:
    word = value.strip().lower() if isinstance(value, str) else ""
    if word not in SYNONYMS and word not in set(Expression):
        shown = f"“{short(value)}”" if isinstance(value, str) else as_json(value)
        raise ValueError(f"must be a list of {', '.join(Expression)}; it holds {shown}")
    return SYNONYMS.get(word) or Expression(word)


def _check_together(values: dict[str, Any]) -> None:
    """Whether what is right by itself fits together; raises `ValueError` where it does not."""
    for key in ("labels", "input_hw"):
        if key not in values:
            raise ValueError(f"{key} is missing")
    count = len(values["labels"])
    if len(values.get("logit_bias", ())) not in (0, count):
        raise ValueError(f"logit_bias must hold one number for each of the {count} labels")
    colour = values.get("colour", "grey")
    channels = 1 if colour == "grey" else 3
    for key in ("mean", "std"):
        value = values.get(key)
        if isinstance(value, tuple) and len(value) != channels:
            raise ValueError(
                f"{key} must be one number, or a list of {channels} as the colour is {colour}"
            )


_FIELDS: dict[str, Callable[[Any], Any]] = {
    "labels": _labels,
    "input_hw": _size,
    "colour": _colour,
    "mean": _per_channel(),
    "std": _per_channel(least=1e-6),
    "crop_scale": fields.number(0.1, 5),
    "crop_shift_y": fields.number(-10, 10),
    "level_from_deg": fields.number(0, 360),
    "template": _template,
    "temperature": fields.number(0.01, 100),
    "logit_bias": fields.numbers(),
    "fixed_batch": fields.whole(1, MOST_AT_ONCE),
    "certainty_threshold": fields.number(0, 1),
    "small_faces": fields.small_faces,
    "title": fields.title,
    "licence": fields.title,
    "sha256": fields.sha256,
    "size_bytes": fields.whole(1, 2**40),
}
