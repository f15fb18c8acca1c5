"""What somebody measured of a network is used for that network, and only for it."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
from pathlib import Path

import pytest

from mood.analyzer import MoodAnalyzer
from mood.errors import ModelLoadError
from mood.models.calibration import Calibration, applied, read
from mood.models.catalogue import FERPLUS, MINI
from mood.resources.pool import ModelPool
from mood.settings import Settings
from tests.hub_standin import mobilefacenet_network

PHOTO = Path(__file__).parents[2] / "examples" / "astronaut.jpg"
OWN = {
    "labels": ["angry", "disgust", "fear", "happy", "neutral", "sad", "surprised"],
    "input_hw": [112, 112],
    "colour": "rgb",
}
GOOD = {
    "network": "own",
    "temperature": 3.0,
    "logit_bias": [0, 0, 0, 0, 0, 0, 0],
    "certainty_threshold": 0.95,
}


@pytest.fixture
def own(tmp_path) -> Path:
    """A network of the user's own."""
    path = tmp_path / "own.onnx"
    path.write_bytes(mobilefacenet_network())
    path.with_suffix(".json").write_text(json.dumps(OWN))
    return path


def analyzer(own: Path, calibration: object = None) -> MoodAnalyzer:
    settings = Settings(model=str(own), detector="libfacedetection")
    if calibration is not None:
        file = own.parent / "calibration.json"
        file.write_text(
            calibration if isinstance(calibration, str) else json.dumps(calibration), "utf-8"
        )
        settings = dataclasses.replace(settings, calibration=str(file))
    return MoodAnalyzer(settings)


def test_what_was_measured_is_used(own):
    plain, measured = analyzer(own), analyzer(own, GOOD)
    before, after = plain.analyze(PHOTO), measured.analyze(PHOTO)
    assert after.faces[0].top is before.faces[0].top
    assert after.faces[0].top_probability < before.faces[0].top_probability - 0.05
    assert (before.certainty, after.certainty) == (0.5, 0.95)
    assert not plain.pool.status().models.classifier.spec.calibrated
    assert measured.pool.status().models.classifier.spec.calibrated


def test_another_network_stays_as_it_is(own):
    other = analyzer(own, GOOD | {"network": "ferplus"})
    before, after = analyzer(own).analyze(PHOTO), other.analyze(PHOTO)
    assert after.faces[0].probabilities == before.faces[0].probabilities
    assert not other.pool.status().models.classifier.spec.calibrated


def test_what_was_measured_on_another_file_of_that_name_is_refused(own):
    digits = hashlib.sha256(own.read_bytes()).hexdigest()
    assert analyzer(own, GOOD | {"sha256": digits}).analyze(PHOTO).certainty == 0.95
    with pytest.raises(ModelLoadError, match="measured on another file of own"):
        analyzer(own, GOOD | {"sha256": 64 * "0"}).analyze(PHOTO)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "calibration.json is not JSON"),
        ([], "must hold one JSON object"),
        (GOOD | {"temperature": 0}, "temperature must be a number from 0.01 to 100, not 0. Corr"),
        (GOOD | {"logit_bias": 0.5}, "logit_bias must be a list of numbers"),
        (GOOD | {"logit_bias": [0.5]}, "one number for each of the 7 labels of own"),
        (GOOD | {"certainty_threshold": 50}, "certainty_threshold must be a number from 0 to 1"),
        (GOOD | {"small_faces": [1]}, r"small_faces must be two numbers \[a, b\], or null"),
        (GOOD | {"small_faces": [0.5, 0]}, "small_faces must be a number from 0.1 to 1000"),
        (GOOD | {"sha256": "abc"}, "sha256 must be 64 hexadecimal digits"),
        (GOOD | {"prior": 1}, "unknown keys: prior"),
        ({"temperature": 1}, "network is missing. Measure the network anew"),
    ],
)
def test_a_file_that_cannot_be_used_is_explained(own, content, words):
    with pytest.raises(ModelLoadError, match=words):
        analyzer(own, content).analyze(PHOTO)


def test_a_file_that_is_not_there_is_told_before_the_first_picture(tmp_path):
    pool = ModelPool(Settings(detector="libfacedetection", calibration=str(tmp_path / "no.json")))
    assert (
        pool.missing() == "There is no file no.json where it should be. Correct MOOD_CALIBRATION."
    )


def test_what_is_no_file_is_not_waited_for(tmp_path):
    pipe = tmp_path / "pipe.json"
    os.mkfifo(pipe)  # opened, it would wait for ever
    for path in (pipe, Path("/dev/zero")):
        pool = ModelPool(Settings(calibration=str(path)))
        assert "This is not a file, but a pipe, a socket or a device." in pool.missing()


def test_a_file_that_is_far_too_large_is_not_read(tmp_path):
    path = tmp_path / "large.json"
    with path.open("wb") as file:
        file.truncate(10**12)  # takes no room
    with pytest.raises(ModelLoadError, match="more than 1 MB"):
        read(path)


def test_what_is_written_is_read_back(tmp_path):
    path = tmp_path / "calibration.json"
    measured = Calibration("ferplus", FERPLUS.origin.sha256, 0.8, (0.0,) * 8, 0.6, (0.5, 8.0))
    measured.write(path)
    assert read(path) == measured
    spec = applied(measured, FERPLUS, path)
    assert (spec.temperature, spec.certainty_threshold, spec.small_faces) == (0.8, 0.6, (0.5, 8.0))
    assert applied(measured, MINI, path) == MINI
