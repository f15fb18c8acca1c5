"""What helps who contributes: checks on GitHub and before a commit, forms for issues."""

from __future__ import annotations

import re
import shlex
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[1]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
FORMS = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml"))


def workflow(path: Path) -> dict[str, Any]:
    """All as text: YAML would take `on` for a yes."""
    content: dict[str, Any] = yaml.load(path.read_text(), Loader=yaml.BaseLoader)
    return content


@pytest.fixture
def checks() -> dict[str, Any]:
    return workflow(ROOT / ".github" / "workflows" / "ci.yml")


def first_block(path: Path, after: str) -> str:
    """The first block of commands below a line."""
    _, _, below = path.read_text().partition(after)
    return below.partition("```sh\n")[2].partition("\n```")[0]


def test_every_commit_is_checked_by_what_people_run_too(checks):
    assert checks["on"] == {"push": "", "pull_request": ""}
    (job,) = checks["jobs"].values()
    assert [step["run"] for step in job["steps"] if "run" in step][-1] == "bash .ci/run"


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_the_tests_run_as_root_on_debian_where_limits_can_be_set(path):
    (job,) = workflow(path)["jobs"].values()
    assert re.fullmatch(r"python:3\.\d+-bookworm", job["container"]["image"])
    options = shlex.split(job["container"]["options"])
    assert "--privileged" in options
    assert options[options.index("--cgroupns") + 1] == "host"
    assert not {"--user", "-u"} & set(options)
    assert workflow(path)["permissions"] == {"contents": "read"}


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_git_answers_root_so_that_the_wheel_is_tested(path):
    (job,) = workflow(path)["jobs"].values()
    commands = [step.get("run", step.get("uses")) for step in job["steps"]]
    trust = 'git config --global --add safe.directory "$GITHUB_WORKSPACE"'
    assert commands.index(trust) < commands.index("bash .ci/run")


def test_from_a_clone_to_green_are_three_commands_the_last_two_those_of_the_readme():
    commands = first_block(ROOT / ".github" / "CONTRIBUTING.md", "# Contributing").splitlines()
    assert len(commands) == 3
    readme = first_block(ROOT / "README.md", "<!-- test command -->")
    assert " && ".join(commands[1:]) == readme


@pytest.fixture
def hooks() -> list[dict[str, Any]]:
    (local,) = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]
    assert local["repo"] == "local"
    return list(local["hooks"])


def test_before_a_commit_the_tools_run_that_the_test_command_installs(hooks):
    programs = {Path(shlex.split(hook["entry"])[0]) for hook in hooks if hook["id"] != "biome"}
    assert {program.name for program in programs} == {"ruff", "mypy", "lint-imports"}
    for program in programs:
        assert program.parent == Path(".venv/bin")
        assert Path(sys.executable).with_name(program.name).is_file()


def test_a_hook_needs_nothing_from_elsewhere(hooks):
    for hook in hooks:
        assert hook["language"] == "system"
        assert {"id", "name", "entry"} <= set(hook)
        re.compile(hook.get("files", ""))


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.name)
def test_a_form_has_what_github_wants(path):
    form = yaml.safe_load(path.read_text())
    assert form["name"]
    assert form["description"]
    kinds = [part["type"] for part in form["body"]]
    assert set(kinds) <= {"markdown", "textarea", "input", "dropdown", "checkboxes"}
    assert set(kinds) - {"markdown"}
    for part in form["body"]:
        assert part["attributes"].get("label") or part["type"] == "markdown"
