"""The folder for temporary files is another account's, or cannot be written at all."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ports import free_port

ROOT = Path(__file__).parents[2]
SOMEBODY = 65_534
# Root may write everywhere, and this is taken from it.
ORDINARY = ("setpriv", "--bounding-set=-dac_override,-dac_read_search,-fowner")


def ordinary() -> tuple[str, ...] | None:
    """What to run a command by so that it may not write what is another's; None if nothing can."""
    if not hasattr(os, "getuid"):
        return None
    if os.getuid() != 0:
        return ()
    if shutil.which(ORDINARY[0]) is None:
        return None
    done = subprocess.run([*ORDINARY, "true"], capture_output=True)
    return ORDINARY if done.returncode == 0 else None


pytestmark = pytest.mark.skipif(ordinary() is None, reason="cannot act as an ordinary account")


@pytest.fixture
def shared(tmp_path: Path) -> Iterator[Path]:
    """A folder for all accounts in which another one has run a Gradio app."""
    foreign = tmp_path / "gradio"
    foreign.mkdir(mode=0o555)
    if os.getuid() == 0:
        os.chown(foreign, SOMEBODY, SOMEBODY)
    yield tmp_path
    foreign.chmod(0o755)


@contextlib.contextmanager
def running(*command: str, **variables: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A server of an ordinary account, and its port."""
    port = free_port()
    environment = {k: v for k, v in os.environ.items() if k != "GRADIO_TEMP_DIR"}
    environment |= {"HF_HUB_OFFLINE": "1", "MOOD_HOST": "127.0.0.1", "PORT": str(port)}
    process = subprocess.Popen(
        [*(ordinary() or ()), sys.executable, *(command or ("app.py",))],
        cwd=ROOT,
        env=environment | variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            yield process, port
        finally:
            process.kill()


def until_answering(process: subprocess.Popen[str], port: int, *, any_answer: bool = False) -> None:
    """Waits until /health says yes, or anything at all."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert process.poll() is None, process.communicate()[1]
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=10).close()
        except OSError as error:
            if any_answer and isinstance(error, urllib.error.HTTPError):
                return
            time.sleep(0.02)
        else:
            return
    raise AssertionError("it never answered")


def ours(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.name != "gradio"]


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT], ids=lambda end: end.name)
def test_it_has_a_folder_of_its_own_beside_and_takes_it_away(shared, end):
    with running(TMPDIR=str(shared)) as (process, port):
        until_answering(process, port)
        (folder,) = ours(shared)
        assert folder.stat().st_mode & 0o777 == 0o700
        assert folder.stat().st_uid == os.getuid()
        process.send_signal(end)
        assert process.wait(20) == 0
    assert ours(shared) == []


def test_who_is_stopped_while_loading_leaves_no_folder(shared):
    with running(TMPDIR=str(shared)) as (process, port):
        until_answering(process, port, any_answer=True)
        assert ours(shared)
        process.send_signal(signal.SIGTERM)
        process.wait(20)
    assert ours(shared) == []


def test_a_variable_that_names_an_unusable_folder_is_named_and_the_page_comes(shared):
    variables = {"TMPDIR": str(shared), "GRADIO_TEMP_DIR": str(shared / "gradio")}
    with running(**variables) as (process, port):
        until_answering(process, port)
        (folder,) = ours(shared)
        assert folder.stat().st_mode & 0o777 == 0o700
        process.send_signal(signal.SIGTERM)
        _, log = process.communicate(timeout=20)
    assert "Traceback" not in log
    (line,) = [each for each in log.splitlines() if "GRADIO_TEMP_DIR" in each]
    assert str(shared / "gradio") in line


READ_ONLY = """
import sys, tempfile
tempfile._candidate_tempdir_list = lambda: [sys.argv[1]]
from mood.serving import serve
sys.exit(serve())
"""


def test_on_a_disk_that_cannot_be_written_one_sentence_names_the_variable(shared):
    with running("-c", READ_ONLY, str(shared / "gradio")) as (process, _):
        _, log = process.communicate(timeout=60)
    assert process.returncode == 2
    (line,) = log.splitlines()
    assert "GRADIO_TEMP_DIR" in line
