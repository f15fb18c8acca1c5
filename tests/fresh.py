"""A Python that has imported nothing yet."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parents[1]


def python(code: str, environ: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Runs `code` beside the program, to its good end, and tells what it wrote."""
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done
