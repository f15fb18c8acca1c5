"""The PyPI project ``mood`` in the same environment: who is in the way is said."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.ports import free_port

ROOT = Path(__file__).parents[1]
SENTENCE = "The package mood is imported as mood, too"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A folder of packages with this one, and what a namesake writes over it."""
    shutil.copytree(ROOT / "mood", tmp_path / "mood", ignore=shutil.ignore_patterns("training"))
    for name, version in (("mood", "0.0.18"), ("mood_detector", "0.1.0")):
        folder = tmp_path / f"{name}-{version}.dist-info"
        folder.mkdir()
        name = name.replace("_", "-")
        (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n")
        (folder / "top_level.txt").write_text("mood\n")
    return tmp_path


def run(site: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    port = str(free_port())
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=site,
        env=os.environ | {"PYTHONPATH": str(site), "PORT": port, "MOOD_HOST": "127.0.0.1"},
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_the_shell_says_so_where_our_first_module_was_replaced(site):
    (site / "mood" / "__init__.py").write_text("from os import path\n")
    done = run(site, "-m", "mood", "models")
    assert done.returncode == 2
    assert done.stderr.startswith(SENTENCE)
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("command", [("models", "check", "mini"), ("serve",)], ids=" ".join)
def test_the_shell_says_so_where_another_module_was(site, command):
    (site / "mood" / "examples").mkdir()
    (site / "mood" / "examples" / "__init__.py").write_text("")
    done = run(site, "-m", "mood", *command)
    assert done.returncode != 0
    assert SENTENCE in done.stderr
    assert "pip uninstall mood," in done.stderr


def test_the_library_says_so(site):
    (site / "mood" / "settings.py").write_text("from mood.util import nothing\n")
    done = run(site, "-c", "import mood; mood.Settings")
    assert f"ImportError: {SENTENCE}" in done.stderr


def test_without_a_namesake_an_error_stays_what_it_is(site):
    shutil.rmtree(site / "mood-0.0.18.dist-info")
    (site / "mood" / "settings.py").write_text("from mood.util import nothing\n")
    done = run(site, "-c", "import mood; mood.Settings")
    assert "No module named 'mood.util'" in done.stderr
    assert SENTENCE not in done.stderr
