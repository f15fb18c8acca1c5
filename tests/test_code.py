"""Lint, format, types and import contracts hold."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize("command", ["ruff check", "ruff format --check", "mypy", "lint-imports"])
def test_code(command):
    name, *options = command.split()
    program = Path(sys.executable).with_name(name)
    done = subprocess.run([program, *options], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", sorted((ROOT / "tests" / "benchmarks").glob("[a-z]*.py")))
def test_every_benchmark_finds_what_it_measures(path):
    command = [sys.executable, "-c", f"import tests.benchmarks.{path.stem}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    for missing in ("playwright", "gevent"):  # gevent comes with locust
        if f"No module named '{missing}'" in done.stderr:
            pytest.skip(f"{missing} is not installed")
    assert done.returncode == 0, done.stderr
