"""Where tests and benchmarks have YuNet's file from."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests import hub_standin

ROOT = Path(__file__).parent.parent
ASK = "from tests import yunet; print(yunet.path())"


def elsewhere(folder: Path) -> Path:
    """A checkout that has no ``../shared``."""
    checkout = folder / "checkout"
    checkout.mkdir()
    for name in ("mood", "tests", "examples"):
        (checkout / name).symlink_to(ROOT / name)
    return checkout


def run(checkout: Path, url: str, *command: str, **variables: str):
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("HF_", "MOOD_"))}
    environment |= {"HF_HOME": str(checkout.parent / "home"), "HF_ENDPOINT": url} | variables
    return subprocess.run(
        [sys.executable, *command],
        cwd=checkout,
        env=environment,
        capture_output=True,
        text=True,
        timeout=50,
    )


def test_it_comes_from_the_hub_where_that_answers(tmp_path, yunet_file):
    content = yunet_file.read_bytes()
    checkout = elsewhere(tmp_path)
    with hub_standin.serve(
        {hub_standin.YUNET.filename: content}, commit=hub_standin.YUNET.revision
    ) as hub:
        done = run(checkout, hub.url, "-c", ASK)
        assert Path(done.stdout.strip()).read_bytes() == content, done.stderr
        again = run(checkout, hub.url, "-c", ASK)
        assert again.stdout == done.stdout
        assert hub.downloads(hub_standin.YUNET.filename) == 1


def test_a_hub_that_says_nothing_is_asked_once(tmp_path):
    """The stand-in holds its tongue for 60 s, longer than the process may take."""
    twice = """
from mood.errors import WeightsUnavailableError
from tests import yunet
for _ in range(2):
    try:
        yunet.path()
    except WeightsUnavailableError as error:
        print(error)
"""
    with hub_standin.serve({}) as hub:
        hub.behaviour = "silent"
        done = run(elsewhere(tmp_path), hub.url, "-c", twice)
        first, second = done.stdout.splitlines()
        assert first == second
        assert first.startswith("YuNet's file is not here: ")
        assert len(hub.requests) == 1


def test_offline_means_offline(tmp_path):
    with hub_standin.serve({}) as hub:
        done = run(elsewhere(tmp_path), hub.url, "-c", ASK, HF_HUB_OFFLINE="1")
        assert "YuNet's file is not here" in done.stderr
        assert hub.requests == []
