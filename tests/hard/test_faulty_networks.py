"""Networks that go bad, or away, under a running server: never wrong in silence, never the end.

Each test finds the operator's own network loaded and whole, and so leaves it.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from mood.models.catalogue import MINI
from mood.types import Expression
from tests import hub_standin, networks
from tests.hard import faulty
from tests.hard.after import (
    DOWNLOADED,
    EMBEDDED,
    NETWORK,
    SMALL,
    Webcam,
    environ_of,
    kept,
    told,
    until,
)
from tests.hard.beside import event, visitor
from tests.hard.conftest import ENVIRON
from tests.hub_standin import FERPLUS
from tests.small_host import host

OWN = ("own", "surprise")
GOOD = hub_standin.ferplus_network(hidden=16)
OTHER = hub_standin.mobilefacenet_network()
HEAVY_MB = 1000  # more than there is


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where all the networks lie; see `faulty`."""
    folder = tmp_path_factory.mktemp("networks")
    (folder / "ferplus.onnx").write_bytes(NETWORK)
    put(folder)
    return folder


@pytest.fixture(scope="module")
def running(folder: Path) -> Iterator[host.Server]:
    environ = ENVIRON | {"MOOD_MODEL": str(folder / "own.onnx"), "MOOD_RUN_LIMIT_S": "1"}
    with host.serving(folder, environ, command=faulty.command(folder)) as server:
        server.wait()
        yield server
        assert "Traceback" not in server.log.read_text()
        assert server.alive, server.log.read_text()[-5000:]


@pytest.fixture
def server(running: host.Server, folder: Path) -> Iterator[host.Server]:
    """The server, which has the operator's own network loaded."""
    assert told(running) == OWN
    yield running
    put(folder)
    unload(running, folder)


def put(folder: Path, **pins: str) -> None:
    """Writes the operator's own network, which calls every face surprised, and the embedded one."""
    (folder / "mini.onnx").write_bytes(MINI.origin.path.read_bytes())
    (folder / "own.onnx").write_bytes(GOOD)
    wants = {"labels": list(Expression), "input_hw": [64, 64], "fixed_batch": 1}
    (folder / "own.json").write_text(json.dumps(wants | pins))


def unload(server: host.Server, folder: Path) -> None:
    """Has the memory guard drop the networks."""
    (folder / "weight").write_text(str(HEAVY_MB))
    until(lambda: httpx.get(f"{server.url}/ready").json()["loaded"] == [])
    (folder / "weight").write_text("0")


def test_networks_that_the_guard_drops_after_each_photo_come_again(server, folder):
    before = server.figures()
    (folder / "weight").write_text(str(HEAVY_MB))
    with ThreadPoolExecutor() as visitors:
        asked = [visitors.submit(told, server, f"203.0.113.{each}") for each in range(8)]
        asked += [visitors.submit(told, server, "203.0.113.8", model="mini")]
        answers = [each.result() for each in asked]
    assert answers == [OWN] * 8 + [EMBEDDED]
    figures = server.figures()
    for name in ('mood_memory_steps_total{step="unload"}', "mood_model_loads_total"):
        assert figures[name] - before[name] >= 5, name
    assert figures['mood_pictures_total{outcome="refused"}'] == 0


FAULTS: dict[str, tuple[Callable[[Path], object], str]] = {
    "deleted": (lambda own: own.unlink(), "no file own.onnx"),
    "of nothing": (lambda own: own.write_bytes(b""), "own.onnx cannot be run"),
    "cut off": (lambda own: own.write_bytes(GOOD[: len(GOOD) // 2]), "own.onnx cannot be run"),
    "swapped": (lambda own: own.write_bytes(OTHER), "wants input of shape"),
    "undescribed": (lambda own: own.with_suffix(".json").unlink(), "needs a description"),
    "described in halves": (
        lambda own: own.with_suffix(".json").write_text('{"labels": ['),
        "own.json is not JSON",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_the_operators_own_network_goes_bad(server, folder, fault):
    make, words = FAULTS[fault]
    make(folder / "own.onnx")
    assert told(server) == OWN, "what is loaded goes on"
    unload(server, folder)
    code, sentence = told(server)
    assert code == "model"
    assert words in sentence
    assert str(folder) not in sentence
    assert told(server, model="mini") == EMBEDDED
    put(folder)
    assert told(server) == OWN


def test_a_network_in_the_place_of_the_one_that_was_described_is_none(server, folder):
    put(folder, sha256=hashlib.sha256(GOOD).hexdigest())
    (folder / "own.onnx").write_bytes(hub_standin.ferplus_network(hidden=17))
    unload(server, folder)
    code, sentence = told(server)
    assert code == "model"
    assert "SHA-256" in sentence
    put(folder)
    assert told(server) == OWN


@pytest.mark.parametrize(
    ("harm", "words"),
    [(Path.unlink, "cannot be read"), (lambda path: path.write_bytes(b"?"), "has 1 bytes")],
    ids=["deleted", "overwritten"],
)
def test_the_embedded_network_goes_bad(server, folder, harm, words):
    assert told(server, model="mini") == EMBEDDED
    harm(folder / "mini.onnx")
    assert told(server, model="mini") == EMBEDDED, "what is loaded goes on"
    unload(server, folder)
    code, sentence = told(server, model="mini")
    put(folder)
    assert code == "model"
    assert words in sentence
    assert str(folder) not in sentence
    assert told(server) == OWN
    assert told(server, model="mini") == EMBEDDED


@pytest.mark.parametrize(
    ("write", "words"),
    [
        (networks.endless, "own.onnx was stopped after 1 s"),
        (networks.not_a_number, "what is no number (NaN)"),
        (networks.failing, "own.onnx cannot be run"),
    ],
)
def test_a_network_that_fails_at_work_is_a_sentence_and_others_are_read(
    server, folder, write, words
):
    write(folder / "own.onnx", side=64)
    unload(server, folder)
    with ThreadPoolExecutor() as visitors:
        bad = [visitors.submit(told, server), visitors.submit(Webcam(server).told)]
        bad += [visitors.submit(by_call, server)]
        addresses = [f"203.0.113.{each}" for each in range(20, 24)]
        others = [visitors.submit(told, server, each, model="mini") for each in addresses]
    assert [each.result() for each in others] == [EMBEDDED] * 4
    for code, sentence in [each.result() for each in bad]:
        assert code in {"model", "A network cannot be had"}
        assert words in sentence
        assert str(folder) not in sentence
    assert told(server, model="mini") == EMBEDDED


def by_call(server: host.Server) -> tuple[str, str]:
    """Title and sentence of the error that a caller of the API gets."""
    with visitor(server.url, "203.0.113.10") as caller:
        asked = caller.post("/gradio_api/call/analyze", json={"data": [{"url": SMALL.url}]})
        job = asked.raise_for_status().json()["event_id"]
        kind, answer = event(caller.get(f"/gradio_api/call/analyze/{job}").text)
    assert kind == "error"
    return answer["title"], answer["error"]


def overwritten(file: Path) -> None:
    """Other bytes, as many, and no older by what the disk says of a file's age."""
    before = file.stat()
    file.write_bytes(bytes(before.st_size))
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


def swapped(file: Path) -> None:
    """Another network, which came by another name."""
    other = file.with_name("other")
    other.write_bytes(OTHER)
    other.rename(file)


def test_a_file_of_the_hubs_cache_goes_bad(folder):
    home = folder / "home"
    with (
        hub_standin.serve({FERPLUS.filename: NETWORK}) as hub,
        host.serving(folder, environ_of(hub, home), command=faulty.command(folder)) as server,
    ):
        server.wait()
        for harm in (overwritten, swapped, Path.unlink):
            assert told(server) == DOWNLOADED
            (file,) = home.rglob("blobs/*")
            harm(file)
            assert told(server) == DOWNLOADED, "what is loaded goes on"
            unload(server, folder)
            assert told(server) == DOWNLOADED, "it is fetched anew"
            assert kept(home) == [NETWORK]
            (file,) = home.rglob("blobs/*")
            harm(file)
            hub.status = 500
            unload(server, folder)
            assert told(server) == EMBEDDED
            code, sentence = told(server, model="ferplus")
            assert code == "model"
            assert "answered 500" in sentence
            hub.status = 200
            until(lambda: told(server) == DOWNLOADED)
        assert "Traceback" not in server.log.read_text()
        assert server.alive
