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
are those of `Preprocessing`, of `ExpressionSpec`: ``temperature``, ``logit_bias``, ``fixed_batch``,
``certainty_threshold``, ``title``, ``licence``, and of its file: ``sha256``, ``size_bytes``. All
but ``labels`` and ``input_hw`` may be left out.
"""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path, PurePosixPath
from typing import Any

from mood.errors import ModelLoadError
from mood.models.specs import ExpressionSpec, HubFile, LocalFile, Preprocessing
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
_NUMBERS = {"temperature", "logit_bias", "certainty_threshold", "fixed_batch"}
_WORDS = {"title", "licence"}
_PINS = {"sha256": str, "size_bytes": int}


def is_user_model(name: str) -> bool:
    """Whether a value of ``MOOD_MODEL`` names a file and not an entry of the catalogue."""
    return name.startswith("hf://") or name.endswith(".onnx")


def hub_address(name: str) -> HubFile:
    """The file that ``hf://owner/repo/file.onnx@revision`` names.

    Raises:
        ModelLoadError: It has not that form.
    """
    address, _, revision = name.removeprefix("hf://").partition("@")
    parts = PurePosixPath(address).parts
    if len(parts) < 3 or not address.endswith(".onnx"):
        raise ModelLoadError(
            f"“{name}” is no address of a network. Write hf://owner/repo/file.onnx@revision."
        )
    return HubFile("/".join(parts[:2]), "/".join(parts[2:]), revision or "main")


def description_of(network: HubFile) -> HubFile:
    """The file that describes a network of the Hub, beside its ONNX file."""
    filename = network.filename.removesuffix(".onnx") + ".json"
    return HubFile(network.repo, filename, network.revision)


def describe(name: str, network: HubFile | LocalFile, description: Path) -> ExpressionSpec:
    """The spec of a user's network.

    Args:
        name: What to call it.
        network: Its ONNX file.
        description: The JSON file beside it.

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
    unknown = set(content) - _PREPROCESSING - _NUMBERS - _WORDS - set(_PINS) - {"labels"}
    if unknown:
        raise ModelLoadError(f"{description.name} has unknown keys: {', '.join(sorted(unknown))}.")
    labels = tuple(_label(text, description.name) for text in content.get("labels", ()))
    if len(set(labels)) < max(2, len(labels)):
        raise ModelLoadError(f"{description.name} must name at least two labels, each once.")
    try:
        return ExpressionSpec(
            name=name,
            title=content.get("title", "a network of your own"),
            licence=content.get("licence", "unknown"),
            docs=name,
            origin=dataclasses.replace(network, **_pins(content)),
            labels=labels,
            preprocessing=_preprocessing(content),
            **_chosen(content, _NUMBERS),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ModelLoadError(f"{description.name} cannot be used: {error}.") from error


def _preprocessing(content: dict[str, Any]) -> Preprocessing:
    values = _chosen(content, _PREPROCESSING)
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


def _pins(content: dict[str, Any]) -> dict[str, Any]:
    pins = _chosen(content, set(_PINS))
    for key, value in pins.items():
        if value is not None and not isinstance(value, _PINS[key]):
            raise ValueError("size_bytes must be a whole number, and sha256 a text")
    return pins


def _chosen(content: dict[str, Any], keys: set[str]) -> dict[str, Any]:
    return {key: _frozen(content[key]) for key in keys & set(content)}


def _frozen(value: Any) -> Any:
    return tuple(_frozen(each) for each in value) if isinstance(value, list) else value


def _label(text: object, where: str) -> Expression:
    word = str(text).strip().lower()
    try:
        return SYNONYMS.get(word) or Expression(word)
    except ValueError as error:
        known = ", ".join(Expression)
        raise ModelLoadError(f"{where} has the label “{text}”. Use {known}.") from error
