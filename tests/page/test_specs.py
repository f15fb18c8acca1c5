"""What the page hands to the worker that reads frames."""

from __future__ import annotations

import json
from dataclasses import replace

from mood.models.catalogue import MINI, MOBILEFACENET, READABLE
from mood.page.specs import vision_specs
from mood.settings import Settings
from mood.types import Expression


def test_a_browser_is_told_what_the_server_knows_of_the_network():
    specs = vision_specs(Settings())
    assert json.loads(json.dumps(specs)) == specs
    assert specs["mini"]["temperature"] == MINI.temperature
    assert specs["expressions"] == list(Expression)
    assert specs["certainty"] == MINI.certainty_threshold


def test_both_networks_see_the_same_crop():
    assert MINI.preprocessing == READABLE.preprocessing, "the engine cuts one out for both"
    assert MINI.preprocessing.input_hw == (48, 48)


def test_the_settings_of_the_operator_hold_in_the_browser():
    settings = Settings(certainty=0.7, detection_side=480, smallest_face=30, max_faces=4)
    specs = vision_specs(settings, replace(MINI, small_faces=None, labels=MOBILEFACENET.labels))
    assert specs["certainty"] == 0.7
    assert (specs["detection_side"], specs["smallest_face"], specs["most_faces"]) == (480, 30, 4)
    assert specs["mini"]["small_faces"] is None
    assert "contempt" not in specs["mini"]["labels"]
