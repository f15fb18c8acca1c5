"""What the Hub may do to a download, and what the environment may forbid; see conftest.py."""

from __future__ import annotations

import resource
import time

import pytest

from tests import fresh
from tests.models.conftest import FERPLUS, FERPLUS_BYTES


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


def test_what_killed_downloads_have_left_goes_with_the_next_one(hub, client):
    hub.behaviour = "trickle"
    process = client.start()
    while not any(half.stat().st_size for half in client.cache.rglob("*.incomplete")):
        assert process.poll() is None
        time.sleep(0.1)
    process.kill()
    process.communicate()
    hub.behaviour = "ok"
    (answer,) = client.run()
    assert answer["model"] == "ferplus"
    assert [path.read_bytes() for path in client.cache.rglob("blobs/*")] == [FERPLUS_BYTES]


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


@pytest.mark.parametrize("status", [404, 429, 500])
def test_alternating_names_are_asked_for_once_each(hub, client, status):
    """As a visitor of the page may choose them, from one photo to the next."""
    hub.status = status
    names = ["ferplus", "mobilefacenet", "auto", "mini"]
    choices = [{"model": name, "detector": "libfacedetection"} for name in names]
    choices += [{"model": name, "detector": "yunet"} for name in names]
    choices += [{"model": "mini", "detector": "auto"}]
    answers = client.run(photos=89, choices=choices, detector="auto")
    failed = sum("error" in answer for answer in answers)
    assert failed == 60, "what is here is read, and what is not is told at once"
    assert len(hub.requests) == 3, "two networks and a detector, each once"


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


def test_an_address_that_can_be_none_is_explained(hub, client):
    (answer,) = client.run(model="hf://some--body/fa ces/own.onnx")
    assert answer["error"] == "ModelLoadError"
    assert "hf://owner/repo/file.onnx@revision" in answer["text"]
    assert hub.requests == []


def test_the_library_comes_late_and_without_telemetry(client):
    code = (
        "import sys; from mood.models import catalogue, hub; "
        "print('huggingface_hub' in sys.modules, hub.in_cache(catalogue.YUNET.origin)); "
        "from huggingface_hub import constants; "
        "print(constants.HF_HUB_DISABLE_TELEMETRY, constants.HF_HUB_DISABLE_XET)"
    )
    assert fresh.python(code, client.environment).stdout == "False None\nTrue True\n"
