"""Callers may choose among the networks; strangers among those of the catalogue only."""

from __future__ import annotations

import dataclasses
import threading

import pytest

from mood.errors import OptionsError
from mood.models import hub
from mood.models.catalogue import MINI
from mood.models.download import Progress
from mood.models.specs import Pair
from mood.models.store import WeightsStore
from mood.options import Options
from mood.resources.counters import Counters
from mood.resources.pool import ModelPool
from mood.settings import Settings

SETTINGS = Settings(model="mini", detector="libfacedetection")


def test_loads_once_however_many_ask_first():
    counters = Counters()
    pool = ModelPool(SETTINGS, counters=counters)
    assert pool.status().models is None
    found = []
    threads = [threading.Thread(target=lambda: found.append(pool.get())) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len({id(models) for models in found}) == 1
    assert counters.counts.loads == 1
    assert pool.names == ["libfacedetection", "mini"]
    pool.unload()
    assert pool.names == []
    assert pool.get() is not found[0]


class OneFile(WeightsStore):
    """Has every network: each is the file of `mini` under another name."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.files.progress = lambda: (Progress("ferplus", 1, 2),)  # type: ignore[method-assign]

    def resolve(self, choice):
        embedded = super().resolve(Pair(choice.detector, "mini"))
        spec = dataclasses.replace(MINI, name=choice.model)
        return Pair(embedded.detector, dataclasses.replace(embedded.model, spec=spec))


def test_the_choice_of_a_caller_is_kept_beside_the_settings_own_until_the_next_choice():
    pool = ModelPool(SETTINGS, OneFile(SETTINGS))
    own = pool.get()
    other = pool.get(Options(model="ferplus"))
    assert other.classifier_weights.spec.name == "ferplus"
    assert other.detector is own.detector, "one detector in memory for both"
    assert pool.get(Options(model="ferplus", detector="libfacedetection")) is other
    assert pool.get(Options(model="mini")) is own
    pool.get(Options(model="mobilefacenet"))
    assert pool.names == ["libfacedetection", "mini", "mobilefacenet"]
    assert pool.get() is own
    assert pool.get(Options(model="ferplus")) is not other


def test_asking_for_the_state_of_a_download_unloads_nothing():
    pool = ModelPool(SETTINGS, OneFile(SETTINGS), public=True)
    own, other = pool.get(), pool.get(Options(model="ferplus"))
    assert pool.status(Options(model="mobilefacenet")).models is None
    assert pool.status(Options(model="ferplus")).models is other
    assert pool.status().models is own
    assert pool.status().downloads == (Progress("ferplus", 1, 2),)


@pytest.mark.parametrize(
    ("model", "detector"),
    [
        ("/etc/passwd", ""),
        ("hf://owner/repo/file.onnx@main", ""),
        ("../mini", ""),
        ("yunet", ""),
        ("", "mini"),
        ("", "haar"),
    ],
)
@pytest.mark.parametrize("ask", [ModelPool.get, ModelPool.status])
def test_a_stranger_names_no_file_and_no_repository(model, detector, ask):
    with pytest.raises(OptionsError, match="Choose one of"):
        ask(ModelPool(SETTINGS, public=True), Options(model=model, detector=detector))


def test_the_operators_own_file_stays_a_choice():
    pool = ModelPool(Settings(model="my/network.onnx"), public=True)
    assert pool.status(Options(model="my/network.onnx", detector="auto")).models is None
    assert pool.status(Options(detector="libfacedetection")).models is None


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"model": "ferplus"}, "HF_HUB_OFFLINE forbids"),
        ({"detector": "yunet"}, "HF_HUB_OFFLINE forbids"),
        ({"model": "hf://somebody/faces/net.onnx"}, "HF_HUB_OFFLINE forbids"),
        ({"model": "nowhere.onnx"}, "no file nowhere.onnx"),
        ({"model": "hf://nobody"}, "no address of a network"),
    ],
    ids=str,
)
def test_a_named_network_that_cannot_be_had_is_told_before_the_first_picture(
    monkeypatch, settings, words
):
    monkeypatch.setattr(hub, "is_offline", lambda: True)
    monkeypatch.setattr(hub, "in_cache", lambda _: None)
    why = ModelPool(dataclasses.replace(SETTINGS, **settings)).missing()
    assert why is not None
    assert words in why


def test_networks_that_may_be_had_are_no_obstacle(monkeypatch):
    monkeypatch.setattr(hub, "is_offline", lambda: False)
    monkeypatch.setattr(hub, "in_cache", lambda _: None)
    settings = Settings(model="ferplus", detector="yunet")
    assert ModelPool(settings).missing() is None
