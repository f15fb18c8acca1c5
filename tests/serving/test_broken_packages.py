"""A package that is there and cannot be imported: people read what to do, and machines read no."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from tests.e2e.conftest import EXAMPLES, ROOT, serving
from tests.hard.beside import ask_panel, panel
from tests.small_host.host import data_url

LIB_GL = "libGL.so.1: cannot open shared object file: No such file or directory"
BROKEN = {
    "cv2": (ImportError, LIB_GL),
    "onnxruntime": (ImportError, "/opt/lib/onnx.so: cannot enable executable stack"),
}


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A folder for packages that come before those that are installed."""
    return tmp_path / "site"


def break_package(site: Path, module: str, beside: str = "") -> dict[str, str]:
    """Puts a package there that cannot be imported, and says so once; the environment for it."""
    kind, text = BROKEN[module]
    folder = site / module
    folder.mkdir(parents=True)
    # As OpenCV does: its second failure is about something else.
    again = "import sys\nif hasattr(sys, 'again'): raise ImportError('recursion')\n"
    code = f"{again}sys.again = True\nraise {kind.__name__}({text!r})\n"
    (folder / "__init__.py").write_text(code)
    if beside:
        about = site / f"{beside.replace('-', '_')}-4.12.0.dist-info"
        about.mkdir()
        (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {beside}\nVersion: 4.12\n")
    return {"PYTHONPATH": str(site)}


def shell(*arguments: str | Path, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"MOOD_MODEL": "mini", "MOOD_DETECTOR": "libfacedetection"}
    return subprocess.run(
        [sys.executable, "-m", "mood", *map(str, arguments)],
        cwd=ROOT,
        env=environment | variables,
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.mark.parametrize("module", BROKEN)
def test_the_shell_says_what_to_do_for_each_photo(site, module):
    photos = EXAMPLES / "astronaut.jpg", EXAMPLES / "mona_lisa.jpg"
    done = shell(*photos, **break_package(site, module))
    assert (done.returncode, done.stdout) == (1, "")
    package = "opencv-python-headless" if module == "cv2" else module
    for photo, line in zip(photos, done.stderr.splitlines(), strict=True):
        assert line.startswith(f"{photo}: The package {package} cannot be imported")
        assert BROKEN[module][1].rpartition("/")[2] in line
        assert f"pip install --force-reinstall {package}" in line
        assert "/opt" not in line


def test_another_opencv_beside_ours_is_named_with_what_to_run(site):
    variables = break_package(site, "cv2", beside="opencv-python")
    done = shell(EXAMPLES / "astronaut.jpg", **variables)
    assert "beside opencv-python: libGL.so.1" in done.stderr
    assert "pip uninstall -y opencv-python opencv-python-headless" in done.stderr
    assert "pip install opencv-python-headless" in done.stderr


def test_networks_are_listed_all_the_same_and_a_check_says_why_not(site):
    variables = break_package(site, "cv2")
    listed, checked = shell("models", **variables), shell("models", "check", "mini", **variables)
    assert (listed.returncode, listed.stderr) == (0, "")
    assert checked.returncode == 1
    (line,) = checked.stderr.splitlines()
    assert "opencv-python-headless cannot be imported" in line


@pytest.mark.parametrize("module", BROKEN)
def test_page_and_machines_are_told_and_the_server_stays_up(tmp_path, site, module):
    variables = break_package(site, module)
    with (
        serving(tmp_path, **variables) as server,
        httpx.Client(base_url=server.url, timeout=60, trust_env=False) as visitor,
    ):
        number = panel(visitor, "photo")
        photo = {"image": data_url(EXAMPLES / "astronaut.jpg")}
        for _ in range(2):
            told = ask_panel(visitor, number, "read_photo", photo).json()
            assert told["error"] == "model"
            assert "cannot be imported" in told["message"]
        ready = visitor.get("/ready")
        assert (ready.status_code, ready.json()["ready"]) == (503, False)
        assert ready.json()["why"] == told["message"]
        assert visitor.get("/health").status_code == 200
        assert "Traceback" not in server.log.read_text()


def test_not_ready_is_known_before_anybody_sends_a_photo(tmp_path, site):
    with serving(tmp_path, **break_package(site, "cv2")) as server:
        deadline = time.monotonic() + 60
        while (ready := httpx.get(f"{server.url}/ready", trust_env=False)).status_code == 200:
            assert time.monotonic() < deadline
            time.sleep(0.5)
        assert "libGL" in ready.json()["why"]
        log = server.log.read_text()
    assert log.count("libGL") == 1
    assert "Traceback" not in log
