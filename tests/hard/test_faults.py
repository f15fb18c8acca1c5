"""Killed, without room, on a machine whose clock jumps: the next photo is right.

A disk that is full for uploads is in test_uploads.py.
"""

from __future__ import annotations

import base64
import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from tests import hub_standin
from tests.hard import faulty
from tests.hard.after import (
    DOWNLOADED,
    EMBEDDED,
    NETWORK,
    SMALL,
    Webcam,
    environ_of,
    kept,
    started_again,
    told,
    until,
)
from tests.hard.conftest import ENVIRON
from tests.hub_standin import FERPLUS, Hub
from tests.small_host import host

DAY_S = 86_400


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What `faulty` is told lies in it."""
    (tmp_path / "ferplus.onnx").write_bytes(NETWORK)
    return tmp_path


@pytest.fixture
def hub() -> Iterator[Hub]:
    with hub_standin.serve({FERPLUS.filename: NETWORK}) as running:
        yield running


def halves(home: Path) -> list[Path]:
    """Files of downloads that have not come to their end."""
    return [each for each in home.rglob("*.incomplete") if each.stat().st_size]


@contextlib.contextmanager
def cut_off(act: Callable[[], Any]) -> Iterator[None]:
    """Asks a server that is killed before it has answered."""
    cut = []

    def ask() -> None:
        try:
            act()
        except httpx.HTTPError as error:
            cut.append(error)

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        yield
    finally:
        thread.join()
    assert cut, "it was in the middle"


def test_killed_in_the_middle_of_a_download(folder, hub):
    home = folder / "home"
    environ, command = environ_of(hub, home), faulty.command(folder)
    hub.behaviour = "trickle"
    with host.serving(folder, environ, command=command) as killed:
        killed.wait()
        with cut_off(lambda: told(killed)):
            until(lambda: halves(home))
            killed.process.kill()
        hub.behaviour = "ok"
        with started_again(killed, folder, environ, command) as again:
            assert told(again) == DOWNLOADED
            assert kept(home) == [NETWORK], "and no half of one"
            hub.status = 500
            with started_again(again, folder, environ, command) as warm:
                assert told(warm) == DOWNLOADED


def test_killed_in_the_middle_of_a_photo_and_of_a_stream(tmp_path):
    large = tmp_path / "large.png"
    with Image.open(host.EXAMPLES / "mariachi.jpg") as source:
        source.resize((6000, 4000)).quantize(64).save(large)
    with host.serving(tmp_path, ENVIRON) as killed:
        killed.wait()
        uploaded = upload(killed)
        webcam = Webcam(killed)
        with cut_off(webcam.send):
            until(lambda: webcam.frames > 2)
            with cut_off(lambda: told(killed, image=host.data_url(large))):
                until(lambda: killed.figures()["mood_waiting"] == 1)  # one behind the other
                killed.process.kill()
        with started_again(killed, tmp_path, ENVIRON) as again:
            assert told(again) == EMBEDDED
            assert told(again, path=uploaded) == EMBEDDED, "it lies where it lay"
            Webcam(again).send(most=3)


def upload(server: host.Server) -> str:
    """The path of a photo that was sent as a file."""
    content = base64.b64decode(SMALL.url.partition(",")[2])
    sent = httpx.post(f"{server.url}/gradio_api/upload", files={"files": ("a.jpg", content)})
    return str(sent.raise_for_status().json()[0])


def test_a_cache_without_room(folder, hub, small_disk):
    environ = environ_of(hub, small_disk)
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(9_000_000))
    with host.serving(folder, environ, command=faulty.command(folder)) as server:
        server.wait()
        assert told(server) == EMBEDDED
        code, sentence = told(server, model="ferplus")
        assert code == "model"
        assert "cannot be stored in the cache: No space left on device" in sentence
        assert kept(small_disk) == []
        ballast.unlink()
        until(lambda: told(server) == DOWNLOADED)
        assert told(server, model="ferplus") == DOWNLOADED
        assert "Traceback" not in server.log.read_text()


def test_two_processes_with_one_cache(folder, hub):
    home = folder / "home"
    environ, command = environ_of(hub, home), faulty.command(folder)
    hub.behaviour = "trickle"
    with (
        host.serving(folder, environ, command=command) as one,
        host.serving(folder, environ, command=command) as other,
        ThreadPoolExecutor() as visitors,
    ):
        one.wait()
        other.wait()
        answers = [*visitors.map(told, (one, other))]
        assert set(answers) <= {EMBEDDED, DOWNLOADED}
        until(lambda: told(one) == told(other) == DOWNLOADED)
        assert kept(home) == [NETWORK]
        assert hub.downloads(FERPLUS.filename) == 1


def test_a_clock_that_jumps_a_day_ahead_and_back(folder, hub):
    environ = environ_of(hub, folder / "home")
    hub.status = 500
    with host.serving(folder, environ, command=faulty.command(folder)) as server:
        server.wait()
        assert told(server) == EMBEDDED
        uploaded = upload(server)
        for wrong_s in (DAY_S, -DAY_S):
            (folder / "clock").write_text(str(wrong_s))
            time.sleep(3 * faulty.SWEEP_EVERY_S)
            assert told(server, path=uploaded) == EMBEDDED
            # What is written now has the right time still, so one may go while it is written.
            until(lambda: told(server, path=upload(server)) == EMBEDDED)
            Webcam(server).send(most=3)
        hub.status = 200
        until(lambda: told(server) == DOWNLOADED)
