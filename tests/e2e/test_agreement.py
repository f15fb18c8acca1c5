"""The same photo gets the same answer, whoever is asked: the shell, the API and the page."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from typing import Any

import httpx
import pytest
from gradio_client import Client, handle_file

from tests.e2e.conftest import EXAMPLES, ROOT, Server

PHOTOS = sorted(EXAMPLES.glob("*.jpg"))
OF_FILE = {"photo", "bytes", "changed_ns"}  # the shell alone knows a file
OTHERS = OF_FILE | {"duration_ms", "certainty"}  # the latter is a setting of the page
OF_CARDS = {"crop", "crop_wh", "crop_landmarks", "exact"}  # the page alone shows them


@pytest.fixture(scope="module")
def shell() -> dict[str, dict[str, Any]]:
    """Name of each photo → what the shell says of it."""
    environ = os.environ | {"MOOD_MODEL": "mini", "MOOD_DETECTOR": "libfacedetection"}
    command = [sys.executable, "-m", "mood", *map(str, PHOTOS)]
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, check=True)
    lines = map(json.loads, done.stdout.splitlines())
    return {path.name: line for path, line in zip(PHOTOS, lines, strict=True)}


def without(answer: dict[str, Any]) -> dict[str, Any]:
    """An answer without what only one of them says, or what differs each time."""
    faces = [
        {key: value for key, value in face.items() if key not in OF_CARDS}
        for face in answer["faces"]
    ]
    rest = {key: value for key, value in answer.items() if key not in OTHERS}
    return {**rest, "faces": faces}


@pytest.mark.parametrize("photo", PHOTOS, ids=lambda path: path.stem)
def test_the_api_says_what_the_shell_says(server: Server, shell, photo):
    client = Client(server.url, verbose=False, httpx_kwargs={"timeout": 120})
    answer = client.predict(handle_file(photo), api_name="/analyze")
    assert without(answer) == without(shell[photo.name])


@pytest.mark.parametrize("photo", PHOTOS, ids=lambda path: path.stem)
def test_the_page_is_told_what_the_shell_says(server: Server, shell, photo):
    config = httpx.get(f"{server.url}/config").json()
    (panel,) = (
        each["id"] for each in config["components"] if each["props"].get("elem_id") == "photo"
    )
    content = base64.b64encode(photo.read_bytes()).decode()
    request = {
        "session_hash": "agreement",
        "component_id": panel,
        "fn_name": "read_photo",
        "data": {"image": f"data:image/jpeg;base64,{content}"},
    }
    answer = httpx.post(f"{server.url}/gradio_api/component_server", json=request, timeout=120)
    assert without(answer.json()) == without(shell[photo.name])
