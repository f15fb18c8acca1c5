"""The example clients, run as a newcomer runs them."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys

import pytest

from tests.e2e.conftest import EXAMPLES, ROOT, Server


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def test_the_python_client_prints_a_line_for_each_face(server: Server):
    photo = str(EXAMPLES / "astronaut.jpg")
    done = run(sys.executable, str(EXAMPLES / "client.py"), photo, server.url)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("face 1: happiness, happiness ")
    assert len(done.stdout.splitlines()) == 1


def test_the_python_call_of_the_documentation_prints_the_answer(server: Server):
    text = (ROOT / "docs" / "clients.md").read_text()
    (program,) = re.findall(r"```python\n(from gradio_client.*?)```", text, re.DOTALL)
    program = program.replace("http://127.0.0.1:7860", server.url)
    done = run(sys.executable, "-c", program.replace("photo.jpg", str(EXAMPLES / "astronaut.jpg")))
    assert done.returncode == 0, done.stderr
    assert "'expression': 'happiness'" in done.stdout


def test_curl_prints_the_result_as_json(server: Server):
    if not shutil.which("curl"):
        pytest.skip("no curl on this machine")
    done = run("sh", str(EXAMPLES / "curl.sh"), str(EXAMPLES / "astronaut.jpg"), server.url)
    assert done.returncode == 0, done.stderr
    (result,) = json.loads(done.stdout)
    assert [face["expression"] for face in result["faces"]] == ["happiness"]


def test_curl_fails_with_a_sentence_for_what_is_no_picture(server: Server, tmp_path):
    if not shutil.which("curl"):
        pytest.skip("no curl on this machine")
    notes = tmp_path / "notes.jpg"
    notes.write_text("no picture at all")
    done = run("sh", str(EXAMPLES / "curl.sh"), str(notes), server.url)
    assert done.returncode == 1
    assert "not a picture" in done.stdout
