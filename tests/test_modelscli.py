from __future__ import annotations

import os
import pty
import subprocess
import sys
import termios
from pathlib import Path
from subprocess import PIPE

import pytest

from mood.models.catalogue import CATALOGUE
from tests import hub_standin

ROOT = Path(__file__).parent.parent


def run(home: Path, *arguments: str, url: str = "http://127.0.0.1:9", stderr: int = PIPE):
    environment = os.environ | {"HF_HOME": str(home), "HF_ENDPOINT": url}
    environment.pop("HF_HUB_OFFLINE", None)
    command = [sys.executable, "-m", "mood", "models", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, stdout=PIPE, stderr=stderr, text=True)


def test_the_list_names_every_network_with_size_and_licence(tmp_path):
    done = run(tmp_path)
    assert done.returncode == 0
    lines = {line.split()[0]: line for line in done.stdout.splitlines()}
    assert set(CATALOGUE) < set(lines)
    assert "35.0 MB" in lines["ferplus"]
    assert "on the Hub" in lines["ferplus"]
    assert "embedded" in lines["mini"]
    assert "BSD-3-Clause" in lines["libfacedetection"]


def test_a_network_is_fetched_verified_and_then_listed(tmp_path):
    if not hub_standin.YUNET_FILE.exists():
        pytest.skip(f"{hub_standin.YUNET_FILE} is not there")
    files = {hub_standin.YUNET.filename: hub_standin.YUNET_FILE.read_bytes()}
    with hub_standin.serve(files, commit=hub_standin.YUNET.revision) as hub:
        done = run(tmp_path, "pull", "yunet", url=hub.url)
        assert done.returncode == 0, done.stderr
        assert done.stdout.startswith("yunet: verified, ")
    (line,) = [line for line in run(tmp_path).stdout.splitlines() if line.startswith("yunet")]
    assert "cached, verified" in line


def test_on_a_terminal_a_bar_shows_how_far_the_file_is(tmp_path):
    if not hub_standin.YUNET_FILE.exists():
        pytest.skip(f"{hub_standin.YUNET_FILE} is not there")
    files = {hub_standin.YUNET.filename: hub_standin.YUNET_FILE.read_bytes()}
    screen, terminal = pty.openpty()
    termios.tcsetwinsize(terminal, (24, 80))
    with hub_standin.serve(files, commit=hub_standin.YUNET.revision) as hub:
        done = run(tmp_path, "pull", "yunet", url=hub.url, stderr=terminal)
    assert done.returncode == 0
    assert "100%" in os.read(screen, 100_000).decode()


def test_a_build_without_a_network_survives_if_it_says_so(tmp_path):
    assert run(tmp_path, "pull").returncode == 1
    done = run(tmp_path, "pull", "--optional")
    assert done.returncode == 0
    assert "going on without: ferplus, yunet" in done.stderr


def test_an_unknown_network_is_told_what_there_is(tmp_path):
    done = run(tmp_path, "pull", "nonsense")
    assert done.returncode == 2
    assert "Choose from: ferplus" in done.stderr


def test_embedded_networks_need_no_fetching(tmp_path):
    done = run(tmp_path, "pull", "mini", "libfacedetection")
    assert done.returncode == 0
    assert "mini: embedded" in done.stdout
