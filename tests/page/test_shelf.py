"""Visitors may choose among the networks of the catalogue, and nothing else."""

from __future__ import annotations

import pytest

from mood.analyzer import MoodAnalyzer
from mood.errors import UnknownModelError
from mood.page.photo import Shelf
from mood.settings import Settings

SETTINGS = Settings(model="mini", detector="libfacedetection")


def test_what_the_settings_name_is_the_one_that_is_there():
    own = MoodAnalyzer(SETTINGS)
    shelf = Shelf(own)
    assert shelf.pick("", "") is own
    assert shelf.pick("mini", "libfacedetection") is own


def test_another_choice_is_kept_until_the_next_one():
    shelf = Shelf(MoodAnalyzer(SETTINGS))
    first = shelf.pick("ferplus", "")
    assert (first.settings.model, first.settings.detector) == ("ferplus", "libfacedetection")
    assert shelf.pick("ferplus", "libfacedetection") is first
    assert shelf.pick("mobilefacenet", "yunet") is not first
    assert shelf.pick("ferplus", "") is not first


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
def test_a_visitor_names_no_file_and_no_repository(model, detector):
    with pytest.raises(UnknownModelError):
        Shelf(MoodAnalyzer(SETTINGS)).pick(model, detector)


def test_the_operators_own_file_stays_a_choice():
    own = MoodAnalyzer(Settings(model="my/network.onnx"))
    shelf = Shelf(own)
    assert shelf.pick("my/network.onnx", "auto") is own
    assert shelf.pick("my/network.onnx", "libfacedetection").settings.model == "my/network.onnx"
