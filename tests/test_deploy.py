"""What can be told about the files of a deployment without a container engine."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from mood import startup
from mood.server import HEALTHY

ROOT = Path(__file__).parent.parent
DOCKERFILE = (ROOT / "Dockerfile").read_text()
SERVICE = yaml.safe_load((ROOT / "render.yaml").read_text())["services"][0]
RENDER_ENV = {each["key"]: each["value"] for each in SERVICE["envVars"]}


def image_environment() -> dict[str, str]:
    text = DOCKERFILE.split("ENV ", 1)[1].split("\n\n", 1)[0]
    return dict(re.findall(r"(\w+)=(\S+)", text))


def test_the_dockerfile_passes_the_linter():
    program = shutil.which("hadolint", path=str(Path(sys.executable).parent)) or shutil.which(
        "hadolint"
    )
    if program is None:
        pytest.skip("hadolint is not installed")
    done = subprocess.run([program, ROOT / "Dockerfile"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_the_image_sets_what_the_program_would_set():
    assert (startup.ALLOCATOR | startup.QUIET).items() <= image_environment().items()


def test_in_the_image_the_program_need_not_start_itself_again():
    assert startup.allocator_environment(image_environment(), "linux") is None


def test_render_gets_the_same_values_as_the_image():
    assert RENDER_ENV.items() <= image_environment().items()
    assert startup.ALLOCATOR.items() <= RENDER_ENV.items()
    assert all(isinstance(value, str) for value in RENDER_ENV.values())


def test_render_builds_the_dockerfile_and_asks_for_health():
    assert (SERVICE["type"], SERVICE["runtime"], SERVICE["plan"]) == ("web", "docker", "free")
    assert (ROOT / SERVICE["dockerfilePath"]).is_file()
    assert SERVICE["healthCheckPath"] == "/health"
    assert HEALTHY["status"] == "ok"
    assert 1 <= SERVICE["maxShutdownDelaySeconds"] <= 300


def test_everything_that_the_image_copies_is_let_through_by_dockerignore():
    ignored = (ROOT / ".dockerignore").read_text().split()
    for name in re.findall(r"^COPY (\S+)", DOCKERFILE, re.MULTILINE):
        assert (ROOT / name).exists()
        assert f"!{name}" in ignored


def test_the_image_serves_as_an_ordinary_user_and_as_process_1():
    lines = DOCKERFILE.splitlines()
    user, command = lines.index("USER 1000"), lines.index('CMD ["python", "app.py"]')
    assert user < command


def test_the_health_check_of_the_image_is_python_that_runs():
    code = re.search(r'CMD \["python", "-c", "(.+)"\]', DOCKERFILE)
    assert code is not None
    program = code[1].replace('\\"', '"')
    compile(program, "HEALTHCHECK", "exec")
    environ = {"PORT": "9", "PATH": "/usr/bin"}  # nothing listens there
    done = subprocess.run([sys.executable, "-c", program], env=environ, capture_output=True)
    assert done.returncode != 0


def test_the_space_has_the_versions_that_the_requirements_allow():
    head = yaml.safe_load((ROOT / "README.md").read_text().split("---")[1])
    assert head["sdk"] == "gradio"
    assert head["app_file"] == "app.py"
    assert f"FROM python:{head['python_version']}-slim" in DOCKERFILE
    (gradio,) = re.findall(
        r"^gradio>=([\d.]+),<([\d.]+)$", (ROOT / "requirements.txt").read_text(), re.M
    )
    numbers = [
        tuple(map(int, text.split("."))) for text in (gradio[0], head["sdk_version"], gradio[1])
    ]
    assert numbers[0] <= numbers[1] < numbers[2]
