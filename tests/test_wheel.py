"""What pip installs is enough: the command line and the page work where there is no repository."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from mood.models.catalogue import CATALOGUE
from mood.models.specs import EmbeddedFile
from tests.ports import free_port

ROOT = Path(__file__).parents[1]
EMBEDDED = {"MOOD_MODEL": "mini", "MOOD_DETECTOR": "libfacedetection", "HF_HUB_OFFLINE": "1"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    files = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    if files.returncode:
        pytest.skip("a wheel is built from the files that git knows, and this is no clone")
    for name in files.stdout.splitlines():  # a copy: building leaves folders behind
        if (ROOT / name).is_file():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            (source / name).write_bytes((ROOT / name).read_bytes())
    options = ["--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", str(folder)]
    command = [sys.executable, "-m", "pip", "wheel", "-q", *options, str(source)]
    subprocess.run(command, check=True)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def programs(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of programs of an environment with the wheel and what it needs."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=False)
    (site,) = folder.glob("lib/python*/site-packages")
    # What the wheel depends on, but not the repository: .pth files in there are not read.
    (site / "dependencies.pth").write_text(str(Path(np.__file__).parents[1]))
    python = folder / "bin" / "python"
    install = ["--python", str(python), "install", "-q", "--no-deps", "--no-index", str(wheel)]
    subprocess.run([sys.executable, "-m", "pip", *install], check=True)
    return folder / "bin"


def test_training_and_tests_stay_out(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    embedded = [e.origin.path for e in CATALOGUE.values() if isinstance(e.origin, EmbeddedFile)]
    assert len(embedded) > 1
    assert {path.relative_to(ROOT).as_posix() for path in embedded} <= set(names)
    assert "mood/py.typed" in names
    assert not [name for name in names if name.startswith(("mood/training", "tests"))]


def test_a_photo_is_read(programs, tmp_path):
    photo = programs.parent / "share" / "mood-detector" / "examples" / "astronaut.jpg"
    done = subprocess.run(
        [programs / "mood-detector", "analyze", photo],
        cwd=tmp_path,
        env=os.environ | EMBEDDED,
        capture_output=True,
        text=True,
    )
    assert done.stderr == ""
    (face,) = json.loads(done.stdout)["faces"]
    assert face["expression"] == "happiness"


@pytest.fixture
def address(programs: Path, tmp_path: Path) -> Iterator[str]:
    port = free_port()
    uploads = {"GRADIO_TEMP_DIR": str(tmp_path / "uploads")}
    where = {"PORT": str(port), "MOOD_HOST": "127.0.0.1"}
    command = [programs / "mood-detector", "serve"]
    with subprocess.Popen(command, cwd=tmp_path, env=os.environ | EMBEDDED | uploads | where) as it:
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            it.terminate()


def get(address: str) -> bytes:
    deadline = time.monotonic() + 120
    while True:
        try:
            with urllib.request.urlopen(address, timeout=10) as answer:
                return answer.read()
        except (urllib.error.HTTPError, OSError):  # it is still starting
            assert time.monotonic() < deadline
            time.sleep(0.2)


def test_the_page_is_served_with_its_examples(address):
    assert json.loads(get(f"{address}/health"))["status"] == "ok"
    assert b"Mood detector" in get(address)
    (photo,) = (
        example["address"]
        for component in json.loads(get(f"{address}/config"))["components"]
        for example in component["props"].get("props", {}).get("examples", [])
        if example["name"] == "astronaut"
    )
    assert get(f"{address}/{photo}").startswith(b"\xff\xd8")
