"""Where tests and benchmarks have YuNet's file from, and what they say without it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import hub_standin
from tests.small_host.limits import why_not

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


def test_a_benchmark_that_wants_it_says_so_first_and_ends(tmp_path):
    command = ("tests/benchmarks/crop_margin.py", "--detector", "yunet")
    done = run(elsewhere(tmp_path), "http://127.0.0.1:9", *command)
    assert done.returncode == 1
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert line.startswith("YuNet's file is not here: The Hugging Face Hub cannot be reached")


@pytest.mark.small_host
@pytest.mark.skipif(why_not() is not None, reason=str(why_not()))
def test_the_benchmark_of_the_small_host_names_its_detector_first(tmp_path, yunet_file):
    command = ("tests/benchmarks/small_host.py", "--rows=")
    done = run(elsewhere(tmp_path), "http://127.0.0.1:9", *command)
    first = done.stdout.splitlines()[0]
    assert first.endswith("and libfacedetection, as YuNet's file is not here."), done.stderr
    files = {hub_standin.YUNET.filename: yunet_file.read_bytes()}
    with hub_standin.serve(files, commit=hub_standin.YUNET.revision) as hub:
        done = run(tmp_path / "checkout", hub.url, *command)
    assert done.stdout.splitlines()[0].endswith("and yunet."), done.stderr
