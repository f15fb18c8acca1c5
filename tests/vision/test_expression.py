from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
import pytest

from mood.errors import ModelLoadError
from mood.models.catalogue import FERPLUS, MINI, MOBILEFACENET
from mood.models.specs import Preprocessing
from mood.types import Expression, Face, FaceExpression, Quality
from mood.vision.expression import ExpressionClassifier, postprocess, preprocess
from mood.vision.verdict import judged
from tests.fakes import FakeSession, face, logits_for

GREY = np.full((80, 80, 3), 90, dtype=np.uint8)
PLAIN = dataclasses.replace(MINI, temperature=1.0, logit_bias=())


def classify(classifier: ExpressionClassifier, faces: Sequence[Face]) -> tuple[FaceExpression, ...]:
    probabilities = classifier.probabilities(classifier.crops(GREY, faces))
    return judged(faces, [Quality()] * len(faces), probabilities, classifier.spec, 0.5)


def test_no_faces_ask_nothing_of_the_network():
    session = FakeSession(logits_for(Expression.ANGER))
    assert classify(ExpressionClassifier(MINI, session), []) == ()
    assert session.seen == []


def test_faces_keep_their_order_beyond_one_batch():
    expressions = [list(Expression)[i % 8] for i in range(35)]
    classifier = ExpressionClassifier(PLAIN, FakeSession(logits_for(*expressions)))
    verdicts = classify(classifier, [face(i, 10, i + 20, 40) for i in range(35)])
    assert [verdict.top for verdict in verdicts] == expressions


def test_a_network_with_a_fixed_batch_sees_one_face_at_a_time():
    session = FakeSession(logits_for(Expression.FEAR), input_shape=(1, 1, 64, 64))
    classify(ExpressionClassifier(FERPLUS, session), [face(0, 0, 9, 9)] * 3)
    assert [batch.shape for batch in session.seen] == [(1, 1, 64, 64)] * 3


@pytest.mark.parametrize(("strength", "certain"), [(0.5, False), (6.0, True)])
def test_a_weak_verdict_is_uncertain(strength, certain):
    session = FakeSession(logits_for(Expression.SADNESS, strength=strength))
    (verdict,) = classify(ExpressionClassifier(PLAIN, session), [face(0, 0, 40, 40)])
    assert verdict.top is Expression.SADNESS
    assert verdict.certain is certain


def test_probabilities_are_the_softmax_of_the_logits():
    logits = np.log(np.array([[1, 2, 3, 4, 5, 6, 7, 8]], dtype=np.float32))
    assert postprocess(logits, PLAIN) == pytest.approx(np.arange(1, 9)[None] / 36, abs=1e-6)


def test_huge_logits_do_not_overflow():
    rows = postprocess(np.array([[1e4, 0, 0, 0, 0, 0, 0, -1e4]], dtype=np.float32), PLAIN)
    assert rows[0, 0] == 1
    assert np.isfinite(rows).all()


def test_temperature_softens_and_bias_shifts():
    logits = logits_for(Expression.NEUTRAL, strength=2.0)
    softened = postprocess(logits, dataclasses.replace(PLAIN, temperature=2.0))
    assert softened[0, 0] == pytest.approx(np.e / (np.e + 7))
    bias = (0.0,) * 7 + (np.log(3.0),)
    shifted = postprocess(np.zeros((1, 8), np.float32), dataclasses.replace(PLAIN, logit_bias=bias))
    assert shifted[0, 7] == pytest.approx(0.3)


def test_labels_come_home_and_unknown_ones_are_zero():
    logits = np.zeros((1, 7), dtype=np.float32)
    logits[0, 3] = 20  # “happy” in the order of the OpenCV zoo
    (row,) = postprocess(logits, MOBILEFACENET)
    order = list(Expression)
    assert row[order.index(Expression.HAPPINESS)] == pytest.approx(1)
    assert row[order.index(Expression.CONTEMPT)] == 0
    assert MOBILEFACENET.unknown == {Expression.CONTEMPT}


def test_an_output_that_does_not_fit_the_labels_is_refused():
    session = FakeSession(np.zeros((1, 5), dtype=np.float32))
    with pytest.raises(ModelLoadError, match="Correct its description"):
        classify(ExpressionClassifier(MINI, session), [face(0, 0, 40, 40)])


def test_an_input_that_does_not_fit_the_description_is_refused_at_once():
    with pytest.raises(ModelLoadError, match="Correct the description"):
        ExpressionClassifier(MINI, FakeSession(np.zeros((1, 8)), input_shape=(None, 3, 224, 224)))


def test_grey_is_weighed_as_in_video():
    crop = np.array([[[255, 0, 0], [0, 255, 0], [0, 0, 255]]], dtype=np.uint8)
    batch = preprocess([crop], Preprocessing(input_hw=(1, 3)))
    assert batch.tolist() == [[[[76, 150, 29]]]]  # 0.299 R + 0.587 G + 0.114 B


@pytest.mark.parametrize(("colour", "first"), [("rgb", 10), ("bgr", 30)])
def test_channels_come_first_and_in_their_order(colour, first):
    crop = np.tile(np.array([10, 20, 30], dtype=np.uint8), (2, 2, 1))
    batch = preprocess([crop], Preprocessing(input_hw=(2, 2), colour=colour, mean=10, std=2))
    assert batch.shape == (1, 3, 2, 2)
    assert batch[0, :, 0, 0].tolist() == [(first - 10) / 2, 5, (40 - first - 10) / 2]


def test_a_small_face_is_read_less_surely_and_alike():
    logits = logits_for(Expression.ANGER, strength=2.0).repeat(6, axis=0)
    spec = dataclasses.replace(PLAIN, small_faces=(0.6, 8.0))
    sides = [4.0, 8.0, 16.0, 24.0, 48.0, 500.0]
    tops = postprocess(logits, spec, sides)[:, list(Expression).index(Expression.ANGER)]
    assert (np.diff(tops) > 0).all()
    assert tops[-1] == pytest.approx(postprocess(logits, PLAIN)[0].max(), abs=1e-4)
    softened = dataclasses.replace(PLAIN, temperature=1 + 0.6 * np.exp(-2))
    assert tops[2] == pytest.approx(postprocess(logits, softened)[0].max(), abs=1e-5)


def test_a_network_that_was_not_measured_on_small_faces_is_believed_as_it_is():
    logits = logits_for(Expression.FEAR, strength=2.0)
    assert FERPLUS.small_faces is None
    assert (postprocess(logits, FERPLUS, [9.0]) == postprocess(logits, FERPLUS)).all()


def test_only_networks_that_somebody_measured_are_calibrated():
    assert MINI.calibrated
    assert not FERPLUS.calibrated
    assert not MOBILEFACENET.calibrated
    assert dataclasses.replace(FERPLUS, temperature=1.2).calibrated
