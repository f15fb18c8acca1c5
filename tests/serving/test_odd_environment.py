"""Whatever the environment says of proxies and certificates, the real server starts and answers."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.e2e.conftest import ROOT, serving

PHOTO = Path(__file__).parents[2] / "examples" / "astronaut.jpg"
HUB = {"HF_HUB_OFFLINE": "0", "HF_ENDPOINT": "http://127.0.0.1:9", "MOOD_MODEL": "auto"}


@pytest.mark.parametrize(
    "environment",
    [
        {"ALL_PROXY": "socks5://127.0.0.1:9"},
        {"HTTPS_PROXY": "nonsense", "NO_PROXY": "[::1]"},
        {"SSL_CERT_FILE": "/nowhere.pem"},
        {"SSLKEYLOGFILE": "/nowhere/keys"},
        {"HTTPS_PROXY": "http://127.0.0.1:port", "HTTP_PROXY": "http://"},
        {"HTTPS_PROXY": "ftp://127.0.0.1:9", "HF_TOKEN": "hf_gehéim"},
        {"HF_ENDPOINT": "http://[", "HF_HUB_DOWNLOAD_TIMEOUT": "soon"},
    ],
    ids=str,
)
def test_the_server_starts_and_reads_a_photo(tmp_path, environment):
    url = "data:image/jpeg;base64," + base64.b64encode(PHOTO.read_bytes()).decode()
    with (
        serving(tmp_path, **HUB | environment, HF_HOME=str(tmp_path / "hub")) as server,
        httpx.Client(base_url=server.url, timeout=60, trust_env=False) as visitor,
    ):
        assert visitor.get("/health").status_code == 200
        asked = visitor.post("/gradio_api/call/analyze", json={"data": [{"url": url}]})
        answer = visitor.get(f"/gradio_api/call/analyze/{asked.json()['event_id']}").text
        log = server.log.read_text()
    assert "event: complete" in answer
    assert '"happiness"' in answer
    assert '"model": "mini"' in answer
    assert "Traceback" not in log
    assert next(iter(environment)) in log, "the variables are back when the Hub is asked"


def test_a_network_that_there_is_not_ends_the_server_with_a_sentence(tmp_path):
    environ = os.environ | {"MOOD_DETECTOR": "nonsense", "MOOD_HOST": "127.0.0.1", "PORT": "47861"}
    environ |= {"GRADIO_TEMP_DIR": str(tmp_path)}
    command = [sys.executable, "app.py"]
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True)
    assert done.returncode == 2
    assert "There is no detection network “nonsense”" in done.stderr
    assert "Correct MOOD_MODEL or MOOD_DETECTOR." in done.stderr
    assert "Traceback" not in done.stderr
