"""Expression networks of the user's own: an ONNX file and a small JSON file that describes it.

``MOOD_MODEL`` names the ONNX file by its path or as ``hf://owner/repo/file.onnx@revision``; the
description has the same name with the ending ``.json``::

    {
      "labels": ["angry", "happy", "neutral"],
      "input_hw": [112, 112],
      "colour": "rgb",
      "mean": 127.5,
      "std": 127.5
    }

``labels`` names what each output means, in order; common synonyms are understood. The other keys
are those of `Preprocessing`, and of `ModelSpec`: ``temperature``, ``logit_bias``, ``fixed_batch``,
``certainty_threshold``, ``sha256``, ``size_bytes``, ``title``, ``licence``. All but
``labels`` and ``input_hw`` may be left out.
"""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path, PurePosixPath
from typing import Any

from mood.errors import ModelLoadError
from mood.models.catalogue import ModelSpec, Preprocessing, Task
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
_OPTIONAL = {
    "temperature",
    "logit_bias",
    "certainty_threshold",
    "fixed_batch",
    "sha256",
    "size_bytes",
    "title",
    "licence",
}


def is_user_model(name: str) -> bool:
    """Whether a value of ``MOOD_MODEL`` names a file and not an entry of the catalogue."""
    return name.startswith("hf://") or name.endswith(".onnx")


def hub_address(name: str) -> tuple[str, str, str]:
    """Repository, file and revision of ``hf://owner/repo/file.onnx@revision``.

    Raises:
        ModelLoadError: It has not that form.
    """
    address, _, revision = name.removeprefix("hf://").partition("@")
    parts = PurePosixPath(address).parts
    if len(parts) < 3 or not address.endswith(".onnx"):
        raise ModelLoadError(
            f"“{name}” is no address of a network. Write hf://owner/repo/file.onnx@revision."
        )
    return "/".join(parts[:2]), "/".join(parts[2:]), revision or "main"


def description_of(filename: str) -> str:
    """The name of the file that describes the network `filename`."""
    return filename.removesuffix(".onnx") + ".json"


def describe(
    name: str,
    filename: str,
    description: Path,
    *,
    repo: str | None = None,
    revision: str | None = None,
) -> ModelSpec:
    """The spec of a user's network.

    Args:
        name: What to call it.
        filename: Its ONNX file.
        description: The JSON file beside it.
        repo: Repository of a file of the Hub.
        revision: Its revision.

    Raises:
        ModelLoadError: The description is missing, or says something that cannot be used.
    """
    try:
        content = json.loads(description.read_text())
    except OSError as error:
        raise ModelLoadError(
            f"The network {name} needs a description beside it: {description.name}, with at least "
            '{"labels": […], "input_hw": [height, width]}.'
        ) from error
    except ValueError as error:
        raise ModelLoadError(f"{description.name} is not JSON: {error}.") from error
    if not isinstance(content, dict):
        raise ModelLoadError(f"{description.name} must hold one JSON object.")
    unknown = set(content) - _PREPROCESSING - _OPTIONAL - {"labels"}
    if unknown:
        raise ModelLoadError(f"{description.name} has unknown keys: {', '.join(sorted(unknown))}.")
    labels = tuple(_label(text, description.name) for text in content.get("labels", ()))
    if len(set(labels)) < max(2, len(labels)):
        raise ModelLoadError(f"{description.name} must name at least two labels, each once.")
    try:
        return ModelSpec(
            name=name,
            task=Task.EXPRESSION,
            title=content.pop("title", "a network of your own"),
            licence=content.pop("licence", "unknown"),
            source=name,
            filename=filename,
            labels=labels,
            preprocessing=_preprocessing(content),
            **{key: _frozen(content[key]) for key in _OPTIONAL & set(content)},
            repo=repo,
            revision=revision,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ModelLoadError(f"{description.name} cannot be used: {error}.") from error


def _preprocessing(content: dict[str, Any]) -> Preprocessing:
    values = {key: _frozen(content[key]) for key in _PREPROCESSING & set(content)}
    if "input_hw" not in values:
        raise KeyError("input_hw, [height, width] in pixels, is missing")
    height, width = values["input_hw"]
    if not (isinstance(height, int) and isinstance(width, int) and min(height, width) >= 8):
        raise ValueError("input_hw must be two whole numbers of pixels, [height, width]")
    if values.get("colour", "grey") not in {"grey", "rgb", "bgr"}:
        raise ValueError("colour must be grey, rgb or bgr")
    if not float(values.get("std", 1)) > 0:
        raise ValueError("std must be greater than 0")
    return Preprocessing(**values)


def _frozen(value: Any) -> Any:
    return tuple(_frozen(each) for each in value) if isinstance(value, list) else value


def _label(text: object, where: str) -> Expression:
    word = str(text).strip().lower()
    try:
        return SYNONYMS.get(word) or Expression(word)
    except ValueError as error:
        known = ", ".join(Expression)
        raise ModelLoadError(f"{where} has the label “{text}”. Use {known}.") from error
