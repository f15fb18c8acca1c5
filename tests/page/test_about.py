"""What the about tab tells of the networks."""

from __future__ import annotations

import hashlib
import json

from mood.models.catalogue import FERPLUS, READABLE
from mood.page.about import accuracy, described
from mood.page.texts import LANGUAGES, texts
from mood.types import Expression
from tests import fakes
from tests.fakes import FakeDetector, FakeSession, logits_for


def test_the_accuracy_shown_is_that_of_the_network_that_is_there(tmp_path):
    assert accuracy(tmp_path) is None
    (tmp_path / "mini.onnx").write_bytes(b"a network")
    figures = {"sha256": hashlib.sha256(b"a network").hexdigest(), "accuracy": 0.8}
    (tmp_path / "accuracy.json").write_text(json.dumps(figures))
    assert accuracy(tmp_path) == figures
    (tmp_path / "mini.onnx").write_bytes(b"another network")
    assert accuracy(tmp_path) is None


def test_the_accuracy_that_is_delivered_belongs_to_the_network_beside_it():
    assert {each["name"] for each in accuracy()["expressions"]} == set(Expression)


def test_the_about_tab_says_which_network_nobody_calibrated():
    session = FakeSession(logits_for(Expression.FEAR), input_shape=(1, 1, 64, 64))
    ferplus, readable, detector = described(fakes.models(FakeDetector(), session, FERPLUS))
    assert (ferplus["title"], ferplus["calibrated"]) == (FERPLUS.title, False)
    assert (readable["title"], readable["source"]) == (READABLE.title, "embedded")
    assert detector["calibrated"] is None, "a detector has no probabilities of expressions"
    mini, *_ = described(fakes.models(FakeDetector(), FakeSession(logits_for(Expression.FEAR))))
    assert mini["calibrated"] is True
    words = {texts(language)["about_uncalibrated"] for language in LANGUAGES}
    assert len(words) == len(LANGUAGES)
