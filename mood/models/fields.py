"""JSON files that users write or hand in, looked at field by field.

A checker returns a field's value as the program holds it, or raises `ValueError` that says what it
must be.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from mood import regular
from mood.errors import ModelLoadError, of_system

Checker = Callable[[Any], Any]

LARGEST = 1e6
"""Of any number: far from where float32 ends."""

_MOST = 1_000_000  # bytes of a file
_TEXT = 200  # characters of a title
_SHOWN = 40  # characters of a wrong value


def read(path: Path, fields: Mapping[str, Checker], missing: str) -> dict[str, Any]:
    """The checked values of a JSON file that holds one object.

    Args:
        path: Where it is; messages name it without its folder.
        fields: What checks each of the keys that there may be.
        missing: What to say where there is no such file.

    Raises:
        ModelLoadError: It is not there, cannot be read, or holds what cannot be used.
    """
    content = _content(path, missing)
    unknown = ", ".join(sorted(set(content) - set(fields)))
    if unknown:
        raise ModelLoadError(f"{path.name} has unknown keys: {short(unknown)}.")
    try:
        return {key: _checked(key, fields[key], value) for key, value in content.items()}
    except ValueError as error:
        raise ModelLoadError(f"{path.name}: {error}. Correct it.") from error


def _content(path: Path, missing: str) -> dict[str, Any]:
    try:
        if regular.size(path) > _MOST:
            raise ModelLoadError(f"{path.name} has more than {_MOST // 1_000_000} MB. Correct it.")
        content = json.loads(path.read_text("utf-8-sig"))  # Windows writes a mark first
    except FileNotFoundError as error:
        raise ModelLoadError(missing) from error
    except regular.NoFileError as error:
        raise ModelLoadError(f"{path.name}: {error.strerror}. Give the path of a file.") from error
    except OSError as error:
        raise ModelLoadError(f"{path.name} cannot be read: {of_system(error)}.") from error
    except (ValueError, RecursionError) as error:
        raise ModelLoadError(f"{path.name} is not JSON: {error}.") from error
    if not isinstance(content, dict):
        raise ModelLoadError(f"{path.name} must hold one JSON object.")
    return content


def _checked(key: str, check: Checker, value: Any) -> Any:
    try:
        return check(value)
    except ValueError as error:
        raise ValueError(f"{key} {error}") from error


def number(least: float, most: float) -> Callable[[Any], float]:
    """A finite number within bounds."""

    def check(value: Any) -> float:
        if not _is_number(value) or not least <= value <= most:
            raise ValueError(f"must be a number from {least:g} to {most:g}, not {as_json(value)}")
        return float(value)

    return check


def numbers(least: float = -LARGEST) -> Callable[[Any], tuple[float, ...]]:
    """A list of finite numbers."""
    check_one = number(least, LARGEST)

    def check(value: Any) -> tuple[float, ...]:
        if not isinstance(value, list):
            raise ValueError(f"must be a list of numbers, not {as_json(value)}")
        return tuple(map(check_one, value))

    return check


def whole(least: int, most: int) -> Callable[[Any], int | None]:
    """A whole number within bounds, or null."""

    def check(value: Any) -> int | None:
        if value is not None and not (is_whole(value) and least <= value <= most):
            raise ValueError(
                f"must be a whole number from {least} to {most}, or null, not {as_json(value)}"
            )
        return None if value is None else int(value)

    return check


def title(value: Any) -> str:
    """A short text."""
    if not isinstance(value, str) or len(value) > _TEXT:
        raise ValueError(f"must be a text of at most {_TEXT} characters, not {as_json(value)}")
    return value


def sha256(value: Any) -> str | None:
    """A hash in hexadecimal, or null."""
    if value is None:
        return None
    digits = value.lower() if isinstance(value, str) else ""
    if len(digits) != 64 or set(digits) - set("0123456789abcdef"):
        raise ValueError(f"must be 64 hexadecimal digits, not {as_json(value)}")
    return str(digits)


def small_faces(value: Any) -> tuple[float, float] | None:
    """The two numbers of `ExpressionSpec.small_faces`, or null."""
    if value is None:
        return None
    if not isinstance(value, list) or len(value) != 2:
        raise ValueError(f"must be two numbers [a, b], or null, not {as_json(value)}")
    return number(0, 100)(value[0]), number(0.1, 1000)(value[1])


def is_whole(value: Any) -> bool:
    """Whether a value of JSON is a whole number; true and false are none."""
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: Any) -> bool:
    return is_whole(value) or (isinstance(value, float) and math.isfinite(value))


def as_json(value: Any) -> str:
    """A wrong value for people, cut where it is long."""
    return short(json.dumps(value, ensure_ascii=False))


def short(text: str) -> str:
    """A text, cut where it is long."""
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
