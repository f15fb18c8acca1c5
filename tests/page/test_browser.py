"""What browsers are given to read live video, and where they are given nothing."""

from __future__ import annotations

import hashlib

import pytest

from mood.analyzer import MoodAnalyzer
from mood.models.calibration import Calibration
from mood.models.store import WeightsStore
from mood.page import assets
from mood.page.browser import inside
from mood.resources.pool import ModelPool
from mood.settings import Settings

OURS = {"model": "mini", "detector": "libfacedetection"}


def given(**settings: str):
    return inside(MoodAnalyzer(Settings(**settings)))


@pytest.mark.parametrize("way", ["auto", "browser"])
def test_a_browser_is_told_where_the_weights_are_and_what_they_hash_to(way):
    found = given(live=way, **OURS)
    assert found.without == ""
    files = found.vision["files"]
    assert files["engine"] == assets.address("vision/engine.wasm")
    for name in ("detector", "mini", "readable"):
        place = files[name]
        path = place["url"].removeprefix(assets.address(""))
        assert hashlib.sha256(found.files[path]()).hexdigest() == place["sha256"]
        assert place["sha256"][:12] in path, "other weights have another address"
    assert {each["name"] for each in found.licences} == {"libfacedetection", "mini", "readable"}
    assert all(each["licence"] for each in found.licences)


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ({"live": "server"}, "operator"),
        ({"model": "ferplus"}, "network"),
        ({"model": "/srv/own.onnx"}, "network"),
        ({"detector": "none"}, "network"),
    ],
)
def test_where_browsers_are_not_to_read_they_are_given_nothing_but_why(settings, why):
    found = given(**OURS | settings)
    assert (found.vision, found.without, found.files) == (None, why, {})


def test_who_wants_browsers_alone_to_read_has_them_do_so_whatever_network_reads_photos():
    assert given(live="browser", model="ferplus").vision is not None


def test_without_weights_of_a_detector_browsers_are_given_nothing(monkeypatch):
    monkeypatch.setattr(WeightsStore, "is_here", lambda *_: False)
    settings = Settings(**OURS)
    found = inside(MoodAnalyzer(settings, pool=ModelPool(settings)))
    assert (found.vision, found.without) == (None, "weights")


def test_the_licences_name_all_whose_weights_may_be_given():
    text = (assets.STATIC / "vision" / "licences.txt").read_text("utf-8")
    for name in ("mini", "readable", "yunet", "libfacedetection", "Shiqi Yu", "Apache License"):
        assert name in text


def test_what_was_measured_of_the_network_holds_in_browsers_as_well(tmp_path):
    file = tmp_path / "calibration.json"
    Calibration("mini", None, 2.5, (), 0.7).write(file)
    specs = given(calibration=str(file), **OURS).vision["specs"]
    assert specs["mini"]["temperature"] == 2.5
    assert specs["certainty"] == 0.7
    file.write_text("{}")
    assert given(calibration=str(file), **OURS).vision is None
