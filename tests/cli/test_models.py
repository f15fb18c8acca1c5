from __future__ import annotations

import json
import os
import pty
import re
import shutil
import subprocess
import sys
import termios
from pathlib import Path
from subprocess import PIPE

from mood.models.catalogue import CATALOGUE
from tests import hub_standin

ROOT = Path(__file__).parents[2]
EMBEDDED = ["mini", "libfacedetection"]


def run(
    home: Path,
    *arguments: str,
    url: str = "http://127.0.0.1:9",
    folder: Path = ROOT,
    stderr: int = PIPE,
    **variables: str,
):
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("HF_", "MOOD_"))}
    environment |= {"HF_HOME": str(home), "HF_ENDPOINT": url} | variables
    command = [sys.executable, "-m", "mood", "models", *arguments]
    return subprocess.run(
        command, cwd=folder, env=environment, stdout=PIPE, stderr=stderr, text=True, timeout=55
    )


def test_the_list_names_every_network_with_size_and_licence(tmp_path):
    done = run(tmp_path)
    assert done.returncode == 0
    lines = {line.split()[0]: line for line in done.stdout.splitlines()}
    assert set(CATALOGUE) < set(lines)
    assert "35.0 MB" in lines["ferplus"]
    assert "on the Hub" in lines["ferplus"]
    assert "embedded" in lines["mini"]
    assert "BSD-3-Clause" in lines["libfacedetection"]


def test_a_network_is_fetched_verified_and_then_listed(tmp_path, yunet_file):
    files = {hub_standin.YUNET.filename: yunet_file.read_bytes()}
    with hub_standin.serve(files, commit=hub_standin.YUNET.revision) as hub:
        done = run(tmp_path, "pull", "yunet", url=hub.url)
        assert done.returncode == 0, done.stderr
        assert done.stdout.startswith("yunet: verified, ")
    (line,) = [line for line in run(tmp_path).stdout.splitlines() if line.startswith("yunet")]
    assert "cached, verified" in line


def test_on_a_terminal_a_bar_shows_how_far_the_file_is(tmp_path, yunet_file):
    files = {hub_standin.YUNET.filename: yunet_file.read_bytes()}
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


def lines(done: subprocess.CompletedProcess[str]) -> dict[str, str]:
    """Name of a network → the rest of its line."""
    pairs = [line.partition(" ") for line in done.stdout.splitlines()]
    return {name: rest.strip() for name, _, rest in pairs if name in CATALOGUE}


def test_a_check_runs_what_is_here_and_says_what_is_not(tmp_path):
    done = run(tmp_path, "check", MOOD_HUB_WAIT_S="30")
    assert done.returncode == 0, done.stdout + done.stderr
    said = lines(done)
    assert list(said) == list(CATALOGUE)
    assert said["mini"] == "embedded  right: 13 faces in 5 photos, as known"
    for name in ("ferplus", "mobilefacenet", "yunet"):
        assert "not here: The Hugging Face Hub cannot be reached" in said[name]
    columns = {len(re.match(r"\S+ +\S+ +", line)[0]) for line in done.stdout.splitlines()}
    assert len(columns) == 1


def test_what_is_named_and_not_here_fails_the_check(tmp_path):
    assert run(tmp_path, "check", "mini").returncode == 0
    done = run(tmp_path, "check", "mini", "ferplus")
    assert done.returncode == 1
    assert lines(done)["mini"].endswith("as known")
    assert "cannot be reached" in lines(done)["ferplus"]
    assert run(tmp_path, "check", "nonsense").returncode == 2


def test_a_silent_hub_holds_no_check_up(tmp_path):
    """The stand-in holds its tongue for 60 s, longer than the process may take."""
    with hub_standin.serve({}) as hub:
        hub.behaviour = "silent"
        done = run(tmp_path, "check", url=hub.url)
    assert done.returncode == 0, done.stderr
    assert "the Hub does not answer" in lines(done)["ferplus"]
    assert "the Hub does not answer" in lines(done)["yunet"]


def test_offline_the_hub_is_not_asked(tmp_path):
    with hub_standin.serve({}) as hub:
        done = run(tmp_path, "check", url=hub.url, HF_HUB_OFFLINE="1")
        assert hub.requests == []
    assert done.returncode == 0
    assert "HF_HUB_OFFLINE" in lines(done)["yunet"]


def test_the_real_detector_is_fetched_and_is_as_known(tmp_path, yunet_file):
    files = {hub_standin.YUNET.filename: yunet_file.read_bytes()}
    with hub_standin.serve(files, commit=hub_standin.YUNET.revision) as hub:
        done = run(tmp_path, "check", "yunet", url=hub.url)
    assert done.returncode == 0, done.stdout
    assert lines(done)["yunet"].endswith("right: 15 faces in 5 photos, as known")
    done = run(tmp_path, "check", "yunet", HF_HUB_OFFLINE="1")
    assert lines(done)["yunet"].startswith("cache ")


def test_a_file_that_the_hub_exchanged_fails_the_check(tmp_path):
    size = hub_standin.YUNET.size_bytes
    with hub_standin.serve({hub_standin.YUNET.filename: bytes(size)}) as hub:
        done = run(tmp_path, "check", url=hub.url)
    assert done.returncode == 1
    assert "wrong: The file of yunet has the SHA-256" in lines(done)["yunet"]


def test_settings_of_the_environment_do_not_change_what_is_right(tmp_path):
    done = run(tmp_path, "check", *EMBEDDED, MOOD_SMALLEST_FACE="200", MOOD_DETECTION_SIDE="160")
    assert done.returncode == 0, done.stdout


def test_without_the_example_photos_it_says_so(tmp_path):
    shutil.copytree(ROOT / "mood", tmp_path / "mood")
    done = run(tmp_path / "home", "check", "mini", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("There are no example photos in ")
    assert lines(done)["mini"] == "embedded  plausible: it can be run"


def test_golden_values_are_noticed_when_they_change_and_can_be_written(tmp_path):
    shutil.copytree(ROOT / "mood", tmp_path / "mood")
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    path = tmp_path / "mood" / "models" / "golden.json"
    content = json.loads(path.read_text())
    content["answers"]["mini"]["grace_hopper.jpg"][0] = [0, 0, 0, 0, 1, 0, 0, 0]
    path.write_text(json.dumps(content))
    done = run(tmp_path / "home", "check", folder=tmp_path)
    assert done.returncode == 1
    assert "wrong: grace_hopper.jpg, face 1: anger 0.00, not 1.00" in lines(done)["mini"]
    done = run(tmp_path / "home", "check", "mini", "--write", folder=tmp_path)
    assert done.returncode == 0
    assert str(path) in done.stdout
    assert json.loads(path.read_text()).keys() == content.keys()
    assert json.loads(path.read_text())["answers"].keys() == content["answers"].keys()
    assert run(tmp_path / "home", "check", *EMBEDDED, folder=tmp_path).returncode == 0
