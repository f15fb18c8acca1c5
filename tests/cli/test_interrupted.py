"""Ctrl-C ends the shell's commands quietly, whatever they are at."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests import hub_standin

ROOT = Path(__file__).parents[2]
PHOTO = ROOT / "examples" / "astronaut.jpg"

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs the signals of Unix")


@contextlib.contextmanager
def running(*arguments: str | Path, **variables: str) -> Iterator[subprocess.Popen[str]]:
    environment = os.environ | {"MOOD_MODEL": "mini", "MOOD_DETECTOR": "libfacedetection"}
    process = subprocess.Popen(
        [sys.executable, *map(str, arguments)],
        cwd=ROOT,
        env=environment | {"HF_HUB_OFFLINE": "1"} | variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def until(happened: Callable[[], object], process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 60
    while not happened():
        assert process.poll() is None, process.communicate()[1]
        assert time.monotonic() < deadline
        time.sleep(0.02)


def interrupt(process: subprocess.Popen[str]) -> None:
    """Presses Ctrl-C, and asserts that nothing is said of it."""
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=20)
    assert (errors, process.returncode) == ("", 130)


def slow_package(folder: Path, name: str, rest: str = "") -> tuple[Path, dict[str, str]]:
    """A package whose import takes long; the file by which it says so, and the environment."""
    sign = folder / "importing"
    (folder / name).mkdir()
    code = f"import pathlib, time\npathlib.Path({str(sign)!r}).touch()\n"
    code += "try:\n    time.sleep(60)\nexcept BaseException as error:\n    failure = error\n"
    (folder / name / "__init__.py").write_text(code + (rest or "raise failure\n"))
    return sign, {"PYTHONPATH": str(folder)}


# Modules in C say that an import failed, whatever it was that came in between.
IN_C = "raise ImportError('initialization failed') from failure\n"


@pytest.mark.parametrize("rest", ["", IN_C], ids=["Python", "C"])
@pytest.mark.parametrize("package", ["PIL", "cv2", "onnxruntime"])
def test_while_a_package_is_imported(tmp_path, package, rest):
    sign, variables = slow_package(tmp_path, package, rest)
    with running("-m", "mood", PHOTO, PHOTO, **variables) as process:
        until(sign.exists, process)
        interrupt(process)


def test_while_photos_are_read():
    with running("-m", "mood", *[PHOTO] * 2000) as process:
        assert process.stdout is not None
        assert process.stdout.readline()
        interrupt(process)


@pytest.mark.parametrize("command", [["examples/astronaut.jpg"], ["models", "pull"]], ids=" ".join)
def test_while_the_hub_is_waited_for(tmp_path, command):
    with hub_standin.serve({}) as hub:
        hub.behaviour = "silent"
        variables = {"HF_ENDPOINT": hub.url, "HF_HUB_OFFLINE": "0", "HF_HOME": str(tmp_path)}
        variables |= {"MOOD_MODEL": "ferplus", "MOOD_HUB_WAIT_S": "60"}
        with running("-m", "mood", *command, **variables) as process:
            until(lambda: hub.requests, process)
            interrupt(process)


@pytest.mark.parametrize("command", [["app.py"], ["-m", "mood", "serve"]], ids=" ".join)
def test_before_the_server_has_opened_its_port(tmp_path, command):
    sign, variables = slow_package(tmp_path, "uvicorn")
    uploads = tmp_path / "uploads"
    with running(*command, **variables, GRADIO_TEMP_DIR=str(uploads)) as process:
        until(sign.exists, process)
        interrupt(process)
    assert not uploads.exists() or not list(uploads.iterdir())
