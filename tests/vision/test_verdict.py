from __future__ import annotations

import numpy as np
import pytest

from mood.errors import OptionsError
from mood.models.catalogue import MINI, MOBILEFACENET
from mood.types import Expression, Quality, Reason, Verdict
from mood.vision.verdict import judged
from tests.fakes import face

E = Expression
ROW = np.array([[0.4, 0.3, 0.1, 0.1, 0.05, 0.03, 0.02, 0.0]], dtype=np.float32)
FACES = [face(0, 0, 50, 50)]
FINE = [Quality()]


def test_no_face_gets_no_verdict():
    assert judged([], [], np.zeros((0, 8), dtype=np.float32), MINI, 0.5, [E.ANGER, E.FEAR]) == ()


def test_probabilities_are_made_to_sum_to_one_over_what_is_considered():
    (verdict,) = judged(FACES, FINE, ROW, MINI, 0.7, [E.HAPPINESS, E.SURPRISE])
    assert verdict.probabilities[E.HAPPINESS] == pytest.approx(0.75)
    assert verdict.probabilities[E.SURPRISE] == pytest.approx(0.25)
    assert verdict.probabilities[E.NEUTRAL] == 0
    assert verdict.top is E.HAPPINESS
    assert verdict.verdict is Verdict.CERTAIN
    assert verdict.certain


def test_what_has_no_probability_at_all_is_undecided_and_no_number_is_lost():
    row = np.array([[1, 0, 0, 0, 0, 0, 0, 0]], dtype=np.float32)
    (verdict,) = judged(FACES, FINE, row, MINI, 0.6, [E.ANGER, E.FEAR])
    assert verdict.probabilities[E.ANGER] == pytest.approx(0.5)
    assert verdict.verdict is Verdict.UNCERTAIN
    assert verdict.expression is None


def test_a_network_that_knows_none_of_them_says_so():
    with pytest.raises(OptionsError, match="mobilefacenet knows none of: contempt"):
        judged(FACES, FINE, ROW, MOBILEFACENET, 0.5, [E.CONTEMPT])


def test_what_the_network_was_never_taught_gets_nothing():
    (verdict,) = judged(FACES, FINE, ROW, MOBILEFACENET, 0.5, [E.CONTEMPT, E.ANGER])
    assert verdict.probabilities[E.CONTEMPT] == 0
    assert verdict.probabilities[E.ANGER] == pytest.approx(1)


@pytest.mark.parametrize("certainty", [0.0, 0.3, 0.9])
def test_a_face_that_cannot_be_read_has_no_expression_and_a_reason(certainty):
    turned = Quality(0.2, Reason.TURNED_AWAY)
    (verdict,) = judged(FACES, [turned], ROW, MINI, certainty)
    assert verdict.verdict is Verdict.UNREADABLE
    assert verdict.reason is Reason.TURNED_AWAY
    assert verdict.expression is None
    assert not verdict.certain
