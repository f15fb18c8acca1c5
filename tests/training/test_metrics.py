from __future__ import annotations

import numpy as np
import pytest

from mood.training import metrics

# Four faces, three classes: right with 0.6, right with 0.8, wrong with 0.9, right with 0.5.
PROBABILITIES = np.array([[0.6, 0.3, 0.1], [0.1, 0.8, 0.1], [0.9, 0.05, 0.05], [0.3, 0.5, 0.2]])
LABELS = np.array([0, 1, 1, 1])


def test_confusion_recall_and_precision_by_hand():
    table = metrics.confusion(PROBABILITIES, LABELS)
    assert table.tolist() == [[1, 0, 0], [1, 2, 0], [0, 0, 0]]
    assert metrics.recalls(table)[:2] == pytest.approx([1, 2 / 3])
    assert np.isnan(metrics.recalls(table)[2])
    assert metrics.precisions(table)[:2] == pytest.approx([1 / 2, 1])
    assert metrics.accuracy(PROBABILITIES, LABELS) == 0.75


def test_calibration_error_by_hand():
    # Each face has a bin of its own: (0.4 + 0.2 + 0.9 + 0.5) / 4.
    assert metrics.calibration_error(PROBABILITIES, LABELS) == pytest.approx(0.5)


def test_a_classifier_that_is_as_right_as_it_says_has_no_calibration_error():
    probabilities = np.tile([0.75, 0.25], (4, 1))
    assert metrics.calibration_error(probabilities, np.array([0, 0, 0, 1])) == pytest.approx(0)


def test_coverage_by_hand():
    curve = metrics.coverage_curve(PROBABILITIES, LABELS, np.array([0.0, 0.6, 0.85, 0.95]))
    assert curve[:3].tolist() == [[0, 1, 0.75], [0.6, 0.75, pytest.approx(2 / 3)], [0.85, 0.25, 0]]
    assert curve[3, 1] == 0
    assert np.isnan(curve[3, 2])


def test_the_temperature_of_overconfident_logits_is_found():
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 1.5, (4000, 5))
    truth = metrics.softmax(logits)
    labels = np.array([rng.choice(5, p=row) for row in truth])
    assert metrics.fit_temperature(logits * 2.5, labels) == pytest.approx(2.5, rel=0.1)


def test_the_standard_error_is_how_far_repeated_measurements_scatter():
    rng = np.random.default_rng(0)
    shares, counts = np.array([0.9, 0.6, np.nan]), np.array([400, 20, 0])
    repeated = rng.binomial(counts[:2], shares[:2], (20_000, 2)) / counts[:2]
    wanted = repeated.mean(axis=1).std()
    assert metrics.standard_error(shares, counts) == pytest.approx(wanted, rel=0.03)
