"""The Hub's networks, through the real client, from a stand-in that also misbehaves.

Each case runs in a process of its own, because the client reads its environment at import.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from mood.errors import UnknownModelError, WeightsCorruptError
from mood.models.catalogue import CATALOGUE, MINI, Task
from mood.models.store import Weights, WeightsStore, verify
from mood.settings import Settings
from mood.types import Source
from tests import hub_standin
from tests.hub_standin import Hub, pinned

ROOT = Path(__file__).parents[2]
FERPLUS_BYTES = hub_standin.ferplus_network()
SMALL_BYTES = hub_standin.ferplus_network(hidden=200)
MOBILEFACENET_BYTES = hub_standin.mobilefacenet_network()
FERPLUS = pinned(hub_standin.FERPLUS, FERPLUS_BYTES)
MOBILEFACENET = pinned(hub_standin.MOBILEFACENET, MOBILEFACENET_BYTES)
# The wait is long, so that a slow machine does not change what happens; tests of it set their own.
DEFAULTS = {"detector": "libfacedetection", "hub_wait_s": 15}


@pytest.fixture
def hub():
    files = {
        FERPLUS.filename: FERPLUS_BYTES,
        MOBILEFACENET.filename: MOBILEFACENET_BYTES,
    }
    with hub_standin.serve(files) as hub:
        yield hub


class Client:
    """Processes that share a cache and ask a stand-in."""

    def __init__(self, home: Path, url: str) -> None:
        self.cache = home / "hub"
        self.environment = {
            key: value for key, value in os.environ.items() if not key.startswith(("HF_", "MOOD_"))
        }
        self.environment |= {"HF_HOME": str(home), "HF_ENDPOINT": url}
        self.log = ""

    def start(
        self,
        photos: int = 1,
        pause: float = 0,
        specs: dict[str, dict[str, Any]] | None = None,
        until: str | None = None,
        environment: dict[str, str] | None = None,
        **settings: Any,
    ) -> subprocess.Popen[str]:
        described = {
            spec.name: {
                "size_bytes": spec.size_bytes,
                "sha256": spec.sha256,
                "revision": spec.revision,
            }
            for spec in (FERPLUS, MOBILEFACENET)
        }
        order = {
            "specs": described | (specs or {}),
            "settings": DEFAULTS | settings,
            "photos": photos,
            "pause": pause,
            "until": until or "",
        }
        return subprocess.Popen(
            [sys.executable, "-m", "tests.hub_client", json.dumps(order)],
            cwd=ROOT,
            env=self.environment | (environment or {}),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def finish(self, process: subprocess.Popen[str]) -> list[dict[str, Any]]:
        output, self.log = process.communicate(timeout=28)
        assert process.returncode == 0, self.log
        return [json.loads(line) for line in output.splitlines()]

    def run(self, **order: Any) -> list[dict[str, Any]]:
        return self.finish(self.start(**order))

    def blobs(self) -> list[bytes]:
        """The contents of all whole files in the cache."""
        return [
            path.read_bytes()
            for path in self.cache.rglob("blobs/*")
            if not path.name.endswith(".incomplete")
        ]


@pytest.fixture
def client(tmp_path: Path, hub: Hub) -> Client:
    return Client(tmp_path, hub.url)


def test_the_first_photo_uses_the_hubs_network(hub, client):
    (answer,) = client.run()
    assert (answer["model"], answer["source"]) == ("ferplus", "hub")
    assert answer["top"] == "surprise"
    assert answer["failure"] is None
    assert hub.downloads(FERPLUS.filename) == 1
    assert client.blobs() == [FERPLUS_BYTES]
    assert f"{FERPLUS.size_bytes} of {FERPLUS.size_bytes} bytes" in client.log
    assert "loading ferplus from hub" in client.log


def test_a_warm_cache_asks_no_network(hub, client):
    client.run()
    hub.requests.clear()
    hub.status = 500
    answers = client.run(photos=2)
    assert [answer["model"] for answer in answers] == ["ferplus", "ferplus"]
    assert answers[0]["source"] == "cache"
    assert hub.requests == []


def test_the_real_detector_comes_from_the_hub_too(hub, client, yunet_file):
    hub.files[hub_standin.YUNET.filename] = yunet_file.read_bytes()
    # Its revision in the catalogue is a commit of its own, which the stand-in does not check.
    changes = {"yunet": {"revision": hub_standin.COMMIT}}
    (answer,) = client.run(detector="auto", model="mini", specs=changes)
    assert (answer["detector"], answer["detector_source"]) == ("yunet", "hub")
    assert (answer["model"], answer["source"]) == ("mini", "embedded")
    assert answer["top"] == "happiness"


def test_labels_that_a_network_lacks_are_named(client):
    (answer,) = client.run(model="mobilefacenet")
    assert (answer["model"], answer["top"]) == ("mobilefacenet", "sadness")
    assert answer["unknown"] == ["contempt"]


@pytest.mark.parametrize(
    ("status", "words"),
    [(404, "no access"), (401, "HF_TOKEN"), (429, "answered 429"), (500, "answered 500")],
)
def test_a_hub_that_says_no(hub, client, status, words):
    hub.status = status
    (answer,) = client.run()
    assert (answer["model"], answer["source"]) == ("mini", "embedded")
    assert answer["top"] == "happiness"
    assert words in answer["failure"]
    (answer,) = client.run(model="ferplus")
    assert answer["error"] == "WeightsUnavailableError"
    assert words in answer["text"]
    assert "MOOD_MODEL=auto" in answer["text"]


def test_a_file_that_the_repository_does_not_have(hub, client):
    del hub.files[FERPLUS.filename]
    (answer,) = client.run(model="ferplus")
    assert "has no emotion-ferplus-8.onnx at" in answer["text"]


def test_a_hub_that_says_no_is_not_asked_again_for_each_photo(hub, client):
    hub.status = 500
    client.run(photos=4)
    assert len(hub.requests) == 1


def test_a_hub_that_asks_for_patience_gets_it(hub, client):
    hub.status = 429
    client.run(hub_retry_s=1)
    assert "next try in 7 s" in client.log  # what the stand-in's Retry-After says


def test_after_a_failure_the_hubs_network_arrives_between_two_photos(hub, client):
    hub.status = 500
    process = client.start(photos=40, pause=0.5, until="ferplus", hub_retry_s=1)
    while not hub.requests:
        assert process.poll() is None
    hub.status = 200
    answers = client.finish(process)
    assert answers[0]["model"] == "mini"
    assert answers[-1]["model"] == "ferplus"
    assert answers[-1]["failure"] is None
    assert client.log.count("\nloaded ") == 2


def test_a_network_that_is_whole_but_cannot_be_run_gives_way_to_the_embedded_one(hub, client):
    odd = b"an ONNX file of tomorrow"
    hub.files[FERPLUS.filename] = odd
    specs = {"ferplus": {"size_bytes": len(odd), "sha256": hashlib.sha256(odd).hexdigest()}}
    first, second = client.run(photos=2, specs=specs)
    assert [first["model"], second["model"]] == ["mini", "mini"]
    assert "cannot be run" in second["failure"]
    assert client.log.count("\nloaded ") == 1
    (named,) = client.run(specs=specs, model="ferplus")
    assert named["error"] == "ModelLoadError"


def test_a_silent_hub_is_not_waited_for(hub, client):
    """The stand-in holds its tongue for 60 s, longer than the client's process may take."""
    hub.behaviour = "silent"
    answers = client.run(photos=2, hub_wait_s=1)
    assert [answer["model"] for answer in answers] == ["mini", "mini"]


def test_no_hub_at_all(client):
    client.environment["HF_ENDPOINT"] = "http://127.0.0.1:9"
    (answer,) = client.run()
    assert answer["model"] == "mini"
    assert "cannot be reached" in answer["failure"]


def test_an_interrupted_download_goes_on_where_it_stopped(hub, client):
    hub.behaviour = "drop"
    (answer,) = client.run()
    assert answer["model"] == "ferplus"
    assert hub.downloads(FERPLUS.filename) == 2
    assert client.blobs() == [FERPLUS_BYTES]


def test_wrong_bytes_of_the_right_length_are_never_loaded(hub, client):
    hub.behaviour = "wrong"
    (answer,) = client.run()
    assert (answer["model"], answer["top"]) == ("mini", "happiness")
    assert "SHA-256" in answer["failure"]
    assert "fetched anew" in client.log
    assert hub.downloads(FERPLUS.filename) == 2
    assert client.blobs() == []


@pytest.mark.parametrize("damage", [b"", FERPLUS_BYTES[:1000], bytes(len(FERPLUS_BYTES))])
def test_a_damaged_file_in_the_cache_is_replaced(hub, client, damage):
    client.run()
    (blob,) = client.cache.rglob("blobs/*")
    blob.write_bytes(damage)
    (answer,) = client.run()
    assert (answer["model"], answer["source"]) == ("ferplus", "hub")
    assert "It is deleted." in client.log
    assert client.blobs() == [FERPLUS_BYTES]


def test_a_slow_but_living_download_is_waited_for(hub, client):
    """Eight pieces, half a second apart: longer in all than the wait for a sign of life."""
    hub.behaviour = "trickle"
    (answer,) = client.run(hub_wait_s=3)
    assert (answer["model"], answer["source"]) == ("ferplus", "hub")


def test_a_download_over_its_limit_is_left_to_the_background(hub, client):
    hub.behaviour = "trickle"
    answers = client.run(download_limit_s=1, photos=40, pause=0.5, until="ferplus")
    assert answers[0]["model"] == "mini"
    assert answers[-1]["model"] == "ferplus"
    assert hub.downloads(FERPLUS.filename) == 1


def test_two_processes_fetch_once(hub, client):
    hub.behaviour = "trickle"
    first, second = client.start(), client.start()
    answers = client.finish(first) + client.finish(second)
    assert [answer["model"] for answer in answers] == ["ferplus", "ferplus"]
    assert hub.downloads(FERPLUS.filename) == 1


def test_offline_means_offline(hub, client):
    (answer,) = client.run(environment={"HF_HUB_OFFLINE": "1"})
    assert answer["model"] == "mini"
    assert hub.requests == []
    (answer,) = client.run(model="ferplus", environment={"HF_HUB_OFFLINE": "1"})
    assert "python -m mood models pull ferplus" in answer["text"]


def test_a_cache_that_cannot_be_written(client, tmp_path):
    occupied = tmp_path / "occupied"
    occupied.write_text("no folder")
    (answer,) = client.run(environment={"HF_HOME": str(occupied)})
    assert answer["model"] == "mini"
    assert "Set HF_HOME" in answer["failure"]


def test_a_cache_without_room(hub, client):
    process = client.start()
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))
    (answer,) = client.finish(process)
    assert answer["model"] == "mini"
    assert "has room" in answer["failure"]


def test_a_token_goes_to_the_hub_alone(hub, client):
    (answer,) = client.run(environment={"HF_TOKEN": "hf_secret"})
    assert answer["model"] == "ferplus"
    for request, authorization in zip(hub.requests, hub.authorizations, strict=True):
        assert authorization == ("" if "/cdn/" in request else "Bearer hf_secret")
    assert "hf_secret" not in client.log


def test_a_proxy_is_asked_instead_of_the_hub(hub, client):
    hub_behind_it = {"HF_ENDPOINT": "http://hub.invalid", "HTTP_PROXY": hub.url, "NO_PROXY": ""}
    (answer,) = client.run(environment=hub_behind_it | {"no_proxy": "", "http_proxy": hub.url})
    assert answer["model"] == "ferplus"
    assert hub.requests[0].startswith("HEAD http://hub.invalid/onnxmodelzoo/")


def test_a_named_embedded_network_never_asks_the_hub(hub, client):
    (answer,) = client.run(model="mini")
    assert answer["source"] == "embedded"
    assert hub.requests == []


def test_a_network_of_the_users_own_from_the_hub(hub, client):
    hub.files["sad.onnx"] = MOBILEFACENET_BYTES
    hub.files["sad.json"] = json.dumps(
        {
            "labels": ["angry", "disgust", "fear", "happy", "neutral", "sad", "surprise"],
            "input_hw": [112, 112],
            "colour": "rgb",
        }
    ).encode()
    (answer,) = client.run(model="hf://me/faces/sad.onnx@main")
    assert answer["model"] == "hf://me/faces/sad.onnx@main"
    assert answer["top"] == "sadness"


def test_an_unknown_name_is_refused_before_anything_is_asked():
    store = WeightsStore(Settings())
    with pytest.raises(UnknownModelError, match="auto, ferplus, mobilefacenet, mini"):
        store.resolve([("nonsense", Task.EXPRESSION)])


def test_embedded_networks_are_checked_too():
    (weights,) = WeightsStore(Settings()).resolve([("mini", Task.EXPRESSION)])
    assert weights == Weights(MINI, weights.path, Source.EMBEDDED)
    with pytest.raises(WeightsCorruptError, match="SHA-256"):
        verify(weights.path, dataclasses.replace(CATALOGUE["mini"], sha256="0" * 64))
