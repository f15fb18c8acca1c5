"""The levers of start-up: each works with the installed libraries, and leaves no trace.

Where one of these tests fails after an upgrade, the program still runs, but starts more slowly or
needs more memory: see what the lever's docstring says about the library.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from mood.serving import environment

ROOT = Path(__file__).parents[2]


def test_telemetry_is_off_before_the_libraries_come():
    environ: dict[str, str] = {"HF_HUB_DISABLE_XET": "0"}
    environment.quiet_libraries(environ)
    assert environ["GRADIO_ANALYTICS_ENABLED"] == "False"
    assert environ["HF_HUB_DISABLE_TELEMETRY"] == "1"
    assert environ["HF_HUB_DISABLE_XET"] == "0", "what somebody set stays"


@pytest.mark.skipif(
    not environment._has_glibc(), reason="the allocator's variables are those of glibc"
)
def test_the_process_starts_again_once_with_the_allocators_variables():
    first = environment.allocator_environment({"PATH": "/bin", "MALLOC_ARENA_MAX": "3"}, "linux")
    assert first is not None
    assert first["MALLOC_TRIM_THRESHOLD_"] == environment.ALLOCATOR["MALLOC_TRIM_THRESHOLD_"]
    assert first["MALLOC_ARENA_MAX"] == "3"
    assert environment.allocator_environment(first, "linux") is None
    assert environment.allocator_environment(environment.ALLOCATOR, "linux") is None
    assert environment.allocator_environment({}, "darwin") is None


@pytest.mark.skipif(
    not environment._has_glibc(), reason="the allocator's variables are those of glibc"
)
def test_starting_again_keeps_arguments_and_ends():
    environ = {key: value for key, value in os.environ.items() if not key.startswith("MALLOC_")}
    code = (
        "import os, sys; from mood.serving import environment; "
        "environment.start_again_with_allocator(); "
        "print(os.environ['MALLOC_ARENA_MAX'], sys.argv[1:])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "one", "two"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=environ,
        check=True,
    )
    assert done.stdout == "1 ['one', 'two']\n"
