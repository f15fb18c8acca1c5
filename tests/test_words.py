"""A choice is called the same wherever it can be made."""

from __future__ import annotations

import dataclasses
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from mood.options import Options
from mood.settings import Settings
from tests.serving.test_rest import ANALYZE, Served

ROOT = Path(__file__).parents[1]
FIELDS = {field.name: field.metadata["text"] for field in dataclasses.fields(Options)}
LABELS = "labels"  # on the page only: whether what was read is shown


@pytest.fixture(scope="module")
def served() -> Served:
    return Served()


def test_the_shell_offers_each_choice():
    command = [sys.executable, "-m", "mood", "analyze", "--help"]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    offered = [name.replace("-", "_") for name in re.findall(r"^  --(?!no-)([a-z-]+)", said, re.M)]
    assert offered[-len(FIELDS) :] == list(FIELDS)
    plain = " ".join(said.split())
    assert all(text.split(";")[0] in plain for text in FIELDS.values())


def test_http_and_gradio_take_each_choice(served: Served):
    described = served.client.get("/openapi.json").json()["paths"][ANALYZE]["post"]
    assert {each["name"]: each["description"] for each in described["parameters"]} == FIELDS
    calls = served.client.get("/gradio_api/info").json()["named_endpoints"]
    for call in calls.values():
        _, *choices = call["parameters"]
        texts = {each["parameter_name"]: each["type"]["description"] for each in choices}
        assert texts == FIELDS


def test_the_page_sends_its_settings_under_these_names():
    script = (ROOT / "mood/page/static/photo/options.js").read_text()
    (sent,) = re.findall(r"read: \(\) => \(\{(.*?)\}\)", script, re.S)
    names = re.findall(r"^ +(\w+):", sent, re.M)
    assert names
    assert set(names) <= {*FIELDS, LABELS}


def test_an_operator_sets_what_callers_leave_to_him_under_the_same_name():
    variables: dict[str, Any] = {
        field.name: field.metadata["env"] for field in dataclasses.fields(Settings)
    }
    both = FIELDS.keys() & variables.keys()
    assert {"model", "detector", "certainty", "smallest_face"} <= both
    assert {variables[name] for name in both} == {f"MOOD_{name.upper()}" for name in both}


def test_the_documentation_explains_each_choice():
    text = (ROOT / "docs" / "clients.md").read_text()
    rows = re.findall(r"^\| `(\w+)` \| (.*) \|$", text, re.M)
    assert FIELDS.items() <= set(rows)
