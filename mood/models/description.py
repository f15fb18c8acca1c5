"""The description of a user's network: a small JSON file, looked at field by field."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mood.errors import ModelLoadError
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
_LARGEST = 1e6  # of any number: far from where float32 ends
_SIDES = (8, 1024)  # pixels
_TEXT = 200  # characters of a title
_SHOWN = 40  # characters of a wrong value


def describe(name: str, network: HubFile | LocalFile, description: Path) -> ExpressionSpec:
    """The spec of a user's network.

    Args:
        name: What to call it.
        network: Its ONNX file.
        description: The JSON file beside it.

    Raises:
        ModelLoadError: The description is missing, or says something that cannot be used.
    """
    content = _content(description, name)
    try:
        values = {key: _checked(key, value) for key, value in content.items()}
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


def _content(description: Path, name: str) -> dict[str, Any]:
    try:
        content = json.loads(description.read_text("utf-8-sig"))  # Windows writes a mark first
    except FileNotFoundError as error:
        raise ModelLoadError(
            f"The network {name} needs a description beside it: {description.name}, with at least "
            '{"labels": […], "input_hw": [height, width]}.'
        ) from error
    except OSError as error:
        raise ModelLoadError(f"{description.name} cannot be read: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        raise ModelLoadError(f"{description.name} is not JSON: {error}.") from error
    if not isinstance(content, dict):
        raise ModelLoadError(f"{description.name} must hold one JSON object.")
    unknown = ", ".join(sorted(set(content) - set(_FIELDS)))
    if unknown:
        raise ModelLoadError(f"{description.name} has unknown keys: {_short(unknown)}.")
    return content


# Each of these returns a field's value as the spec holds it, or raises `ValueError` that says what
# it must be.


def _checked(key: str, value: Any) -> Any:
    try:
        return _FIELDS[key](value)
    except ValueError as error:
        raise ValueError(f"{key} {error}") from error


def _number(least: float, most: float) -> Callable[[Any], float]:
    def check(value: Any) -> float:
        if not _is_number(value) or not least <= value <= most:
            raise ValueError(f"must be a number from {least:g} to {most:g}, not {_json(value)}")
        return float(value)

    return check


def _numbers(least: float = -_LARGEST) -> Callable[[Any], tuple[float, ...]]:
    check_one = _number(least, _LARGEST)

    def check(value: Any) -> tuple[float, ...]:
        if not isinstance(value, list):
            raise ValueError(f"must be a list of numbers, not {_json(value)}")
        return tuple(map(check_one, value))

    return check


def _per_channel(least: float = -_LARGEST) -> Callable[[Any], float | tuple[float, ...]]:
    check_one, check_all = _number(least, _LARGEST), _numbers(least)
    return lambda value: check_all(value) if isinstance(value, list) else check_one(value)


def _whole(least: int, most: int) -> Callable[[Any], int | None]:
    def check(value: Any) -> int | None:
        if value is not None and not (_is_whole(value) and least <= value <= most):
            raise ValueError(
                f"must be a whole number from {least} to {most}, or null, not {_json(value)}"
            )
        return None if value is None else int(value)

    return check


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > _TEXT:
        raise ValueError(f"must be a text of at most {_TEXT} characters, not {_json(value)}")
    return value


def _sha256(value: Any) -> str | None:
    if value is None:
        return None
    digits = value.lower() if isinstance(value, str) else ""
    if len(digits) != 64 or set(digits) - set("0123456789abcdef"):
        raise ValueError(f"must be 64 hexadecimal digits, not {_json(value)}")
    return str(digits)


def _size(value: Any) -> tuple[int, int]:
    least, most = _SIDES
    sides = value if isinstance(value, list) else ()
    if len(sides) != 2 or not all(_is_whole(each) and least <= each <= most for each in sides):
        raise ValueError(
            f"must be two whole numbers of pixels from {least} to {most}, [height, width], "
            f"not {_json(value)}"
        )
    return sides[0], sides[1]


def _colour(value: Any) -> str:
    if value not in ("grey", "rgb", "bgr"):
        raise ValueError(f"must be grey, rgb or bgr, not {_json(value)}")
    return str(value)


def _template(value: Any) -> tuple[tuple[float, ...], ...] | None:
    if value is None:
        return None
    points = value if isinstance(value, list) else ()
    pairs = all(isinstance(each, list) and len(each) == 2 for each in points)
    if len(points) != 5 or not pairs:
        raise ValueError(f"must be five points [x, y], or null, not {_json(value)}")
    checked = tuple(map(_numbers(), points))
    if len(set(checked)) < len(checked):
        raise ValueError("must be five points in different places")
    return checked


def _labels(value: Any) -> tuple[Expression, ...]:
    if not isinstance(value, list) or len(value) < 2:
        raise ValueError(f"must be a list of at least two expressions, not {_json(value)}")
    labels = tuple(map(_label, value))
    if len(set(labels)) < len(labels):
        raise ValueError("must name each expression once; some words mean the same")
    return labels


def _label(value: Any) -> Expression:
    word = value.strip().lower() if isinstance(value, str) else ""
    if word not in SYNONYMS and word not in set(Expression):
        shown = f"“{_short(value)}”" if isinstance(value, str) else _json(value)
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


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: Any) -> bool:
    return _is_whole(value) or (isinstance(value, float) and math.isfinite(value))


def _json(value: Any) -> str:
    return _short(json.dumps(value, ensure_ascii=False))


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"


_FIELDS: dict[str, Callable[[Any], Any]] = {
    "labels": _labels,
    "input_hw": _size,
    "colour": _colour,
    "mean": _per_channel(),
    "std": _per_channel(least=1e-6),
    "crop_scale": _number(0.1, 5),
    "crop_shift_y": _number(-10, 10),
    "level_from_deg": _number(0, 360),
    "template": _template,
    "temperature": _number(0.01, 100),
    "logit_bias": _numbers(),
    "fixed_batch": _whole(1, MOST_AT_ONCE),
    "certainty_threshold": _number(0, 1),
    "title": _text,
    "licence": _text,
    "sha256": _sha256,
    "size_bytes": _whole(1, 2**40),
}
